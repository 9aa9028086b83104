"""Checking a package: closed both ways, every fault named, never stopping at the first.

Owns: the list of checks and their order. A folder and a zip are checked in place, piece by piece, in bounded memory: a few
threads digest files and records (SM3 and inflating cost most, and both let other threads run) while the rest is compared.
Leaves to others: the comparisons themselves (``manifest``, ``bound``, ``wacz_check``), the installation's archive and
journal (``home_check``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner import clock
from scanner.errors import InputError
from scanner.evidence import digest
from scanner.evidence.checking import bound, wacz_check
from scanner.evidence.journal import chain
from scanner.evidence.package import contents, guide, manifest, sums, zipped
from scanner.evidence.package.environment import crawls_of
from scanner.evidence.package.environment import faults as environment_faults
from scanner.evidence.package.source import Folder, Source, Zip, shown
from scanner.evidence.package.wacz import Facts
from scanner.evidence.signing import key_history, keys, pdfsign
from scanner.evidence.signing.key_history import Held
from scanner.evidence.stamp import in_seals

ENVIRONMENT, REPORT, JOURNAL, WACZ = "environment.json", "report.html", "journal.jsonl", "pages.wacz"
PDF, DOCX, MASKING = "report.pdf", "report.docx", "masking.json"
DOCUMENTS = frozenset({PDF, DOCX, "record.docx", "evidence-list.docx", MASKING})
REQUIRED = DOCUMENTS | frozenset(
    {
        contents.LEAD, contents.FINDINGS, contents.DECISIONS, contents.REGISTER, ENVIRONMENT, REPORT, JOURNAL, WACZ,
        guide.NAME, manifest.NAME, sums.NAME, manifest.PUBLIC, manifest.SIGNATURE,
    }
)  # fmt: skip
MAX_SEAL = 1024 * 1024  # bytes of a file in seals/
MAX_READ = 512 * 1024 * 1024  # bytes of a file that has to be read whole
EARLY = frozenset({"contents", "signature", "seals"})  # areas that need few sums, compared while the threads work
THREADS = 4  # at most; each may hold one record


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check that held, or one fault found: ``name`` is the area, ``detail`` Chinese, naming file and place."""

    name: str
    ok: bool
    detail: str


def verify(path: Path, strict: bool = False, *, fingerprint: str = "", history: Sequence[Held] = ()) -> list[Check]:
    """All checks of the package at ``path`` (folder or zip). ``strict``: stamps still pending are faults;
    ``fingerprint``: the signing key that the unit published; ``history``: what this installation knows of its
    own keys. InputError when there is nothing to check."""
    with _opened(path) as source:
        if isinstance(source, InputError):
            return [Check(name="form", ok=False, detail=source.message)]
        pool = ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1))
        with closing(_Verification(source, strict, fingerprint, history, pool)) as verification:
            return list(verification.checks())


@contextmanager
def _opened(path: Path) -> Iterator[Source | InputError]:
    if path.is_dir():
        yield Folder(path)
    elif path.is_file():
        with path.open("rb") as file:
            try:
                source: Source | InputError = Zip(file, rooted=True)
            except InputError as error:
                source = error
            yield source
    elif path.exists():
        raise InputError("既不是文件也不是文件夹", where=str(path))  # a device, a socket
    else:
        raise InputError("没有这个文件或者文件夹", where=str(path))


