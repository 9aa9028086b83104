"""Invented sellers for the bench of ``leads.same``: operators, and the pages their shops show.

The **makings** differ in everything a making can differ in: stock of brands, cities and trades, how pages are laid out,
labelled and joined, which slips a name suffers, what else stands on a page. Points and reading were worked on while
looking at ``tuning`` and ``second``; ``report`` was made after that and is what is reported. Nobody here exists: codes are of the organisation drawn from a word, numbers of the authority
演, hosts end in ``.example``, telephone numbers are of areas and heads drawn by dice.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from scanner.crawl.reading import fields
from scanner.leads.same.reading import key_of, traits_of
from scanner.leads.same.traits import Traits
from scanner.store.draft import seller_key
from tests.registry.company.pairs import code
from tests.store.making import NOT_SEEN, said

PLATFORMS = ("shop.jd.com", "www.taobao.com", "mall-one.example", "mall-two.example")


@dataclass(frozen=True, slots=True)
class Making:
    """The stock and the manners of one making."""

    name: str
    seed: int
    brands: str
    cities: Sequence[tuple[str, str]]  # city, region of its code
    trades: Sequence[str]
    labels: Mapping[str, str]
    between: str  # what stands between the rows of a page
    colon: str
    suffixes: Sequence[str]
    slips: str
    noise: Sequence[str] = ()


TUNING = Making(
    name="tuning", seed=11, brands="演康演健演禾演瑞演恒演博演安演宝演阳演方演海演润",
    cities=(("苏州", "320500"), ("郑州", "410100"), ("青岛", "370200"), ("宁波", "330200"), ("长沙", "430100")),
    trades=("医疗器械", "医疗科技", "医疗用品", "生物科技", "大药房连锁"),
    labels={"company": "企业名称", "person": "法定代表人", "address": "住所", "phone": "联系电话", "wechat": "微信号",
            "code": "统一社会信用代码", "email": "邮箱"},
    between="\n", colon="：", suffixes=("旗舰店", "专营店", "官方旗舰店", "医疗器械专营店"), slips="互户辰晨贝",
)  # fmt: skip
SECOND = Making(
    name="second", seed=73, brands="拟泰拟和拟济拟贝拟清拟源拟盛拟远拟慈拟元拟祥拟航",
    cities=(("佛山", "440600"), ("成都", "510100"), ("沈阳", "210100"), ("武汉", "420100"), ("西安", "610100"), ("厦门", "350200")),
    trades=("医疗设备", "健康科技", "卫生材料", "康复器材", "医药"),
    labels={"company": "公司名称", "person": "负责人", "address": "经营场所", "phone": "客服电话", "wechat": "客服微信",
            "code": "社会信用代码", "email": "E-mail"},
    between="　", colon=": ", suffixes=("专卖店", "品牌旗舰店", "健康专营店", "企业店"), slips="太合齐背情圆",
)  # fmt: skip
REPORT = Making(
    name="report", seed=2024, brands="虚嘉虚合虚朗虚颂虚沐虚信虚达虚本虚川虚苗虚木",
    cities=(("合肥", "340100"), ("南昌", "360100"), ("昆明", "530100"), ("石家庄", "130100"), ("哈尔滨", "230100"), ("珠海", "440400"), ("重庆", "500100")),
    trades=("医疗器械贸易", "医用材料", "药业", "光学眼镜", "智能科技", "口腔器材"),
    labels={"company": "经营者名称", "person": "法人", "address": "经营地址", "phone": "手机", "wechat": "微信",
            "code": "统一社会信用代码", "email": "电子邮箱"},
    between="\n", colon="\n", suffixes=("旗舰店", "小店", "直营店", "海外旗舰店", "保健旗舰店"), slips="加河郎讼信苎",
    noise=("消费者投诉举报电话 12315", "收货地址：杭州市演示区演示路9号", "客服在线时间 9:00-18:00", "订单编号 20260101138001380001"),
)  # fmt: skip
MAKINGS = {one.name: one for one in (TUNING, SECOND, REPORT)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A legal person and what is its own."""

    brand: str
    city: str
    trade: str
    company: str
    code: str
    licence: str
    mobile: str
    landline: str
    wechat: str
    email: str
    address: str
    person: str
    picture: str
    icp: str
    domain: str


