"""Conditions to come, by two snapshots ten seconds apart."""

from __future__ import annotations

from rsu.bus.snapshot import ClockView, MessageState, Snapshot
from rsu.explain.forecast import forecasts

S = 1_000_000_000
MESSAGES = [MessageState("rsm", "send", [], 10.0, 1), MessageState("spat", "send", [], 10.0, 1)]


def look(at_s: int, silent_s: float | None, uncertain_ms: float | None) -> Snapshot:
    clock = ClockView(0.0, None, silent_s, 0, None, None, [])
    return Snapshot(at_s * S, "", [], [], [], MESSAGES, [], uncertain_ms, None, clock=clock)


def test_a_lost_position_is_told_with_its_messages_and_the_time_left() -> None:
    [soon] = forecasts(look(0, 250.0, 5.0), look(10, 260.0, 5.0), 300.0)
    assert (soon.reason, soon.in_s) == ("no-position", 40.0)
    assert "RSM silent" in soon.text.en and "in about 40 s" in soon.text.en
    assert "约 40 s 后" in soon.text.zh and "RSM 静默" in soon.text.zh


def test_growing_uncertainty_reaches_both_limits() -> None:
    found = {each.reason: each.in_s for each in forecasts(look(0, 90.0, 20.0), look(10, 100.0, 30.0), 9999.0)}
    assert found == {"time-uncertain-50ms": 20.0, "time-uncertain-100ms": 70.0}


def test_nothing_is_foretold_while_gnss_speaks_or_for_messages_that_are_silent_already() -> None:
    assert list(forecasts(look(0, 0.1, 20.0), look(10, 0.2, 30.0), 300.0)) == []
    assert list(forecasts(look(0, None, None), look(10, None, None), 300.0)) == []
    silent = Snapshot(
        0, "", [], [], [], [MessageState("rsm", "silent", ["switched-off"], 0.0, 0)], [], 5.0, None,
        clock=ClockView(0.0, None, 100.0, 0, None, None, []),
    )  # fmt: skip
    assert list(forecasts(silent, silent, 300.0)) == []
