"""Findings of `rsu check`: each mistake is found with line, column, key and a hint; a right file is left alone."""

from __future__ import annotations

import json
import re
import shutil
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from rsu.core.errors import Finding
from rsu.site import config
from tests.rsu.site.lane_mistakes import GONE, JSON, LANES, LaneMistake
from tests.rsu.site.mistakes import SITE, Mistake
from tests.rsu.site.more_mistakes import MORE

VALUES = re.compile(r"(?<![A-Za-z0-9_.])-?\d[\d.]*(?<!\.)|\"[^\"]*\"|\w+_\w+")
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
CONFIGS = Path(__file__).parents[3] / "configs"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    shutil.copytree(CONFIGS, tmp_path, dirs_exist_ok=True)
    return tmp_path / "demo.yaml"


def place_of(text: str) -> tuple[int, int]:
    """Return line and column (1-based) of the mark in a text."""
    before = text[: text.index("¦")]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def says(finding: Finding, words: str) -> bool:
    """Tell whether the parts of `words` come one after the other."""
    at = 0
    for part in words.split("..."):
        at = finding.text.find(part, at)
        if at < 0:
            return False
    return True


def assert_chinese(found: list[Finding]) -> None:
    """Each is said in Chinese too, with all figures, quoted names and keys of the English text."""
    for each in found:
        said = each.said("zh")
        missing = [value for value in VALUES.findall(each.text) if value not in each.text_zh]
        assert IDEOGRAPH.search(each.text_zh) and not missing, f"{each} | {said} lacks {missing}"
        assert said.startswith(f"{each.file}:{each.line}:{each.column}: ")


@pytest.mark.parametrize("path", sorted(CONFIGS.rglob("*.yaml")), ids=lambda path: path.name)
def test_shipped_sites_are_left_alone(path: Path) -> None:
    if re.search(r"^version:.*^site:", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):  # and no overlay
        assert config.check(path) == []


@pytest.mark.parametrize("mistake", [*SITE, *MORE], ids=lambda each: each.new.strip()[:60])
def test_mistakes_in_a_site_file(site: Path, mistake: Mistake) -> None:
    text = site.read_text(encoding="utf-8")
    assert mistake.old in text
    typed = text.replace(mistake.old, mistake.new.replace("¦", ""), 1)
    site.write_text(typed, encoding="utf-8")
    begin = typed.index(mistake.at.replace("¦", "")) if mistake.at else text.index(mistake.old)
    line, column = place_of(typed[:begin] + (mistake.at or mistake.new))
    found = config.check(site)
    wanted = [each for each in found if each.key == mistake.key and says(each, mistake.words)]
    shown = "\n".join(map(str, found))
    assert wanted, shown
    assert (wanted[0].line, wanted[0].column, wanted[0].level) == (line, column, mistake.level), shown
    assert len(found) <= 8, shown
    assert_chinese(found)


def edited(lane_map: dict[str, Any], path: str, new: object) -> dict[str, Any]:
    """Return a lane map with another value at a path."""
    made = json.loads(json.dumps(lane_map))
    *parents, last = keys(path)
    place = reduce(lambda node, key: node[key], parents, made)
    if new is GONE:
        del place[last]
    else:
        place[last] = new(place[last]) if callable(new) else new
    return made


def keys(path: str) -> list[str | int]:
    return [int(key) if key.isdecimal() else key for key in path.split(".")]


def line_of(lane_map: dict[str, Any], path: str) -> int:
    """Return the line (1-based) at which the value at a path begins, by a sign put in its place."""
    text = json.dumps(edited(lane_map, path, "¦"), indent=1, ensure_ascii=False)
    return text[: text.index("¦")].count("\n") + 1


@pytest.mark.parametrize("mistake", LANES, ids=lambda each: f"{each.path}-{each.words[:30]}")
def test_mistakes_in_a_lane_map(site: Path, mistake: LaneMistake) -> None:
    file = site.with_name("demo-lanes.json")
    typed = edited(json.loads(file.read_text(encoding="utf-8")), mistake.path, mistake.new)
    file.write_text(json.dumps(typed, indent=1, ensure_ascii=False), encoding="utf-8")
    at = mistake.path if mistake.at in (".", "..") else mistake.at
    found = [each for each in config.check(site) if each.file == str(file)]
    shown = "\n".join(map(str, found))
    wanted = [each for each in found if each.key.startswith(at) and says(each, mistake.words)]
    assert wanted, shown
    assert (wanted[0].line, wanted[0].level) == (line_of(typed, at), mistake.level), shown
    assert len(found) <= 8, shown
    assert_chinese(found)


@pytest.mark.parametrize(("old", "new", "words"), JSON)
def test_what_is_no_json(site: Path, old: str, new: str, words: str) -> None:
    file = site.with_name("demo-lanes.json")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(old, new.replace("¦", ""), 1), encoding="utf-8")
    found = config.check(site)
    assert len(found) == 1 and says(found[0], words), found
    assert (found[0].file, found[0].line, found[0].column) == (str(file), *place_of(text[: text.index(old)] + new))
    assert_chinese(found)