@dataclass(slots=True)
class World:
    """Draws operators and lays out shops; remembers all sellers, for how common a value is."""

    making: Making
    dice: random.Random = field(init=False)
    sellers: dict[str, Traits] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)  # seller key -> domain of whose it is
    named_so: set[tuple[str, str, str]] = field(default_factory=set)
    drawn: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.making.seed)

    def operator(self, **given: str) -> Operator:
        """A new operator, drawn but for what is ``given``."""
        for _ in range(100):
            drawn = self._drawn(given)
            named = (drawn.city, drawn.brand, drawn.trade)  # no two companies of one register are called alike
            if named not in self.named_so:
                self.named_so.add(named)
                return drawn
        raise AssertionError("the stock of names is used up")

    def _drawn(self, given: Mapping[str, str]) -> Operator:
        self.drawn += 1
        dice, n, stock = self.dice, self.drawn, self.making
        brands = [stock.brands[at : at + 2] for at in range(0, len(stock.brands), 2)]
        city, region = dice.choice(stock.cities)
        city = given.get("city", city)
        region = dict(stock.cities)[city]
        brand = given.get("brand") or dice.choice(brands) + dice.choice("安康泰宁顺达昌隆") + dice.choice(
            "堂源坊民生慧美力"
        )
        trade = given.get("trade") or dice.choice(stock.trades)
        word = f"{stock.name}{n}"
        drawn = Operator(
            brand=brand, city=city, trade=trade, company=f"{city}{brand}{trade}有限公司", code=code(word, region),
            licence=f"演城药监械经营备2023{n:04d}号", mobile=f"1{dice.choice('35789')}{dice.randrange(10**8, 10**9)}",
            landline=f"0{dice.randrange(310, 999)}-{dice.randrange(2, 9)}{dice.randrange(10**6, 10**7)}",
            wechat=f"yan_{word}_{dice.randrange(1000)}", email=f"{word}@mail.example",
            address=f"{city}市演示区{dice.choice('东西南北中')}{dice.choice('山河湖海')}路{dice.randrange(1, 999)}号{dice.randrange(1, 30)}幢{dice.randrange(101, 2999)}室",
            person=dice.choice("王李张刘陈杨赵黄周吴") + dice.choice("伟芳娜敏静丽强磊军洋") + dice.choice("明华国平文辉"),
            picture=hashlib.sha256(f"picture {word}".encode()).hexdigest(), icp=f"演ICP备{20000000 + n}号",
            domain=f"{word}.example",
        )  # fmt: skip
        return replace(drawn, **given)

    def shop(
        self, who: Operator, name: str, *shows: str, at: str = "", template: str = "", more: Sequence[str] = (),
        listed: bool = False,
    ) -> str:  # fmt: skip
        """A shop of ``who`` called ``name``, on a platform or ``at`` a host, whose page shows these of its traits; its key.
        ``listed``: only a product page that names it."""
        host = at or self.dice.choice(PLATFORMS)
        while self.owners.setdefault(seller_key(host, name), who.domain) != who.domain:  # the name is taken there
            self.drawn += 1
            host = f"n{self.drawn}.mall.example"
        url = f"https://{host}/{len(self.sellers)}"
        if listed:
            page = fields.listing(storefront=host, family="generic", url=url, title=said("演示口罩"), seller=said(name))
            return self._keep(key_of(page), traits_of(page, f"capture-{len(self.sellers)}"))
        rows = [self._row(who, one) for one in shows if one not in ("picture",)]
        self.dice.shuffle(rows)
        text = self.making.between.join(["首页 全部商品 关于我们", *self.making.noise, *rows, *more])
        seller = fields.seller(
            storefront=host, family="generic", url=url, page="licence", name=said(name) if name else NOT_SEEN,
            text=said(text),
        )  # fmt: skip
        pictures = [who.picture] if "picture" in shows else []
        return self._keep(
            key_of(seller), traits_of(seller, f"capture-{len(self.sellers)}", pictures=pictures, template=template)
        )

    def _keep(self, key: str, traits: Sequence[object]) -> str:
        held = self.sellers.get(key)
        shown = (*(held.shown if held else ()), *traits)
        self.sellers[key] = Traits(key, tuple(dict.fromkeys(shown)))  # type: ignore[arg-type]
        return key

    def _row(self, who: Operator, one: str) -> str:
        labels, colon = self.making.labels, self.making.colon
        if one in ("mobile", "landline"):
            return f"{labels['phone']}{colon}{self.spelt(getattr(who, one))}"
        if one in ("licence", "icp"):
            return f"{'第二类医疗器械经营备案编号' if one == 'licence' else '网站备案'}{colon}{getattr(who, one)}"
        if one == "company":
            return f"{labels['company']}{colon}{self.variant(who.company)}"
        return f"{labels[one]}{colon}{getattr(who, one)}"

    # --- manners ------------------------------------------------------------------------------------------------

    def spelt(self, phone: str) -> str:
        """A telephone number as pages write it."""
        if not phone.startswith("1"):
            return phone.replace("-", self.dice.choice(("-", " ", "")))
        head, middle, tail = phone[:3], phone[3:7], phone[7:]
        wide = "".join(chr(ord(char) + 0xFEE0) for char in phone)
        return self.dice.choice((phone, f"{head}-{middle}-{tail}", f"{head} {middle} {tail}", f"+86 {phone}", wide))

    def variant(self, company: str) -> str:
        """One company's name as another page writes it."""
        city = next((city for city, _ in self.making.cities if company.startswith(city)), "")
        rest = company.removeprefix(city)
        ways = (
            company,
            company.replace("有限公司", "有限责任公司"),
            company.translate(str.maketrans("医疗药业器东华龙门长宁", "醫療藥業器東華龍門長寧")),
            f"{city} {rest}" if city else company,
            f"{rest[:-4]}（{city}）有限公司" if city and rest.endswith("有限公司") else company,
            f"{company}（以下简称公司）",
        )
        return self.dice.choice(ways)

    def slip(self, company: str) -> str:
        """The name with one character of its brand wrong."""
        city = next((city for city, _ in self.making.cities if company.startswith(city)), "")
        at = len(city) + self.dice.choice((0, 1, 2))
        return company[:at] + self.dice.choice(self.making.slips) + company[at + 1 :]

    def named(self, who: Operator) -> str:
        return who.brand + self.dice.choice(self.making.suffixes)

    def own_name(self) -> str:
        """A shop's name that has nothing of its operator's."""
        self.drawn += 1
        return f"{self.dice.choice('晴朗暖阳晨星')}{self.dice.choice('小大老新')}{self.dice.choice('铺屋家坊')}{self.drawn}号店"
