"""One fix per epoch, whichever sentences a receiver sends, in any order; the use of each kind of solution."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hw import nmea
from hw.utc import NS
from perception.objects import Fix
from tests.hw import replay
from tests.hw.gnss_octets import T0, fixes, gga, rmc, said, solution


def sentences(second: int, *, gst: bool = False) -> bytes:
    found = nmea.encode(f"GNRMC,0000{second:02d}.00,A,2232.58600,N,11403.47400,E,0.01,,231126,,,A,V")
    found += nmea.encode(f"GNGGA,0000{second:02d}.00,2232.58600,N,11403.47400,E,1,12,0.8,20.1,M,-3.1,M,,")
    return found + nmea.encode(f"GNGST,0000{second:02d}.00,9,,,,0.3,0.4,1.0") if gst else found


@pytest.mark.parametrize("order", [(sentences, solution), (solution, sentences)])
def test_one_fix_per_epoch_when_both_protocols_speak(order: tuple[Callable[[int], bytes], ...]) -> None:
    driver = replay.make_driver("gnss")
    epochs = [b"".join(say(n) for say in order) for n in range(10)]
    found = [one for n, epoch in enumerate(epochs) for one in driver.received("link", epoch, T0 + n * NS)]
    assert [one.stamp_ns for one in found] == [T0 + n * NS for n in range(10)]
    assert all(isinstance(one, Fix) and one.time_accuracy_ns == 20 for one in found[1:])


def test_sentences_take_over_when_nav_pvt_stops() -> None:
    driver = replay.make_driver("gnss")
    driver.received("link", solution(0) + sentences(0), T0)
    late = [n for n in range(1, 6) if driver.received("link", sentences(n), T0 + n * NS)]
    assert late == [2, 3, 4, 5]


def test_gst_is_waited_for_once_it_was_seen_and_no_longer_when_it_stops() -> None:
    driver = replay.make_driver("gnss")
    accuracies = []
    for n in range(8):
        for one in driver.received("link", sentences(n, gst=n < 4), T0 + n * NS):
            assert isinstance(one, Fix)
            accuracies.append((one.stamp_ns - T0, one.receipt_ns - one.stamp_ns, one.horizontal_accuracy_m))
    s = NS
    assert accuracies == [
        (0, 0, None), (s, 0, 0.5), (2 * s, 0, 0.5), (3 * s, 0, 0.5),
        (4 * s, 0, None), (5 * s, 0, None), (6 * s, 0, None), (7 * s, 0, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "valid", "kind"),
    [
        ({}, True, "3d"),
        ({"valid": 3}, False, "3d"),  # full seconds in doubt
        ({"flags": 0}, False, "3d"),
        ({"fix_type": 2}, True, "2d"),
        ({"fix_type": 1}, False, "dead-reckoning"),
        ({"fix_type": 5}, False, "none"),
        ({"flags": 0b11}, True, "dgps"),
        ({"flags": 0b0100_0001}, True, "float"),
        ({"flags": 0b1000_0011}, True, "fixed"),
    ],
)
def test_what_a_solution_is_worth(changes: dict[str, int], valid: bool, kind: str) -> None:
    (fix,) = fixes(solution(1, **changes))
    assert isinstance(fix, Fix)
    assert (fix.valid, fix.kind) == (valid, kind)


def test_a_solution_without_time_is_stamped_with_its_receipt() -> None:
    (fix,) = fixes(solution(1, valid=0))
    assert isinstance(fix, Fix)
    assert (fix.stamp_ns, fix.time_accuracy_ns, fix.valid) == (T0, None, False)


def test_a_reopened_port_forgets_half_a_frame() -> None:
    driver = replay.make_driver("gnss")
    driver.received("link", solution(1)[:50], T0)
    assert driver.opened("link", T0) == []
    assert len(driver.received("link", solution(2), T0)) == 1
    assert "noise" not in driver.counters


def zda(second: int) -> str:
    return f"GPZDA,0000{second:02d}.00,23,11,2026,,"


def gns(second: int, modes: str = "AAN") -> str:
    return f"GNGNS,0000{second:02d}.00,2232.58600,N,11403.47400,E,{modes},14,0.8,20.1,-3.1,,,V"


def played(say: Callable[[int], bytes], seconds: int = 8) -> list[tuple[int, int, bool, str, float | None]]:
    """Return (second of the epoch, how much later it came, valid, kind, height) of the fixes; said at 0.05 s."""
    driver = replay.make_driver("gnss")
    found = [one for n in range(seconds) for one in driver.received("link", say(n), T0 + n * NS + NS // 20)]
    assert all(isinstance(one, Fix) and (one.latitude_deg or 0) == pytest.approx(22.5431) for one in found)
    return [
        ((one.stamp_ns - T0) // NS, (one.receipt_ns - one.stamp_ns) // 1_000_000, one.valid, one.kind, one.height_m)
        for one in found
        if isinstance(one, Fix)
    ]


@pytest.mark.parametrize(
    ("say", "kind", "height", "seconds"),
    [
        pytest.param(lambda n: said(rmc(n)), "3d", None, range(8), id="RMC alone"),
        pytest.param(lambda n: said(zda(n), gga(n, 2)), "dgps", 17.0, range(8), id="ZDA and GGA"),
        pytest.param(lambda n: said(gga(n, 4), zda(n)), "fixed", 17.0, range(8), id="GGA and ZDA"),
        pytest.param(lambda n: said(gns(n, "RDN"), rmc(n)), "fixed", 17.0, range(8), id="GNS and RMC"),
        pytest.param(
            lambda n: said(gga(n, 1, "GP"), gga(n, 2, "GA"), rmc(n), rmc(n)), "3d", 17.0, range(8), id="two talkers"
        ),
        pytest.param(lambda n: said(rmc(n), gga(n)).replace(b"\r", b"\r\r"), "3d", 17.0, range(8), id="CR CR LF"),
    ],
)
def test_receivers_of_other_habits(
    say: Callable[[int], bytes], kind: str, height: float | None, seconds: range
) -> None:
    """Each epoch gives one fix with its own time of receipt, the very first one perhaps a second late."""
    found = played(say)
    told = [second for second, *_ in found]
    assert told == list(range(told[0], told[-1] + 1)) and len(told) >= 7
    assert {each[1:] for each in found} == {(50, True, kind, height)}


def test_rmc_and_gga_of_alternating_seconds_are_an_epoch_each() -> None:
    found = played(lambda n: said(gga(n) if n % 2 else rmc(n)))
    assert [(second, late, valid) for second, late, valid, *_ in found] == [(n, 50, True) for n in range(8)]
    assert [height for *_, height in found] == [17.0 if n % 2 else None for n in range(8)]


def test_a_date_that_was_told_before_midnight_is_that_of_the_next_day_behind_it() -> None:
    driver = replay.make_driver("gnss")
    before, after = "235959.00", "000000.00"
    texts = [f"GNRMC,{before},A,2232.586,N,11403.474,E,0.01,,311226,,,A", gga(0).replace("000000.00", before)]
    found = driver.received("link", said(*texts), T0) + driver.received("link", said(gga(0)), T0 + NS)
    found += driver.received("link", said(rmc(1).replace("231126", "010127")), T0 + 2 * NS)
    assert [one.stamp_ns for one in found][:2] == [1798761599 * NS, 1798761600 * NS] and after in gga(0)


def test_time_alone_is_of_use_for_time_alone() -> None:
    (fix,) = fixes(solution(1, fix_type=5))
    assert isinstance(fix, Fix) and fix.time_only and not fix.valid and fix.stamp_ns == T0 + NS
    for changes in ({"valid": 3}, {"flags": 0}, {"fix_type": 0}):
        (fix,) = fixes(solution(1, **{"fix_type": 5, **changes}))
        assert isinstance(fix, Fix) and not fix.time_only
