"""What typer says of a command line that is wrong, in Chinese.

Owns: these sentences. Leaves to others: catching the error (``main``). What no row knows stays as typer said it.
"""

from __future__ import annotations

import re

_SAID: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"Invalid value for (.+?): (?:Input should be|.* is not) a valid integer.*", "{} 应当是整数"),
        (r"Invalid value for (.+?): (?:Input should be|.* is not) a valid (?:number|float).*", "{} 应当是数字"),
        (r"Invalid value for (.+?): Input should be greater than or equal to (\S+)", "{} 不能小于 {}"),
        (r"Invalid value for (.+?): Input should be less than or equal to (\S+)", "{} 不能大于 {}"),
        (
            r"Invalid value for (.+?): (?:Value error, )?(\S+) does not match the formats? .*",
            "{} 写 年-月-日，例如 2026-06-30；没有 {} 这一天",
        ),
        (r"Invalid value for (.+?): (.*)", "{} 的值不对：{}"),
        (r"Missing (?:argument|option|parameter) (.+?)\.(.*)", "没有写 {}{}"),
        (r"No such option: (\S+)(?: \(Possible options: (.+)\))?", "没有这个选项：{}{}"),
        (r"No such command (.+?)\.(.*)", "没有这个命令：{}{}"),
        (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", "多写了：{}"),
        (r"Option (.+) requires (?:an argument|\d+ arguments)\.", "{} 后面要写值"),
        (r"(?:Missing command\.)?", "没有写子命令"),  # nothing: the help was shown already
    )
)
_MEANT = re.compile(r"^\(?Did you mean (?:one of:? )?|[?)]+$")


def chinese(message: str) -> str:
    """The message in Chinese.

    >>> chinese("Invalid value for 'LEAD': Input should be a valid integer, unable to parse string as an integer")
    'LEAD 应当是整数'
    >>> chinese("Invalid value for '--wait': Input should be a valid number, unable to parse string as a number")
    '--wait 应当是数字'
    >>> chinese("No such option: --nope (Possible options: --json, --note)")
    '没有这个选项：--nope（相近的：--json, --note）'
    >>> chinese("No such command 'scann'. Did you mean 'scan'?")
    '没有这个命令：scann（相近的：scan）'
    """
    for pattern, words in _SAID:
        if match := pattern.fullmatch(message.strip()):
            parts = [(part or "").strip().replace("'", "") for part in match.groups()]
            if words.startswith("没有这个") and parts[1]:
                parts[1] = f"（相近的：{_MEANT.sub('', parts[1])}）"
            return words.format(*parts)
    return message
