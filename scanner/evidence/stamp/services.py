"""The time-stamp services an installation uses, and the one interface through which every kind of them is spoken to.

Owns: :class:`Adapter`, the visible dict :data:`ADAPTERS`, the authorities of ``config.yaml``, and asking several of them at
the same time so that none waits for another. Leaves to others: what a stamp is (``stamp.tokens``), what is stamped and when
(``stamp.of_home``, ``stamp.in_seals``). ``docs/evidence.md`` says how to add a service.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cryptography import x509

from scanner import clock
from scanner.errors import ConfigError, InputError, Problem
from scanner.evidence.package.source import shown
from scanner.evidence.stamp import post, tokens
from scanner.evidence.stamp.post import Reply
from scanner.evidence.stamp.tokens import Checked
from scanner.home import Home


class Adapter(Protocol):
    """A kind of service: RFC 3161 over HTTP, or one with an interface of its own (a Chinese time-stamp service such as
    联合信任, a deposit chain 区块链存证). It is given a SHA-256, never the data.

    ``query`` and ``answer`` are bytes that are kept for ever; ``check`` must be able to tell from them alone, offline and
    years later, that the answer was given for ``imprint``, by whom and when, or raise InputError that says why not.
    """

    media_type: str
    accept: str
    how: str  # for VERIFY.txt: lines with the ordinary commands, {token} and {chain} in them; "" where there are none

    def query(self, imprint: bytes) -> bytes:
        """What is asked for a SHA-256 (32 bytes); differs every time, so that an old answer cannot be played again."""
        ...

    def sent(self, query: bytes) -> bytes:
        """The body that is posted for a query."""
        ...

    def answer(self, reply: Reply) -> bytes:
        """What is to be kept of a reply; InputError when it is not one of this service's."""
        ...

    def check(
        self, answer: bytes, query: bytes, imprint: bytes, *, certificates: Sequence[x509.Certificate],
        roots: Sequence[str], self_signed: bool,
    ) -> Checked: ...  # fmt: skip


class Rfc3161:
    """RFC 3161 over HTTP (its section 3.4)."""

    media_type, accept = "application/timestamp-query", "application/timestamp-reply"
    how = (
        "     openssl ts -verify -data SHA256SUMS -in {token} -CAfile {chain}\n"
        "     openssl ts -reply -in {token} -text\n"
    )

    def query(self, imprint: bytes) -> bytes:
        return tokens.query(imprint)

    def sent(self, query: bytes) -> bytes:
        return query

    def answer(self, reply: Reply) -> bytes:
        if reply.media_type not in (self.accept, "application/timestamp-response"):  # both are met in the field
            raise InputError(f"服务的答复不是时间戳（{reply.media_type[:60] or '没有写明类型'}）")
        return reply.body

    def check(
        self, answer: bytes, query: bytes, imprint: bytes, *, certificates: Sequence[x509.Certificate],
        roots: Sequence[str], self_signed: bool,
    ) -> Checked:  # fmt: skip
        return tokens.check(answer, query, imprint, certificates=certificates, roots=roots, self_signed=self_signed)


