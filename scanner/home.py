"""Where an installation keeps its things, and the one lock that lets a single process write there.

Owns: the names and places of the home's files, finding the home, the lock, ``config.yaml``, and where the shipped
rules and register tables lie. Leaves to others: what is in the files (store, evidence, rulebook, registry) and saying
what is wrong with a home (``cli.doctor``).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from scanner.errors import StoreError, UsageError, reason

_HERE = Path(__file__).resolve().parent
_OWN_FILE = r"^([A-Za-z0-9][A-Za-z0-9._-]{0,99})?$"
_FILE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"


class StampAuthority(BaseModel):
    """A time-stamp service (时间戳服务), as ``config.yaml`` names it. ``roots`` and ``login`` are names of files in
    ``keys/``; see :mod:`scanner.evidence.stamp.services`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")  # goes into file names of packages
    url: str = Field(pattern=r"^https?://[^\s@/?#]+(/[^\s#]*)?$", max_length=500)
    roots: tuple[Annotated[str, Field(pattern=_FILE)], ...] = Field(min_length=1)  # PEM: roots, and what lies between
    kind: str = "rfc3161"  # or the name of another adapter
    timeout: float = Field(default=5, gt=0, le=30)  # seconds for one stamp
    self_signed: bool = False  # trust a service whose certificate is its own root; refused otherwise
    login: Annotated[str, Field(pattern=_FILE)] | None = None  # a file with user:password


ClockSource = Annotated[str, Field(pattern=r"^(ntp|https)://[^\s/@]+(/[^\s@]*)?$", max_length=300)]


# Years that a capture is kept at least: the time within which an act that harms life or health may be punished
# (行政处罚法 article 36, 2021 text: two years, five in that case). Evidence may not be gone while a case can still be begun.
SHORTEST = 5
LONGEST = 100


def _long_enough(years: int) -> int:
    if not SHORTEST <= years <= LONGEST:
        raise ValueError(
            f"保存期限 retention_years 是 {years} 年，要在 {SHORTEST} 到 {LONGEST} 年之间：行政处罚法第三十六条，"
            f"涉及公民生命健康安全的违法行为追责期限为五年，证据不能早于这个期限清除"
        )
    return years


Years = Annotated[int, AfterValidator(_long_enough)]  # how long captures are kept, from the day they were sealed


class PdfSigner(BaseModel):
    """Who signs the report's PDF, as ``config.yaml`` names it: one ``pkcs12`` file, or ``certificate`` (PEM, its own first,
    then those above it) and ``key`` (PEM). All are names of files in ``keys/``; ``password_file`` holds the password."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pkcs12: str = Field(default="", pattern=_OWN_FILE)
    certificate: str = Field(default="", pattern=_OWN_FILE)
    key: str = Field(default="", pattern=_OWN_FILE)
    password_file: str = Field(default="", pattern=_OWN_FILE)

    @model_validator(mode="after")
    def _one_way(self) -> PdfSigner:
        if bool(self.pkcs12) == bool(self.certificate or self.key) or bool(self.certificate) != bool(self.key):
            raise ValueError("写 pkcs12，或者写 certificate 和 key")
        return self


class Config(BaseModel):
    """``config.yaml`` of a home; every key may be left out, and so may the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: str = ""  # 单位: the office in whose name evidence is fixed
    operator: str = ""  # 经办人: who works with this home unless --who says otherwise
    double_review: bool = False  # 双人复核: a lead is confirmed when two different people say so
    contact: str = ""  # what a site may write to: goes into the user agent
    user_agent: str = ""  # empty: ours, with the contact
    delay: float = Field(default=0.5, ge=0, le=3600)  # seconds between two requests to one host
    pages: int = Field(default=200, ge=1, le=10_000_000)  # page budget of a scan that does not say its own
    picture_seconds: float = Field(default=900, ge=0, le=86_400)  # of recognising text in pictures, a run; 0: none
    browser_megabytes: int = Field(default=1200, ge=300, le=1_000_000)  # of all processes of the browser together
    retention_years: Years = 10  # how long captures are kept where their campaign did not say
    # Years that who told it is kept after the last decision on the last lead of the report; none: until somebody forgets it.
    reporter_years: int | None = Field(default=None, ge=1, le=LONGEST)
    chromium: str = ""  # path of the browser; empty: looked for
    stamp_authorities: tuple[StampAuthority, ...] = ()  # who confirms when evidence was there
    clock_sources: list[ClockSource] = Field(default=[], max_length=8)  # what the clock is measured by; none: it is not
    clock_limit: float = Field(default=5, gt=0, le=3600)  # seconds that the clock may be off before it is said
    egress_probe: str = Field(
        default="", pattern=r"^(https?://[^\s@]+)?$"
    )  # a page that answers with our address, if any
    pdf_signer: PdfSigner | None = None  # who signs the report's PDF; none: the installation's own certificate


