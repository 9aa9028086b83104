"""Every error the program raises on purpose, in one tree; each class knows its exit code.

    QingwangError                 1   something went wrong and nothing was half-written
    ├── UsageError                2   the command line asks for something that cannot be
    │   ├── ConfigError           2   YAML, configuration: all problems at once, with file:line
    │   └── RefusedAddress        2   an address that may not be fetched (private, bad scheme, bad URL)
    ├── InputError                1   a file brought to us is damaged or not what it claims to be
    ├── SealError                 1   a page could not be sealed, so it was not read
    ├── StoreError                1   the book or the register cannot be opened, read or written
    ├── CrawlError                3   dead host, redirect loop, over-size body, CAPTCHA or login only
    ├── NothingReadable           3   an import in which nothing was readable
    ├── VerifyError               4   evidence failed verification
    └── PageError                 1   a storefront family is in doubt about a page (caught at the page's edge)

Owns: the words and codes of failure (the exit codes of the command-line contract). Leaves to others: printing
(``cli``). An error carries what happened, where, and what to do next, so that no caller has to add it.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass

_REASONS = {
    errno.ENOENT: "没有这个文件", errno.EACCES: "没有权限", errno.EPERM: "没有权限", errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径里有一段不是文件夹", errno.EEXIST: "已经存在", errno.ENOSPC: "磁盘满了", errno.EROFS: "磁盘是只读的",
    errno.EIO: "磁盘读写出错", errno.EMFILE: "打开的文件太多", errno.ENAMETOOLONG: "文件名太长", errno.ELOOP: "链接绕圈",
    errno.EDQUOT: "磁盘配额用完了",
}  # fmt: skip


def reason(error: OSError) -> str:
    """Why the operating system refused, in Chinese; in its own words where it is none of the usual reasons."""
    return _REASONS.get(error.errno or 0, "") or str(error.strerror or error)


def fault(error: BaseException | None) -> str:
    """A fault of our own in words, where it costs one page and the run goes on."""
    return f"程序错误：{type(error).__name__}: {error}"[:500]


class QingwangError(Exception):
    """Base of the tree. ``kind`` is the stable machine word, ``where`` a file:line, URL or path, ``hint`` the way out."""

    kind = "error"
    exit_code = 1

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}：{self.message}" if self.where else self.message
        return f"{text}（{self.hint}）" if self.hint else text


class UsageError(QingwangError):
    kind = "usage"
    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault of a configuration file: ``where`` is ``path:line`` (1-based)."""

    where: str
    message: str
    hint: str = ""


class ConfigError(UsageError):
    """One or many faults in files that people edit; all of them are reported together."""

    kind = "config"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [f"{p.where}：{p.message}" + (f"（{p.hint}）" if p.hint else "") for p in self.problems]
        super().__init__("\n".join(lines))


class RefusedAddress(UsageError):
    kind = "refused"


class InputError(QingwangError):
    kind = "input"


class SealError(QingwangError):
    kind = "seal"


class StoreError(QingwangError):
    kind = "store"


class CrawlError(QingwangError):
    kind = "crawl"
    exit_code = 3


class NothingReadable(QingwangError):
    kind = "nothing_readable"
    exit_code = 3


class VerifyError(QingwangError):
    kind = "verify"
    exit_code = 4


class PageError(QingwangError):
    kind = "page"
