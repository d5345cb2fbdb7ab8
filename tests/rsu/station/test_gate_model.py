"""A short slice of the gate's model; `make bench-gate` runs a million steps of it."""

from __future__ import annotations

import pytest

from tests.rsu.station.gate_model.defects.table import KINDS
from tests.rsu.station.gate_model.model import Model


def test_there_are_thirty_kinds_of_defects_at_least() -> None:
    assert len(KINDS) >= 30


@pytest.mark.parametrize("seed", range(2))
def test_nothing_wrong_is_on_air_in_a_short_slice(seed: int) -> None:
    model = Model(seed)
    model.run(1000)
    assert model.oracle.wrong == {}, model.oracle.first
    assert model.oracle.frames > 200


def test_a_model_without_its_guard_is_found_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracle sees what the guard is for."""
    from rsu.station.guard.spat import Judged, SpatGuard

    monkeypatch.setattr(SpatGuard, "judge", lambda self, message, now_ns: Judged(message, frozenset()))
    model = Model(3)
    for kind in ("Rising", "PlanWithoutYellow", "Skips"):
        model.episode(kind, 700)
    assert {"sequence", "countdown", "conflict announced"} <= model.oracle.wrong.keys()
