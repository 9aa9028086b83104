"""What the parts of a package must agree on: lead, findings and captures with the journal's lines, and each other.

Owns: these comparisons; every one that fails is named. Leaves to others: bytes and sums (``verify``), web archive
(``wacz_check``), the lines' own hashes (done in reading them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from scanner import clock
from scanner.evidence.journal import pairs
from scanner.evidence.journal.chain import Line
from scanner.evidence.journal.places import capture_of
from scanner.evidence.package.contents import Contents, answers
from scanner.model import Capture, Finding, Listing, Seller, content_id
from scanner.report.excerpt import field_texts

PIN = "pin"  # event of the line that pins the journal's head and the package's files
UNPINNED = frozenset({"journal.jsonl", "pages.wacz", "VERIFY.txt"})  # bound by the lines themselves, or following


def chain_faults(lines: Sequence[Line]) -> list[str]:
    """What is wrong with an extract as a piece of a chain. Each line was found to agree with itself."""
    faults = []
    for before, after in pairwise(lines):
        if after.seq <= before.seq:
            faults.append(f"第 {after.seq} 行不在第 {before.seq} 行之后")  # order
        elif after.seq == before.seq + 1 and after.prev != before.hash:
            faults.append(f"第 {after.seq} 行与第 {before.seq} 行接不上")  # chain broken
    return faults


def pin_faults(lines: Sequence[Line], contents: Contents, sums: Mapping[str, str], fingerprint: str) -> list[str]:
    """Whether the last line pins this package: its lead, its files; and whether the journal knows the key."""
    pin, faults = lines[-1], []
    if pin.event != PIN or pin.data.get("lead") != contents.lead.lead.number:
        faults.append("最后一行不是本线索的锚定行")  # the last line does not pin this lead
    pinned = pin.data.get("files")
    wanted = {path: value for path, value in sums.items() if path not in UNPINNED}
    if not isinstance(pinned, dict):
        return [*faults, "锚定行没有列出文件"]
    faults += [f"{path}：与日志锚定行所记不符" for path in wanted if pinned.get(path) != wanted[path]]
    faults += [f"{path[:200]}：日志锚定行列出但不在证据包内" for path in pinned if path not in wanted]
    if not any(line.event == "key" and line.data.get("fingerprint") == fingerprint for line in lines):
        faults.append("日志摘录里没有这把签名公钥")  # the journal does not know this key
    return faults


def capture_faults(lines: Sequence[Line], contents: Contents) -> list[str]:
    """Whether ``lead.json``'s captures are exactly those of the lines, and their ids follow from what they say."""
    faults, seen = [], {}
    for line in lines:
        if line.event != "capture":
            continue
        try:
            seen[line.seq] = capture_of(line.data["capture"], line.data["records"], line.seq)
        except (KeyError, TypeError, ValueError, OverflowError):
            faults.append(f"日志第 {line.seq} 行不是取证页的格式")
    for capture in contents.lead.captures:
        if seen.pop(capture.journal, None) != capture:
            faults.append(f"取证页 {capture.id} 与日志第 {capture.journal} 行不符")
        if capture.id != content_id(clock.stamp(capture.time), capture.url, capture.digest, capture.storefront):
            faults.append(f"取证页 {capture.id} 的编号与内容不符")
    faults += [f"日志第 {seq} 行的取证页不在 lead.json 内" for seq in seen]
    files = {ref.file for capture in contents.lead.captures for ref in capture.records}
    begun = {str(line.data.get("file")) for line in lines if line.event == "segment"}
    faults += [f"日志摘录缺少证据库文件 {name[:80]} 的开头" for name in sorted(files - begun)]
    faults += pairs.faults(
        lines, contents.lead.revisits, contents.lead.lead.number, (c.id for c in contents.lead.captures)
    )
    marks = {str(line.data.get("mark", "")) for line in lines if line.event == "capture"} or {contents.lead.mark}
    if marks != {contents.lead.mark}:
        faults.append("标记（演示、演练）与日志不符")  # demo or rehearsal mark shed or added
    return faults


def finding_faults(contents: Contents, rules: Sequence[str]) -> list[str]:
    """Whether findings, captures, quotes, register answers, decisions and rules fit together."""
    whole, faults = contents.lead, []
    ids = {capture.id for capture in whole.captures}
    if [proof.finding.id for proof in contents.findings] != list(whole.findings):
        faults.append("findings.json 与 lead.json 列出的发现不一致")
    for proof in contents.findings:
        finding = proof.finding
        if proof.capture not in ids or (proof.second_capture and proof.second_capture not in ids):
            faults.append(f"发现 {finding.id} 的取证页不在证据包内")
        if not _quoted(finding, whole.listings, whole.sellers):
            faults.append(f"发现 {finding.id} 的引文与页面内容不符")
        if not any(name.rpartition("/")[2] == f"{finding.rule}.yaml" for name in rules):
            faults.append(f"发现 {finding.id} 依据的规则 {finding.rule[:80]} 不在证据包内")
    if contents.register.answers != answers(contents.findings):
        faults.append("register.json 与 findings.json 的登记核对结果不一致")
    if {capture for capture, _ in whole.outcomes} - ids:
        faults.append("lead.json 的取证结果提到了不在证据包内的取证页")
    if any(decision.lead != whole.lead.number for decision in contents.decisions):
        faults.append("decisions.json 含有别的线索的处理")
    return faults


def true_captures(captures: Sequence[Capture], line_of: Callable[[int], Line]) -> Iterator[Capture | str]:
    """Each capture as the journal has it (the book is only an index), or in Chinese why that cannot be."""
    for capture in captures:
        line = line_of(capture.journal)
        found = capture_of(line.data["capture"], line.data["records"], line.seq) if line.event == "capture" else None
        same = found is not None and (found.id, found.url, found.digest) == (capture.id, capture.url, capture.digest)
        yield found if found is not None and same else f"取证页 {capture.id} 与日志第 {capture.journal} 行不符"


def _quoted(finding: Finding, listings: Sequence[Listing], sellers: Sequence[Seller]) -> bool:
    """Whether the quote stands where the finding says. Fields we do not keep (a bare text) are taken on their word."""
    if finding.subject == "text" or not finding.quote:
        return True
    subjects: Sequence[Listing | Seller] = listings if finding.subject == "listing" else sellers
    subject = next((s for s in subjects if (s.id, s.version) == (finding.subject_id, finding.version)), None)
    if subject is None:
        return False
    texts = field_texts(subject, finding.field)
    return not texts or any(text[finding.start : finding.end] == finding.quote for text in texts)