# kind, as in config.yaml -> how such a service is spoken to. To add one: a class like Rfc3161, and a line here.
ADAPTERS: dict[str, Adapter] = {
    "rfc3161": Rfc3161(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A service of the installation. ``roots``: SHA-256 of the root certificates it trusts for it; ``certificates``: those
    and the ones in between that its files hold; ``login``: ``user:password`` or empty."""

    name: str
    url: str
    kind: str
    timeout: float
    self_signed: bool
    roots: tuple[str, ...]
    certificates: tuple[x509.Certificate, ...]
    login: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """The address without what may be a secret in it."""
        return self.url.partition("?")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of asking: a stamp that holds (``checked``), or why there is none (``why``, Chinese)."""

    query: bytes
    token: bytes = b""
    checked: Checked | None = None
    why: str = ""
    asked: datetime
    answered: datetime

    @property
    def parts(self) -> dict[str, bytes]:
        """The three files of a stamp that holds; nothing where there is none."""
        if self.checked is None:
            return {}
        return {"query": self.query, "token": self.token, "chain": self.checked.chain}


def authorities(home: Home) -> tuple[Authority, ...]:
    """The authorities of ``config.yaml``. ConfigError names everything that is wrong with them."""
    found, problems = [], []
    where, seen = str(home.config_file), set()
    for place, given in enumerate(home.config().stamp_authorities, 1):
        if given.name in seen:
            problems.append(Problem(where=where, message=f"stamp_authorities 第 {place} 项：名称 {given.name} 重复"))
        seen.add(given.name)
        if given.kind not in ADAPTERS:
            known = "、".join(sorted(ADAPTERS))
            problems.append(
                Problem(where=where, message=f"{given.name}：不认识的种类 {given.kind[:40]}", hint=f"可以写：{known}")
            )
        held: list[x509.Certificate] = []
        for name in given.roots:
            try:
                held += tokens.certificates_of((home.keys / name).read_bytes())
            except (OSError, InputError) as error:
                why = error.message if isinstance(error, InputError) else "没有这个文件或者读不出来"
                problems.append(Problem(where=str(home.keys / name), message=why, hint="放 PEM 格式的根证书"))
        roots = tuple(sorted({tokens.fingerprint(one) for one in held if tokens.self_certified(one)}))
        if held and not roots:
            problems.append(Problem(where=where, message=f"{given.name}：roots 里没有根证书（自签的那一张）"))
        login = ""
        if given.login:
            try:
                login = (home.keys / given.login).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                problems.append(Problem(where=str(home.keys / given.login), message="登录文件读不出来"))
        found.append(
            Authority(
                name=given.name, url=given.url, kind=given.kind, timeout=given.timeout, self_signed=given.self_signed,
                roots=roots, certificates=tuple(held), login=login,
            )
        )  # fmt: skip
    if problems:
        raise ConfigError(problems)
    return tuple(found)


def ask(authority: Authority, imprint: bytes, *, seconds: float) -> Answer:
    """Ask one authority for one stamp, and check it; never raises for what the other side does."""
    adapter, asked = ADAPTERS[authority.kind], clock.now()
    query = adapter.query(imprint)
    headers = {
        "Content-Type": adapter.media_type,
        "Accept": adapter.accept,
        "User-Agent": "qingwang",
        "Connection": "close",
    }
    if authority.login:
        headers["Authorization"] = "Basic " + base64.b64encode(authority.login.encode()).decode("ascii")
    try:
        reply = post.post(authority.url, adapter.sent(query), headers, seconds=seconds)
        token = adapter.answer(reply)
        checked = adapter.check(
            token, query, imprint, certificates=authority.certificates, roots=authority.roots,
            self_signed=authority.self_signed,
        )  # fmt: skip
    except InputError as error:
        return Answer(query=query, why=error.message, asked=asked, answered=clock.now())
    return Answer(query=query, token=token, checked=checked, asked=asked, answered=clock.now())


def check(kind: str, parts: Mapping[str, bytes], imprint: bytes, *, roots: Sequence[str], self_signed: bool) -> Checked:
    """The stamp of three kept files (``query``, ``token``, ``chain``) over ``imprint``; InputError says why it is none."""
    adapter = ADAPTERS.get(kind)
    if adapter is None:
        raise InputError(f"本程序不认识的时间戳种类 {shown(kind)[:40]}")
    checked = adapter.check(
        parts["token"], parts["query"], imprint, certificates=tokens.certificates_of(parts["chain"]), roots=roots,
        self_signed=self_signed,
    )  # fmt: skip
    if checked.chain != parts["chain"]:
        raise InputError("所存的证书链不是这枚时间戳的证书链")
    return checked


def ask_all(
    wanted: Mapping[str, Sequence[bytes]], among: Sequence[Authority], *, patience: float | None = None
) -> dict[tuple[str, bytes], Answer]:
    """Ask each authority (by name) for its imprints, all authorities at the same time, each its own one after another.

    An authority that fails once is not asked again in the same call: the rest get the same reason. ``patience``: seconds
    for all of it; an authority's own ``timeout`` bounds each question anyway. (name, imprint) -> answer, for every one.
    """
    asking = [_Asking(one, wanted[one.name]) for one in among if wanted.get(one.name)]
    until = None if patience is None else time.monotonic() + patience
    for one in asking:
        one.begin(until)
    return {key: answer for one in asking for key, answer in one.end(until).items()}


class _Asking:
    """One authority's questions, in a thread that may be left behind (a name server that hangs cannot be interrupted)."""

    def __init__(self, authority: Authority, imprints: Sequence[bytes]) -> None:
        self._authority, self._imprints = authority, list(imprints)
        self._answers: dict[bytes, Answer] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self, until: float | None) -> None:
        self._thread = threading.Thread(
            target=self._run, args=[until], name=f"stamp-{self._authority.name}", daemon=True
        )
        self._thread.start()

    def end(self, until: float | None) -> dict[tuple[str, bytes], Answer]:
        assert self._thread is not None
        self._thread.join(None if until is None else max(0.0, until - time.monotonic()))
        with self._lock:
            had = dict(self._answers)
        why = next((answer.why for answer in had.values() if answer.why), "") or "没有在限定的时间内答复"
        nothing = Answer(query=b"", why=why, asked=clock.now(), answered=clock.now())
        return {(self._authority.name, imprint): had.get(imprint, nothing) for imprint in self._imprints}

    def _run(self, until: float | None) -> None:
        for imprint in self._imprints:
            seconds = self._authority.timeout
            if until is not None:
                seconds = min(seconds, until - time.monotonic())
            if seconds <= 0:
                return
            answer = ask(self._authority, imprint, seconds=seconds)
            with self._lock:
                self._answers[imprint] = answer
            if answer.why:
                return
