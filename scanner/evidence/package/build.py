"""The package: a lead with everything that proves it, as a folder (or one canonical zip) that anybody can check.

Owns: which files, in which order, and that there is never half a package: everything is written and synced in a
temporary folder, verified, and only then given its name. Leaves to others: the report's looks (``report``), the
files' contents (``contents``, ``manifest``, ``wacz``), checking (``verify``).

    lead.json findings.json decisions.json register.json environment.json rules/…               ← named in the pin line
    report.html report.pdf report.docx record.docx evidence-list.docx masking.json              ← and so are these
    journal.jsonl pages.wacz VERIFY.txt manifest.json SHA256SUMS seals/                          ← follow from it
"""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from scanner.errors import InputError, StoreError, VerifyError
from scanner.evidence import digest
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.checking import bound
from scanner.evidence.checking.verify import DOCUMENTS, ENVIRONMENT, JOURNAL, REPORT, WACZ, verify
from scanner.evidence.disk import sync_folder
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.package import contents, extract, guide, manifest, sums, wacz, zipped
from scanner.evidence.package.source import opened, safe
from scanner.evidence.signing import key_history, pdfsign
from scanner.evidence.signing.keys import Keys
from scanner.evidence.stamp.of_package import DRAFT, Stamping
from scanner.model import CaseFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a package is made of. ``report``: ``report.html``; ``documents``: the other papers by name, all of
    :data:`~scanner.evidence.checking.verify.DOCUMENTS`; ``rules``: name (``claim/claim-cure-rate.yaml``) -> bytes, the rules that
    findings cite and the lists these use; ``environment``: JSON values, see
    :func:`scanner.evidence.package.environment.describe`."""

    case: CaseFile
    report: bytes
    documents: Mapping[str, bytes]
    signed: bytes = b""  # the signed copy of report.pdf that ``environment`` names
    rules: Mapping[str, bytes]
    environment: Mapping[str, Any]


def build(
    case: CaseFile, *, report: bytes, documents: Mapping[str, bytes], archive: Shelf, journal: Journal, keys: Keys,
    rules: Mapping[str, bytes], environment: Mapping[str, Any], out: Path, zip: bool = False,
    stamping: Stamping | None = None, signed: bytes = b"",
) -> Path:  # fmt: skip
    """Make the package of ``case`` in folder ``out``; returns its path. Two journal lines: ``pin`` before (head and
    digests of what goes in), ``package`` after (digest of ``SHA256SUMS``, fingerprint of the key). ``stamping`` asks for the
    time stamps that ``environment`` says the package is to bear; without it they are pending.

    InputError or StoreError when archive, journal and book do not fit together, VerifyError when the result does not
    verify; then nothing is left in ``out``.
    """
    if case.mark and case.mark.encode() not in report:
        raise StoreError(f"报告没有写明「{case.mark}」")  # a demo's report must say that it is one
    parts = Parts(
        case=true_case(case, journal.path),
        report=report,
        documents=documents,
        signed=signed,
        rules=rules,
        environment=environment,
    )
    key_history.introduce(keys, journal)
    pinned = {name: digest.sha256(data) for name, data in fixed(parts).items()}
    pin = journal.append(bound.PIN, {"lead": case.lead.number, "files": pinned}).result()
    path = write(parts, archive=archive, journal=journal.path, keys=keys, pin=pin, out=out, zip=zip, stamping=stamping)
    listed = digest.sha256(sums_of(path))
    data = {"lead": case.lead.number, "name": path.name, "sums": listed, "fingerprint": keys.fingerprint}
    journal.append("package", data).result()
    return path


def true_case(case: CaseFile, journal: Path) -> CaseFile:
    """The case with its captures as the journal has them: the journal is the truth, the book an index of it."""
    wanted = {capture.journal for capture in case.captures}
    with journal.open("rb") as file:
        lines = {n: raw for n, raw in enumerate(chain.raw_lines(file), 1) if n in wanted}
    if wanted - set(lines):
        raise InputError("日志缺少取证页的行", where=str(journal), hint="运行 verify --home")
    found = list(bound.true_captures(case.captures, lambda seq: chain.parse(lines[seq])))
    faults = [item for item in found if isinstance(item, str)]
    if faults:
        raise InputError("；".join(faults), where=str(journal), hint="运行 verify --home")
    return dataclasses.replace(case, captures=tuple(item for item in found if not isinstance(item, str)))


def fixed(parts: Parts) -> dict[str, bytes]:
    """The files that are settled before the journal's head is pinned."""
    files = contents.files(contents.of(parts.case))
    files[ENVIRONMENT] = digest.pages(digest.plain(parts.environment))
    files[REPORT] = parts.report
    if set(parts.documents) != DOCUMENTS:
        raise StoreError("证据包的文书不齐全", where="、".join(sorted(set(parts.documents) ^ DOCUMENTS)))
    files |= parts.documents
    files |= {f"rules/{name}": data for name, data in parts.rules.items()}
    for name in files:
        if not safe(name):
            raise StoreError("文件名不能放进证据包", where=name)
    return files


