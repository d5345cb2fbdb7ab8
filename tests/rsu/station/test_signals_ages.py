"""How fresh each lamp is (G1): ages, controllers that repeat themselves, countdowns that stand."""

from __future__ import annotations

import random

import pytest

from rsu.messages import spat
from rsu.messages.row import Permission
from rsu.site.signal import LampSettings
from rsu.station.gate import judge
from tests.rsu.station.lamps import MS, S, at, colours, reported, state, view
from v2x.records.common import NodeReferenceId


@pytest.mark.parametrize(
    ("age_ms", "condition", "decision"),
    [
        (0, None, Permission.SEND),
        (2500, None, Permission.SEND),
        (2501, "signal-stale", Permission.DEGRADED),
        (3500, "signal-stale", Permission.DEGRADED),
        (3501, "signal-unavailable", Permission.DEGRADED),
        (8500, "signal-unavailable", Permission.DEGRADED),
        (8501, "signal-lost", Permission.SILENT),
    ],
)
def test_ages_of_a_one_hertz_source(age_ms: int, condition: str | None, decision: Permission) -> None:
    made = view()
    made.report(state(S, *at(1.0)))
    conditions = list(made.conditions(S + age_ms * MS))
    assert conditions == ([] if condition is None else [condition])
    assert judge("spat", conditions).decision is decision


def test_a_fast_source_has_at_least_300_ms() -> None:
    made = view(nominal_interval_ms=100)
    made.report(state(0, *at(0.0)))
    assert list(made.conditions(300 * MS)) == []
    assert list(made.conditions(301 * MS)) == ["signal-stale"]


def test_nothing_heard_yet() -> None:
    assert list(view().conditions(0)) == ["no-signal"]
    made = view()
    made.report(reported(S, [], S))
    assert list(made.conditions(S)) == ["no-signal"]  # a report with no lamp in it is none
    made = view(lamps=[LampSettings(lamp=number, angle_deg=45, type=1) for number in (1, 2)])
    made.report(state(S, *at(1.0)))
    assert list(made.conditions(S)) == ["no-signal", "lamp-mismatch"]  # all of another junction


