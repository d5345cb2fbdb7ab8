"""The page "Figures": every bench is there, and its results come in, with command, machine, time and limits."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import bench_file
from tests.rsu.manual import figures

ROOT = Path(__file__).parents[3]
ROWS = {bench["file"]: bench["figures"] for bench in figures.BENCHES}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(figures, "KEPT", tmp_path / "kept.json")
    monkeypatch.setattr(bench_file, "FOLDER", tmp_path)
    figures.KEPT.write_text("{}")
    return tmp_path


def test_every_bench_of_the_makefile_is_there() -> None:
    benches = set(re.findall(r"bench-[a-z-]*[a-z]", (ROOT / "Makefile").read_text(encoding="utf-8")))
    told = {name for bench in figures.BENCHES for name in re.findall(r"bench-[a-z-]*[a-z]", bench["command"])}
    assert benches == told


def test_every_bench_keeps_its_figures_in_the_file_that_the_page_reads() -> None:
    sources = [*(ROOT / "tests").rglob("bench_*.py"), *(ROOT / "tests/rsu/recording").glob("*.py")]
    kept = {
        f"{name}.json" for path in sources for name in re.findall(r"\bkeep\([\"']([\w-]+)", path.read_text("utf-8"))
    }
    assert kept == {*ROWS} - {"drill.json"}  # that one is written by `rsu drill`


def test_every_row_of_a_bench_that_was_measured_has_its_figure() -> None:
    for file, known in figures.kept().items():
        assert {*known["figures"]} == {row["at"] for row in ROWS[file]}, f"{file}: gather again"
        assert any(known["figures"].values())


def test_rows_speak_both_languages_and_known_words() -> None:
    for row in (row for rows in ROWS.values() for row in rows):
        assert {*row} <= {"at", "take", "limit", "unit", "en", "zh"} and row["en"] and row["zh"]
        assert row.get("take", "max") in figures.TAKE
        assert row.get("limit", "<= 0").split(" ")[0] in figures.HOLDS


def test_figures_come_in_with_what_made_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "orig_argv", ["/usr/bin/python3", "-m", "tests.bench", "gate"])
    bench_file.keep("gate", {"steps": 1000000, "wrong": {"old": 3}, "limits": {"told_long_after": 0.999},
                             "told_long_after": 0.99956789, "kinds": {"Late": {"recovered_max_s": 1.5}}})  # fmt: skip
    figures.gather(folder)
    page = figures.figures("en")
    (made,) = re.findall(r"Measured \d{4}-\d\d-\d\d \d\d:\d\d UTC with `(.*)` on (.*) cores, Python 3", page)
    assert made[0] == "python -m tests.bench gate"
    assert "| steps | 1000000 |  |" in page
    assert "| kinds of wrong SPAT on air | **1, beyond the limit** | ≤ 0 |" in page
    assert "| share told right long after a defect | 0.9996 | ≥ 0.999 |" in page
    assert "| longest recovery after a defect | 1.5 s |  |" in page
    assert page.count("Not measured here yet.") == len(figures.BENCHES) - 1


def test_what_several_things_have_is_one_table(folder: Path) -> None:
    scenes = {name: {"cpu_share": share, "recall": 0.97} for name, share in (("road", 0.00004), ("crossing", 0.4))}
    (folder / "video.json").write_text(json.dumps({"drawn": scenes, "wanted": {"cpu_share": 0.35, "recall": 0.95}}))
    figures.gather(folder)
    page = figures.figures("zh")
    assert "|  | 占用一个核的比例 | 检出率 |" in page
    assert "| road | 0.00004 (≤ 0.35) | 0.97 (≥ 0.95) |" in page
    assert "| crossing | **0.4，超限** (≤ 0.35) | 0.97 (≥ 0.95) |" in page


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"at": "a/b"}, [("", 1, None)]),
        ({"at": "a/none"}, []),
        ({"at": "each/*/n", "limit": "<= each/*/most"}, [("x", 2, 3), ("y", None, 4)]),
        ({"at": "each/*/n", "take": "max", "limit": ">= 1"}, [("", 2, 1.0)]),
        ({"at": "list/*/n", "take": "sum"}, [("", 7, None)]),
        ({"at": "list/*/n"}, [("1", 3, None), ("2", 4, None)]),
        ({"at": "list", "take": "count"}, [("", 2, None)]),
        ({"at": "*/x/n"}, [("each", 2, None)]),
    ],
)
def test_rows_are_read(row: dict[str, str], expected: list[Any]) -> None:
    data = {"made": {"x": {"n": 9}}, "a": {"b": 1}, "list": [{"n": 3}, {"n": 4}],
            "each": {"x": {"n": 2, "most": 3}, "y": {"n": None, "most": 4}}}  # fmt: skip
    assert [tuple(figure) for figure in figures.read(data, row)] == expected
