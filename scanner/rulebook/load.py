"""From folders of YAML to one rulebook: read, merged, and held against each other.

Owns: which files count, what replaces what (a later folder replaces a rule, list, category or context of the same name;
``overrides.yaml`` changes severity, status or adds exceptions), the checks that need more than one file, and the hash.
Leaves to others: the shape of a file (``rule``, ``tables``), compiling (``matcher``, ``context``), opinions (``lint``).
All problems of all files are reported at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from scanner import yamlfile
from scanner.errors import ConfigError, Problem, reason
from scanner.model import content_id
from scanner.rulebook.book import Overridden, Rulebook
from scanner.rulebook.bounds import problems as bounds
from scanner.rulebook.crosscheck import problems as crosscheck
from scanner.rulebook.rule import MODELS, NUMBER_TOKENS, RestrictedRule, Rule, TextRule
from scanner.rulebook.tables import (
    Category,
    CategoryFile,
    Context,
    ContextFile,
    FoldingFile,
    ListFile,
    OverrideFile,
    WordList,
)

MAX_FILES = 5_000
_YAML = (".yaml", ".yml", ".yaml.txt", ".yml.txt")
_OTHERS = frozenset({
    "clocks.yaml", "fields.yaml", "groups.yaml", "storefronts", "watch.yaml", "authorities.yaml", "transfers.yaml", "units.yaml",
    "intake", "known.yaml", "priority.yaml",
    "risk.yaml",
    "calendar.yaml", "returns",
    "credit.yaml",
})  # fmt: skip
_TABLES: dict[str, type[BaseModel]] = {
    "categories.yaml": CategoryFile,
    "contexts.yaml": ContextFile,
    "folding.yaml": FoldingFile,
    "overrides.yaml": OverrideFile,
}


def load(*dirs: Path) -> Rulebook:
    """The rulebook of the folders, the first shipped, later ones local; a later folder may be missing. A file that lies
    where nobody reads it is a warning. Raises ConfigError with every problem."""
    files: dict[str, bytes] = {}
    unread: list[Problem] = []
    stray: list[Problem] = []
    for i, folder in enumerate(dirs):
        if not folder.is_dir():
            if i == 0:
                raise ConfigError([Problem(where=f"{folder}:1", message="没有这个规则文件夹", hint="检查路径")])
            continue
        for path in sorted(p for p in folder.rglob("*") if p.name.lower().endswith(_YAML) and p.is_file()):
            if len(files) >= MAX_FILES:
                raise ConfigError(
                    [Problem(where=f"{path}:1", message=f"规则文件超过 {MAX_FILES} 个", hint="把规则合并")]
                )
            inner = path.relative_to(folder).as_posix()
            lost = _stray(inner)
            if lost:
                stray.append(Problem(where=f"{path}:1", message="这个文件没有人读，里面写的不起作用", hint=lost))
            elif _ours(inner):
                try:
                    with path.open("rb") as file:
                        files[f"{_prefix(i)}/{inner}"] = file.read(yamlfile.MAX_BYTES + 1)
                except OSError as error:
                    why = f"文件读不了：{reason(error)}"
                    unread.append(Problem(where=f"{path}:1", message=why, hint="检查文件的权限"))
    used = {name.partition("/")[0] for name in files}
    shown = {_prefix(i): str(folder) for i, folder in enumerate(dirs) if _prefix(i) in used}
    return _build(tuple(files.items()), tuple(shown.items()), tuple(unread), tuple(stray))


def from_files(files: Mapping[str, bytes]) -> Rulebook:
    """The rulebook that :meth:`Rulebook.files` was taken from. Raises ConfigError."""
    return _build(tuple(files.items()), (), (), ())


def _prefix(index: int) -> str:
    return "rules" if index == 0 else "rules-local" if index == 1 else f"rules-local-{index}"


def _ours(inner: str) -> bool:
    """Whether a file of a rules folder is the rulebook's; others in the same folder are the crawler's and the leads'."""
    first, _, rest = inner.partition("/")
    return first in (*MODELS, "lists") if rest else first in _TABLES


