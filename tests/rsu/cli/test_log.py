"""`rsu log`: lines by device, process, level and time, of a file, of stdin and of the journal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.cli.views.log import LogLine, Wanted, _file
from tests.rsu.cli.test_cli import rsu

NOW = datetime.now(UTC)


def record(age_s: float, event: str, **more: str) -> str:
    at = (NOW - timedelta(seconds=age_s)).isoformat().replace("+00:00", "Z")
    return json.dumps({"event": event, "process": "station", "level": "info", "timestamp": at} | more)


LINES = [
    record(14_400, "device radar-north", state="lost", before="ok"),
    record(3600, "camera", level="warning", process="video.camera-north", error="refused"),
    "Traceback (most recent call last):",
    record(60, "platform not connected", level="error", process="uplink"),
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "daemon.log"
    path.write_text("\n".join([*LINES, ""]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ((), [0, 1, 2, 3]),
        (("--device", "radar-north"), [0]),
        (("--device", "camera-north"), [1, 2]),
        (("--device", "radar"), []),
        (("--process", "uplink"), [3]),
        (("--newest", "1"), [3]),
        (("--level", "warning"), [1, 2, 3]),
        (("--level", "error"), [3]),
        (("--since", "2h"), [1, 2, 3]),
        (("--since", "2h", "--until", "30m"), [1, 2]),
    ],
)
def test_lines_of_a_file(log: Path, options: tuple[str, ...], shown: list[int]) -> None:
    done = rsu("log", log, "--json", *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [LINES[index] for index in shown if index != 2], "JSON has no traceback"
    for_people = rsu("log", log, *options).stdout.splitlines()
    assert len(for_people) == len(shown)
    assert (LINES[2] in for_people) == (2 in shown), "a traceback stays with the line before it"


def test_a_line_for_people() -> None:
    shown = LogLine.of(LINES[0]).shown("en")
    assert shown.endswith("info    station: device radar-north state=lost before=ok")
    assert shown.startswith(f"{(NOW - timedelta(seconds=14_400)).astimezone():%Y-%m-%d %H:%M:%S} ")
    in_chinese = LogLine.of(LINES[0]).shown("zh")
    assert in_chinese.endswith("信息    station: 设备 radar-north state=失联 before=正常")


def test_stdin_and_wrong_wishes(log: Path) -> None:
    command = [sys.executable, "-m", "rsu.cli.main", "log", "-", "--level", "error"]
    done = subprocess.run(command, input=log.read_text(), capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.count("\n") == 1 and "platform not connected" in done.stdout
    assert rsu("log", log, "--since", "soon").returncode == 2
    assert "expected one of info, warning, error, got loud" in rsu("log", log, "--level", "loud").stderr
    assert rsu("log", log.with_name("other.log")).returncode == 4


def test_a_machine_without_a_journal() -> None:
    command = [sys.executable, "-m", "rsu.cli.main", "log"]
    done = subprocess.run(
        command, env={**os.environ, "PATH": ""}, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 4 and "name a log file" in done.stderr


def test_the_journal_is_asked_for_the_unit_and_the_time(tmp_path: Path) -> None:
    """journalctl's part is played by a script that tells how it was called: this machine has no journal."""
    told = tmp_path / "journalctl"
    told.write_text(f"#!{sys.executable}\nimport sys, json\nprint(json.dumps({{'event': ' '.join(sys.argv[1:])}}))\n")
    told.chmod(0o755)
    command = [sys.executable, "-m", "rsu.cli.main", "log", "--since", "2026-11-30T06:00+08:00", "--unit", "crossing"]
    done = subprocess.run(
        command, env={**os.environ, "PATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    begin = int(datetime.fromisoformat("2026-11-30T06:00+08:00").timestamp())
    assert f"--unit crossing --output cat --no-pager --since @{begin}" in done.stdout


def test_new_lines_of_a_growing_file(tmp_path: Path) -> None:
    path, stop = tmp_path / "log", threading.Event()
    path.write_text("one\n", encoding="utf-8")
    lines = _file(path, True, stop)
    assert next(lines) == "one\n"
    with path.open("a", encoding="utf-8") as file:
        file.write("tw")
        file.flush()
        threading.Timer(0.3, lambda: print("o", file=file, flush=True)).start()
        assert next(lines) == "two\n", "a line that is half written is waited for"
        stop.set()
        assert list(lines) == []


@given(st.text(max_size=80))
def test_any_line_is_shown(text: str) -> None:
    wanted = Wanted.of(None, None, "info", None, None, of_journal=False)
    line = LogLine.of(text)
    assert isinstance(line.shown("zh"), str)
    assert wanted.take(line)
