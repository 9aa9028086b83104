"""A made-up UDI release for ``bench registry``: parts in a zip as the real one has them, any size, the same for a seed.

Owns: the shape and the proportions (all elements in order and most of them empty, runs of devices under one number, a
few records changed or withdrawn). Leaves to others: reading it. Companies, goods and numbers are invented: each number
carries 演, which no authority uses.
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

PART = 5_000  # records a part, as in the real release
DEVICES_A_NUMBER = 30  # on average; the real release has about as many
LONGEST_RUN = 12  # devices of one number that follow each other

_FIRST = date(2020, 1, 1)
_WORDS = ("一次性使用", "无菌", "医用", "可吸收", "便携式", "全自动", "高分子", "硅胶")
_GOODS = ("导管", "敷贴", "缝合线", "注射器", "接骨板", "检测试剂盒", "软性接触镜", "血压计", "吸引管", "穿刺针")
_CODES = ("14-05-03", "14-10-02", "02-13-07", "14-01-01", "13-01-01", "22-04-00", "16-06-01", "07-03-01")
_NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
# (tag, value); None: made for each record. The order and the misspellings are those of the real files.
_TAGS: tuple[tuple[str, str | None], ...] = (
    ("zxxsdycpbs", None), ("cpbsbmtxmc", "GS1"), ("cpbsfbrq", None), ("zxxsdyzsydydsl", "1"), ("sydycpbs", ""),
    ("bszt", "二维码"), ("sfyzcbayz", "是"), ("zcbacpbs", ""), ("sfybtzjbs", "否"), ("btcpbsyzxxsdycpbssfyz", ""),
    ("btcpbs", ""), ("cpmctymc", None), ("spmc", ""), ("ggxh", None), ("sfwblztlcp", "否"), ("cpms", None),
    ("cphhhbh", ""), ("yflbm", ""), ("qxlb", "器械"), ("flbm", None), ("tyshxydm", None), ("zczbhhzbapzbh", None),
    ("ylqxzcrbarmc", None), ("ylqxzcrbarywmc", ""), ("ybbm", ""), ("cplb", "耗材"),
    ("cgzmraqxgxx", "说明书或标签上面不包含MR安全性信息"), ("sfbjwycxsy", "是"), ("zdcfsycs", ""), ("sfwwjbz", "是"),
    ("syqsfxyjxmj", "否"), ("mjfs", ""), ("qtxxdwzlj", ""), ("tsrq", None), ("scbssfbhph", "是"), ("scbssfbhxlh", "否"),
    ("scbssfbhscrq", "是"), ("scbssfbhsxrq", "是"), ("tscchcztj", ""), ("tsccsm", ""), ("deviceRecordKey", None),
    ("versionNumber", None), ("versionTime", None), ("versionStauts", None), ("correctionNumber", "0"),
    ("correctionRemark", ""), ("correctionTime", ""),
)  # fmt: skip
_TEMPLATE = (
    "<device>\n"
    + "".join(f"<{tag}>{f'%({tag})s' if value is None else value}</{tag}>\n" for tag, value in _TAGS)
    + "<packingList><packing><bzcpbs>2%(zxxsdycpbs)s</bzcpbs><cpbzjb>箱</cpbzjb><bznhxyjcpbssl>10</bznhxyjcpbssl>"
    "<bznhxyjbzcpbs>%(zxxsdycpbs)s</bznhxyjbzcpbs></packing></packingList>\n"
    "<storageList/>\n<clinicalList/>\n<contactList/>\n</device>\n"
)


def write(path: Path, records: int, *, seed: int = 1) -> list[str]:
    """Write ``records`` records to the zip ``path``, part by part, and give the numbers that occur in it."""
    dice = random.Random(seed)
    goods = list(_registrations(dice, max(1, records // DEVICES_A_NUMBER)))
    stream = _records(dice, goods)
    parts = -(-records // PART)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part in range(parts):
            count = min(PART, records - part * PART)
            name = f"UDID_FULL_DOWNLOAD_PART{part + 1}_Of_{parts}_2026-11-01.xml"
            with archive.open(name, "w") as out:
                head = f"<header><numberRkeyecordXML>{count}</numberRkeyecordXML></header>"
                out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<udid version="1.0">{head}<devices>\n'.encode())
                out.write("".join(next(stream) for _ in range(count)).encode())
                out.write(b"</devices></udid>")
    return [number["zczbhhzbapzbh"] for number in goods]


def _registrations(dice: random.Random, count: int) -> Iterator[dict[str, str]]:
    """Numbers with their product and holder, all different."""
    for serial in range(count):
        name = "".join(dice.choices(_NAMES, k=4))
        kind = dice.randrange(len(_GOODS))
        year, cls, code = 2014 + serial // 10_000 % 13, dice.choice("23"), f"{1 + serial // 130_000 % 22:02d}"
        yield {
            "zczbhhzbapzbh": f"演械注准{year}{cls}{code}{serial % 10_000:04d}",
            "cpmctymc": f"{dice.choice(_WORDS)}{dice.choice(_WORDS)}{_GOODS[kind]}",
            "flbm": dice.choice(_CODES), "ylqxzcrbarmc": f"演示{name}医疗器械有限公司",
            "tyshxydm": f"91000000DEM{serial % 10_000_000:07d}",
        }  # fmt: skip


def _records(dice: random.Random, goods: list[dict[str, str]]) -> Iterator[str]:
    """Records without end: runs of devices under one number, some changed since, a few withdrawn."""
    serial = 0
    while True:
        chosen = dice.choice(goods)
        for _ in range(dice.randint(1, LONGEST_RUN)):
            serial += 1
            identifier = f"0699{serial:010d}"
            day = (_FIRST + timedelta(days=dice.randrange(2_500))).isoformat()
            changed = dice.random() < 0.2
            yield _TEMPLATE % {
                **chosen, "zxxsdycpbs": identifier, "cpbsfbrq": day, "ggxh": f"DM-{serial % 997}×{dice.randrange(300)}mm",
                "cpms": f"本产品由{chosen['cpmctymc']}主体和附件组成，规格{serial}，供演示用。",
                "tsrq": day if dice.random() < 0.01 else "", "deviceRecordKey": f"{identifier}{day.replace('-', '')}",
                "versionNumber": "2" if changed else "1", "versionTime": day,
                "versionStauts": "更新" if changed else "新增",
            }  # fmt: skip
