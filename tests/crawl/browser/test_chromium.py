"""Finding the browser: what is named is used or missed, never replaced by another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scanner.crawl.browser import chromium


def program(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_what_is_named_comes_first_and_is_never_replaced(tmp_path: Path) -> None:
    given, named, installed = (program(tmp_path / name / "chromium") for name in ("given", "named", "bin"))
    environ = {"PATH": str(tmp_path / "bin"), chromium.VARIABLE: named, "HOME": str(tmp_path)}
    assert chromium.find(given, environ) == given
    assert chromium.find("", environ) == named
    assert chromium.find("", {**environ, chromium.VARIABLE: ""}) == installed
    assert chromium.find(str(tmp_path / "none"), environ) is None
    assert chromium.find("", {**environ, chromium.VARIABLE: str(tmp_path / "none")}) is None


def test_playwrights_own_download_is_found_newest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "_APPLICATIONS", ())
    old = program(tmp_path / "chromium-1000" / "chrome-linux" / "chrome")
    new = program(tmp_path / "chromium-1255" / "chrome-linux64" / "chrome")
    os.utime(old, (1, 1))
    environ = {"PATH": str(tmp_path / "empty"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}
    assert chromium.find("", environ) == new
    assert chromium.find("", {"PATH": str(tmp_path / "empty"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "x")}) is None


def test_only_root_goes_without_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    for user, sandboxed in ((0, False), (1000, True)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        assert chromium.sandboxed() is sandboxed


def test_the_arguments_leave_no_way_past_the_proxy() -> None:
    arguments = chromium.arguments("PIN=")
    assert "--ignore-certificate-errors-spki-list=PIN=" in arguments
    assert "--proxy-bypass-list=<-loopback>" in arguments
    assert "--disable-quic" in arguments
    names = {argument.partition("=")[0] for argument in arguments}
    # Each of these would open a door, or replace Playwright's own list.
    assert (
        names & {"--no-sandbox", "--ignore-certificate-errors", "--disable-features", "--disable-web-security"} == set()
    )
