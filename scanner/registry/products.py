"""Is what a page calls its goods the product that was registered? A score with its reason in words.

Owns: comparing a name or a whole title with a registered product name. Leaves to others: which class and code a product
has, and what follows from an answer.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from scanner.registry.names import BRACKETS, NOTHING, Match, level

# Words that stand before many generic names and tell nothing apart.
_GENERIC = re.compile(
    r"^(?:一次性(?:使用)?|医用|无菌|家用|电子|便携式?|全自动|医疗|新型|成人|儿童|自粘(?:性|式)?){1,6}"
)
_FILLERS = re.compile(r"[^0-9A-Z㐀-鿿]")


def compare(page: str, register: str) -> Match:
    """Compare what a page calls its goods (a name or a whole title) with the registered product name."""
    whole, full = _FILLERS.sub("", level(page)), level(register)
    bare = _FILLERS.sub("", BRACKETS.sub("", full))
    name = bare or _FILLERS.sub("", full)
    if not whole or not name:
        return NOTHING
    if name in whole:
        return Match(1.0, "same", "页面名称包含登记的产品名称")
    if len(whole) >= 3 and whole in name:
        return Match(0.9, "same", "登记的产品名称包含页面名称")
    core = _GENERIC.sub("", name)
    core = core if len(core) >= 2 else name
    if len(core) >= 3 and core in whole:
        return Match(0.92, "same", f"页面名称包含“{core}”")
    grams = {core[i : i + 2] for i in range(len(core) - 1)} or {core}
    shared = sum(gram in whole for gram in grams) / len(grams)
    score = round(max(shared, fuzz.partial_ratio(core, whole) / 100 * 0.8), 3)
    if len(core) < 3:  # 口罩 in 医用外科口罩: the same sort of goods, not yet the same product
        score = min(score, 0.75)
    if score >= 0.8:
        return Match(score, "same", "名称大部分相同")
    if score < 0.35 and core[-2:] not in whole:
        return Match(score, "other", f"登记的产品名称是“{register.strip()}”，与页面名称几乎没有共同字词")
    return Match(score, "doubtful", f"登记的产品名称是“{register.strip()}”，与页面名称只有部分相同")
