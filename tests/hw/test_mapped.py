"""Drivers of devices that send JSON: the meaning of mappings, each device with its emulator."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.intake import Intake
from hw.mapped.mapping import JsonMapping, MappedReader
from hw.multipart import ANSWER, Documents
from perception.objects import Detections, Measurement, RoadUser
from sim.bench import LinkedSpec
from sim.json_devices import EmulatedJsonRadar, EmulatedMappedCamera, EmulatedRadarVideo, JsonDevice
from tests.hw import replay
from tests.hw.fed import BEGIN_NS, MS, Fed
from tests.sim.emul_scene import User, bench, frame

PERIOD_NS = 100 * MS
USERS = [
    User(1, RoadUser.CAR, (0.0, 60.0), (0.0, -12.0), heading_deg=180.0),
    User(2, RoadUser.PEDESTRIAN, (-8.0, 20.0), (1.2, 0.0), (0.5, 0.5, 1.7), heading_deg=90.0),
]
EMULATORS: dict[str, type[JsonDevice]] = {
    "radar-json": EmulatedJsonRadar,
    "radar-video": EmulatedRadarVideo,
    "camera-mapped": EmulatedMappedCamera,
}
BOTH = pytest.mark.parametrize("kind", [*EMULATORS])


def emulator(kind: str) -> JsonDevice:
    mount = {"east_m": 0.0, "north_m": 0.0, "height_m": 5.0}
    values = {"kind": kind, "latency_ms": 80, "phase_ms": 0, "range_m": 150, "width_deg": 100, "mount": mount}
    return EMULATORS[kind]("d", LinkedSpec.model_validate(values), bench())


def told(one: JsonDevice, fed: Fed, seconds: float) -> list[Detections]:
    """Let a device talk for some time."""
    found: list[Measurement] = []
    first = fed.now_ns // PERIOD_NS + 1
    for number in range(first, first + round(seconds * 1e9 / PERIOD_NS)):
        stamp_ns = number * PERIOD_NS
        for write in one.capture(number, frame(USERS, stamp_ns, BEGIN_NS)):
            found += fed.hear(write.data, "link", max(stamp_ns + write.delay_ns - fed.now_ns, 0))
    assert all(isinstance(each, Detections) for each in found)
    return [each for each in found if isinstance(each, Detections)]


# mappings


def test_paths_scales_classes_and_numbers_of_a_target() -> None:
    fields = {
        "id": "no",
        "class": {"field": "a.0", "map": {"1": "car"}},
        "x_m": "p.1",
        "speed_mps": {"field": "v", "scale": 0.5},
    }
    reader = MappedReader(JsonMapping.model_validate({"objects": "", "fields": fields}))
    one = reader.values({"no": "T7", "a": [1], "p": [0, 4.5], "v": "8"})
    assert (one.kind, one.number("x_m"), one.number("speed_mps")) == (RoadUser.CAR, 4.5, 4.0)
    assert one.id == reader.values({"no": "T7"}).id != reader.values({"no": "T8"}).id
    other = reader.values({"no": 12, "a": ["BUS"], "p": [0], "v": True})
    assert (other.id, other.kind) == (12, RoadUser.BUS)
    assert np.isnan([other.number("x_m"), other.number("speed_mps"), other.number("y_m")]).all()


@pytest.mark.parametrize(
    ("unit", "value"),
    [("s", 1795392000.25), ("ms", "1795392000250"), ("us", 1795392000250000), ("iso", "2026-11-23T08:00:00.250+08:00")],
)
def test_times(unit: str, value: object) -> None:
    fields = {"objects": "o", "fields": {}, "time": {"field": "t", "unit": unit}}
    reader = MappedReader(JsonMapping.model_validate(fields))
    assert reader.time_ns({"t": value}) == BEGIN_NS + 250 * MS
    wrong: object
    for wrong in (None, True, "x", [], 1e300, float("nan")):
        with pytest.raises((ValueError, OverflowError)):
            reader.time_ns({"t": wrong})


def test_what_is_not_meant_is_passed_over_and_what_is_meant_and_lacks_its_list_is_refused() -> None:
    settings: dict[str, Any] = {**replay.SETTINGS["camera-mapped"], "link": {"udp": replay.UDP["udp"]}}
    settings["mapping"] = {**replay.MAPPING, "only": {"type": "tracks"}}
    one = replay.make_driver("camera-mapped", **settings)
    for message in ({"type": "status"}, {"type": "tracks"}, {"type": "tracks", "ts": 1, "data": {"trk": [{"pos": 1}]}}):
        assert one.received("link", json.dumps(message).encode(), BEGIN_NS) == []
    assert one.received("link", b"{", BEGIN_NS) == []
    assert dict(one.counters) == {"passed-over": 1, "list": 1, "unplaced": 1, "objects": 1, "message": 1}


def test_boxes_alone_place_a_road_user() -> None:
    fields = {"left_px": "b.0", "top_px": "b.1", "right_px": "b.2", "bottom_px": "b.3"}
    one = replay.make_driver("camera-mapped", mapping={"objects": "", "fields": fields})
    line = b'[{"b": [10, 20, 30, 40]}, {"b": [30, 20, 10, 40]}]\n'
    (found,) = one.received("link", line, BEGIN_NS)
    assert isinstance(found, Detections)
    assert (
        found.box_px.tolist() == [[10, 20, 30, 40]]
        and np.isnan(found.position_m).all()
        and one.counters["unplaced"] == 1
    )
    assert found.stamp_ns == BEGIN_NS - 100 * MS


# HTTP


@given(st.lists(st.integers(0, 1200), max_size=8))
def test_documents_in_any_chunking(cuts: list[int]) -> None:
    picture = b"--x\r\nContent-Type: image/jpeg\r\nContent-Length: 6\r\n\r\n\xff\xd8\xff\n--\r\n"
    data = emulator("radar-video").framed(b'{"a": 1}') + picture + emulator("radar-video").framed(b'{"a": 2}')
    data += b'--x\nContent-Type: application/json; charset="UTF-8"\n\n{"a": 3}\n--x--'
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    documents = Documents(Intake())
    assert [one for a, b in pairwise(edges) for one in documents.feed(data[a:b])] == [
        b'{"a": %d}' % n for n in (1, 2, 3)
    ]


def test_each_request_is_answered() -> None:
    one = replay.make_driver("radar-video")
    request = emulator("radar-video").framed(b"{}")
    one.received("link", request + request, BEGIN_NS)
    assert one.due(BEGIN_NS) == [("link", ANSWER)] * 2 and one.due(BEGIN_NS) == []


def test_no_number_plate_leaves_the_driver() -> None:
    fed, one = Fed("radar-video", replay.SETTINGS["radar-video"]), emulator("radar-video")
    found = told(one, fed, 1)
    assert "粤B00000" not in repr(found) and "plate" not in repr(fed.health())


# with their emulators


@BOTH
def test_what_a_device_says_is_the_truth(kind: str) -> None:
    one, fed = emulator(kind), Fed(kind, replay.SETTINGS[kind])
    found = told(one, fed, 3)
    assert len(found) >= 28 and fed.health().state == "ok", fed.health()
    last = next(each for each in reversed(found) if len(each.kind) == 2)
    seconds = (last.stamp_ns - BEGIN_NS) / 1e9
    assert last.stamp_ns % PERIOD_NS == 0 and seconds > 2.5
    order = np.argsort(last.position_m[:, 0])
    truth = [[20.0, 8.0 - 1.2 * seconds], [60.0 - 12.0 * seconds, 0.0]]
    assert last.position_m[order] == pytest.approx(np.array(truth), abs=1.5)
    kinds = {"radar-json": [0, 1], "radar-video": [RoadUser.PEDESTRIAN, 0], "camera-mapped": [RoadUser.PEDESTRIAN, 1]}
    assert last.kind[order].tolist() == kinds[kind]
    if kind != "radar-video":
        assert last.velocity_mps[order] == pytest.approx(np.array([[0.0, -1.2], [-12.0, 0.0]]), abs=0.8)


@BOTH
@pytest.mark.parametrize("fault", [*JsonDevice.FAULTS])
def test_faults_are_found_and_gone(kind: str, fault: str) -> None:
    one, fed = emulator(kind), Fed(kind, replay.SETTINGS[kind])
    told(one, fed, 3)
    one.fault = fault
    told(one, fed, 6)
    health = fed.health()
    assert fault not in ("garbage", "wrong-baud") or health.state == "not-understood"
    assert fault != "other-version" or "without the list" in str(health.refused)
    assert fault != "stuck-clock" or health.counters["clock-past"] + health.counters["clock-stuck"] > 40
    one.fault = None
    told(one, fed, 12)
    assert fed.health().state == "ok", fed.health()


@given(st.lists(st.binary(max_size=200), max_size=6))
def test_no_bytes_raise(pieces: list[bytes]) -> None:
    drivers = [replay.make_driver(kind) for kind in EMULATORS]
    for turn, piece in enumerate(pieces):
        for one in drivers:
            one.received("link", b"Content-Type: application/json\n\n" + piece + b"\n--", BEGIN_NS + turn * MS)


@pytest.mark.parametrize("path", [path for kind in EMULATORS for path in replay.logs(kind)], ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()