class _Verification:
    """One package under check. What cannot be read stays None, and what depends on it says so."""

    def __init__(
        self, source: Source, strict: bool, fingerprint: str, history: Sequence[Held], pool: ThreadPoolExecutor
    ) -> None:
        self._source, self._strict, self._wanted, self._history = source, strict, fingerprint, history
        self._pool = pool
        self._open = ExitStack()
        self._measured: dict[str, Future[digest.Sums]] = {}
        self._wacz: wacz_check.Begun | InputError | None = None
        self._sums: dict[str, digest.Sums] = {}
        self._contents: contents.Contents | None = None
        self._environment: Any = None
        self._lines: tuple[chain.Line, ...] = ()
        self._manifest: dict[str, Any] | None = None
        self._fingerprint = ""
        self._stamps: list[str] = []
        self._key: Held | None = None

    def close(self) -> None:
        """Let go of the threads, then of what they read."""
        self._pool.shutdown(cancel_futures=True)
        self._open.close()

    def checks(self) -> Iterator[Check]:
        """Every area in turn: its faults, or that it holds. The long work is begun first; what needs none of it is compared
        meanwhile."""
        first = self._begin()
        areas: Sequence[tuple[str, Callable[[], list[str]], str]] = (
            ("form", self._form, "文件形式"),
            ("sums", self._listed, "SHA256SUMS 与全部文件一致"),
            ("contents", self._read, "线索、发现、处理、登记核对可以读取"),
            ("journal", lambda: first, "日志摘录"),
            ("signature", self._signature, "签名"),
            ("manifest", self._derived, "清单与证据包内容一致"),
            ("captures", self._captures, "取证页与日志一致"),
            ("findings", self._findings, "发现、引文、规则、登记核对相互一致"),
            ("archive", self._archive, "网页存档与日志逐条一致"),
            ("guide", self._guide, "核验说明"),
            ("seals", self._seals, "印记"),
        )
        early = sorted(areas, key=lambda area: area[0] not in EARLY)
        found = {name: check() for name, check, _ in early}
        for name, _, holds in areas:
            faults = found[name]
            yield from (Check(name=name, ok=False, detail=fault) for fault in faults)
            if not faults:
                yield Check(name=name, ok=True, detail=self._said(name, holds))

    def _said(self, name: str, holds: str) -> str:
        if name == "signature":
            told = key_history.said(self._key) if self._key else f"公钥指纹 {self._fingerprint}"
            return f"签名有效，{told}；请与制作单位公布的指纹核对"
        if name == "seals":
            return "；".join(["签名：已完成", *self._stamps])
        if name == "guide" and self._contents and self._contents.lead.mark:
            return f"{holds}；本包标明「{self._contents.lead.mark}」，不是证据"
        return holds

    # --- the long work --------------------------------------------------------------------------------------------

    def _begin(self) -> list[str]:
        """Set the threads to digesting all files, the longest first, and the records that the journal speaks of; what is wrong
        with the journal."""
        for name in sorted(self._source.names, key=lambda name: name != WACZ):
            self._measured[name] = self._pool.submit(self._measure, name)
        faults = self._journal()
        try:
            self._wacz = wacz_check.begin(self._open.enter_context(self._source.open(WACZ)), self._lines, self._pool)
        except (InputError, KeyError, OSError) as error:
            self._wacz = error if isinstance(error, InputError) else None
        return faults

    def _measure(self, name: str) -> digest.Sums:
        with self._source.open(name) as file:
            return digest.of_file(file)

    # --- form and sums --------------------------------------------------------------------------------------------

    def _form(self) -> list[str]:
        unread = []
        for name in self._source.names:
            try:
                self._sums[name] = self._measured[name].result()
            except OSError as error:
                unread.append(f"{shown(name)}：读不出来（{error.strerror}）")
        faults = [*self._source.faults, *unread]
        faults += [f"{name}：缺少" for name in sorted(REQUIRED - set(self._sums))]
        members = [zipped.Member(name=name, size=s.size, crc=s.crc) for name, s in self._sums.items()]
        if not self._source.canonical(members):
            faults.append("不是规范的 zip（有注释、多余字节、重复成员或者其他写法）")
        return faults

    def _listed(self) -> list[str]:
        try:
            listed = sums.parse(self._bytes(sums.NAME))
        except InputError as error:
            return [str(error)]
        actual = {n: s.sha256 for n, s in self._sums.items() if n != sums.NAME and not n.startswith(manifest.SEALS)}
        faults = [f"{n}：SHA-256 与 {sums.NAME} 不符" for n in listed if n in actual and actual[n] != listed[n]]
        faults += [f"{shown(n)}：列在 {sums.NAME} 里，但是不存在" for n in listed if n not in actual]
        return faults + [f"{shown(n)}：没有列在 {sums.NAME} 里" for n in actual if n not in listed]

    # --- reading --------------------------------------------------------------------------------------------------

    def _read(self) -> list[str]:
        names = (contents.LEAD, contents.FINDINGS, contents.DECISIONS, contents.REGISTER)
        faults = []
        try:
            self._contents = contents.read({name: self._bytes(name) for name in names})
        except InputError as error:
            faults.append(str(error))
        try:
            self._environment = contents.load(ENVIRONMENT, self._bytes(ENVIRONMENT))
        except InputError as error:
            faults.append(str(error))
        return faults

    def _journal(self) -> list[str]:
        try:
            data = self._bytes(JOURNAL)
        except InputError as error:
            return [str(error)]
        faults, lines = [], []
        *rows, rest = data.split(b"\n")
        if rest:
            faults.append(f"{JOURNAL}：最后一行不完整")
        for number, raw in enumerate(rows, 1):
            try:
                lines.append(chain.parse(raw))
            except InputError as error:
                faults.append(f"{JOURNAL}:{number}：{error.message}")
        self._lines = tuple(lines)
        return faults + [f"{JOURNAL}：{fault}" for fault in bound.chain_faults(lines)]

    def _signature(self) -> list[str]:
        try:
            pem = self._bytes(manifest.PUBLIC)
            signature, signed = self._bytes(manifest.SIGNATURE), self._bytes(sums.NAME)
        except InputError as error:
            return [str(error)]
        try:
            public = keys.read_public(pem)
        except InputError as error:
            return [f"{manifest.PUBLIC}：{error.message}"]
        self._fingerprint = keys.fingerprint(public)
        faults = []
        if not keys.signed(public, signature, signed):
            faults.append(f"{manifest.SIGNATURE}：不是 {manifest.PUBLIC} 这把公钥对 {sums.NAME} 的签名")
        if self._wanted and self._wanted.lower() != self._fingerprint:
            faults.append(f"公钥指纹是 {self._fingerprint}，不是所给的指纹")
        named = [line for line in self._lines if line.event == key_history.EVENT]
        faults += key_history.faults(named, whole=False)
        # The installation may know more of its key than the package, which was made before the key was replaced.
        told = {key.fingerprint: key for key in (*key_history.history(named), *self._history)}
        self._key = told.get(self._fingerprint)
        if self._key and self._key.until and self._lines and self._lines[-1].time > self._key.until:
            faults.append(f"制作证据包时这把密钥已经停用：{key_history.said(self._key)}")
        return faults

    # --- what must agree ------------------------------------------------------------------------------------------

    def _derived(self) -> list[str]:
        if self._contents is None or self._environment is None or not self._lines:
            return [_cannot("清单")]
        own = {manifest.NAME, sums.NAME}
        files = [
            manifest.FileSum(path=name, size=s.size, sha256=s.sha256, sm3=s.sm3)
            for name, s in self._sums.items()
            if name not in own and not name.startswith(manifest.SEALS)
        ]
        try:
            given = contents.load(manifest.NAME, self._bytes(manifest.NAME))
            self._manifest = manifest.derive(
                contents=self._contents, environment=self._environment, lines=self._lines, files=files,
                fingerprint=self._fingerprint,
            )  # fmt: skip
        except InputError as error:
            return [str(error)]
        if digest.pages(self._manifest) == self._bytes(manifest.NAME):
            return [] if self._named() else ["zip 内文件夹的名称与清单不符"]
        differences = manifest.differences(given, self._manifest) or ["内容与规定的写法不符"]
        return [f"{manifest.NAME}：{fault}" for fault in differences]

    def _named(self) -> bool:
        root = self._source.root if isinstance(self._source, Zip) else ""
        return not root or self._manifest is None or root == self._manifest["name"]

    def _captures(self) -> list[str]:
        if self._contents is None or not self._lines:
            return [_cannot("取证页")]
        listed = {name: s.sha256 for name, s in self._sums.items() if not name.startswith(manifest.SEALS)}
        listed = {name: value for name, value in listed.items() if name not in (manifest.NAME, sums.NAME)}
        faults = bound.pin_faults(self._lines, self._contents, listed, self._fingerprint)
        crawls = crawls_of(self._contents.lead.captures)
        faults += environment_faults(self._environment, self._lines, crawls)
        return faults + bound.capture_faults(self._lines, self._contents)

    def _findings(self) -> list[str]:
        if self._contents is None:
            return [_cannot("发现")]
        return bound.finding_faults(self._contents, [name for name in self._sums if name.startswith("rules/")])

    def _archive(self) -> list[str]:
        if self._contents is None or self._manifest is None or self._wacz is None:
            return [_cannot(WACZ)]
        if isinstance(self._wacz, InputError):
            return [f"{WACZ}：{self._wacz.message}"]
        software, lead = self._manifest["software"], self._contents.lead
        facts = Facts.of(lead.lead.number, lead.mark, lead.made, software)
        return [f"{WACZ}：{fault}" for fault in wacz_check.faults(self._wacz, self._lines, lead.captures, facts)]

    def _guide(self) -> list[str]:
        if self._manifest is None or self._contents is None:
            return [_cannot(guide.NAME)]
        try:
            faults = guide.faults(self._bytes(guide.NAME), self._manifest)
            mark = self._contents.lead.mark
            if mark and mark.encode() not in self._bytes(REPORT):
                faults.append(f"{REPORT} 没有写明「{mark}」")
        except InputError as error:
            return [str(error)]
        return faults

    def _seals(self) -> list[str]:
        present = {name for name in self._measured if name.startswith(manifest.SEALS)}
        try:
            wanted = in_seals.expected(self._environment)
            imprint = bytes.fromhex(self._measured[sums.NAME].result().sha256)
            sealed = self._lines[-1].time
        except (InputError, KeyError, IndexError, OSError):
            return [_cannot("印记")]
        expected = {manifest.PUBLIC, manifest.SIGNATURE, in_seals.STATE}
        expected |= {name for one in wanted for name in one.files.values()} | {pdfsign.SIGNED}
        faults = [f"{shown(name)}：清单没有提到的印记" for name in sorted(present - expected)]
        faults += [f"{name}：缺少" for name in (manifest.PUBLIC, manifest.SIGNATURE) if name not in present]
        faults += self._signed()
        found = in_seals.look(wanted, present, self._seal, imprint=imprint, sealed=sealed)
        self._stamps = [f"时间戳 {name}：{clock.stamp(one.gen_time)}{'（迟到）' if name in found.late else ''}"
                        for name, one in found.done.items()]  # fmt: skip
        said = [f"尚未加盖 {name} 的时间戳" for name in found.pending] if wanted else [manifest.PENDING_SAYS]
        self._stamps += [f"待办（{one}）" for one in said]
        return faults + found.faults + (said if self._strict else [])

    def _signed(self) -> list[str]:
        """The signed copy of the report."""
        held = self._measured.get(pdfsign.SIGNED)
        try:
            return pdfsign.seal_faults(self._environment, held.result().sha256 if held else None, self._bytes)
        except InputError as error:
            return [str(error)]
        except OSError as error:
            return [f"{pdfsign.SIGNED}：读不出来（{error.strerror}）"]

    def _seal(self, name: str) -> bytes:
        return self._bytes(name, MAX_SEAL)

    def _bytes(self, name: str, most: int = MAX_READ) -> bytes:
        if name not in self._measured:
            raise InputError("缺少", where=name)
        try:
            with self._source.open(name) as file:
                data = file.read(most + 1)
        except OSError as error:
            raise InputError(f"读不出来（{error.strerror}）", where=name) from error
        if len(data) > most:
            raise InputError("文件过大", where=name)
        return data


def _cannot(what: str) -> str:
    return f"{what}：所依据的文件读不出来，无法核对"  # what it depends on could not be read
