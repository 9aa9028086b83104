"""The table of tamperings. Each is done to a copy whose untouched twin passes in the same test; each is named.

Beside single faults it plays the informed forger: who edits a file and then makes every sum in the package anew, who
edits the manifest, who signs with a key of their own.
"""

from __future__ import annotations

import base64
import io
import json
import os
import random
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scanner.evidence import digest
from scanner.evidence.checking.verify import verify
from scanner.evidence.journal import chain
from scanner.evidence.package import manifest, sums, wacz
from scanner.evidence.package import zipped as canonical
from scanner.evidence.signing.keys import WaczKey
from scanner.evidence.warc import reading, writing
from tests.evidence.samples import WHEN, Site

Copy = Callable[[], Path]


def faults(path: Path, **more: Any) -> list[str]:
    return [f"{check.name}：{check.detail}" for check in verify(path, **more) if not check.ok]


# --- the forger's tools -------------------------------------------------------------------------------------------


def resum(folder: Path, *, deep: bool = True) -> None:
    """Make the sums anew as a forger would: manifest's file list (deep) and SHA256SUMS. Not the signature."""
    if deep:
        value = json.loads((folder / "manifest.json").read_bytes())
        listed = []
        for path in sorted(names(folder), key=str.encode):
            if path not in ("manifest.json", "SHA256SUMS") and not path.startswith("seals/"):
                with (folder / path).open("rb") as file:
                    one = digest.of_file(file)
                listed.append({"path": path, "size": one.size, "sha256": one.sha256, "sm3": one.sm3})
        value["files"] = listed
        (folder / "manifest.json").write_bytes(digest.pages(value))
    found = {
        p: digest.sha256((folder / p).read_bytes()) for p in names(folder) if p != "SHA256SUMS" and p[:6] != "seals/"
    }
    (folder / "SHA256SUMS").write_bytes(sums.text(found))


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def edit(name: str, old: str, new: str, *, then: Callable[[Path], None] = resum) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text, (name, old)
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        then(folder)

    return tamper


def nothing(folder: Path) -> None:
    return None


def put(name: str, data: bytes = b"x", *, then: Callable[[Path], None] = nothing) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        then(folder)

    return tamper


def drop(name: str, *, then: Callable[[Path], None] = nothing) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        (folder / name).unlink()
        then(folder)

    return tamper


def lines_of(folder: Path) -> list[bytes]:
    return (folder / "journal.jsonl").read_bytes().splitlines()


