"""Are two company names the same company? A score with its reason in words.

Owns: comparing the parts of two names, where names are all there is. Leaves to others: the parts (``parts``),
companies that show their code (``codes``: it comes first) and what follows from an answer.

Both errors are costly: ``same`` on two companies lets a borrowed certificate pass, ``other`` on one company accuses an
honest shop of 套证. What a name alone does not settle is ``doubtful``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from rapidfuzz.distance import OSA, Indel, LCSseq

from scanner.registry.company.parts import Company, provinces, take_apart
from scanner.registry.names import HAN, LONGEST, NOTHING, Match

MOST_PIECES = 12
_PIECE = re.compile(r"[^\s,，;；、|｜/／:：]{2,}")


def compare(page: str, register: str) -> Match:
    """Compare a company named on a page with one in a register.

    A page may name several (委托方, 受托方 …) or add an address: the best of its pieces counts.
    """
    ours, theirs = _pieces(page[:LONGEST]), take_apart(register)
    if not ours or not theirs.plain:
        return NOTHING
    if take_apart(page[:LONGEST]) == theirs:  # however odd its pieces would look
        return _same_parts(theirs, theirs)
    return max((_compare(company, theirs) for company in ours), key=lambda match: match.score)


@lru_cache(maxsize=1024)
def _pieces(page: str) -> tuple[Company, ...]:
    """The whole and its Chinese pieces, taken apart; where some end in a legal form, only these: the rest are labels
    and addresses. One page is compared with many names."""
    pieces = (found.group() for found in islice(_PIECE.finditer(page), MOST_PIECES) if HAN.search(found.group()))
    found = [company for piece in dict.fromkeys((page, *pieces)) if (company := take_apart(piece)).plain]
    return tuple(company for company in found if company.form) or tuple(found)


def _compare(page: Company, register: Company) -> Match:
    if not HAN.search(page.plain) or not HAN.search(register.plain):
        return _foreign(page, register)
    if clash := _clash(page.places, register.places):
        if len(page.plain) != len(register.plain) and _edits(page, register, 1) <= 1:  # 新北乡 for 新乡: no other place
            return Match(0.78, "doubtful", "多一字或者少一字，可能是笔误")
        near = page.brand == register.brand
        return Match(0.5 if near else 0.2, "other", f"地名不同（{clash}）" + ("，只是字号相同" if near else ""))
    if page.places == register.places and (page.core == register.core or _parts(page) == _parts(register)):
        return _same_parts(page, register)
    if page.brand == register.brand:
        return _same_brand(page, register)
    return _other_brand(page, register)


def _parts(company: Company) -> tuple[str, str]:
    return company.brand, company.trade


def _same_parts(page: Company, register: Company) -> Match:
    """Place, brand and trade agree; what is left is the legal form and the branch."""
    if page.group != register.group:
        return Match(0.85, "doubtful", "“集团”字样不同，可能是母公司和子公司")
    if page.form != register.form and page.form and register.form:
        return Match(0.8, "doubtful", "组织形式不同，可能是两家")
    if page.branch != register.branch:
        if page.branch and register.branch:
            return Match(0.85, "doubtful", "同一公司的两个分支机构")
        return Match(0.95, "same", "同一公司的分支机构")
    if page.plain == register.plain:
        return Match(1.0, "same", "名称一致（不计括号、空格和附注）")
    if page.core == register.core:
        return Match(0.97, "same", "只差公司组织形式字样")
    return Match(0.95, "same", "地名、字号、行业都一致，只是写法不同")


def _clash(page: frozenset[str], register: frozenset[str]) -> str:
    """Places that cannot be one: two provinces, two cities of one province, or two that no list knows."""
    table = provinces()
    for ours in sorted(page - register):
        for theirs in sorted(register - page):
            mine, other = table.get(ours), table.get(theirs)
            if "" in (mine, other):  # 中国 is everywhere
                continue
            if None in (mine, other) and OSA.distance(ours, theirs) <= 1:  # may be a slip
                continue
            if mine is None or mine != other or mine not in (ours, theirs):
                return f"{ours}、{theirs}"
    return ""


def _same_brand(page: Company, register: Company) -> Match:
    if page.trade == register.trade:
        return Match(0.85, "doubtful", "字号和行业一致，地名写法不同或者一方没有写地名")
    if not page.trade or not register.trade or page.core in register.core or register.core in page.core:
        return Match(0.8, "doubtful", "一方是简称")
    return Match(0.7, "doubtful", "字号相同，行业字样不同，可能更名或者是关联企业")


def _other_brand(page: Company, register: Company) -> Match:
    if _edits(page, register, 1) <= 1:
        return Match(0.78, "doubtful", "只差一字，可能是笔误，也可能是另一家")
    short, long = sorted((page.brand, register.brand), key=len)
    if len(short) >= 2 and short in long:
        return Match(0.72, "doubtful", "一方的字号包含另一方的字号")
    shared = LCSseq.similarity(page.brand, register.brand)
    if 2 * shared >= len(register.brand) and _edits(page, register, 2) <= 2:
        return Match(0.65, "doubtful", "只差两字，字号有一半相同，可能是笔误，也可能是另一家")
    if not page.form:  # 见包装, a brand, a person: no company is named that could be another one
        return Match(0.5, "doubtful", "一方写的不是企业全称，无法比对")
    near = Indel.normalized_similarity(page.core, register.core)
    return Match(round(near * 0.55, 3), "other", f"字号不同（“{page.brand}”与“{register.brand}”）")


def _edits(page: Company, register: Company, most: int) -> int:
    """Characters wrong, missing, too many or changed round; ``most`` + 1 where there are more."""
    return OSA.distance(page.plain, register.plain, score_cutoff=most)


def _foreign(page: Company, register: Company) -> Match:
    """One name at least has no Chinese. Legal forms do not count; a name near another is not yet the same."""
    if page.plain == register.plain:
        return Match(1.0, "same", "名称一致（不计括号、空格和附注）")
    if page.latin and page.latin == register.latin:
        return Match(0.97, "same", "外文名称一致，只差公司组织形式字样或者标点")
    if not page.latin or not register.latin:
        return Match(0.6, "doubtful", "一方是中文名，一方是外文名，无法比对")
    near = Indel.normalized_similarity(" ".join(page.latin), " ".join(register.latin))
    if near >= 0.8:
        return Match(round(near * 0.9, 3), "doubtful", "外文名称相近")
    return Match(round(near * 0.55, 3), "other", "外文名称不同")
