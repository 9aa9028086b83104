"""The kinds of letters and their wording.

Owns: what each kind is called, whom it is to, what it says of itself, which parts it has in which order, what it asks for, who signs.
Leaves to others: what the parts hold (``facts``), how they look (``layout``). Jinja names in the wording are filled with the rest.

The duties: 移送 to whoever is competent (市场监督管理行政处罚程序规定, its article not read in a primary text), 线索交办 and 结果反馈 of the closed loop, 移送 to 网信, 工信 and police and 公开曝光 (江西省 2020 清网方案 二(五), 三(三), 四(四)), to 卫生健康,
海关, 纪检监察 (专项整治 returns, rows 移送), 约谈 and 协查; 列入异常名录 of whom nobody can reach (江西省 2020 清网方案 二(五)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scanner.leads.routing.offices import Kind as Office
from scanner.leads.routing.proposals import Kind as Proposed

Part = Literal[
    "case", "jurisdiction", "contact", "screening", "site", "found", "register", "pages", "asks", "term", "disposition", "talk", "receipt", "unchecked",
    "limits",
]  # fmt: skip
To = Literal["unit", "authority", "elsewhere", "seller", "public"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind. ``name`` is the command's word and the template's file; ``proposed``: the proposals of ``leads route`` that speak
    for it; ``offices``: the authorities it may be to, the first by default; ``note``: what stands under the title;
    ``numbered``: has a 文号 and an address line. ``covered``: for the public, without personal data."""

    name: str
    title: str
    to: To
    opening: tuple[str, ...]
    parts: tuple[Part, ...]
    asks: tuple[str, ...] = ()
    asks_head: str = "请予协助和告知"
    closing: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    proposed: tuple[Proposed, ...] = ()
    offices: tuple[Office, ...] = ()
    note: str = ""
    numbered: bool = True
    needs_disposition: bool = False
    covered: bool = False


_BACK = "请将接收、审查和处理的结果书面告知我单位，以便登记和销号。"
_DATA = "需要原始电子数据、证据包或者说明的，请与本函联系人联系；证据包不用我单位的程序也可以核验。"
_SCREENED: tuple[Part, ...] = ("case", "screening", "found", "register", "pages", "asks", "unchecked", "limits")
_FOUND = "我单位在网络销售监测中发现第 {{ lead }} 号线索（{{ matter }}），经营者为“{{ seller }}”（页面所示）。"
_NO_VERDICT = "所列是监测所见，不是违法事实的认定。"


def _transfer(
    name: str, whom: str, why: str, *, proposed: tuple[Proposed, ...], offices: tuple[Office, ...], site: bool = False
) -> Kind:
    parts: tuple[Part, ...] = ("case", "site", *_SCREENED[1:]) if site else _SCREENED
    return Kind(
        name=f"transfer-{name}", title=f"移送函（{whom}）", to="authority", opening=(_FOUND + why, _NO_VERDICT), parts=parts,
        asks=(_BACK, _DATA), proposed=proposed, offices=offices, closing=("特此函告。",),
    )  # fmt: skip


