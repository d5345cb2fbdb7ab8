"""The GNSS driver: real captures, golden logs, any chunking, damage that costs only itself, one fix per epoch."""

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

CAPTURES = Path(__file__).parents[2].parent / "shared" / "data" / "devices" / "gnss"
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


@pytest.mark.skipif(not CAPTURES.exists(), reason="no reference captures beside the project")
class TestCaptures:
    def test_mixed(self) -> None:
        found = fixes((CAPTURES / "pygpsdata-MIXED.log").read_bytes())
        assert len(found) == 39
        first = found[0]
        assert isinstance(first, Fix)
        assert first.stamp_ns == 1603452795 * NS + 52792  # 2020-10-23 11:33:15
        assert (first.valid, first.kind, first.satellites) == (True, "3d", 15)
        assert (first.longitude, first.latitude) == (-2.2402964, 53.4506691)
        assert (first.horizontal_accuracy, first.height, first.time_accuracy_ns) == (6.298, 75.699, 17)

    def test_a_base_station_that_only_tells_time(self) -> None:
        (fix,) = fixes((CAPTURES / "pygpsdata-MIXED-RTCM3.log").read_bytes())
        assert isinstance(fix, Fix)
        assert (fix.valid, fix.kind, fix.latitude) == (False, "none", None)

    @pytest.mark.parametrize("name", sorted(path.name for path in CAPTURES.glob("*.log")))
    def test_nothing_real_is_damage(self, name: str) -> None:
        driver = replay.make_driver("gnss")
        driver.received("link", (CAPTURES / name).read_bytes(), T0)
        assert set(driver.counters) <= {"unused"}


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
        (4 * s, s, None), (5 * s, 0, None), (6 * s, 0, None), (7 * s, 0, None),
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
