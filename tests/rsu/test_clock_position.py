"""UTC uncertainty (G3) and surveyed position (G4)."""

from __future__ import annotations

import pytest

from perception.geo import Reference, gcj02_offset, to_wgs84
from perception.objects import Fix
from rsu.checks.clock import ClockSettings, UtcClock
from rsu.checks.position import PositionCheck, PositionSettings

S = 1_000_000_000
MS = 1_000_000
REFERENCE = Reference(22.5431, 114.0579, 12.0)


def fix(receipt_ns: int, delay_ms: float = 15.0, east: float = 0.0, valid: bool = True) -> Fix:
    latitude, longitude = to_wgs84(east, 0.0, REFERENCE)
    return Fix(
        device="gnss",
        stamp_ns=receipt_ns - round(delay_ms * MS),
        receipt_ns=receipt_ns,
        valid=valid,
        kind="3d",
        latitude=float(latitude),
        longitude=float(longitude),
        height=12.0,
        satellites=18,
        horizontal_accuracy=1.0,
        time_accuracy_ns=30,
    )


def test_unknown_before_the_first_valid_fix() -> None:
    clock = UtcClock(ClockSettings())
    clock.update(fix(S, valid=False))
    assert clock.uncertainty_ns(2 * S) is None


def test_the_least_delayed_fix_counts() -> None:
    clock = UtcClock(ClockSettings(gnss_delay_ms=15))
    for number, delay in enumerate([40.0, 17.0, 90.0]):
        clock.update(fix(S + number * 200 * MS, delay))
    assert clock.uncertainty_ns(S + 400 * MS) == 2 * MS + 30


def test_a_wrong_clock_is_not_taken_for_a_slow_receiver() -> None:
    """40 ms wrong, delays that happen to reach the expected one: the least delay tells."""
    clock = UtcClock(ClockSettings(gnss_delay_ms=15))
    for number, delay in enumerate([15.0, 30.0, 55.0, 75.0]):
        clock.update(fix(S + number * 200 * MS, delay - 40.0))
    assert (clock.uncertainty_ns(2 * S) or 0) >= 40 * MS


def test_holdover_grows() -> None:
    clock = UtcClock(ClockSettings(holdover_ppm=30))
    clock.update(fix(S))
    assert clock.uncertainty_ns(S + 1000 * S) == pytest.approx(30 * MS, abs=MS)


@pytest.mark.parametrize("step_ms", [-300, -60, 80, 5000])
def test_a_step_of_the_clock_is_seen_within_two_seconds(step_ms: int) -> None:
    """Figure of G3: the gate closes at most 2 s after the limit is crossed."""
    clock = UtcClock(ClockSettings())
    for number in range(50):
        clock.update(fix(S + number * 200 * MS))
    now = S + 50 * 200 * MS
    for number in range(11):
        clock.update(fix(now + number * 200 * MS, 15.0 + step_ms))
    assert (clock.uncertainty_ns(now + 2 * S + 200 * MS) or 0) >= abs(step_ms) * MS


def heard(clock: UtcClock, seconds: float, begin_ns: int = S) -> int:
    """Let GNSS say for a while what is true; return when it spoke last."""
    for number in range(round(seconds * 5)):
        clock.update(fix(begin_ns + number * 200 * MS))
    return begin_ns + round(seconds * S) - 200 * MS


@pytest.mark.parametrize("step_ms", [-8 * 3_600_000, -60_000, -1000, 1000, 37_000])
def test_a_step_is_no_time_until_the_clock_is_right_again(step_ms: int) -> None:
    clock = UtcClock(ClockSettings())
    now = heard(clock, 10)
    assert list(clock.conditions(now)) == []
    clock.correct(now, step_ms * MS)
    assert list(clock.conditions(now)) == ["no-time"]
    now = heard(clock, 60, now + 200 * MS)  # GNSS goes on, the system clock stays wrong
    assert list(clock.conditions(now)) == ["no-time"]
    clock.correct(now + MS, 0)
    assert list(clock.conditions(now + MS)) == ["no-time"]
    now = heard(clock, 0.2, now + 200 * MS)
    assert list(clock.conditions(now)) == [] and clock.counters == {"clock-step": 2}


def test_a_step_without_gnss_is_no_time_for_good() -> None:
    clock = UtcClock(ClockSettings())
    now = heard(clock, 10) + 60 * S
    assert list(clock.conditions(now)) == []
    clock.correct(now, 37 * S)
    clock.correct(now + 10 * S, 0)  # back again: nobody knows
    assert list(clock.conditions(now + 20 * S)) == ["no-time"]


def test_small_changes_of_the_system_clock_add_to_its_error() -> None:
    clock = UtcClock(ClockSettings())
    now = heard(clock, 10)
    for number in range(1, 11):  # without GNSS, 9 ms a second
        clock.correct(now + number * S, -number * 9 * MS)
    assert (clock.uncertainty_ns(now + 10 * S) or 0) >= 90 * MS and not clock.counters


def check(*fixes: Fix) -> PositionCheck:
    made = PositionCheck(PositionSettings(), REFERENCE)
    for each in fixes:
        made.update(each)
    return made


def test_no_position_before_the_first_fix() -> None:
    assert check(fix(S, valid=False)).conditions(S) == ["no-position"]


def test_one_bad_fix_says_nothing() -> None:
    made = check(*[fix(S + n * MS) for n in range(10)], fix(2 * S, east=500.0))
    assert made.conditions(2 * S) == []


def test_elsewhere_is_noticed() -> None:
    made = check(*[fix(S + n * 200 * MS, east=12.0) for n in range(25)])
    assert made.error_m() == pytest.approx(12.0, abs=0.01)
    assert made.conditions(7 * S) == ["position-mismatch"]


def test_a_site_in_gcj02_is_called_by_its_name() -> None:
    d_latitude, d_longitude = gcj02_offset(REFERENCE.latitude, REFERENCE.longitude)
    made = PositionCheck(
        PositionSettings(), Reference(REFERENCE.latitude + d_latitude, REFERENCE.longitude + d_longitude, 12.0)
    )
    made.update(fix(S))
    assert 400 < (made.error_m() or 0) < 700
    assert made.conditions(S) == ["site-in-gcj02"]


def test_the_last_position_holds_for_a_while() -> None:
    made = check(fix(S))
    assert made.conditions(300 * S) == []
    assert made.conditions(302 * S) == ["no-position"]