def write(
    parts: Parts, *, archive: Shelf, journal: Path, keys: Keys, pin: int, out: Path, zip: bool = False,
    stamping: Stamping | None = None,
) -> Path:  # fmt: skip
    """Write the package pinned by journal line ``pin``. The same input gives the same bytes, but for the time stamps."""
    out.mkdir(parents=True, exist_ok=True)
    draft = out / f"{DRAFT}{pin}-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        name = _fill(draft, parts, archive, journal, keys, pin, stamping or Stamping(()))
        faults = [check for check in verify(draft) if not check.ok]
        if faults:
            said = "；".join(f"{check.name}：{check.detail}" for check in faults[:5])
            raise VerifyError(f"证据包没有通过核验：{said}", where=str(out))
        return _place(draft, out, name, zip)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what killed packings left in ``folder``. Only under the lock of the home whose folder it is: another's draft
    may be in the making."""
    for path in folder.glob(f"{DRAFT}*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _fill(draft: Path, parts: Parts, archive: Shelf, journal: Path, keys: Keys, pin: int, stamping: Stamping) -> str:
    """Write all files; the package's name."""
    files, whole = fixed(parts), contents.of(parts.case)
    lines = extract.lines(journal, parts.case, pin=pin)
    lead = whole.lead
    facts = wacz.Facts.of(lead.lead.number, lead.mark, lead.made, manifest.software(parts.environment))
    files[JOURNAL] = b"".join(line.raw + b"\n" for line in lines)
    for name, data in files.items():
        _save(draft / name, data)
    with _new(draft / WACZ) as file:
        wacz.write(file, archive, lines, parts.case.captures, facts, key=keys.wacz, scratch=draft)
        _sync(file)
    found = _measured(draft, [*files, WACZ])
    one = manifest.derive(
        contents=whole, environment=parts.environment, lines=lines, files=found, fingerprint=keys.fingerprint
    )
    # VERIFY.txt quotes the manifest, and the manifest lists VERIFY.txt: quoted are only fields without the file list.
    _save(draft / guide.NAME, guide.text(one))
    found += _measured(draft, [guide.NAME])
    one = manifest.derive(
        contents=whole, environment=parts.environment, lines=lines, files=found, fingerprint=keys.fingerprint
    )
    _save(draft / manifest.NAME, digest.pages(one))
    found += _measured(draft, [manifest.NAME])
    listed = sums.text({file.path: file.sha256 for file in found})
    _save(draft / manifest.PUBLIC, keys.public)
    _save(draft / manifest.SIGNATURE, keys.sign(listed))
    if parts.signed:
        _save(draft / pdfsign.SIGNED, parts.signed)
    for name, data in stamping.seals(parts.environment, listed, lines[-1].time).items():
        _save(draft / name, data)
    _save(draft / sums.NAME, listed)  # last: without it nothing verifies
    for folder in {draft, *(path for path in draft.rglob("*") if path.is_dir())}:
        sync_folder(folder)
    return str(one["name"])


def _place(draft: Path, out: Path, name: str, zip: bool) -> Path:
    """Give the finished draft its name, as a folder or as a zip of one folder."""
    target = out / (f"{name}.zip" if zip else name)
    if target.exists():
        raise StoreError("已经有同名的证据包", where=str(target), hint="先移走原有的")  # never overwritten
    if not zip:
        draft.rename(target)
    else:
        part = draft.with_suffix(".zip")
        names = [path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file()]
        try:
            with _new(part) as file:
                zipped.write(file, [f"{name}/{n}" for n in names], lambda n: (draft / n.partition("/")[2]).open("rb"))
                _sync(file)
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    sync_folder(out)
    return target


def sums_of(path: Path) -> bytes:
    """The ``SHA256SUMS`` of a package."""
    with opened(path) as source, source.open(sums.NAME) as file:
        return file.read()


def _measured(draft: Path, names: Sequence[str]) -> list[manifest.FileSum]:
    found = []
    for name in names:
        with (draft / name).open("rb") as file:
            one = digest.of_file(file)
        found.append(manifest.FileSum(path=name, size=one.size, sha256=one.sha256, sm3=one.sm3))
    return found


def _new(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("xb")


def _save(path: Path, data: bytes) -> None:
    with _new(path) as file:
        file.write(data)
        _sync(file)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
