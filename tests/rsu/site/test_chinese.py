"""Findings in the language of the locale, both for programs. `test_check.py` reads the Chinese of all mistakes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hw.detail import Detail
from rsu.cli.main import app
from tests.rsu.site.test_check import CONFIGS, IDEOGRAPH


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("yaw_deg: 90.0}", "yaw_deg: 1.5708}", "警告: sensors.1.mount.yaw_deg: 应为从真北起顺时针的角度，实为 1.5708"),
        ("radio: radio\n", "Radios: radio\n", 'Radios: 未知的键（是否为 "radio"？）'),
        ("  node: 10\n", "  node：10\n", "不是 YAML：缺少 ':'（全角 ：：应输入 :）"),
    ],
)
def test_the_locale_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str) -> None:
    shutil.copytree(CONFIGS, tmp_path, dirs_exist_ok=True)
    site = tmp_path / "demo.yaml"
    site.write_text(site.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    result = CliRunner().invoke(app, ["check", str(site)])
    assert said in result.stdout, result.stdout
    assert re.search(rf"^{re.escape(str(site))}:\d+:\d+: ", result.stdout)
    assert re.search("(无法|可以)运行：", result.stdout)


def test_programs_get_both_languages(tmp_path: Path) -> None:
    shutil.copytree(CONFIGS, tmp_path, dirs_exist_ok=True)
    site = tmp_path / "demo.yaml"
    site.write_text(site.read_text(encoding="utf-8").replace("version: 1", "version: 2"), encoding="utf-8")
    found = json.loads(CliRunner().invoke(app, ["check", "--json", str(site)]).stdout)["findings"]
    assert [(each["text"], each["text_zh"]) for each in found] == [("expected 1, got 2", "应为 1，实为 2")]


def test_rows_name_the_same_values_in_both_languages() -> None:
    import rsu.site.rules.table as table

    rules = [rule for kind in (*table.ERRORS, *table.WARNINGS) for rule in kind]
    rows = [(rule.__module__, row) for rule in rules for row in rule.__globals__.values() if isinstance(row, Detail)]
    assert len(rows) > 150
    for module, row in rows:
        fields = [sorted(re.findall(r"\{\w+[^}]*\}", text)) for text in row]
        assert fields[0] == fields[1], (module, row)
        assert IDEOGRAPH.search(row.zh) or not row.en, (module, row)
