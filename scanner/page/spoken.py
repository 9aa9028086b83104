"""What was said, with the time of each piece: subtitles (SRT, WebVTT) and transcripts whose lines begin with a time.

Owns: telling times from words, who speaks, joining the pieces of one utterance, the lines at the head that say of what
the text is (账号：, 标题：, 网址：, 时间：). Leaves to others: what is said means (families, rules). Linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

MAX_PIECES = 100_000
MAX_LINE = 4000  # characters
MAX_JOINED = 120  # characters of one utterance: so far from its time may a quote stand
PAUSE = 0.3  # seconds after which another utterance begins
TYPES = frozenset(("text/vtt", "application/x-subrip", "text/x-transcript"))

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d\d)(?:[.,](\d{1,3}))?"
_SPAN = re.compile(rf"\s*{_TIME}\s{{0,9}}-->\s{{0,9}}{_TIME}")
# [00:12:03] words · 00:12:03 words · 【12:03】words
_STAMPED = re.compile(rf"\s{{0,9}}[\[【(（]?{_TIME}[\]】)）]?(?=[\s:：,，]|[^\d:.]|$)[\s:：]{{0,9}}(.*)")
# 发言人1 00:12:03, its words on the lines below
_SPEAKER_STAMPED = re.compile(
    rf"\s{{0,9}}([^\s:：\[【(（][^:：\[【(（]{{0,30}}?)\s{{1,9}}[\[【(（]?{_TIME}[\]】)）]?\s{{0,9}}"
)
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,40})?\s{1,9}([^<>]{1,80})>")
_TAG = re.compile(r"</?[A-Za-z0-9][^<>]{0,200}>|\{\\[^{}]{0,200}\}")
_ROLE = re.compile(
    r"((?:主播|助播|主持人|嘉宾|医生|专家|老师|客服|观众|网友|弹幕|评论|发言人|说话人)[\w]{0,10})[:：]\s{0,9}(?=\S)"
)
_HEAD = re.compile(
    r"(账号|帐号|主播|达人|店铺|直播间|标题|视频标题|网址|链接|时间|直播时间|发布时间)\s{0,9}[:：]\s{0,9}(\S.{0,2000})"
)
_KEYS = {
    "账号": "account", "帐号": "account", "主播": "account", "达人": "account", "店铺": "account", "直播间": "account",
    "标题": "title", "视频标题": "title", "网址": "url", "链接": "url",
    "时间": "time", "直播时间": "time", "发布时间": "time",
}  # fmt: skip
_ENDS = "。！？!?；;…，,、：:"
_AUDIENCE = ("观众", "网友", "弹幕", "评论")


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """Something said: from when to when (seconds), by whom ("" if the file does not say), and the words."""

    start: float
    end: float
    speaker: str
    text: str

    @property
    def at(self) -> str:
        """When it begins: ``00:12:03``."""
        whole = int(self.start)
        return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"

    @property
    def audience(self) -> bool:
        """Whether somebody speaks who sells nothing."""
        return self.speaker.startswith(_AUDIENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A whole file: ``head`` (``account``, ``title``, ``url``, ``time``) as far as it says, and what was said.
    ``cut``: it holds more pieces than are read."""

    head: dict[str, str]
    utterances: tuple[Utterance, ...]
    cut: bool = False


def spoken(text: str) -> Spoken:
    """Read a subtitle file or transcript. Without a single time there are no utterances.

    >>> said = spoken("1\\n00:00:01,000 --> 00:00:02,500\\n三天\\n\\n2\\n00:00:02,500 --> 00:00:04,000\\n见效\\n")
    >>> [(u.at, u.text) for u in said.utterances]
    [('00:00:01', '三天见效')]
    """
    head: dict[str, str] = {}
    pieces: list[Utterance] = []
    cut = False
    for piece in _pieces(text, head):
        if len(pieces) >= MAX_PIECES:
            cut = True
            break
        pieces.append(piece)
    return Spoken(head=head, utterances=tuple(_joined(pieces)), cut=cut)


def _pieces(text: str, head: dict[str, str]) -> Iterator[Utterance]:
    """One piece for each time in the file; lines before the first may say of what the text is."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    current: Utterance | None = None
    words: list[str] = []
    note = False
    for number, whole in enumerate(lines):
        line = whole[:MAX_LINE]
        begun = _begin(line)
        if begun is not None:
            if current is not None:
                yield _said(current, words)
            current, words, note = begun, [begun.text] if begun.text else [], False
        elif not line.strip():
            note = False
        elif current is None:
            _note(line, head)
        elif line.startswith(("NOTE", "STYLE", "REGION")) and not lines[number - 1].strip():
            note = True
        elif not note and not _counter(lines, number):
            words.append(line.strip())
    if current is not None:
        yield _said(current, words)


def _note(line: str, head: dict[str, str]) -> None:
    if match := _HEAD.match(line.strip()):
        head.setdefault(_KEYS[match[1]], match[2].strip())


def _counter(lines: list[str], number: int) -> bool:
    """Whether a line is only the number (or name) of the cue that begins on the next one."""
    below = lines[number + 1][:MAX_LINE] if number + 1 < len(lines) else ""
    return _SPAN.match(below) is not None and (not lines[number - 1].strip() or lines[number].strip().isdigit())


def _begin(line: str) -> Utterance | None:
    if match := _SPAN.match(line):
        return Utterance(start=_seconds(match.groups()[:4]), end=_seconds(match.groups()[4:]), speaker="", text="")
    if match := _STAMPED.fullmatch(line):
        start = _seconds(match.groups()[:4])
        return Utterance(start=start, end=-1.0, speaker="", text=match[5].strip())
    if match := _SPEAKER_STAMPED.fullmatch(line):
        start = _seconds(match.groups()[1:])
        return Utterance(start=start, end=-1.0, speaker=match[1].strip(), text="")
    return None


def _seconds(groups: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, rest = groups
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{rest or 0}")


def _said(one: Utterance, words: list[str]) -> Utterance:
    text = "\n".join(words)
    speaker = one.speaker
    if voice := _VOICE.match(text):
        speaker = voice[1].strip()
    text = _TAG.sub("", text).strip()
    if not speaker and (role := _ROLE.match(text)):
        speaker, text = role[1], text[role.end() :]
    return replace(one, speaker=speaker, text=text)


def _joined(pieces: list[Utterance]) -> Iterator[Utterance]:
    """Pieces that follow at once belong to one utterance; two that begin in one second cannot be told apart."""
    held: Utterance | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if held is None:
            held = piece
        elif _goes_on(held, piece):
            held = replace(held, end=piece.end, text=held.text + piece.text)
        elif held.at == piece.at and held.audience == piece.audience:
            held = replace(held, end=piece.end, text=f"{held.text}\n{piece.text}")
        else:
            yield held
            held = piece
    if held is not None:
        yield held


def _goes_on(held: Utterance, piece: Utterance) -> bool:
    return (
        held.end >= 0 and 0 <= piece.start - held.end <= PAUSE and held.speaker == piece.speaker
        and held.text[-1] not in _ENDS and len(held.text) + len(piece.text) <= MAX_JOINED
        and not (held.text[-1].isascii() or piece.text[0].isascii())
    )  # fmt: skip
