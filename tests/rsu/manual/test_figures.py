"""The page "Figures": every bench is there, and what it wrote comes in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.rsu.manual import figures

ROOT = Path(__file__).parents[3]


def test_every_bench_of_the_makefile_is_there() -> None:
    benches = set(re.findall(r"bench-[a-z]+", (ROOT / "Makefile").read_text(encoding="utf-8")))
    told = {re.findall(r"bench-[a-z]+", bench["command"])[0] for bench in figures.BENCHES}
    assert benches - told <= {"bench-station"}  # prints one number, keeps none


def test_figures_of_the_build_folder_come_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "BUILD", tmp_path)
    monkeypatch.setattr(figures, "KEPT", tmp_path / "kept.json")
    figures.KEPT.write_text('{"cuts.json": {"at": "2026-01-01", "processors": 2, "figures": {"cuts": 7}}}')
    (tmp_path / "gate.json").write_text(json.dumps({"wrong": 0, "steps": {"all": 1000000}, "each": [1], "s": 0.123456}))
    figures.gather()
    page = figures.figures("en")
    assert "| wrong | 0 |" in page and "| steps, all | 1000000 |" in page and "| s | 0.1235 |" in page
    assert "| cuts | 7 |" in page and "Measured 2026-01-01 UTC, 2 processors" in page
    assert "Not measured here yet: `build/bench/codec.json`" in page