def _stray(inner: str) -> str:
    """What to do about a file that nobody reads, or "": a rule laid beside its folder would silently do nothing."""
    if inner.lower().endswith(".txt"):  # editors that hide the ending add one
        return "文件名去掉 .txt，只以 .yaml 结尾"
    if _ours(inner) or inner.partition("/")[0] in _OTHERS:
        return ""
    return f"规则放进 {'、'.join(MODELS)}，词表放进 lists"


@lru_cache(maxsize=MAX_FILES)  # of two rulebooks in a process most files are the same: an analyst changes one
def _parsed(data: bytes, path: str, model: type[BaseModel]) -> tuple[Any, yamlfile.Lines, list[Problem]]:
    return yamlfile.parse(data, path, model)


class _Reader:
    """Reads files in order, keeps what replaces what, collects problems."""

    def __init__(self, shown: Mapping[str, str]) -> None:
        self.shown = shown
        self.problems: list[Problem] = []
        self.blind = False  # a file of shared tables could not be read, so nobody can say what does not exist
        self.rules: dict[str, Rule] = {}
        self.lists: dict[str, WordList] = {}
        self.categories: dict[str, Category] = {}
        self.contexts: dict[str, Context] = {}
        self.folding: FoldingFile | None = None
        self.overrides: list[tuple[OverrideFile, yamlfile.Lines]] = []
        self.changed: dict[str, tuple[Overridden, ...]] = {}
        self.warnings: list[Problem] = []
        self.lines: dict[str, yamlfile.Lines] = {}
        self.owner: dict[str, str] = {}  # thing -> the folder it came from: twice in one folder is a mistake

    def read(self, name: str, data: bytes) -> None:
        folder, _, inner = name.partition("/")
        path = f"{self.shown.get(folder, folder)}/{inner}"
        kind, _, rest = inner.partition("/")
        model: type[BaseModel] = MODELS[kind] if rest and kind in MODELS else ListFile if rest else _TABLES[inner]
        value, lines, problems = _parsed(data, path, model)
        self.problems += problems
        if value is None:
            self.blind |= kind not in MODELS and not lines.whole
            if rest and kind in MODELS:
                self.owner[f"rule {Path(rest).stem}"] = folder  # so that nobody is told the rule does not exist
            return
        self._take(value, folder, kind, Path(rest).stem, lines)

    def _take(self, value: Any, folder: str, kind: str, stem: str, lines: yamlfile.Lines) -> None:
        if isinstance(value, ListFile):
            for name, words in value.lists.items():
                self._once(f"list {name}", folder, lines.where("lists", name))
                self.lists[name], self.lines[f"list {name}"] = words, lines
        elif isinstance(value, CategoryFile):
            for i, category in enumerate(value.categories):
                self._once(f"category {category.id}", folder, lines.where("categories", i, "id"))
                self.categories[category.id], self.lines[f"category {category.id}"] = category, lines
        elif isinstance(value, ContextFile):
            self.contexts |= value.contexts
            self.lines |= {f"context {name}": lines for name in value.contexts}
        elif isinstance(value, FoldingFile):
            self.folding = value
        elif isinstance(value, OverrideFile):
            self.overrides.append((value, lines))
        else:
            if value.id != stem:
                self._problem(lines.where("id"), f"id {value.id} 和文件名 {stem} 不一致", "改成一样的")
            if value.kind != kind:
                self._problem(lines.where("kind"), f"kind 是 {value.kind}，文件却在 {kind} 文件夹里",
                              f"改 kind，或者把文件移到 {value.kind}")  # fmt: skip
            self._once(f"rule {value.id}", folder, lines.where("id"))
            self.rules[value.id], self.lines[f"rule {value.id}"] = value, lines

    def _once(self, thing: str, folder: str, where: str) -> None:
        if self.owner.get(thing) == folder:
            self._problem(where, f"{thing.partition(' ')[2]} 已经有了", "一个名字只能用一次")
        self.owner[thing] = folder

    def _problem(self, where: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(where=where, message=message, hint=hint))

    def override(self) -> None:
        for file, lines in self.overrides:
            for i, change in enumerate(file.overrides):
                rule = self.rules.get(change.rule)
                if rule is None:
                    if f"rule {change.rule}" not in self.owner:
                        # An update may drop a rule; that must not keep a home from working.
                        near = yamlfile.nearest(change.rule, self.rules)
                        self.warnings.append(Problem(where=lines.where("overrides", i, "rule"),
                                                     message=f"没有规则 {change.rule}，这一条改动不起作用",
                                                     hint=near or "规则可能已改名或者删除，删掉这一条"))  # fmt: skip
                    continue
                update: dict[str, Any] = {k: v for k in ("severity", "status") if (v := getattr(change, k)) is not None}
                if change.except_:
                    if not isinstance(rule, (TextRule, RestrictedRule)):
                        self._problem(lines.where("overrides", i), f"规则 {rule.id} 不看词语，不能加 except")
                        continue
                    update["neutral"] = (*rule.neutral, *change.except_)
                kept = Overridden(change, lines.where("overrides", i), rule.severity, rule.status)
                self.changed[rule.id] = (*self.changed.get(rule.id, ()), kept)
                self.rules[rule.id] = rule.model_copy(update=update)


