"""``VERIFY.txt``: how anybody checks a package with ordinary tools, and what it does and does not prove.

Owns: those words, in Chinese. Leaves to others: the checks themselves. The text follows from the manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.evidence.package.manifest import PENDING_SAYS
from scanner.evidence.stamp.services import ADAPTERS

NAME = "VERIFY.txt"

_TEXT = """\
证据包核验说明
==============
{mark}证据包编号：{package}
制作时间（UTC）：{made}
制作单位：{unit}　　经办人：{operator}
制作软件：{software}
日志锚定：第 {seq} 行，哈希 {hash}
签名公钥指纹（SHA-256）：{fingerprint}

一、不用本软件核验（在本文件夹内运行）
1. 全部文件的完整性：
     sha256sum -c --strict SHA256SUMS
   再看一遍有没有多出来的文件：除 SHA256SUMS 和 seals/ 以外，每个文件都应当列在 SHA256SUMS 里。
   manifest.json 里另有每个文件的 SM3 值，可以用 openssl dgst -sm3 文件名 核对。
2. 签名（OpenSSL 3.0 以上）：
     openssl pkeyutl -verify -pubin -inkey seals/installation.pub -rawin \\
       -in SHA256SUMS -sigfile seals/SHA256SUMS.ed25519
   公钥指纹应当与制作单位另外公布的一致：
     openssl pkey -pubin -in seals/installation.pub -outform DER | sha256sum
{pdf}{stamps}网页存档 pages.wacz：用 ReplayWeb.page 等 WACZ 浏览工具打开；原始记录可以这样检查：
     unzip -p pages.wacz archive/data.warc.gz > ../data.warc.gz && warcio check ../data.warc.gz
   其中 datapackage-digest.json 的签名（ECDSA P-384）由日志写明的另一把密钥（purpose 为 wacz）所签。
{last}. 日志 journal.jsonl：每行去掉末尾的 ,"~h":"…" 之后，SHA-256 应当等于其中的 64 位值；
   相邻序号（seq）的两行，后一行的 prev 等于前一行的 ~h；最后一行（pin）列出各文件的 SHA-256。

二、用本软件核验
     qingwang verify 本文件夹或者 zip 文件
     qingwang verify --strict …        （连待办的时间戳也要求齐全）

三、能说明什么，不能说明什么
1. 能说明：制作之后文件没有改动（改动任何一个字节，以上核验都会失败）；每个取证页的收发内容、
   时间、服务器地址和哈希，与封存当时写下的日志一致。
2. 签名密钥由制作单位的这套程序自行生成，不是电子认证机构签发的。只有公钥指纹与单位另外公布的
   一致，签名才能说明证据包出自该单位。
3. {time}。
4. 日志摘录只有与本案有关的行。整本日志是否完整，要到制作单位用 qingwang verify --home 核验。
5. 自动取证是保存下来的线索，不能代替执法人员的确认；网页内容真实与否、由谁发布，要另行查证。
"""


_STAMPS = """\
3. 时间戳（RFC 3161；seals/stamps.json 写明哪些已经加盖，state 为 pending 的还没有）：
{commands}   时间戳服务的证书过期以后，末尾加上 -attime 和 gen_time 的 Unix 秒数。
   根证书应当与时间戳服务公布的一致：环境记录 environment.json 的 stamps 写明其 SHA-256。
   以上不查证书是否已被吊销；需要时向时间戳服务查询。
4. """
_PDF = """\
   seals/report.signed.pdf 是 report.pdf 的签名副本（PAdES），用 PDF 阅读软件或者 pyHanko 查看签名；它以 report.pdf 的
   全部字节开头。签名证书的 SHA-256 是 {certificate}，
   {whose}。
"""
_OWN = "由制作单位的程序自签，不是电子认证机构签发的，须与单位另外公布的核对"
_GIVEN = "由制作单位配置，签发者见证书，是否可信须向签发者核实"
_HOW = "     见该服务的说明；本软件用 qingwang verify 核验\n"
_STAMPED = (
    "时间戳由时间戳服务加盖在 SHA256SUMS 上，证明证据包不晚于时间戳上的时间；晚于封存 10 分钟以上的写作迟到\n"
    "   （late）。没有加盖的（pending），时间只来自制作机器的时钟，不能单独用来证明时间"
)


def text(manifest: Mapping[str, Any]) -> bytes:
    """The file for a package with this manifest."""
    head, software = manifest["journal"]["head"], manifest["software"]
    signature = manifest["seals"][0]
    stamps = [seal for seal in manifest["seals"] if "authority" in seal]
    commands = "".join(f"   {s['authority']}（{s['url']}）：\n{_how(s)}" for s in stamps)
    alone = f"{PENDING_SAYS}。时间来自制作机器的时钟；加盖时间戳之前，不能单独用来证明时间"
    mark = f"【{manifest['mark']}：不是证据】\n" if manifest["mark"] else ""
    return _TEXT.format(
        mark=mark, package=manifest["package"], made=manifest["made"], unit=manifest["unit"] or "（未填写）",
        operator=manifest["operator"] or "（未填写）", software=f"{software['name']} {software['version']}",
        seq=head["seq"], hash=head["hash"], fingerprint=signature["fingerprint"],
        pdf="".join(_signed_pdf(seal) for seal in manifest["seals"] if seal["kind"] == "pades"),
        stamps=_STAMPS.format(commands=commands) if stamps else "3. ", last=5 if stamps else 4,
        time=_STAMPED if stamps else alone,
    ).encode("utf-8", "backslashreplace")  # fmt: skip


def _signed_pdf(seal: Mapping[str, Any]) -> str:
    return _PDF.format(certificate=seal["certificate"], whose=_OWN if seal["own"] else _GIVEN)


def _how(seal: Mapping[str, Any]) -> str:
    """The ordinary commands for one stamp."""
    adapter = ADAPTERS.get(seal["kind"])
    return adapter.how.format(token=seal["token"], chain=seal["chain"]) if adapter and adapter.how else _HOW


def faults(given: bytes, manifest: Mapping[str, Any]) -> list[str]:
    """What a ``VERIFY.txt`` ought to say of this package and does not. The wording may be an older program's."""
    told = given.decode("utf-8", "replace")
    wanted = {
        "证据包编号": manifest["package"], "制作时间": manifest["made"], "日志哈希": manifest["journal"]["head"]["hash"],
        "公钥指纹": manifest["seals"][0]["fingerprint"], "标记": manifest["mark"],
    }  # fmt: skip
    wanted |= {f"报告签名证书（{s['file']}）": s["certificate"] for s in manifest["seals"] if s["kind"] == "pades"}
    wanted |= {f"时间戳（{s['authority']}）": s["token"] for s in manifest["seals"] if "authority" in s}
    return [f"{NAME} 没有写明本证据包的{what}" for what, value in wanted.items() if str(value) not in told]
