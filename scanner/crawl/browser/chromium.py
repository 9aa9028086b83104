"""Where the browser is.

Owns: finding an installed Chromium (or Google Chrome), and the arguments it is started with. Leaves to others: starting
it (``visit``), saying what to install (``doctor``, ``make setup``). Nothing here downloads anything.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

VARIABLE = "QINGWANG_CHROMIUM"
HINT = "Debian：apt-get install chromium fonts-noto-cjk；其他系统：python -m playwright install chromium"
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
)
# Inside the folder that `playwright install chromium` makes, newest revision first.
_PLAYWRIGHT = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium-*/chrome-win*/chrome.exe",
)


def find(given: str = "", environ: Mapping[str, str] | None = None) -> str | None:
    """The browser's path: ``given`` (config.yaml), else ``QINGWANG_CHROMIUM``, else an installed one; None: there is none.

    A path that is given and does not lead to a program gives None, never another browser behind the user's back.
    """
    environ = os.environ if environ is None else environ
    named = given or environ.get(VARIABLE, "")
    if named:
        return shutil.which(named)
    return next(_installed(environ), None)


def _installed(environ: Mapping[str, str]) -> Iterator[str]:
    for name in _NAMES:
        if (path := shutil.which(name, path=environ.get("PATH"))) is not None:
            yield path
    yield from (path for path in _APPLICATIONS if os.access(path, os.X_OK))
    folder = _playwright_folder(environ)
    for pattern in _PLAYWRIGHT:
        found = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)
        yield from (str(path) for path in found if os.access(path, os.X_OK))


def _playwright_folder(environ: Mapping[str, str]) -> Path:
    if chosen := environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ms-playwright"
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA", str(Path.home()))) / "ms-playwright"
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ms-playwright"


def sandboxed() -> bool:
    """Whether Chromium can use its sandbox: it refuses to as root, so only root goes without (``doctor`` warns)."""
    return not (hasattr(os, "geteuid") and os.geteuid() == 0)


def arguments(spki: str) -> list[str]:
    """Chromium's arguments beside Playwright's own. ``spki`` pins the key our proxy speaks TLS with (base64 SHA-256).

    ``--disable-features`` must not be among them: it would replace Playwright's own list.
    """
    return [
        # Trust our proxy's one key, and nothing else that is not a valid certificate.
        f"--ignore-certificate-errors-spki-list={spki}",
        # Without this Chromium goes past any proxy to localhost, 127/8 and 169.254/16.
        "--proxy-bypass-list=<-loopback>",
        # Chromium resolves no name itself: only the proxy, which vets the addresses, does.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        # No way out beside the proxy: no QUIC, no WebRTC over UDP, no DNS prefetch.
        "--disable-quic",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--dns-prefetch-disable",
        "--disable-gpu",
        "--disable-smooth-scrolling",
    ]