def test_each_lamp_ages_by_itself() -> None:
    """Reports go on without lamp 2: it is counted on, marked, unavailable; lamp 1 is as fresh as ever."""
    made = view()
    made.report(state(0, *at(0.0)))
    seen = {}
    for n in range(1, 8):
        made.report(state(n * S, at(n)[0]))
        phases = made.phases(n * S)
        assert colours(made, n * S)[0] == "green" and phases[0].stale_ns == 0
        seen[n] = (colours(made, n * S)[1], phases[1].stale_ns // S)
        assert set(made.conditions(n * S)) == {"lamp-missing", "no-signal-plan"}
    assert seen == {1: ("red", 0), 2: ("red", 0), 3: ("red", 3)} | dict.fromkeys(range(4, 8), (None, 0))
    made.report(state(8 * S, *at(8.0)))
    assert colours(made, 8 * S) == ["green", "red"] and list(made.conditions(8 * S)) == []


def test_reports_without_a_lamp_are_none() -> None:
    made = view()
    made.report(state(0, *at(0.0)))
    for n in range(1, 10):
        made.report(reported(n * S, [], n * S))
    assert {"signal-lost", "signal-frozen"} <= set(made.conditions(9 * S)) and colours(made, 9 * S) == [None, None]


@pytest.mark.parametrize("interval_ms", [100, 200, 500, 1000])
@pytest.mark.parametrize("octets", [True, False])
def test_a_controller_that_repeats_itself_is_frozen(interval_ms: int, octets: bool) -> None:
    """The same countdown again and again, under its old time or new ones: named, unavailable, silent by G1's limits.

    The countdown must move within a second; that much later than a source that stopped is known to have.
    """
    made = view(nominal_interval_ms=interval_ms)
    last, story = at(5.0), []
    made.report(state(0, *last))
    for n in range(1, 12_000 // interval_ms):
        made.report(state(n * interval_ms * MS, *last, repeated=octets))
        now = set(made.conditions(n * interval_ms * MS))
        story.append(
            (n * interval_ms, now & {"signal-stale", "signal-unavailable", "signal-lost"}, "signal-frozen" in now)
        )
    fresh = max(300, 2.5 * interval_ms)
    grace = 0 if octets else 1000 - interval_ms
    for at_ms, state_now, frozen in story:
        age = at_ms - grace
        wanted = None if age <= fresh else "stale" if age <= fresh + 1000 else "unavailable"
        wanted = "lost" if age > fresh + 6000 else wanted
        assert state_now == ({f"signal-{wanted}"} if wanted else set()), at_ms
        assert frozen == (wanted is not None)
    moved = 12_000 * MS
    made.report(state(moved, *at(17.0)))
    assert "signal-frozen" not in set(made.conditions(moved)) and colours(made, moved) == ["green", "red"]


def test_one_countdown_that_stands_ages_its_lamp_only() -> None:
    made = view(plans=None)
    for n in range(6):
        made.report(state(n * S, ("red", 30.0 - n), ("red", 9.0)))
    assert colours(made, 5 * S) == ["red", None]
    assert {"lamp-frozen"} <= set(made.conditions(5 * S)) and "signal-stale" not in set(made.conditions(5 * S))


def test_a_steady_lamp_without_a_countdown_is_fresh_while_others_move() -> None:
    made = view(plans=None)
    for n in range(100):
        made.report(state(n * S, ("red", None), ("red", float(100 - n))))
    assert colours(made, 99 * S) == ["red", "red"] and made.phases(99 * S)[0].stale_ns == 0
    # and while no lamp has one, as under manual control, as long as the reports are new ones
    for n in range(100, 200):
        made.report(state(n * S, ("red", None), ("green", None)))
    assert colours(made, 199 * S) == ["red", "green"] and set(made.conditions(199 * S)) == {"no-signal-plan"}
    for n in range(200, 210):
        made.report(state(n * S, ("red", None), ("green", None), repeated=True))
    assert {"signal-frozen", "signal-lost"} <= set(made.conditions(209 * S))


def test_never_fresh_while_stale_over_many_random_steps() -> None:
    """An adversarial source: lost, doubled, late, empty reports. 0 violations of G1 in 20 000 steps."""
    chance = random.Random(1)
    made = view()
    now, newest = 10 * S, None
    for _ in range(20_000):
        now += chance.randrange(1, 400) * MS
        if chance.random() < 0.3:
            stamp = now - chance.choice([0, 20, 900, 2600, 7000]) * MS
            told = reported(stamp, [], now) if chance.random() < 0.1 else state(stamp, *at(stamp / S), receipt_ns=now)
            made.report(told)
            newest = stamp if told.lamps else newest
        verdict = judge("spat", set(made.conditions(now)) - {"lamp-missing", "no-signal-plan"})
        if newest is None or now - newest > 8500 * MS:
            assert verdict.decision is Permission.SILENT
        elif now - newest > 2500 * MS:
            assert verdict.decision is Permission.DEGRADED
        if verdict.decision is not Permission.SILENT and newest is not None:
            conditions = set(made.conditions(now))
            message = spat.build(0, now, NodeReferenceId(id=1), made.phases(now), newest, MS, conditions)
            lights = {s.light for p in message.intersections[0].phases for s in p.states}
            status = message.intersections[0].status
            if now - newest > 3500 * MS:
                assert lights == {"unavailable"} and "noValidSPATisAvailableAtThisTime" in status
            elif now - newest > 2500 * MS:
                assert "failureMode" in status
                assert all(
                    s.timing.min_end_s is None for p in message.intersections[0].phases for s in p.states if s.timing
                )


def test_reports_count_in_the_order_in_which_they_come() -> None:
    """Also where our clock was set back by a minute: SPAT follows the controller from the first report on."""
    made = view()
    made.report(state(60 * S, *at(60.0)))
    for n in range(1, 66):
        made.report(state(n * S, *at(n)))
        assert colours(made, n * S) == [at(n)[0][0], at(n)[1][0]]
        assert list(made.conditions(n * S)) == []
