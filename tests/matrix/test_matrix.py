"""The matrix of devices: its kept result has every kind and nothing false, and equals that of a run now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from hw.registry import DRIVERS
from tests.matrix.conditions import CONDITIONS
from tests.matrix.page import kept
from tests.matrix.run import AFTER_S, BEFORE_S, DURING_S, cell, line, mixed

CELLS = [(kind, name, found) for kind, cells in kept().items() for name, found in cells.items()]
# no checksum in the format
UNPROTECTED = {"ars408", "camera-mapped", "ops243", "radar-json", "radio-agent", "tscbm", "video"}
UNNUMBERED = {"ops243", "radio-agent", "pwd", "wxt"}  # a reading again; the station knows repeated frames of the air
MUTE = {"rsu41"}  # reports nothing


def test_every_kind_was_played_in_every_condition() -> None:
    assert set(kept()) == set(DRIVERS)
    assert all(list(cells) == [each.name for each in CONDITIONS] for cells in kept().values())


@pytest.mark.parametrize(("kind", "name", "found"), CELLS)
def test_nothing_false_passes_and_every_device_recovers(kind: str, name: str, found: dict[str, Any]) -> None:
    assert found["recovered_s"] is not None and found["recovered_s"] <= 7.0, "a refused login is tried again after 5 s"
    assert not found["false"] or (name == "damaged" and kind in UNPROTECTED)
    if name == "normal":
        assert (found["states"], found["alarms"], found["measured"]) == (["ok"], [], found["expected"])
    if name == "duplicated":
        assert not found["twice"] or kind in UNNUMBERED
    if name in ("silent", "reconnect") and kind not in MUTE:
        assert "lost" in found["states"] and not found["measured"]
    if name == "wrong-version" and kind not in MUTE:
        assert {"not-understood", "degraded"} & set(found["states"])
        assert found["measured"] <= 1, "the one that was on its way"


def test_the_kept_result_is_that_of_the_code(tmp_path: Path) -> None:
    site, bench = mixed(tmp_path)
    usual = line("signal", site, bench)
    usual.run(BEFORE_S + DURING_S + AFTER_S)
    torn = next(each for each in CONDITIONS if each.name == "torn")
    assert msgspec.to_builtins(cell(line("signal", site, bench), torn, usual)) == kept()["gat1743"]["torn"]