@lru_cache(maxsize=2)  # one process often opens the same rules again (a watch, many commands of one home)
def _build(
    files: tuple[tuple[str, bytes], ...],
    shown: tuple[tuple[str, str], ...],
    unread: tuple[Problem, ...],
    stray: tuple[Problem, ...],
) -> Rulebook:
    reader = _Reader(dict(shown))
    for name, data in sorted(files, key=lambda file: (file[0].partition("/")[0], file[0])):
        reader.read(name, data)
    reader.override()
    problems = [*unread, *reader.problems]
    if not reader.blind:
        problems += crosscheck(reader.rules, reader.lists, reader.categories, reader.contexts, reader.lines)
        problems += bounds(reader.rules, reader.lists, reader.categories, reader.changed, reader.lines)
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    rules = {name: reader.rules[name] for name in sorted(reader.rules)}
    whole = {"rules": rules, "lists": reader.lists, "categories": reader.categories, "contexts": reader.contexts}
    folding = _canonical(reader.folding) if reader.folding else ""
    text = _canonical(whole) + folding
    return Rulebook(
        rules=rules, lists=reader.lists, categories=reader.categories, contexts=reader.contexts, folding=reader.folding,
        hash=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        versions={rule.id: _version(rule, reader, folding) for rule in rules.values()},
        lines=reader.lines, _files=dict(files), overrides=reader.changed, warnings=(*stray, *reader.warnings),
    )  # fmt: skip


def _canonical(value: Any) -> str:
    """One spelling for equal content: keys sorted, models as their JSON form."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=lambda m: m.model_dump(mode="json"))


def _version(rule: Rule, reader: _Reader, folding: str) -> str:
    """Changes when the rule, a list, a context or a category it uses changes, and only then. Examples do not judge."""
    lowering = (n for n, c in reader.contexts.items() if c.lowers and isinstance(rule, TextRule))
    contexts = {n: reader.contexts[n] for n in (*getattr(rule, "unless", ()), *lowering)}
    names = {*rule.lists(), *(n for c in contexts.values() for n in (*c.named(), *c.broken_by))}
    lists = {n: reader.lists[n] for n in names if n not in NUMBER_TOKENS}
    spelt = folding if any(words.evasion != "off" for words in lists.values()) else ""
    to = rule.applies_to
    everything = isinstance(rule, TextRule) and to.categories == "all" and not to.groups
    categories = "" if everything else _canonical(reader.categories)
    content = rule.model_dump(mode="json", exclude={"examples", "note", "owner"})
    return content_id(_canonical(content), _canonical(lists), _canonical(contexts), spelt, categories)
