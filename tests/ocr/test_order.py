"""Reading order from boxes alone: columns, tables, headings, sentences that go on."""

from __future__ import annotations

from scanner.ocr import Line, PictureState, Reading
from scanner.ocr.order import ordered


def line(text: str, x: int, y: int, *, size: int = 20) -> Line:
    return Line(text=text, x=x, y=y, w=len(text) * size, h=size, confidence=0.9)


def said(*lines: Line, width: int = 750) -> str:
    return Reading(state=PictureState.READ, engine="", lines=ordered(lines, width)).text


def test_lines_go_down() -> None:
    assert said(line("第三", 20, 90), line("第一", 20, 10), line("第二", 20, 50)) == "第一\n第二\n第三"


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [line(f"左边第{n}行的说明文字写在这里", 20, 20 + n * 32) for n in range(4)]
    right = [line(f"右边第{n}行的说明文字写在这里", 420, 20 + n * 32) for n in range(4)]
    rows = [one for pair in zip(left, right, strict=True) for one in pair]
    assert said(*rows).split("\n") == [one.text for one in (*left, *right)]


def test_a_heading_over_two_columns_comes_first() -> None:
    heading = line("这是跨两栏的大标题文字这是跨两栏的大标题", 40, 10, size=32)
    left = [line(f"左边第{n}行的说明文字写在这里", 20, 80 + n * 32) for n in range(3)]
    right = [line(f"右边第{n}行的说明文字写在这里", 420, 80 + n * 32) for n in range(3)]
    assert said(*right, heading, *left).split("\n") == [one.text for one in (heading, *left, *right)]


def test_a_table_is_read_by_rows() -> None:
    rows = [("产品名称", "按摩仪"), ("型号", "DM-200A"), ("注册人", "示例医疗器械有限公司"), ("有效期", "三年")]
    cells = [
        line(text, 20 + 280 * column, 20 + 40 * at) for at, row in enumerate(rows) for column, text in enumerate(row)
    ]
    assert said(*cells).split("\n") == [" ".join(row) for row in rows]


def test_a_full_line_goes_on_in_the_next() -> None:
    full = "本品适用于缓解颈肩部肌肉疲劳请在医生的指导下按照说明书的方法使"
    assert said(line(full, 20, 20), line("用本品", 20, 54), width=680) == f"{full}用本品"


def test_a_sentence_that_has_ended_does_not() -> None:
    full = "本品适用于缓解颈肩部肌肉疲劳请在医生的指导下按照说明书方法使用。"
    assert said(line(full, 20, 20), line("孕妇禁用", 20, 54), width=680) == f"{full}\n孕妇禁用"


def test_short_lines_and_rows_with_a_label_stay_apart() -> None:
    assert said(line("防水防尘", 20, 20), line("轻便耐用", 20, 54)) == "防水防尘\n轻便耐用"
    full = "包装清单主机一台电极片四片电源线一根说明书一份合格证一份保修卡一"
    assert said(line(full, 20, 20), line("有效期：三年", 20, 54), width=680) == f"{full}\n有效期：三年"


def test_nothing_is_lost_or_doubled_whatever_the_boxes() -> None:
    lines = [line(f"{n}", (n * 7919) % 700, (n * 104_729) % 3_000) for n in range(400)]
    out = ordered(lines, 750)
    assert sorted(one.text for one in out) == sorted(one.text for one in lines)


def test_many_lines_take_little_time() -> None:
    lines = [line("字", (n % 37) * 20, n * 3) for n in range(2_000)]
    assert len(ordered(lines, 750)) == 2_000


def test_no_lines() -> None:
    assert ordered([], 750) == ()
