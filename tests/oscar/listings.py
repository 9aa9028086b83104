"""What the Oscar shop of the tests sells: title, price, category, number and attributes, all invented (演示).

Owns: the truth that a scan of the shop is held against. Leaves to others: putting it into the shop (``shop``).
"""

from __future__ import annotations

from dataclasses import dataclass

NUMBER, HOLDER, MODEL, SCOPE = "注册证号", "注册人", "规格型号", "适用范围"  # number, holder, model, intended use


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """``price`` in yuan; ``number`` is empty where the seller shows none; ``attributes`` are label -> value, in order."""

    upc: str
    title: str
    price: str
    category: str
    number: str
    attributes: dict[str, str]
    description: str


def _listing(row: int, title: str, price: str, category: str, number: str, holder: str, model: str, scope: str,
             description: str) -> Listing:  # fmt: skip
    values = {NUMBER: number, HOLDER: holder, MODEL: model, SCOPE: scope}
    return Listing(
        upc=f"YS{row:04}", title=title, price=price, category=category, number=number,
        attributes={label: value for label, value in values.items() if value}, description=description,
    )  # fmt: skip


_A, _B, _C = "演示青山医疗用品有限公司", "演示碧水电子有限公司", "演示长风生物科技有限公司"

# fmt: off
LISTINGS = tuple(_listing(row, *values) for row, values in enumerate((
    ("一次性医用口罩 成人平面型 50只", "18.50", "防护用品", "演械注准20222145001", _A, "平面型 17cm×9cm", "供普通医疗环境佩戴。", "三层无纺布，请在有效期内使用。"),
    ("医用外科口罩 独立包装 20只", "16.00", "防护用品", "演械注准20222145002", _A, "耳挂式", "供临床有创操作时佩戴。", "细菌过滤效率不低于95%。"),
    ("医用防护口罩 立体型 10只", "35.00", "防护用品", "演械注准20222145003", _A, "头戴式", "供医疗环境过滤空气中的颗粒物。", "鼻夹可调。"),
    ("一次性医用检查手套 丁腈 100只", "42.80", "防护用品", "演城械备20225004", _A, "中号", "", "无粉，指尖麻面。"),
    ("医用脱脂纱布块 8层 5片装×10袋", "12.00", "防护用品", "演械注准20222145005", _A, "7.5cm×7.5cm", "供创面包扎。", "无菌包装，破损请勿使用。"),
    ("创可贴 透气弹性布 50片", "8.90", "防护用品", "演城械备20225006", _A, "70mm×18mm", "供浅表小伤口的临时包扎。", "贴前清洁皮肤。"),
    ("臂式电子血压计 大屏语音", "168.00", "家用检测", "演械注准20222075007", _B, "BS-P1", "供测量成人血压和脉率。", "测量前请静坐五分钟。"),
    ("红外额温枪 儿童成人两用", "75.00", "家用检测", "演械注准20222075008", _B, "BS-E2", "测量额头体表温度。", "读数仅供参考。"),
    ("玻璃替代型电子体温计 软头", "13.90", "家用检测", "演械注准20222075009", _B, "BS-T3", "供测量人体体温。", "防水探头。"),
    ("指夹血氧饱和度仪", "99.00", "家用检测", "演械注准20222075010", _B, "BS-X4", "供测量脉搏血氧饱和度和脉率。", "两节电池，自动关机。"),
    ("家用血糖测试仪套装", "128.00", "家用检测", "演械注准20222225011", _C, "CF-G1", "供体外自测血糖。", "套装含采血笔。"),
    ("血糖试条 25条瓶装", "45.00", "家用检测", "演械注准20222405012", _C, "25条/瓶", "与配套血糖仪合用。", "开瓶后三个月内用完。"),
    ("早早孕检测试纸 5条", "9.90", "家用检测", "演械注准20222405013", _C, "条型", "供体外检测尿液中的人绒毛膜促性腺激素。", "结果请以医院检查为准。"),
    ("网式雾化器 手持充电款", "199.00", "康复护理", "演械注准20222085014", _B, "BS-W5", "供药液雾化吸入。", "请遵医嘱用药。"),
    ("家用制氧机 3升", "1880.00", "康复护理", "演械注准20222085015", _B, "BS-O6", "供制取医用氧气。", "连续运行请保持通风。"),
    ("可折叠手动轮椅 加宽", "465.00", "康复护理", "演械注准20222195016", _A, "QS-L7", "供行动不便者代步。", "最大承重110公斤。"),
    ("腋下拐杖 铝合金 一对", "78.00", "康复护理", "演城械备20225017", _A, "可调高度", "", "六档可调。"),
    ("低频理疗仪 四通道", "259.00", "康复护理", "演械注准20222095018", _B, "BS-D8", "供缓解局部肌肉疲劳。", "体内有植入电子装置者禁用。"),
    ("颈椎按摩仪 热敷款", "139.00", "康复护理", "", "", "BS-M9", "", "本品为日常放松用品，不是医疗器械。"),
    ("彩色隐形眼镜 半年抛 2片", "58.00", "康复护理", "", "", "直径14.0mm", "", "颜色以实物为准。"),
), start=1))
# fmt: on

PER_PAGE = 6
CATEGORIES = tuple(dict.fromkeys(listing.category for listing in LISTINGS))
