"""A short slice of the gate's model; `make bench-gate` runs a million steps of it."""

from __future__ import annotations

import pytest

from tests.rsu.station.gate_model.defects.table import KINDS
from tests.rsu.station.gate_model.model import Model
from v2x.records.spat import SignalPhaseAndTiming


def test_there_are_thirty_kinds_of_defects_at_least() -> None:
    assert len(KINDS) >= 30


@pytest.mark.parametrize("seed", range(2))
def test_nothing_wrong_is_on_air_in_a_short_slice(seed: int) -> None:
    model = Model(seed)
    model.run(1000)
    assert model.oracle.wrong == {}, model.oracle.first
    assert model.oracle.frames > 200


def test_a_model_without_its_guard_is_found_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracle sees the faults that the guard is for."""
    from rsu.station.guard.sequence import announced
    from rsu.station.guard.spat import Judged, SpatGuard

    def unjudged(_: SpatGuard, message: SignalPhaseAndTiming, _now_ns: int) -> Judged:
        phases = message.intersections[0].phases
        return Judged(message, frozenset(), {each.phase_id: announced(each.states) for each in phases})

    monkeypatch.setattr(SpatGuard, "judge", unjudged)
    model = Model(3)
    for kind in ("Rising", "PlanWithoutYellow", "Skips"):
        model.episode(kind, 700)
    assert {"sequence", "countdown", "conflict announced"} <= model.oracle.wrong.keys()