@dataclass(frozen=True, slots=True)
class Home:
    """One installation. Paths only; nothing is created or opened until asked."""

    root: Path

    @classmethod
    def find(cls, given: str | None, environ: Mapping[str, str]) -> Home:
        """``given`` (``--home``), else ``QINGWANG_HOME``, else ``~/.local/share/qingwang``. Raises UsageError."""
        chosen = given if given is not None else environ.get("QINGWANG_HOME") or None
        if chosen is None:
            user = environ.get("HOME")
            return cls((Path(user) if user else Path.home()) / ".local" / "share" / "qingwang")
        if not chosen.strip() or "\0" in chosen:
            raise UsageError("数据目录是空的", where="--home", hint="写出一个文件夹，例如 --home ./qingwang-home")
        return cls(Path(os.path.abspath(Path(chosen).expanduser())))

    @property
    def config_file(self) -> Path:
        return self.root / "config.yaml"

    @property
    def rules(self) -> Path:
        """The analysts' own rules; same layout as ours, a file of the same id replaces."""
        return self.root / "rules"

    @property
    def templates(self) -> Path:
        """The office's own Word templates: of the papers that officers sign, and below ``letters/`` of the letters."""
        return self.root / "templates"

    @property
    def documents(self) -> Path:
        """Letters that were made of leads."""
        return self.root / "documents"

    @property
    def rulebooks(self) -> Path:
        """Rulebooks kept by hash, so that an old finding can be explained by the rules of its day."""
        return self.root / "rulebooks"

    @property
    def crawl_log(self) -> Path:
        """Warnings of Scrapy and ours, of all crawls; the screen belongs to the progress line."""
        return self.root / "crawl.log"

    @property
    def book(self) -> Path:
        return self.root / "book.db"

    @property
    def register(self) -> Path:
        return self.root / "register.db"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def frontiers(self) -> Path:
        """What running crawls still have to ask; a file a storefront, gone when the crawl has ended."""
        return self.root / "frontier"

    @property
    def rehearsal(self) -> Path:
        """The file that says that this home is for rehearsals only."""
        return self.root / "rehearsal.txt"

    @property
    def journal(self) -> Path:
        return self.root / "journal.jsonl"

    @property
    def machine(self) -> Path:
        """The file with the random id of the machine."""
        return self.root / "machine-id"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def stamps(self) -> Path:
        """Time stamps over segments, journal and packages, each file named by its own SHA-256."""
        return self.root / "stamps"

    @property
    def packages(self) -> Path:
        return self.root / "packages"

    def make(self) -> None:
        """Create the folders that are not there. Others may not look in: archives hold buyers' personal data."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.rules, self.rulebooks, self.archive, self.packages, self.frontiers):
                folder.mkdir(exist_ok=True)
            self.keys.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"数据目录建不了：{reason(error)}",
                where=str(error.filename or self.root),
                hint="检查磁盘和权限，或者用 --home 换一个文件夹",
            ) from error

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home for writing. A second writer gets StoreError at once; a dead writer's lock is gone with it.

        The kernel drops a ``flock`` when its process ends, however it ends, so a stale lock cannot exist; the number
        of the process is written into the file only to tell people who holds it.
        """
        self.make()
        place = self.root / "lock"
        try:
            held = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"锁文件打不开：{reason(error)}", where=str(place), hint="检查权限") from error
        try:
            _take(held, place)
            yield
        finally:
            os.close(held)

    def config(self) -> Config:
        """``config.yaml``, or the defaults where there is none. Raises ConfigError with all problems."""
        if not self.config_file.exists():
            return Config()
        from scanner import yamlfile  # not needed by the many commands of a home without the file

        return yamlfile.load(self.config_file, Config)


def _take(held: int, place: Path) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        who = os.pread(held, 32, 0).decode("ascii", "replace").strip()
        raise StoreError(
            f"另一个清网进程正在写这个数据目录{f'（进程号 {who}）' if who.isdigit() else ''}",
            where=str(place.parent),
            hint="等它结束，或者用 --home 换一个数据目录",
        ) from error
    os.ftruncate(held, 0)
    os.pwrite(held, f"{os.getpid()}\n".encode("ascii"), 0)


def shipped_rules() -> Path:
    """The folder of the rules that came with the program."""
    return _shipped("rules")


def shipped_registry_data() -> Path:
    """The folder of ``sources.yaml`` and the small register tables that came with the program."""
    return _shipped("registry_data")


def _shipped(name: str) -> Path:
    # A wheel carries the folder inside the package; a checkout has it beside the package.
    packed = _HERE / "data" / name
    return packed if packed.is_dir() else _HERE.parent / name
