"""Vital figures of a device: their figures of stamps and arrivals, and which alarm each fault raises and clears."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from hw.utc import NS
from hw.vital_rules import RULES
from hw.vitals import COUNTED, MS, Vitals, VitalSigns, intervals
from perception.objects import Measurement
from tests.hw.fed import BEGIN_NS, SERIAL, TCP, Fed
from tests.hw.says import Say, car, line

PERIOD_NS = NS // 10


def test_figures_of_even_arrivals() -> None:
    chance = random.Random(1)
    arrivals = [(n * PERIOD_NS, n * PERIOD_NS + 40 * MS + round(chance.gauss(0, MS))) for n in range(100)]
    found = intervals(arrivals, 10.0)
    assert found["source_interval_ms"] == pytest.approx(100.0)
    assert found["arrival_interval_ms"] == pytest.approx(100.0, abs=0.5)
    assert found["age_ms"] == pytest.approx(40.0, abs=0.5)
    assert 2.0 < found["jitter_ms"] < 4.0, "95 % of the difference of two normal errors of 1 ms"
    assert found["slower_share"] == found["uneven_share"] == 0.0


@pytest.mark.parametrize("nominal_hz", [0.0, 10.0])
def test_a_source_that_keeps_pace_in_bursts_is_uneven(nominal_hz: float) -> None:
    arrivals = [(n * PERIOD_NS, (n // 5 * 5 + 5) * PERIOD_NS) for n in range(100)]
    found = intervals(arrivals, nominal_hz)
    assert found["source_interval_ms"] == 100.0 and found["arrival_interval_ms"] == 0.0
    assert found["jitter_ms"] == 500.0
    assert found.get("slower_share") == (0.0 if nominal_hz else None)
    assert found.get("uneven_share", 0.0) == (1.0 if nominal_hz else 0.0)


def test_a_source_that_is_faster_than_expected_has_no_fault() -> None:
    found = intervals([(n * PERIOD_NS, n * PERIOD_NS) for n in range(100)], 2.0)
    assert found["slower_share"] == found["uneven_share"] == 0.0


def test_too_few_arrivals_say_nothing() -> None:
    assert intervals([(0, 0), (1, 1), (2, 2)], 10.0) == {}


def signs(seconds: int, stamp: Callable[[int, int], int], counters: dict[str, int] | None = None) -> VitalSigns:
    """Return the signs of a device that sends ten times a second, with a stamp by number and receipt."""
    found = VitalSigns()
    for number in range(seconds * 10):
        receipt_ns = BEGIN_NS + number * PERIOD_NS
        one = Measurement(device="device", stamp_ns=stamp(number, receipt_ns), receipt_ns=receipt_ns)
        found.hear(100, [one], 0)
        if found.is_due(receipt_ns):
            each = {name: count * (number + 1) // 10 for name, count in (counters or {}).items()}
            found.step(receipt_ns, each, 10.0)
    return found


def raised(found: VitalSigns) -> set[str]:
    return {each.code for each in found.alarms}


@pytest.mark.parametrize(
    ("stamp", "counters", "codes"),
    [
        (lambda n, at: at - 50 * MS, {}, set()),
        (lambda n, at: at - 700 * MS, {}, {"device-late"}),
        (lambda n, at: at - 150 * MS * (n % 5 == 0), {}, {"device-backward"}),
        (lambda n, at: BEGIN_NS + 3 * (at - BEGIN_NS), {}, {"device-slow"}),
        (lambda n, at: at, {"clock-future": 10}, {"device-clock-ahead"}),
        (lambda n, at: at, {"clock-past": 10}, {"device-clock-behind"}),
        (lambda n, at: at, {"clock-stuck": 10}, {"device-clock-stuck"}),
        (lambda n, at: at, {"duplicate": 3}, {"device-duplicates"}),
        (lambda n, at: at, {"reordered": 1}, {"device-reordered"}),
        (lambda n, at: at, {"gap": 1}, {"device-gaps"}),
    ],
)
def test_each_fault_raises_its_alarm(
    stamp: Callable[[int, int], int], counters: dict[str, int], codes: set[str]
) -> None:
    assert raised(signs(20, stamp, counters)) == codes


def test_every_alarm_has_a_figure_and_thresholds_with_a_gap() -> None:
    for rule in RULES:
        assert rule.figure in Vitals.__struct_fields__
        assert rule.limit.raise_at > rule.limit.clear_at
        assert "{}" in rule.words.en and "{}" in rule.words.zh
    assert set(COUNTED.values()) < set(Vitals.__struct_fields__)
    assert len({rule.code for rule in RULES}) == len(RULES)


def hear(fed: Fed, say: Say, begin: int, ticks: int) -> set[str]:
    """Let a camera speak; return the alarms at the end."""
    for tick in range(begin, begin + ticks):
        fed.hear(say(tick))
        fed.health()
    return {each.code for each in fed.health().alarms}


def test_a_camera_whose_clock_stands_is_named_and_no_more_when_it_goes() -> None:
    fed = Fed("camera-json", TCP)
    assert hear(fed, lambda t: line(t, [car(1, t)]), 0, 60) == set()
    stuck = {"device-clock-stuck", "device-clock-behind"}
    assert hear(fed, lambda t: line(t, [car(1, t)], time=BEGIN_NS / 1e6), 60, 150) & stuck
    assert fed.health().state == "ok", "its data are used, stamped when received"
    assert hear(fed, lambda t: line(t, [car(1, t)]), 210, 170) == set()


def test_torn_lines_are_named_before_they_degrade() -> None:
    fed = Fed("camera-json", TCP)
    told = hear(fed, lambda t: line(t, [car(1, t)])[: -20 if t % 12 == 0 else None] + b"\n", 0, 150)
    assert told == {"device-damaged", "device-gaps"} and fed.health().state == "ok"
    assert 0.05 < (fed.health().vitals.damaged_share or 0.0) < 0.12


def test_a_serial_line_that_is_full_is_named() -> None:
    fed = Fed("camera-json", SERIAL)
    padded = [{"class": "car", "position": [20.0 + n, 3.0], "text": "x" * 60} for n in range(9)]
    told = hear(fed, lambda t: line(t, [car(1, t), *padded]), 0, 150)
    assert told == {"device-line-full"}
    assert (fed.health().vitals.line_share or 0.0) > 0.9
    assert Fed("camera-json", TCP).health().vitals.line_share is None


def test_what_comes_while_a_device_is_set_up_is_not_judged() -> None:
    fed = Fed("camera-json", TCP)
    assert hear(fed, lambda t: b"{}\n", 0, 15) == set()
    assert hear(fed, lambda t: line(t, [car(1, t)]), 15, 60) == set()
    assert fed.health().vitals.damaged_share == 0.0


def test_a_silent_device_has_no_figures() -> None:
    fed = Fed("camera-json", TCP)
    hear(fed, lambda t: line(t, [car(1, t)]), 0, 60)
    for _ in range(12):
        fed.now_ns += NS
        health = fed.health()
    assert (health.vitals.age_ms, health.vitals.octets_per_s, health.alarms) == (None, 0.0, ())
