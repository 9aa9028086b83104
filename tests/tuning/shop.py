"""A recorded visit to a small shop: product pages of which some make claims, brought into a home by ``import``."""

from __future__ import annotations

import json
from pathlib import Path

from tests.intake.making import SHOP, entry, written

PAGE = """<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>
<script type="application/ld+json">{data}</script></head>
<body><h1>{title}</h1><p class="price">¥ 99.00</p><table><tr><th>注册证号</th><td>演械注准2099207{n:04}</td></tr>
<tr><th>注册人</th><td>演示医疗科技有限公司</td></tr><tr><th>广告批准文号</th><td>粤械广审（文）第280917-90001号</td></tr></table>
<div class="seller">演示{n}店</div><div id="description"><p>{text}</p><p>包装内含主机一台、说明书一份，支持七天退换。</p></div>
<button>加入购物车</button></body></html>"""


def page(n: int, text: str, title: str = "") -> str:
    """The page of product ``n``, described by ``text``."""
    name = title or f"演示理疗贴{n}号"
    data = {"@context": "https://schema.org", "@type": "Product", "name": name, "sku": f"p{n}", "description": text,
            "offers": {"@type": "Offer", "price": "99.00", "seller": {"@type": "Organization", "name": f"演示{n}店"}}}  # fmt: skip
    return PAGE.format(title=name, n=n, text=text, data=json.dumps(data, ensure_ascii=False))


def recorded(folder: Path, *texts: str, name: str = "shop.har") -> Path:
    """A recording of one product page for each text, numbered from 1."""
    return written(
        folder,
        *(
            entry(f"{SHOP}/product/{n}.html", text=page(n, text), mime="text/html; charset=utf-8")
            for n, text in enumerate(texts, 1)
        ),
        name=name,
    )
