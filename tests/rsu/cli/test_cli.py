"""The command line as scripts see it: stdout, stderr, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import v2x
from rsu.cli.common.versions import versions

CONFIGS = Path(__file__).parents[3] / "configs"


def rsu(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rsu.cli.main", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("command", [(), ("run",), ("check",), ("status",), ("demo",), ("msg",), ("msg", "decode")])
def test_help_everywhere(command: tuple[str, ...]) -> None:
    done = rsu(*command, "--help")
    assert done.returncode == 0 and done.stdout.startswith("Usage:") and not done.stderr


def test_version() -> None:
    assert rsu("--version").stdout.startswith("rsu 0.")


def test_version_says_what_the_codec_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(v2x, "engine_name", lambda: "plain")
    assert "no C extension" in versions()["codec"]


def test_check_says_fine() -> None:
    done = rsu("check", CONFIGS / "demo.yaml")
    assert (done.returncode, done.stdout.count("fine")) == (0, 1)
    assert json.loads(rsu("check", "--json", CONFIGS / "demo.yaml").stdout)["findings"] == []


def test_check_names_places(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("version: 2\nradioo: x\n", encoding="utf-8")
    done = rsu("check", site)
    assert done.returncode == 3
    assert f"{site}:1:10: version: expected 1, got 2" in done.stdout.split("\n")
    assert f'{site}:2:1: radioo: unknown key (did you mean "radio"?)' in done.stdout.split("\n")
    answer = json.loads(rsu("check", "--json", site).stdout)
    found = answer["findings"]
    assert (answer["errors"], answer["warnings"]) == (len(found), 0)
    assert {"file", "line", "column", "key", "text", "text_zh", "level"} == set(found[0])
    assert {each["level"] for each in found} == {"error"}


def test_run_refuses_a_bad_site(tmp_path: Path) -> None:
    done = rsu("run", tmp_path / "none.yaml", "--run", tmp_path / "run", "--data", tmp_path / "data")
    assert done.returncode == 3 and "cannot be read" in done.stderr and not done.stdout
    assert not (tmp_path / "run").exists()


def test_status_without_a_daemon(tmp_path: Path) -> None:
    done = rsu("status", "--run", tmp_path)
    assert done.returncode == 4 and "no daemon answers" in done.stderr


@pytest.mark.parametrize("cut", ["radar-north", "nobody@1+1", "radar-north@x+1"])
def test_demo_refuses_cuts_it_does_not_understand(cut: str, tmp_path: Path) -> None:
    done = rsu("demo", "--for", 1, "--cut", cut, "--run", tmp_path)
    assert done.returncode == 2 and done.stderr
