"""The log on the page: the newest lines, in both languages, for those that tune."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette

from rsu.access.roles import Role, needed
from rsu.web.background import log_pages
from tests.rsu.web.client import PageClient
from tests.rsu.web.serving import free_port, hosting


def test_lines_in_both_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """journalctl's part is played by a script: this machine has no journal."""
    lines = [
        {"timestamp": f"2026-11-30T06:00:{second:02}Z", "level": level, "process": "station", "event": f"device {name}"}
        for second, (level, name) in enumerate([("info", "gnss"), ("warning", "radio"), ("error", "gnss")])
    ]
    script = tmp_path / "journalctl"
    script.write_text(f"#!{sys.executable}\nprint({chr(10).join(map(json.dumps, lines))!r})\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with hosting(Starlette(routes=log_pages.routes()), port := free_port()):
        page = PageClient(port, secure=False)
        found = page.get("/api/log?device=gnss&since=2026-11-30T00:00").json()["lines"]
        refused = page.get("/api/log?since=yesterday")
    assert [(each["level"], each["event"], each["event_zh"]) for each in found] == [
        ("error", "device gnss", "设备 gnss"),
        ("info", "device gnss", "设备 gnss"),
    ]
    assert refused.status == 409 and "2026-11-30T06:00" in refused.json()["text"]


def test_the_log_is_for_engineers() -> None:
    assert needed("GET", "/api/log") is Role.TUNE
