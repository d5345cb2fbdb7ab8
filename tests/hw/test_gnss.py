"""The GNSS driver: octets by hand, golden logs, any chunking, damage that costs only itself, one fix per epoch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw import nmea, ubx
from hw.bytelog import from_lines
from hw.ubx import NavPvt
from hw.utc import NS
from perception.objects import Fix, Measurement
from tests.hw import replay
from tests.hw.octets import written

LOGS = {path.stem: path for path in replay.logs("gnss")}
T0 = 1795392000 * NS


def fixes(data: bytes, receipt_ns: int = T0) -> list[Measurement]:
    return replay.make_driver("gnss").received("link", data, receipt_ns)


def octets(name: str) -> bytes:
    return b"".join(entry.data for entry in from_lines(LOGS[name].read_text().splitlines()))


def solution(second: int, **changes: int) -> bytes:
    return ubx.encode_nav_pvt(
        NavPvt(
            itow=second * 1000, year=2026, month=11, day=23, hour=0, minute=0, second=second, valid=7,
            time_accuracy=20, nano=0, fix_type=3, flags=1, satellites=12, longitude=1140579000, latitude=225431000,
            height=17000, height_msl=20100, horizontal_accuracy=700, vertical_accuracy=1200,
        )._replace(**changes)
    )  # fmt: skip


def sentences(second: int, *, gst: bool = False) -> bytes:
    found = nmea.encode(f"GNRMC,0000{second:02d}.00,A,2232.58600,N,11403.47400,E,0.01,,231126,,,A,V")
    found += nmea.encode(f"GNGGA,0000{second:02d}.00,2232.58600,N,11403.47400,E,1,12,0.8,20.1,M,-3.1,M,,")
    return found + nmea.encode(f"GNGST,0000{second:02d}.00,9,,,,0.3,0.4,1.0") if gst else found


# Octets by hand, as a receiver sends them that talks in three languages on one line; payloads end in zeros.
NAV_PVT = """
    b5 62  01 07  5c 00                     | NAV-PVT, 92 octets
    e8 03 00 00                             | 1 s of the GPS week
    ea 07  0b 17  00 00 01  07              | 2026-11-23 00:00:01; date, time, leap seconds known
    14 00 00 00  38 ce 00 00                | 20 ns; 52 792 ns after the second
    03  01  00  0f                          | 3D, fix OK, 15 satellites
    b8 da fb 43  d8 cd 6f 0d                | 114.0579 E, 22.5431 N
    68 42 00 00  84 4e 00 00                | 17 m above the ellipsoid, 20.1 m above mean sea level
    bc 02 00 00  b0 04 00 00                | 0.7 m horizontally, 1.2 m vertically
"""
TIME_ALONE = """
    b5 62  01 07  5c 00                     | NAV-PVT, 92 octets
    d0 07 00 00  ea 07  0b 17  00 00 02  07 | a second later
    14 00 00 00  00 00 00 00                | 20 ns
    00  00  00  00                          | no fix, no satellite
