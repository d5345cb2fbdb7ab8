"""`rsu audit`: entries as lines and as JSON, and a chain that was broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rsu.cli.main import app
from rsu.core import audit


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / audit.FOLDER
    audit.append(folder, 1.8e9, "page: anna", "site", "site.yaml", {"rate": 1}, {"rate": 2})
    audit.append(folder, 1.8e9 + 1, "platform: city", "command", "rsi 7", None, None, "refused: no signature")
    return tmp_path


def ask(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["audit", *words])
    return result.exit_code, result.stdout


def test_entries_are_listed(data: Path) -> None:
    code, out = ask("list", "--data", str(data))
    assert code == 0 and out.splitlines() == [
        '     1  2027-01-15 08:00:00  page: anna  site  site.yaml  done  {"rate":1} -> {"rate":2}',
        "     2  2027-01-15 08:00:01  platform: city  command  rsi 7  refused: no signature",
    ]
    code, out = ask("list", "--data", str(data), "--actor", "platform", "--json")
    assert [json.loads(line)["about"] for line in out.splitlines()] == ["rsi 7"]


def test_a_broken_chain_is_told(data: Path) -> None:
    code, out = ask("verify", "--data", str(data), "--json")
    newest = audit.newest(data / audit.FOLDER)
    assert newest is not None
    assert code == 0
    assert json.loads(out) == {"entries": 2, "faults": [], "newest": {"number": 2, "hash": newest.hash}}
    (file,) = (data / audit.FOLDER).glob("*.jsonl")
    file.write_text(file.read_text().replace("anna", "otto"))
    code, out = ask("verify", "--data", str(data))
    assert code == 8 and "0000000001.jsonl:1: the entry was changed, or is damaged" in out
