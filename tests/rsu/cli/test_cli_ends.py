"""Commands at the end of a pipe, on old terminals, for users without a home: exit codes and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rsu.core import folders
from rsu.site import config

CONFIGS = Path(__file__).parents[3] / "configs"
RSU = f"{sys.executable} -m rsu.cli.main"


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {"PATH": os.environ["PATH"], **environment}  # and no HOME
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, env=kept, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("yes 0x00 | head -c 300000 | {rsu} msg decode - | head -n 1", 0),
        ("{rsu} msg explain --help | head -n 1", 0),
        ("{rsu} check {configs}/demo.yaml | head -c 1", 0),
        ("{rsu} rec info {golden} | head -n 1", 0),
    ],
)
def test_who_reads_may_have_enough(command: str, code: int) -> None:
    golden = Path(__file__).parents[2] / "rsu" / "recording" / "golden" / "day.mcap"
    done = shell(command.format(rsu=RSU, configs=CONFIGS, golden=golden))
    assert b"Traceback" not in done.stderr and b"Broken" not in done.stderr, done.stderr
    assert done.returncode in (code, 141)  # 141: of the program before us in the pipe


@pytest.mark.parametrize(
    "environment", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}]
)
def test_old_terminals_see_what_they_can(tmp_path: Path, environment: dict[str, str]) -> None:
    site = tmp_path / "site.yaml"
    text = (CONFIGS / "demo.yaml").read_text(encoding="utf-8").replace("name: demo crossing", "name: 演示路口")
    site.write_text(text, encoding="utf-8")
    done = shell(f"{RSU} check {site}", **environment)
    assert done.returncode == 3 and b"site.name: expected plain ASCII" in done.stdout, done.stderr
    assert b"Traceback" not in done.stderr


def test_usage_stays_usage() -> None:
    assert shell(f"{RSU} check").returncode == 2
    assert shell(f"{RSU} nothing").returncode == 2


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    with pytest.raises(folders.NoHomeError, match="--data"):
        folders.default_data()
    assert config.check(CONFIGS / "demo.yaml") == []