"""
NAV_STATUS = "b5 62  01 03  10 00" + 16 * " 00" + " 14 6d | of no use here"
RTCM = "d3 00 0b  3e d0 00 03 b5 62 24 d3 00 02 01  af e9 82 | 1005, with the sync octets of the others inside"
SATELLITES = b"$GNGSV,1,1,01,05,40,083,46*5E\r\n"


def solved(text: str, check: str) -> bytes:
    """Return a NAV-PVT with all its zeros and the checksum."""
    return written(text).ljust(6 + 92, b"\0") + bytes.fromhex(check)


class TestOctetsByHand:
    def test_nav_pvt(self) -> None:
        (fix,) = fixes(solved(NAV_PVT, "76 e4"))
        assert isinstance(fix, Fix)
        assert fix.stamp_ns == T0 + NS + 52_792
        assert (fix.valid, fix.kind, fix.satellites) == (True, "3d", 15)
        assert (fix.longitude, fix.latitude, fix.height) == (114.0579, 22.5431, 17.0)
        assert (fix.horizontal_accuracy, fix.time_accuracy_ns) == (0.7, 20)

    def test_a_base_station_that_only_tells_time(self) -> None:
        (fix,) = fixes(solved(TIME_ALONE, "6b 3f"))
        assert isinstance(fix, Fix)
        assert (fix.valid, fix.kind, fix.latitude, fix.stamp_ns) == (False, "none", None, T0 + 2 * NS)

    def test_what_is_of_no_use_is_no_damage(self) -> None:
        driver = replay.make_driver("gnss")
        others = written(NAV_STATUS) + written(RTCM) + SATELLITES
        assert len(driver.received("link", others + solved(NAV_PVT, "76 e4") + others, T0)) == 1
        assert driver.counters == {"unused": 6}


@pytest.mark.parametrize("path", LOGS.values(), ids=LOGS)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()


@pytest.mark.parametrize("name", LOGS)
@given(data=st.data())
def test_chunking_changes_nothing(name: str, data: st.DataObject) -> None:
    stream = octets(name)[:4000]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=60)))
    whole, chunked = replay.make_driver("gnss"), replay.make_driver("gnss")
    expected = whole.received("link", stream, T0)
    found: list[Measurement] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += chunked.received("link", stream[start:end], T0)
    assert found == expected
    assert chunked.counters == whole.counters


@given(st.lists(st.one_of(st.binary(max_size=300), st.sampled_from([b"\xb5\x62", b"$GNGGA,", b"\xd3\x00", b"\r\n"]))))
def test_no_bytes_raise_and_good_frames_are_found_behind_them(chunks: list[bytes]) -> None:
    driver = replay.make_driver("gnss")
    for chunk in chunks:
        driver.received("link", chunk, T0)
    found = [one for second in (1, 2, 3) for one in driver.received("link", solution(second), T0 + second * NS)]
    assert {T0 + 1 * NS, T0 + 2 * NS, T0 + 3 * NS} <= {one.stamp_ns for one in found}


@given(st.integers(0, 99), st.integers(1, 255))
def test_a_changed_octet_costs_one_epoch(at: int, change: int) -> None:
    damaged = bytearray(solution(2))
    damaged[at] ^= change
    driver = replay.make_driver("gnss")
    found = driver.received("link", solution(1) + bytes(damaged) + solution(3), T0 + 3 * NS)
    found += driver.received("link", solution(4), T0 + 4 * NS)
    assert [one.stamp_ns for one in found] == [T0 + second * NS for second in (1, 3, 4)]


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
            accuracies.append((one.stamp_ns - T0, one.receipt_ns - one.stamp_ns, one.horizontal_accuracy))
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


def said(*texts: str) -> bytes:
    return b"".join(nmea.encode(text) for text in texts)


def rmc(second: int, status: str = "A", mode: str = "A") -> str:
    return f"GNRMC,0000{second:02d}.00,{status},2232.58600,N,11403.47400,E,0.01,,231126,,,{mode}"


def gga(second: int, quality: int = 1, talker: str = "GN") -> str:
    return f"{talker}GGA,0000{second:02d}.00,2232.58600,N,11403.47400,E,{quality},12,0.8,20.1,M,-3.1,M,,"


def zda(second: int) -> str:
    return f"GPZDA,0000{second:02d}.00,23,11,2026,,"


def gns(second: int, modes: str = "AAN") -> str:
    return f"GNGNS,0000{second:02d}.00,2232.58600,N,11403.47400,E,{modes},14,0.8,20.1,-3.1,,,V"


def played(say: Callable[[int], bytes], seconds: int = 8) -> list[tuple[int, int, bool, str, float | None]]:
    """Return (second of the epoch, how much later it came, valid, kind, height) of the fixes; said at 0.05 s."""
    driver = replay.make_driver("gnss")
    found = [one for n in range(seconds) for one in driver.received("link", say(n), T0 + n * NS + NS // 20)]
    assert all(isinstance(one, Fix) and (one.latitude or 0) == pytest.approx(22.5431) for one in found)
    return [
        ((one.stamp_ns - T0) // NS, (one.receipt_ns - one.stamp_ns) // 1_000_000, one.valid, one.kind, one.height)
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
    assert {rest for _, *rest in map(tuple, found) for rest in [tuple(rest)]} == {(50, True, kind, height)}


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


def test_nav_pvt_of_old_receivers_has_84_octets() -> None:
    payload = solution(1)[6:-2]
    (old,), (new,) = fixes(ubx.encode(ubx.NAV_PVT, payload[:84])), fixes(solution(1))
    assert old == new


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (solution(1), None),
        (solution(1, fix_type=5), None),
        (solution(1, fix_type=0, flags=0), "no fix"),
        (solution(1, flags=0), "no fix"),
        (solution(1, valid=3), "leap seconds are not known yet"),
        (
            solution(1, year=2007, month=4, day=9),
            "its date is off by -1024 weeks: its firmware is too old to count them",
        ),
        (said(rmc(1), gga(1)), None),
        (said(rmc(1, "V", "N"), gga(1, 0)), "no fix"),
        (said(rmc(1, "V", "N")) + said(rmc(2, "V", "N")), "no fix"),
    ],
)
def test_what_keeps_a_receiver_from_being_of_use_is_its_error(data: bytes, error: str | None) -> None:
    driver = replay.make_driver("gnss")
    driver.received("link", data, T0)
    assert driver.error == error


def test_a_receiver_that_never_says_a_fix_is_told_what_to_send() -> None:
    driver = replay.make_driver("gnss")
    for second in range(8):
        driver.received("link", said("GPGSA,A,1,,,,,,,,,,,,,,,"), T0 + second * NS)
    assert driver.error == "says nothing of a fix: let it send NAV-PVT, or RMC and GGA"
    driver.received("link", solution(8), T0 + 8 * NS)
    assert driver.error is None


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=1, max_size=12))
def test_ubx_without_nav_pvt_is_named_with_what_to_enable(kinds: list[tuple[int, int]]) -> None:
    driver, sent = replay.make_driver("gnss"), [kind for kind in kinds if kind != ubx.NAV_PVT] or [(0x01, 0x02)]
    for second in range(8):
        driver.received("link", b"".join(ubx.encode(kind, bytes(8)) for kind in sent), T0 + second * NS)
    assert driver.error is not None
    assert driver.error.startswith(f"sends UBX {ubx.name(ubx.encode(sent[0], b''))}")
    assert "but no NAV-PVT: enable NAV-PVT (class 01, id 07)" in driver.error and len(driver.error) < 250
    driver.received("link", solution(8), T0 + 8 * NS)
    assert driver.error is None


def test_ubx_messages_have_the_names_of_their_makers_manual() -> None:
    told = {(0x01, 0x02): "NAV-POSLLH", (0x01, 0x06): "NAV-SOL", (0x02, 0x15): "RXM-15", (0x77, 0x0A): "77-0A"}
    assert {kind: ubx.name(ubx.encode(kind, b"")) for kind in told} == told