_ALL = (
    Kind(
        name="assignment", title="线索交办单", to="unit",
        opening=(
            "现将网络销售监测发现的第 {{ lead }} 号线索（{{ matter }}）交你单位核查处置。",
            _NO_VERDICT + "是否违法，由你单位依法调查取证后认定。",
        ),
        parts=("case", "term", "found", "register", "pages", "asks", "unchecked", "limits", "receipt"), asks_head="办理要求",
        asks=(
            "核查经营者的真实身份、地址和证照，向平台和登记机关核对页面所示内容。",
            "固定线下证据，查清产品来源和流向；流向外地的，及时通报当地监管部门。",
            "依法处置，不得一删了之、下架了之：页面已经下架、删除，不表示事项办结。",
            "在期限内反馈核查处置结果，写明处置措施；涉嫌犯罪的，依法移送。",
            "不属于你单位管辖的，退回并说明理由，不得自行搁置。",
        ),
    ),
    _transfer(
        "police", "公安机关", "{% if screening %}其中出现值得筛查的字样，{% endif %}现将线索和证据目录移送，建议筛查；是否构成犯罪、是否立案，由你机关依法判断，本函不作认定。",
        proposed=("police",), offices=("police",),
    ),
    _transfer(
        "telecom", "网信、通信主管部门", "涉及的网站情况见下。现将线索和证据目录移送，请依职责核查处理；是否关闭、屏蔽，由你部门决定。",
        proposed=("telecom", "block"), offices=("telecom", "cyberspace"), site=True,
    ),
    _transfer(
        "health", "卫生健康主管部门", "{% if screening %}其中有涉及医疗机构或者使用环节的内容，{% endif %}现将线索和证据目录移送，请依职责核查处理。",
        proposed=("health",), offices=("health",),
    ),
    _transfer(
        "customs", "海关", "{% if screening %}其中有涉及进口、跨境的内容，{% endif %}现将线索和证据目录移送，请依职责核查处理。",
        proposed=("customs",), offices=("customs",),
    ),
    _transfer(
        "discipline", "纪检监察机关", "{% if screening %}其中有需要你机关了解的内容，{% endif %}现将线索和证据目录移送；是否受理、如何处理，由你机关决定。",
        proposed=("discipline",), offices=("discipline",),
    ),
    Kind(
        name="transfer-area", title="移送函（有管辖权的监管部门）", to="elsewhere",
        opening=(
            _FOUND + "{% if elsewhere %}管辖的依据指向{{ elsewhere }}，{% endif %}现将线索和证据目录移送，请依法核查处理；是否立案、如何处理，由你单位决定。",
            _NO_VERDICT,
        ),
        parts=("case", "jurisdiction", "site", "found", "register", "pages", "asks", "unchecked", "limits"),
        asks=(
            "请核查经营者的真实身份、地址和证照，依法处置；页面已经下架、删除，不表示事项办结。",
            "对管辖有异议的，请告知理由；协商不成的，报请共同的上一级机关指定管辖（行政处罚法第二十五条）。",
            "产品来源或者流向涉及我地的，请通报。",
            _BACK, _DATA,
        ),
        proposed=("area",), offices=("market", "drug"), closing=("特此函告。",),
    ),
    Kind(
        name="abnormal", title="通报函（列入经营异常名录）", to="authority",
        opening=(
            _FOUND + "经按该企业登记的住所、经营场所和页面所示的方式联系，无法取得联系，联系的经过见下。现予通报，是否列入经营异常名录，由你机关依法核实后决定。",
            _NO_VERDICT,
        ),
        parts=("case", "contact", "site", "found", "register", "pages", "asks", "unchecked", "limits"),
        asks=(
            "请核实该企业通过登记的住所或者经营场所是否能够取得联系；能够取得联系的，请将联系方式告知我单位。",
            "列入、移出经营异常名录的，请告知文书和日期，以便登记；列入不代替对线索的核查处置。",
            _BACK, _DATA,
        ),
        proposed=("abnormal_list",), offices=("market",), closing=("特此通报。",),
        note="草稿：联系的经过填写完整、核实以后再发",
    ),
    Kind(
        name="assistance", title="协查函", to="elsewhere",
        opening=(_FOUND + "因经营者、平台或者产品流向涉及你地，请予协助核查。", _NO_VERDICT),
        parts=("case", "site", "found", "register", "pages", "asks", "unchecked", "limits"), asks_head="请协助核查的事项",
        asks=(
            "平台核验、登记的经营者名称、统一社会信用代码、实际经营地址、联系方式和证照。",
            "所列商品的上架时间、交易记录、发货地址和物流信息，并请平台保存有关页面和记录。",
            "产品来源和流向；已知流入你地的：{{ blank }}。",
            "已经采取或者准备采取的措施；页面已经处理的，告知时间和经过。",
            "请于{{ date_blank }}前函复；不能按期的，告知原因。",
        ),
        proposed=("assist",), offices=("drug", "market"), closing=("特此函请协助。",),
    ),
    Kind(
        name="rectify", title="责令改正通知书（草稿）", to="seller", note="草稿：未经现场核实和审批，不得送达",
        opening=(
            "{{ unit }}在网络销售监测中看到你（单位）的页面有下列情形（第 {{ lead }} 号线索）。核实的情况：{{ blank }}。",
            "认定的事实和所违反的规定，以核实、审批后填写的为准：{{ blank }}。",
        ),
        parts=("case", "found", "register", "asks", "unchecked"), asks_head="改正要求",
        asks=(
            "于{{ date_blank }}前改正，并书面报告改正情况。",
            "具体要求：{{ blank }}。",
            "保存有关页面、资质、进货查验和销售记录，不得隐匿、毁灭。",
            "不服本通知的救济途径和期限（由法制机构填写）：{{ blank }}。",
        ),
        signs=("执法人员（签名）", "执法证号", "执法人员（签名）", "执法证号", "受送达人（签名、日期）"),
    ),
    Kind(
        name="talk", title="约谈记录", to="seller", numbered=False, note="草稿：约谈后由记录人填写，各方签名后成立",
        opening=("就网络销售监测发现的第 {{ lead }} 号线索（{{ matter }}），对“{{ seller }}”（页面所示）进行约谈。",),
        parts=("talk", "case", "found", "register", "asks", "unchecked"), asks_head="约谈告知和要求",
        asks=(
            "告知上列监测所见和有关规定，听取说明。",
            "要求自查全部在售商品和店铺展示的信息，及时改正，不得一删了之、下架了之。",
            "要求保存有关页面、资质、进货查验和销售记录，配合核查。",
            "其他要求：{{ blank }}。",
            "被约谈人的说明：{{ blank }}",
            "被约谈人承诺的整改措施和期限：{{ blank }}",
        ),
        signs=("约谈人（签名）", "约谈人（签名）", "记录人（签名）", "被约谈人（签名）", "日期"),
    ),
    Kind(
        name="publication", title="案件公开稿", to="public", numbered=False, needs_disposition=True, covered=True,
        note="草稿：发布前由法制和新闻机构审核",
        opening=(
            "{{ unit }}在网络销售监测中发现，{{ seller }}在{{ platform }}展示、销售的商品有下列情形，依法核查处置。",
            "核查认定的事实（发布前由办案单位填写）：{{ blank }}。",
        ),
        parts=("found", "disposition"),
        closing=(
            "本稿不含自然人姓名、电话、地址和网址。字号、网店名称里可能含有个人姓名，图片和附件没有遮盖，发布前请人工再看一遍。",
        ),
    ),
)  # fmt: skip
KINDS: Mapping[str, Kind] = {one.name: one for one in _ALL}
