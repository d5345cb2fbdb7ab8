"""The GNSS driver: octets by hand, golden logs, any chunking, damage that costs only itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw import ubx
from hw.bytelog import from_lines
from hw.utc import NS
from perception.objects import Fix, Measurement
from tests.hw import replay
from tests.hw.gnss_octets import T0, fixes, gga, rmc, said, solution
from tests.hw.octets import written

LOGS = {path.stem: path for path in replay.logs("gnss")}


def octets(name: str) -> bytes:
    return b"".join(entry.data for entry in from_lines(LOGS[name].read_text().splitlines()))


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
        assert (fix.longitude_deg, fix.latitude_deg, fix.height_m) == (114.0579, 22.5431, 17.0)
        assert (fix.horizontal_accuracy_m, fix.time_accuracy_ns) == (0.7, 20)

    def test_a_base_station_that_only_tells_time(self) -> None:
        (fix,) = fixes(solved(TIME_ALONE, "6b 3f"))
        assert isinstance(fix, Fix)
        assert (fix.valid, fix.kind, fix.latitude_deg, fix.stamp_ns) == (False, "none", None, T0 + 2 * NS)

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
