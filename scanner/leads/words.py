"""Chinese names of a finding's verdict and severity, which leads are ordered and told by.

Owns: the two tables. Leaves to others: all other names (``report.words``, ``states``, ``order``).
"""

from __future__ import annotations

from collections.abc import Mapping

from scanner.model import Severity, Verdict

VERDICTS: Mapping[Verdict, str] = {
    Verdict.VIOLATION: "违规",
    Verdict.SUSPECT: "存疑",
    Verdict.UNVERIFIED: "未能核实",
}
SEVERITIES: Mapping[Severity, str] = {
    Severity.LOW: "轻微",
    Severity.MEDIUM: "一般",
    Severity.HIGH: "严重",
    Severity.CRITICAL: "特别严重",
}
