"""Findings of `rsu map check` on mistakes in a lane map: each is found with line, column, key and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("shapely", reason="the extra `map` is not installed")

from perception.geo import Reference
from rsu.core.errors import Finding
from rsu.lab.maps import importing, template
from rsu.lab.maps.build import WantedJunction
from rsu.lab.maps.checking import check
from tests.rsu.lab.maps.map_mistakes import MISTAKES, MapMistake


@pytest.fixture(scope="module")
def right() -> str:
    """Return a lane map without findings: a T of three roads."""
    plan = template.CrossingPlan(legs=tuple(map(template.leg, ("0=l,s/1", "180=s,r/1", "90=l,r/1"))))
    return importing.new(plan, Reference(22.5431, 114.0579), WantedJunction()).text


def findings(folder: Path, text: str) -> list[Finding]:
    (folder / "lanes.yaml").write_text(text, encoding="utf-8")
    return check(folder / "lanes.yaml")


def place_of(text: str) -> tuple[int, int]:
    before = text[: text.index("¦")]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def says(finding: Finding, words: str) -> bool:
    at = 0
    for part in words.split("..."):
        at = finding.text.find(part, at)
        if at < 0:
            return False
    return True


def test_what_is_right_is_left_alone(tmp_path: Path, right: str) -> None:
    assert findings(tmp_path, right) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: f"{each.new.strip()[:40]}-{each.words[:30]}")
def test_mistakes_are_found_at_their_place(tmp_path: Path, right: str, mistake: MapMistake) -> None:
    assert mistake.old in right
    marked = right.replace(mistake.old, mistake.new, 1)
    typed = marked.replace("¦", "")
    if mistake.at:
        assert mistake.at.replace("¦", "") in typed
        marked = typed.replace(mistake.at.replace("¦", ""), mistake.at, 1)
    found = findings(tmp_path, typed)
    shown = "\n".join(map(str, found))
    wanted = [each for each in found if says(each, mistake.words)]
    assert wanted, shown
    assert (wanted[0].line, wanted[0].column, wanted[0].level) == (*place_of(marked), mistake.level), shown
    assert len(found) <= 8, shown
    assert all(each.text_zh and each.text_zh != each.text for each in found)
