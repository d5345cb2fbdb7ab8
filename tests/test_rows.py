"""The cost of a new driver, modality, message, event, dialect or command: the files that name it, beside its own."""

from __future__ import annotations

import pytest

from rsu.messages.table import ROWS
from rsu.station import gate
from rsu.web import words
from tests.costs import COSTS, ROOT, Cost, elsewhere, naming, own


@pytest.mark.parametrize("cost", COSTS, ids=[cost.example for cost in COSTS])
def test_one_module_and_one_row(cost: Cost) -> None:
    assert own(cost) > (0, 0)
    assert elsewhere(cost).keys() == cost.others, f"a new {cost.en} costs more files"
    assert (ROOT / cost.test).is_file()


@pytest.mark.parametrize(
    ("pattern", "own_files", "others"),
    [
        (r"gat1743[\":]", "hw/signal/", {"hw/registry.py"}),
        (r"radio-agent|:RadioAgent", "hw/radio/", {"hw/registry.py"}),
        (r"\b9913\b|\bnear_miss\b|NearMiss|险情", "perception/events/near_miss.py", {"perception/events/settings.py"}),
        (r"\b(LIDAR|lidar)\b", "hw/modality.py", {"rsu/manual/skeleton.py", "rsu/lab/importing/ros.py"}),
        (r"^    score,$", "rsu/cli/score.py", {"rsu/cli/main.py"}),
    ],
)
def test_others_name_a_row_nowhere_else(pattern: str, own_files: str, others: set[str]) -> None:
    assert {file for file, _ in naming(pattern) if not file.startswith(own_files)} == others


def test_all_tables_of_messages_are_derived_from_their_rows() -> None:
    assert tuple(ROWS) == gate.KINDS
    assert words.told()["messages"].keys() == ROWS.keys()
    assert {len(row) for row in gate.TABLE.values()} == {len(ROWS)}


def test_the_station_names_no_dialect() -> None:
    named = naming(r"tits0180|openv2x|site\.dialects|box\.make|recording\.worded")
    assert [file for file, _ in named if file.startswith(("rsu/station/", "rsu/messages/", "rsu/bus/"))] == []
