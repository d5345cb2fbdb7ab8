"""The smart camera's driver: the format, damage that costs only itself, a clock that is not believed."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hw.camera
from hw.camera import BURST, CameraSettings, JsonCamera
from hw.camera_lines import MAX_LINE, MAX_OBJECTS
from perception.objects import Detections, RoadUser
from tests.hw import replay

MS = 1_000_000
NOW_NS = 1_795_392_000_000 * MS
CAR = {
    "id": 17,
    "class": "car",
    "confidence": 0.93,
    "position": [41.2, -3.5],
    "sd": [0.7, 0.4],
    "size": [4.5, 1.8, 1.5],
}


def camera() -> JsonCamera:
    return JsonCamera("camera", CameraSettings.model_validate({"link": {"tcp": "127.0.0.1:1"}, "latency_ms": 60}))


def line(seq: int = 1, *objects: object, stamp_ns: int = NOW_NS - 60 * MS, **others: object) -> bytes:
    frame = {"v": 1, "camera": "north", "seq": seq, "time": stamp_ns / 1e6, "objects": objects, **others}
    return json.dumps(frame).encode() + b"\n"


def scans(driver: JsonCamera, data: bytes, receipt_ns: int = NOW_NS) -> list[Detections]:
    found = driver.received("link", data, receipt_ns)
    assert all(isinstance(one, Detections) for one in found)
    return [one for one in found if isinstance(one, Detections)]


def test_the_documented_line_gives_what_it_says() -> None:
    example = re.search(r'\{"v": 1.*\]\}', hw.camera.__doc__ or "", re.DOTALL)
    assert example
    [scan] = scans(camera(), example[0].replace("\n", " ").encode() + b"\n", 1_795_391_999_980 * MS)
    assert scan.stamp_ns == pytest.approx(1_795_391_999_913_250_000, abs=1000)
    assert scan.kind.tolist() == [RoadUser.CAR, RoadUser.PEDESTRIAN]
    assert scan.source_id.tolist() == [17, 18] and scan.confidence.tolist() == [0.93, 0.71]
    assert scan.position_m[0].tolist() == [41.2, -3.5] and np.isnan(scan.position_m[1]).all()
    assert scan.covariance_m2[0] == pytest.approx(np.diag([0.49, 0.16])) and np.isnan(scan.covariance_m2[1]).all()
    assert np.isnan(scan.box_px[0]).all() and scan.box_px[1].tolist() == [812, 340, 851, 455]
    assert np.isnan(scan.velocity_mps).all() and np.isnan(scan.size_m).all()


@pytest.mark.parametrize("path", replay.logs("camera-json"), ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()


def test_an_empty_frame_is_a_measurement_too() -> None:
    [scan] = scans(camera(), line())
    assert scan.position_m.shape == (0, 2) and scan.covariance_m2.shape == (0, 2, 2)


def test_time_is_milliseconds_or_nanoseconds() -> None:
    driver = camera()
    [first] = scans(driver, line(1, time=(NOW_NS - 50 * MS) / 1e6))
    [second] = scans(driver, line(2, time=NOW_NS - 40 * MS))
    assert first.stamp_ns == pytest.approx(NOW_NS - 50 * MS, abs=500)
    assert second.stamp_ns == NOW_NS - 40 * MS


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"class": "car"}, "unplaced"),
        ({"position": [1, 2, 3]}, "object"),
        ({"position": [1, "2"]}, "object"),
        ({"position": None, "box": None}, "unplaced"),
        ({"position": [1, 2], "id": -1}, "object"),
        ({"position": [1, 2], "id": 2**64}, "object"),
        ({"position": [1e9, 2]}, "field"),
        (17, "object"),
        ([], "object"),
        (None, "object"),
    ],
)
def test_a_bad_object_costs_only_itself(bad: object, reason: str) -> None:
    driver = camera()
    [scan] = scans(driver, line(1, CAR, bad, CAR))
    assert len(scan.position_m) == 2 and driver.counters[reason] == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("confidence", 1.5),
        ("confidence", -0.1),
        ("sd", [0, 1]),
        ("sd", [1e3, 1]),
        ("velocity", [200, 0]),
        ("size", [4.5, 0, 1.5]),
        ("size", [4.5, 100, 1.5]),
        ("box", [10, 10, 5, 20]),
        ("box", [10, 30, 50, 20]),
        ("box", [0, 0, 1e9, 20]),
    ],
)
def test_a_value_out_of_its_range_costs_only_its_field(field: str, value: object) -> None:
    driver = camera()
    [scan] = scans(driver, line(1, {**CAR, field: value}))
    assert scan.position_m.tolist() == [[41.2, -3.5]] and driver.counters == {"field": 1}
    names = {"sd": "covariance_m2", "velocity": "velocity_mps", "size": "size_m", "box": "box_px"}
    got = getattr(scan, names.get(field, field))
    assert np.isnan(got).all()


def test_an_unknown_class_is_an_unknown_road_user() -> None:
    driver = camera()
    [scan] = scans(driver, line(1, {**CAR, "class": "tram"}, {"position": [1, 2], "class": "unknown"}))
    assert scan.kind.tolist() == [0, 0] and driver.counters == {"class": 1}


@pytest.mark.parametrize(
    "bad",
    [
        b"hello",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b'{"v": 1, "seq": 2, "time": 1, "objects": [',
        b'{"v": 2, "seq": 2, "time": 1, "objects": []}',
        b'{"v": 1, "seq": "2", "time": 1, "objects": []}',
        b'{"v": 1, "seq": 2, "time": 1e999, "objects": []}',
        b"[" * 100_000,
    ],
)
def test_a_bad_line_costs_only_itself(bad: bytes) -> None:
    driver = camera()
    assert len(scans(driver, line(1) + bad + b"\n" + line(3))) == 2
    assert driver.counters["line"] == 1


def test_a_line_without_end_does_not_pile_up() -> None:
    driver = camera()
    for _ in range(100):
        assert scans(driver, b"x" * 65536) == []
        assert len(driver._lines._rest) <= MAX_LINE
    assert len(scans(driver, b"x\n" + line(1))) == 1
    assert driver.counters == {"long-line": 1}


def test_the_same_frame_again_is_dropped_and_lost_frames_are_counted() -> None:
    driver = camera()
    data = b"".join(line(seq) for seq in [5, 5, 6, 9, 1, 2, 2_000_000])
    assert len(scans(driver, data)) == 6
    assert driver.counters == {"duplicate": 1, "gap": 2}


@pytest.mark.parametrize(
    ("error_ms", "reason"),
    [(-2000, "clock-past"), (2000, "clock-future"), (55, "clock-future"), (-400_000_000_000, "clock-past")],
)
def test_a_wrong_clock_is_replaced_by_the_time_of_receipt_less_the_usual_latency(error_ms: int, reason: str) -> None:
    driver = camera()
    [scan] = scans(driver, line(1, stamp_ns=NOW_NS + (error_ms - 60) * MS))
    assert scan.stamp_ns == NOW_NS - 60 * MS and driver.counters == {reason: 1}


@pytest.mark.parametrize(
    ("written", "reason"),
    [(b"-1e308", "clock-past"), (b"-1e303", "clock-past"), (b"1e308", "clock-future"), (b"1e300", "clock-future")],
)
def test_a_time_beyond_all_clocks_is_only_a_wrong_clock(written: bytes, reason: str) -> None:
    driver = camera()
    [scan] = scans(driver, b'{"v": 1, "seq": 1, "time": %s, "objects": []}\n' % written)
    assert scan.stamp_ns == NOW_NS - 60 * MS and driver.counters == {reason: 1}


@pytest.mark.parametrize("written", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999"])
def test_a_time_that_is_no_number_costs_the_line(written: bytes) -> None:
    driver = camera()
    assert scans(driver, b'{"v": 1, "seq": 1, "time": %s, "objects": []}\n' % written) == []
    assert driver.counters == {"line": 1}


def test_no_more_objects_are_used_than_the_limit() -> None:
    driver = camera()
    [scan] = scans(driver, line(1, *[{"position": [1, 2]}] * MAX_OBJECTS, *[17] * 5000))
    assert len(scan.position_m) == MAX_OBJECTS and driver.counters == {"too-many-objects": 5000}


def test_frames_that_keep_coming_too_fast_are_dropped_unread() -> None:
    driver = camera()
    at_ns = [NOW_NS + frame * MS for frame in range(1000)]
    found = [
        scans(driver, line(n, {"position": [9, 9], "class": "tram"}, stamp_ns=now - 60 * MS), now)
        for n, now in enumerate(at_ns)
    ]
    taken = sum(map(len, found))
    assert taken == BURST + 49  # in 999 ms
    assert driver.counters == {"too-fast": 1000 - taken, "class": taken}
    late_ns = NOW_NS + 2000 * MS
    assert len(scans(driver, b"".join(line(n, stamp_ns=late_ns) for n in range(1000, 1100)), late_ns)) == BURST


def test_a_host_clock_that_is_set_back_does_not_silence_the_camera() -> None:
    driver = camera()
    scans(driver, b"".join(map(line, range(100))))
    back_ns = NOW_NS - 3_600_000 * MS
    found = [scans(driver, line(n), back_ns + n * 100 * MS) for n in range(100, 110)]
    assert sum(map(len, found)) >= 9


def test_a_stuck_clock_is_not_believed_for_long() -> None:
    driver = camera()
    for frame in range(20):
        receipt_ns = NOW_NS + frame * 100 * MS
        [scan] = scans(driver, line(frame, stamp_ns=NOW_NS - 60 * MS), receipt_ns)
        assert 0 <= receipt_ns - scan.stamp_ns <= 560 * MS
    assert driver.counters["clock-stuck"] >= 14


def test_a_half_line_is_forgotten_when_the_connection_was_lost() -> None:
    driver = camera()
    assert scans(driver, line(1)[:20]) == []
    driver.opened("link", NOW_NS)
    assert len(scans(driver, line(1))) == 1 and not driver.counters


LINES = [line(seq, *[CAR] * (seq % 3), stamp_ns=NOW_NS - (80 - seq) * MS) for seq in range(8)]


@given(st.lists(st.integers(0, sum(map(len, LINES))), max_size=30))
def test_chunking_changes_nothing(cuts: list[int]) -> None:
    driver, data = camera(), b"".join(LINES)
    edges = [0, *sorted(cuts), len(data)]
    found = [scan for a, b in pairwise(edges) for scan in scans(driver, data[a:b])]
    assert [len(scan.position_m) for scan in found] == [seq % 3 for seq in range(8)]
    assert not driver.counters


@given(st.integers(0, 8), st.binary(max_size=300))
def test_garbage_between_lines_costs_no_line(place: int, garbage: bytes) -> None:
    found = scans(camera(), b"".join([*LINES[:place], garbage, b"\n", *LINES[place:]]))
    assert len(found) == 8


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(list(CAR)), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=30)
@given(st.lists(json_values, max_size=3))
def test_no_objects_raise(objects: list[object]) -> None:
    scans(camera(), line(1, *objects))