def relined(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        (folder / "journal.jsonl").write_bytes(b"".join(raw + b"\n" for raw in change(lines_of(folder))))
        resum(folder)

    return tamper


def reforged(event: str, change: Callable[[dict[str, Any]], None]) -> Callable[[list[bytes]], list[bytes]]:
    """The first line of ``event`` changed and made anew; the line behind it (if its neighbour) chained again."""

    def forge(rows: list[bytes]) -> list[bytes]:
        out, last, before = [], "", 0
        changed = False
        for raw in rows:
            line = chain.parse(raw)
            data = json.loads(json.dumps(dict(line.data)))
            if line.event == event and not changed:
                change(data)
                changed = True
            prev = last if changed and line.seq == before + 1 and last else line.prev
            raw, last = chain.compose(seq=line.seq, prev=prev, time=line.time, event=line.event, data=data)
            out.append(raw)
            before = line.seq
        return out

    return forge


def rewacz(change: Callable[[dict[str, bytes]], None], *, whole: bool = True) -> Callable[[Path], None]:
    """The WACZ taken apart, changed and put together again with its own sums made anew, then all sums of the package."""

    def tamper(folder: Path) -> None:
        path = folder / "pages.wacz"
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        change(files)
        if whole and "datapackage.json" in files:
            package = json.loads(files["datapackage.json"])
            for row in package["resources"]:
                if row["path"] in files:
                    row["hash"] = f"sha256:{digest.sha256(files[row['path']])}"
                    row["bytes"] = len(files[row["path"]])
            files["datapackage.json"] = digest.pages(package)
            if "datapackage-digest.json" in files:  # all but the signature, for which the forger has no key
                value = json.loads(files["datapackage-digest.json"])
                value["hash"] = value["signedData"]["hash"] = wacz.signed_text(files["datapackage.json"]).decode()
                files["datapackage-digest.json"] = digest.pages(value)
        with path.open("wb") as file:
            canonical.write(file, list(files), lambda name: io.BytesIO(files[name]))
        resum(folder)

    return tamper


def redated(files: dict[str, bytes]) -> None:
    """The first answer's record with another date, its id made to fit: only the journal knows better."""
    data = files["archive/data.warc.gz"]
    records = list(reading.records(io.BytesIO(data)))
    one = next(r for r in records if r.type == "response")
    headers = tuple(h for h in one.headers if h[0] in ("WARC-IP-Address", "WARC-Protocol", "X-Port"))
    draft = writing.Draft(
        type="response", uri=one.uri, date=WHEN.replace(year=2025), media_type=one.get("content-type"), block=one.block,
        headers=headers,
    )  # fmt: skip
    files["archive/data.warc.gz"] = data[: one.offset] + writing.write(draft).data + data[one.offset + one.length :]


def swap_records(files: dict[str, bytes]) -> None:
    data = files["archive/data.warc.gz"]
    parts = [data[r.offset : r.offset + r.length] for r in reading.records(io.BytesIO(data))]
    files["archive/data.warc.gz"] = b"".join([parts[0], parts[2], parts[1], *parts[3:]])


def cut_record(files: dict[str, bytes]) -> None:
    data = files["archive/data.warc.gz"]
    last = list(reading.records(io.BytesIO(data)))[-1]
    files["archive/data.warc.gz"] = data[: last.offset]


def set_in(name: str, **values: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        files[name] = values["to"] if "to" in values else files[name].replace(values["old"], values["new"])

    return change


def resigned(**parts: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        value = json.loads(files["datapackage-digest.json"])
        value["signedData"] |= {name: base64.b64encode(data).decode() for name, data in parts.items()}
        files["datapackage-digest.json"] = digest.pages(value)

    return change


def sign_wacz_anew(files: dict[str, bytes]) -> None:
    """A sound signature of another key."""
    key = WaczKey(ec.generate_private_key(ec.SECP384R1()))
    resigned(signature=key.sign(wacz.signed_text(files["datapackage.json"])), publicKey=key.spki)(files)


def sign_anew(folder: Path) -> None:
    """Another key's signature and public key in place of ours, manifest and sums made to fit."""
    key = Ed25519PrivateKey.generate()
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    (folder / "seals/installation.pub").write_bytes(pem)
    value = json.loads((folder / "manifest.json").read_bytes())
    value["seals"][0]["fingerprint"] = digest.sha256(der)
    (folder / "manifest.json").write_bytes(digest.pages(value))
    resum(folder)
    (folder / "seals/SHA256SUMS.ed25519").write_bytes(key.sign((folder / "SHA256SUMS").read_bytes()))


def no_signature(folder: Path) -> None:
    """The seals taken away and the manifest made to say that none was ever expected."""
    shutil.rmtree(folder / "seals")
    value = json.loads((folder / "manifest.json").read_bytes())
    value["seals"] = value["seals"][1:]
    (folder / "manifest.json").write_bytes(digest.pages(value))
    resum(folder)


def swap(first: str, second: str, *, then: Callable[[Path], None] = nothing) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        one, two = (folder / first).read_bytes(), (folder / second).read_bytes()
        (folder / first).write_bytes(two)
        (folder / second).write_bytes(one)
        then(folder)

    return tamper


def link(folder: Path) -> None:
    (folder / "report.html").rename(folder.parent / "kept.html")
    (folder / "report.html").symlink_to(folder.parent / "kept.html")


def hard_to_list(folder: Path) -> None:
    os.mkfifo(folder / "pipe")


def respell(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        (folder / "SHA256SUMS").write_bytes(change((folder / "SHA256SUMS").read_bytes()))

    return tamper


def pem_comment(folder: Path) -> None:
    path = folder / "seals/installation.pub"
    path.write_bytes(b"comment\n" + path.read_bytes())


# name -> (what is done, what the fault must say)
TAMPERINGS: dict[str, tuple[Callable[[Path], None], str]] = {
    "file added": (put("note.txt"), "note.txt：没有列在"),
    "file added without extension": (put("note"), "note：没有列在"),
    "hidden file added": (put(".note"), ".note：没有列在"),
    "file added in rules": (put("rules/extra.yaml"), "rules/extra.yaml：没有列在"),
    "file added, all sums made anew": (put("note.txt", then=resum), "note.txt：与日志锚定行所记不符"),
    "empty file added": (put("empty", b""), "empty：没有列在"),
    "empty folder added": (lambda folder: (folder / "nothing").mkdir(), "nothing/：空文件夹"),
    "file added to seals": (put("seals/extra.tsr"), "seals/extra.tsr：清单没有提到"),
    "symlink for a file": (link, "report.html：不允许的文件"),
    "symlink added": (lambda folder: (folder / "link").symlink_to("/etc/hostname"), "link：不允许的文件"),
    "symlinked folder": (lambda folder: (folder / "more").symlink_to("rules"), "more：不允许的文件"),
    "named pipe added": (hard_to_list, "pipe：不允许的文件"),
    "file with a line break in its name": (lambda folder: (folder / "a\nb").write_bytes(b""), "不允许的文件"),
    "report swapped with a rule": (swap("report.html", "rules/lists/率词.yaml"), "report.html：SHA-256 与"),
    "two files swapped, all sums made anew": (
        swap("rules/claim/claim-cure-rate.yaml", "rules/registration/number-malformed.yaml", then=resum),
        "rules/claim/claim-cure-rate.yaml：与日志锚定行所记不符"),
    "report edited": (edit("report.html", "演示报告", "改动报告", then=nothing), "report.html：SHA-256 与"),
    "report edited, all sums made anew": (edit("report.html", "演示报告", "改动报告"), "report.html：与日志锚定行所记不符"),
    "rule edited, all sums made anew": (edit("rules/claim/claim-cure-rate.yaml", "cure", "care"), "与日志锚定行所记不符"),
    "rule dropped, all sums made anew": (drop("rules/claim/claim-cure-rate.yaml", then=resum), "不在证据包内"),
    "environment edited, all sums made anew": (edit("environment.json", "qingwang", "other"), "environment.json：与日志锚定行"),
    "guide edited, all sums made anew": (edit("VERIFY.txt", "公钥指纹（SHA-256）：", "公钥指纹：0000"), "signature：seals/SHA256SUMS.ed25519"),
    "guide for another package": (put("VERIFY.txt", b"", then=resum), "VERIFY.txt 没有写明本证据包的证据包编号"),
    "title edited in the lead": (edit("lead.json", "演示牌颈椎治疗仪", "演示牌颈椎按摩仪"), "lead.json：与日志锚定行所记不符"),
    "quoted words edited in the lead": (edit("lead.json", "治愈率高达", "好评率高达"), "引文与页面内容不符"),
    "seller edited": (edit("lead.json", '"seller": "演示医疗器械有限公司"', '"seller": "演示药业有限公司"'), "lead.json：与日志锚定行"),
    "capture's address edited": (edit("lead.json", "/goods/1?from", "/goods/2?from"), "与日志第 3 行不符"),
    "capture's time edited": (edit("lead.json", "2026-11-22T03:04:06.678Z", "2026-11-21T03:04:06.678Z"), "与日志第 4 行不符"),
    "capture's status edited": (edit("lead.json", '"status": 200', '"status": 404'), "与日志第 3 行不符"),
    "capture's digest edited": (edit("lead.json", '"digest": "', '"digest": "0'), "与日志第 3 行不符"),
    "who made it edited": (edit("lead.json", "演示市场监督管理局", "演示药品监督管理局"), "manifest.json：字段 unit"),
    "when it was made edited": (edit("lead.json", '"made": "2026-11-22T04', '"made": "2026-11-23T04'), "manifest.json：字段 made"),
    "mark put on": (edit("lead.json", '"mark": ""', '"mark": "演练"'), "标记（演示、演练）与日志不符"),
    "key added to the lead": (edit("lead.json", '"mark": ""', '"mark": "",\n  "more": 1'), "lead.json：内容不符合"),
    "number for true": (edit("findings.json", '"verified": true', '"verified": 1'), "findings.json：内容不符合"),
    "other spelling of the same JSON": (edit("findings.json", '"violation"', ' "violation"'), "findings.json：JSON 的写法不规范"),
    "verdict edited": (edit("findings.json", '"violation"', '"suspect"'), "findings.json：与日志锚定行所记不符"),
    "quote edited": (edit("findings.json", "治愈率高达", "好评率高达"), "引文与页面内容不符"),
    "quote moved": (edit("findings.json", '"start": 9', '"start": 8'), "引文与页面内容不符"),
    "standing edited": (edit("findings.json", '"cannot_say"', '"in_force"'), "登记核对结果不一致"),
    "register edited": (edit("register.json", '"holder": "演示', '"holder": "某某'), "登记核对结果不一致"),
    "decision edited": (edit("decisions.json", "属实", "不实"), "decisions.json：与日志锚定行所记不符"),
    "decision of another lead": (edit("decisions.json", '"lead": 12', '"lead": 13'), "含有别的线索的处理"),
    "finding dropped": (put("findings.json", b"[]\n", then=resum), "列出的发现不一致"),
    "lead is no JSON": (put("lead.json", b"\x00\xff", then=resum), "lead.json：不是有效的 JSON"),
    "lead is deep JSON": (put("lead.json", b"[" * 100_000, then=resum), "lead.json：不是有效的 JSON"),
    "manifest is a list": (put("manifest.json", b"[]\n", then=lambda f: resum(f, deep=False)), "内容不是清单"),
    "manifest is no JSON": (put("manifest.json", b"{", then=lambda f: resum(f, deep=False)), "manifest.json：不是有效的 JSON"),
    "journal line dropped": (relined(lambda rows: [*rows[:3], *rows[4:]]), "与日志第 4 行不符"),
    "journal lines swapped": (relined(lambda rows: [*rows[:2], rows[3], rows[2], *rows[4:]]), "行不在第"),
    "journal line doubled": (relined(lambda rows: [*rows[:3], rows[2], *rows[3:]]), "第 3 行不在第 3 行之后"),
    "journal tail cut": (relined(lambda rows: rows[:-1]), "最后一行不是本线索的锚定行"),
    "journal line edited": (relined(lambda rows: [*rows[:2], rows[2].replace(b"goods/1", b"goods/2"), *rows[3:]]), "journal.jsonl:3：内容与自身的哈希不符"),
    "journal line torn": (lambda f: (f / "journal.jsonl").write_bytes((f / "journal.jsonl").read_bytes()[:-1]), "最后一行不完整"),
    "journal emptied": (relined(lambda rows: []), "manifest：清单"),
    "journal line of a judgement dropped": (relined(lambda rows: [*rows[:5], *rows[6:]]), "manifest.json：字段 journal"),
    "capture line made anew with another address": (
        relined(reforged("capture", lambda data: data["capture"].update(url="http://other.example/"))), "与日志第 3 行不符"),
    "capture line made anew with other digests": (
        relined(reforged("capture", lambda data: data["records"][0].update(sha256="0" * 64))), "记录的 SHA-256 与日志不符"),
    "capture line made anew with another place": (
        relined(reforged("capture", lambda data: data["records"][0].update(offset=0))), "pages.wacz："),
    "capture line without records": (relined(reforged("capture", lambda data: data.pop("records"))), "日志第 3 行不是取证页的格式"),
    "pin line made anew for an edited report": (
        lambda f: (edit("report.html", "演示报告", "改动报告")(f),
                   relined(reforged("pin", lambda d: d["files"].update({"report.html": digest.sha256((f / "report.html").read_bytes())})))(f))[0],
        "signature：seals/SHA256SUMS.ed25519"),
    "key line dropped": (relined(lambda rows: [*rows[:-3], *rows[-2:]]), "日志摘录里没有这把签名公钥"),
    "WACZ key's line dropped": (relined(lambda rows: [*rows[:-2], rows[-1]]), "公钥不是日志写明的那一把"),
    "key line with another public key": (relined(reforged("key", lambda data: data.update(public="x"))), "公钥与指纹不符"),
    "key line that claims to follow another": (
        relined(reforged("key", lambda data: data.update(replaces="0" * 64, signature="AA=="))), "新密钥没有旧密钥的有效签名"),
    "signature of another key": (sign_anew, "日志摘录里没有这把签名公钥"),
    "seals taken away": (no_signature, "seals/SHA256SUMS.ed25519：缺少"),
    "signature dropped": (drop("seals/SHA256SUMS.ed25519"), "seals/SHA256SUMS.ed25519：缺少"),
    "signature cut": (put("seals/SHA256SUMS.ed25519", b"x" * 63), "这把公钥对 SHA256SUMS 的签名"),
    "public key is rubbish": (put("seals/installation.pub", b"rubbish"), "公钥读不出来"),
    "public key spelled otherwise": (pem_comment, "公钥的写法不规范"),
    "sums: order": (respell(lambda data: b"".join(sorted(data.splitlines(keepends=True)))), "写法不规范"),
    "sums: line doubled": (respell(lambda data: data + data.splitlines(keepends=True)[-1]), "写法不规范"),
    "sums: line dropped": (respell(lambda data: b"".join(data.splitlines(keepends=True)[1:])), "VERIFY.txt：没有列在"),
    "sums: upper case": (respell(lambda data: data.upper()), "写法不规范"),
    "sums: binary marker": (respell(lambda data: data.replace(b"  ", b" *", 1)), "写法不规范"),
    "sums: CRLF": (respell(lambda data: data.replace(b"\n", b"\r\n")), "SHA256SUMS"),
    "sums: no last newline": (respell(lambda data: data[:-1]), "写法不规范"),
    "sums: no UTF-8": (respell(lambda data: data + b"\xff"), "不是 UTF-8"),
    "sums: emptied": (respell(lambda data: b""), "没有列在 SHA256SUMS"),
    "WACZ: byte of a record": (
        rewacz(lambda files: files.update({"archive/data.warc.gz": files["archive/data.warc.gz"][:700] + b"!" + files["archive/data.warc.gz"][701:]})),
        "pages.wacz：记录"),
    "WACZ: record re-dated": (rewacz(redated), "pages.wacz：记录"),
    "WACZ: records swapped": (rewacz(swap_records), "pages.wacz：记录"),
    "WACZ: last record cut off": (rewacz(cut_record), "记录结束前中断"),
    "WACZ: bytes behind the records": (
        rewacz(lambda files: files.update({"archive/data.warc.gz": files["archive/data.warc.gz"] + b"x"})), "末尾有多余的字节"),
    "WACZ: no web archive": (rewacz(lambda files: files.pop("archive/data.warc.gz")), "缺少 archive/data.warc.gz"),
    "WACZ: no digest": (rewacz(lambda files: files.pop("datapackage-digest.json")), "缺少 datapackage-digest.json"),
    "WACZ: file without extension": (rewacz(lambda files: files.update(note=b"x")), "多出 note"),
    "WACZ: index emptied": (rewacz(set_in("indexes/index.cdxj", to=b"")), "indexes/index.cdxj 缺少"),
    "WACZ: index leads elsewhere": (rewacz(set_in("indexes/index.cdxj", old=b"20261122", new=b"20251122")), "indexes/index.cdxj 第 1 行"),
    "WACZ: pages edited": (rewacz(set_in("pages/pages.jsonl", old=b"goods", new=b"wares")), "pages/pages.jsonl 与取证页不符"),
    "WACZ: data package edited": (rewacz(set_in("datapackage.json", old=b"1.1.1", new=b"1.1.0")), "datapackage.json 与内容不符"),
    "WACZ: digest of something else": (
        rewacz(set_in("datapackage-digest.json", old=b"sha256:", new=b"sha256:0"), whole=False), "datapackage-digest.json：与 datapackage.json 不符"),
    "WACZ: data package made anew under the signature": (
        rewacz(set_in("pages/pages.jsonl", old=b"goods", new=b"wares")), "datapackage-digest.json：不是其中的公钥对这份存档的签名"),
    "WACZ: signature taken out of the digest": (
        rewacz(lambda files: files.update({"datapackage-digest.json": digest.pages({
            k: v for k, v in json.loads(files["datapackage-digest.json"]).items() if k != "signedData"})}), whole=False), "没有签名"),
    "WACZ: signature of another key": (rewacz(sign_wacz_anew, whole=False), "公钥不是日志写明的那一把"),
    "WACZ: signature of zeros": (rewacz(resigned(signature=bytes(96)), whole=False), "不是其中的公钥对这份存档的签名"),
    "WACZ: signature too short": (rewacz(resigned(signature=b"x"), whole=False), "不是其中的公钥对这份存档的签名"),
    "WACZ: key is no key": (rewacz(resigned(publicKey=b"x"), whole=False), "公钥读不出来"),
    "WACZ: signed data re-dated": (
        rewacz(set_in("datapackage-digest.json", old=b"2026-11-22", new=b"2026-11-21"), whole=False), "datapackage-digest.json：与 datapackage.json 不符"),
    "WACZ: zip comment": (lambda f: (_comment(f / "pages.wacz"), resum(f))[0], "pages.wacz：不是规范的 zip"),
    "WACZ: bytes before the zip": (lambda f: (put("pages.wacz", b"x" + (f / "pages.wacz").read_bytes())(f), resum(f))[0], "pages.wacz：不是规范的 zip"),
    "WACZ: no zip at all": (put("pages.wacz", b"rubbish", then=resum), "pages.wacz：不是可以读取的 zip"),
}  # fmt: skip


def _comment(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"hello"


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_and_named(fresh: Copy, name: str) -> None:
    tamper, expected = TAMPERINGS[name]
    folder = fresh()
    assert faults(folder) == []
    tamper(folder)
    found = faults(folder)
    assert any(expected in fault for fault in found), found


def test_there_are_enough_of_them() -> None:
    assert len(TAMPERINGS) >= 40


@pytest.mark.slow
def test_every_file_deleted_emptied_or_replaced(fresh: Copy, zipped: Path) -> None:
    folder = fresh()
    assert faults(folder) == []
    for name in names(folder):
        whole = (folder / name).read_bytes()
        for changed in (None, b"", whole + b"\n", whole[:-1], whole[::-1]):
            if changed is None:
                (folder / name).unlink()
            else:
                (folder / name).write_bytes(changed)
            found = faults(folder)
            assert any(name in fault for fault in found), (name, changed, found)
            (folder / name).write_bytes(whole)
    assert faults(folder) == []


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key in value:
            yield from leaves(value[key], (*path, key))
        yield path
    elif isinstance(value, list):
        for place in range(len(value)):
            yield from leaves(value[place], (*path, place))
        yield path
    else:
        yield path


@pytest.mark.long
def test_every_field_of_the_manifest_follows_from_the_rest(fresh: Copy) -> None:
    """Each value edited, each key and entry dropped or added; sums made anew every time."""
    folder = fresh()
    assert faults(folder) == []
    whole = (folder / "manifest.json").read_bytes()
    count = 0
    for path in leaves(json.loads(whole)):
        for change in ("edit", "drop", "add"):
            value = json.loads(whole)
            if not change_at(value, path, change):
                continue
            (folder / "manifest.json").write_bytes(digest.pages(value))
            resum(folder, deep=False)
            found = [fault for fault in faults(folder) if fault.startswith("manifest：manifest.json：")]
            assert found, (path, change)
            count += 1
    assert count > 150


def change_at(value: Any, path: tuple[Any, ...], change: str) -> bool:
    *outer, last = path or (None,)
    for key in outer:
        value = value[key]
    if change == "add":
        inner = value if not path else value[last]
        if isinstance(inner, dict):
            inner["more"] = ""
            return True
        if isinstance(inner, list):
            inner.append("more")
            return True
        return False
    if not path:
        return False
    if change == "drop":
        del value[last]
        return True
    old = value[last]
    if isinstance(old, (dict, list)):
        value[last] = "" if old else ["x"]
    elif isinstance(old, bool):
        value[last] = int(old)  # True == 1 in Python, but not in evidence
    elif isinstance(old, int):
        value[last] = float(old)
    else:
        value[last] = "x" if old is None else old + " "
    return True


@pytest.mark.parametrize(
    ("seed", "flips"),
    [(20261122, 100), pytest.param(20261127, 1000, marks=[pytest.mark.long, pytest.mark.timeout(900)])],
)
def test_single_bytes_flipped_in_the_folder(fresh: Copy, seed: int, flips: int) -> None:
    folder = fresh()
    assert faults(folder) == []
    chance = random.Random(seed)
    listed = sorted(names(folder))
    sizes = [(folder / name).stat().st_size for name in listed]
    for name in listed + chance.choices(listed, weights=sizes, k=flips):
        whole = (folder / name).read_bytes()
        data = bytearray(whole)
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
        (folder / name).write_bytes(data)
        found = faults(folder)
        assert any(name in fault for fault in found), (name, at, found)
        (folder / name).write_bytes(whole)
    assert faults(folder) == []


def test_every_bit_at_the_end_of_the_inner_zip(fresh: Copy) -> None:
    """Where a zip says how it is made up: a reader may be led anywhere, to before the file's beginning too."""
    path = fresh() / "pages.wacz"
    whole = path.read_bytes()
    for at in range(len(whole) - 22, len(whole)):
        for bit in (1, 128):
            data = bytearray(whole)
            data[at] ^= bit
            path.write_bytes(data)
            assert any("pages.wacz" in fault for fault in faults(path.parent)), (at, bit)


@pytest.mark.long
def test_single_bytes_flipped_in_the_zip(zipped: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.zip"
    whole = zipped.read_bytes()
    path.write_bytes(whole)
    assert faults(path) == []
    chance = random.Random(20261123)
    directory = whole.rindex(b"PK\x05\x06")
    structure = [*range(80), *range(len(whole) - 22, len(whole)), *range(directory - 600, directory, 7)]
    for at in structure + chance.choices(range(len(whole)), k=100):
        data = bytearray(whole)
        data[at] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        assert faults(path) != [], at


def test_zip_tamperings(zipped: Path, tmp_path: Path) -> None:
    whole, path = zipped.read_bytes(), tmp_path / "copy.zip"
    root = zipped.name.removesuffix(".zip")
    with zipfile.ZipFile(zipped) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}

    def again(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED, comment: bytes = b"") -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as made:
            for name, data in members:
                made.writestr(name, data)
            made.comment = comment
        return out.getvalue()

    def ours(members: dict[str, bytes]) -> bytes:
        out = io.BytesIO()
        canonical.write(out, list(members), lambda name: io.BytesIO(members[name]))
        return out.getvalue()

    assert ours(files) == whole
    end = whole[:-2] + struct.pack("<H", 5) + b"hello"
    other = {name.replace(root, "other", 1): data for name, data in files.items()}
    tampered: dict[str, tuple[bytes, str]] = {
        "comment": (end, "不是规范的 zip"),
        "bytes before": (b"MZ" + whole, "不是规范的 zip"),
        "bytes behind": (whole + b"x", "form"),
        "made by another program": (again(list(files.items())), "不是规范的 zip"),
        "deflated": (again(list(files.items()), zipfile.ZIP_DEFLATED), "应当不压缩"),
        "traversal": (ours({**files, f"{root}/../../evil": b"x"}), "不允许的文件名"),
        "absolute": (again([*files.items(), ("/etc/evil", b"x")]), "不允许的文件名"),
        "backslash": (again([*files.items(), (f"{root}/a\\b", b"x")]), "不允许的文件名"),
        "outside the folder": (ours({**files, "other/x": b"x"}), "不在同一个文件夹内"),
        "no folder": (ours({**files, "x": b"x"}), "不允许的文件名"),
        "folder renamed": (ours(other), "文件夹的名称与清单不符"),
        "file added": (ours({**files, f"{root}/note": b"x"}), "note：没有列在"),
        "file dropped": (ours({n: d for n, d in files.items() if not n.endswith("report.html")}), "report.html：缺少"),
        "rubbish": (b"rubbish", "不是可以读取的 zip"),
        "empty": (b"", "不是可以读取的 zip"),
        "cut": (whole[:-1], "form"),
    }  # fmt: skip
    with pytest.warns(UserWarning, match="Duplicate"):
        tampered["doubled member"] = (again([*files.items(), (f"{root}/report.html", b"other")]), "zip 内重复出现")
    for name, (data, expected) in tampered.items():
        path.write_bytes(data)
        found = faults(path)
        assert any(expected in fault for fault in found), (name, found)
    path.write_bytes(whole)
    assert faults(path) == []


def test_sha256sum_agrees_about_every_listed_file(fresh: Copy) -> None:
    folder = fresh()

    def agrees() -> bool:
        done = subprocess.run(
            ["sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True, check=False
        )
        return done.returncode == 0

    assert agrees()
    for name in sums.parse((folder / "SHA256SUMS").read_bytes()):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert not agrees(), name
        assert faults(folder) != []
        (folder / name).write_bytes(whole)
    assert agrees()


def test_parts_of_another_package_do_not_fit(site: Site, fresh: Copy) -> None:
    other = site.package(site.root / "out")
    folder = fresh()
    for name in names(folder):
        whole, theirs = (folder / name).read_bytes(), (other / name).read_bytes()
        if whole != theirs:
            (folder / name).write_bytes(theirs)
            assert any(name in fault for fault in faults(folder)), name
            (folder / name).write_bytes(whole)
    shutil.rmtree(folder / "seals")
    shutil.copytree(other / "seals", folder / "seals")
    assert any("这把公钥对" in fault for fault in faults(folder))


def test_a_package_made_anew_by_a_stranger_differs_only_in_its_key(site: Site, tmp_path: Path) -> None:
    """The limit, as VERIFY.txt states it: whoever forges everything and signs with a key of their own is found out by
    the fingerprint that the unit published, and by nothing else inside the package."""
    true = site.package(tmp_path / "true")
    own = json.loads((true / "manifest.json").read_bytes())["seals"][0]["fingerprint"]
    shutil.rmtree(site.root / "keys")
    forged = site.package(tmp_path / "forged")
    assert faults(forged) == []
    assert any("不是所给的指纹" in fault for fault in faults(forged, fingerprint=own))
    assert faults(true, fingerprint=own) == []


def test_the_pin_lists_what_is_not_bound_otherwise(packed: Path) -> None:
    pin = chain.parse(lines_of(packed)[-1])
    rest = {
        "journal.jsonl",
        "pages.wacz",
        "VERIFY.txt",
        "manifest.json",
        "SHA256SUMS",
        manifest.PUBLIC,
        manifest.SIGNATURE,
    }
    assert set(pin.data["files"]) | rest == set(names(packed))
    public = next(chain.parse(raw).data for raw in lines_of(packed) if b'"event":"key"' in raw)["public"]
    assert public.encode() == (packed / manifest.PUBLIC).read_bytes()
    assert base64.b64decode(public.splitlines()[1])


ODD_VALUES = (
    None, True, 0, -1, 1.5, 10**30, "", "\ud800", "0001-01-01T00:00:00+23:59", [], {}, [[1, 2]], "../x",
    "20261122T030405678Z-000001.warc.gz",
)  # fmt: skip


def test_odd_values_in_any_place_are_faults_and_never_a_crash(fresh: Copy) -> None:
    folder, chance = fresh(), random.Random(20261124)
    assert faults(folder) == []
    parts = {
        name: json.loads((folder / name).read_bytes()) for name in ("lead.json", "findings.json", "environment.json")
    }
    rows = lines_of(folder)
    for _ in range(40):
        name = chance.choice([*parts, "journal.jsonl"])
        if name == "journal.jsonl":
            row = chance.randrange(len(rows))
            value = json.loads(rows[row])
            value.pop("~h")
            odd(value, chance)
            body = digest.line(value)
            forged = body[:-1] + b',"~h":"%b"}' % digest.sha256(body).encode()
            data = b"".join(raw + b"\n" for raw in [*rows[:row], forged, *rows[row + 1 :]])
        else:
            value = json.loads(json.dumps(parts[name]))
            odd(value, chance)
            data = digest.pages(value)
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(data)
        resum(folder)
        assert data == whole or faults(folder) != [], value
        (folder / name).write_bytes(whole)


def odd(value: Any, chance: random.Random) -> None:
    *outer, last = chance.choice([path for path in leaves(value) if path])
    for key in outer:
        value = value[key]
    value[last] = chance.choice(ODD_VALUES)
