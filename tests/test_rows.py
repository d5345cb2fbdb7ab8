"""The cost of a new driver, modality, message, event, dialect or command: the files that name it, beside its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = [
    file
    for folder in ("hw", "perception", "rsu")
    for file in sorted((ROOT / folder).rglob("*"))
    if file.suffix in (".py", ".js", ".html")
]


def naming(pattern: str) -> set[str]:
    """Return the files of the product that name something, from the root."""
    return {
        file.relative_to(ROOT).as_posix() for file in SOURCES if re.search(pattern, file.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize(
    ("what", "pattern", "own", "others"),
    [
        ("driver", r"gat1743[\":]", "hw/signal/", {"hw/registry.py"}),
        ("driver", r"radio-agent|:RadioAgent", "hw/radio/", {"hw/registry.py"}),
        ("modality", r"\b(LIDAR|lidar)\b", "hw/modality.py", {"rsu/manual/skeleton.py", "rsu/lab/importing/ros.py"}),
        ("modality", r"\b(LOOP|loop detector)\b", "hw/modality.py", set()),
        (
            "message",
            r"\"rsi\"|rsu\.messages import .*\brsi\b",
            "rsu/messages/rsi.py",
            {"rsu/messages/table.py", "rsu/site/model.py"},
        ),
        (
            "event",
            r"\b9913\b|\bnear_miss\b|NearMiss(Settings)?\b|险情",
            "perception/events/near_miss.py",
            {"perception/events/settings.py"},
        ),
        ("dialect", r"(?i)openv2x", "rsu/uplink/openv2x/", {"rsu/site/dialects.py"}),
        ("command", r"rsu\.cli import [^)]*\bscore\b", "rsu/cli/score.py", {"rsu/cli/main.py"}),
    ],
)
def test_one_module_and_one_row(what: str, pattern: str, own: str, others: set[str]) -> None:
    found = {file for file in naming(pattern) if not file.startswith(own)}
    assert found == others, f"a new {what} costs more files"


def test_the_station_names_no_dialect() -> None:
    named = naming(r"tits0180|openv2x|site\.dialects|box\.make|recording\.worded")
    assert [file for file in named if file.startswith(("rsu/station/", "rsu/messages/", "rsu/bus/"))] == []
