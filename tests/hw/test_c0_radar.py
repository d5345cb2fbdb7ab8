"""The driver of track radars framed by C0: a real head, lists of targets, which of them count; its emulator."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.radar import c0_frames as frames
from hw.radar.c0 import C0Radar
from hw.radar.geographic import FORGOTTEN, GeographicSettings, GeoTarget, GeoTracks, Origin
from hw.signal.framing import FrameReader
from perception.geo import Reference, to_wgs84
from perception.objects import Detections, Measurement, RoadUser
from sim.bench import LinkedSpec
from sim.c0_radar import EmulatedC0Radar, framed, modbus
from tests.hw import replay
from tests.hw.fed import BEGIN_NS, MS, Fed
from tests.sim.emul_scene import User, bench, frame

SETTINGS = replay.SETTINGS["radar-c0"]
ORIGIN = Origin.model_validate(replay.ORIGIN)
PERIOD_NS = 100 * MS
USERS = [
    User(1, RoadUser.CAR, (0.0, 60.0), (0.0, -12.0), heading_deg=180.0),
    User(2, RoadUser.TRUCK, (-3.5, 20.0), (0.0, 8.0), (12.0, 2.5, 3.5)),
]
SPEC = LinkedSpec.model_validate(
    {
        "kind": "radar-c0", "udp": ("127.0.0.1:1", "127.0.0.1:2"), "latency_ms": 60, "phase_ms": 0, "range_m": 150,
        "width_deg": 100, "mount": {"east_m": 0.0, "north_m": 0.0, "height_m": 5.0},
    }
)  # fmt: skip
# A radar of an intersection in the field, registering: its CRC holds escaped octets (Apache-2.0, OpenV2X)
HEAD = "c00000000000070001000000000a00010010820101"


def driver(**settings: object) -> C0Radar:
    return C0Radar("radar", GeographicSettings.model_validate({**SETTINGS, **settings}))


def scans(found: list[Measurement]) -> list[Detections]:
    assert all(isinstance(one, Detections) for one in found)
    return [one for one in found if isinstance(one, Detections)]


def told(emulator: EmulatedC0Radar, fed: Fed, seconds: float, users: list[User] = USERS) -> list[Detections]:
    """Let both talk for some time."""
    found: list[Measurement] = []
    first = fed.now_ns // PERIOD_NS + 1
    for number in range(first, first + round(seconds * 1e9 / PERIOD_NS)):
        stamp_ns = number * PERIOD_NS
        for write in emulator.capture(number, frame(users, stamp_ns, BEGIN_NS)):
            found += fed.hear(write.data, "link", max(stamp_ns + write.delay_ns - fed.now_ns, 0))
        fed.device.tick(fed.now_ns + 20 * MS)
        for data in fed.sent():
            emulator.received("link", data, fed.now_ns)
    return scans(found)


def target(number: int, confidence: float, north_m: float = 50.0, **changes: Any) -> GeoTarget:
    latitude, longitude = to_wgs84(5.0, north_m, Reference(ORIGIN.latitude_deg, ORIGIN.longitude_deg))
    one = GeoTarget(number, 3, float(longitude), float(latitude), 180.0, -10.0, 4.5, 1.8, 0.0, confidence)
    return one._replace(**changes)


def tracks(yaw_deg: float = 0.0) -> GeoTracks:
    return GeoTracks(ORIGIN.model_copy(update={"yaw_deg": yaw_deg}), {3: RoadUser.CAR}, driver().counters)


# frames


def test_the_crc_is_that_of_modbus() -> None:
    for crc in (frames.crc16, modbus):
        assert crc(b"123456789") == 0x4B37
    octets = bytes.fromhex(HEAD)[1:] + bytes([0xC0, 0xDB, 1])
    assert frames.crc16(octets) == modbus(octets)


def test_a_registration_is_acknowledged_and_its_addresses_exchanged() -> None:
    one = driver()
    message = framed(0x10, b"\x01\x01", b"500001\xc0\xdb")
    assert message[:21].hex() == HEAD
    assert one.received("link", message, BEGIN_NS) == []
    [(_, answer)] = one.due(BEGIN_NS)
    [body] = FrameReader(crc=frames.crc16).feed(answer)
    assert body.hex() == "0000" + "0000000a000100" + "00000007000100" + "1085" + "0101"
    assert one.due(BEGIN_NS) == [] and one.counters.accepted == 1


def test_the_object_is_read_in_both_orders() -> None:
    content = b"\0" * 10
    for item in (b"\x03\x01", b"\x01\x03"):
        (found,) = scans(driver().received("link", framed(0x10, item, content), BEGIN_NS))
        assert found.position_m.shape == (0, 2)


@pytest.mark.parametrize("content", [b"", b"\0" * 9, b"\0" * 8 + b"\2\0" + b"\0" * 44, b"\0\0\0\0\xe8\3\0\0\0\0"])
def test_lists_of_another_layout_are_named(content: bytes) -> None:
    one = driver()
    assert one.received("link", framed(0x10, b"\x03\x01", content), BEGIN_NS) == []
    assert one.counters["message"] == 1 and one.explain("message", b"") is not None


@given(st.lists(st.integers(0, 400), max_size=6), st.binary(max_size=40))
def test_any_chunking_gives_the_same_lists(cuts: list[int], noise: bytes) -> None:
    emulator, one = EmulatedC0Radar("r", SPEC, bench()), driver(link={"tcp": "127.0.0.1:1"})
    sent = [emulator.capture(n, frame(USERS, n * PERIOD_NS))[0].data for n in range(3)]
    data = noise.replace(b"\xc0", b"") + b"".join(sent)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert sum(len(one.received("link", data[a:b], BEGIN_NS)) for a, b in pairwise(edges)) == 3


# targets


@pytest.mark.parametrize("yaw_deg", [0.0, 90.0, 200.0])
def test_places_and_speeds_become_the_sensors_frame(yaw_deg: float) -> None:
    [one] = tracks(yaw_deg).tracks([target(7, 1.0)]) or []
    yaw = math.radians(yaw_deg)
    assert (one.x_m, one.y_m) == pytest.approx(
        (5 * math.sin(yaw) + 50 * math.cos(yaw), 50 * math.sin(yaw) - 5 * math.cos(yaw)), abs=0.02
    )
    assert (one.vx_mps, one.vy_mps) == pytest.approx((-10 * math.cos(yaw), -10 * math.sin(yaw)))
    assert (one.id, one.kind, one.length_m) == (7, RoadUser.CAR, 4.5) and math.isnan(one.height_m)


def test_a_target_counts_once_the_radar_was_sure_of_it_and_as_long_as_it_is_there() -> None:
    one = tracks()
    seen = [[target(1, 0.0), target(2, 1.0)], [target(1, 0.0), target(2, 0.0)], [target(1, 0.0)], [target(2, 0.0)]]
    seen += [[target(1, 0.0)]] * FORGOTTEN + [[target(2, 0.0)]]
    assert [[each.id for each in one.tracks(list_) or []] for list_ in seen][:4] == [[2], [2], [], [2]]
    assert one.tracks(seen[-1]) == []


def test_targets_that_are_nowhere_are_left_out_and_a_list_of_them_tells_nothing() -> None:
    nowhere = [target(n, 1.0, longitude_deg=math.nan) for n in range(3)] + [target(4, 1.0, speed_mps=math.inf)]
    assert [each.id for each in tracks().tracks([*nowhere[:3], target(9, 1.0)]) or []] == [9]
    assert tracks().tracks([*nowhere, target(9, 1.0)]) is None
    assert tracks().tracks([]) == []


# with its emulator


def test_a_radar_registers_and_its_lists_are_the_truth() -> None:
    emulator, fed = EmulatedC0Radar("r", SPEC, bench()), Fed("radar-c0", SETTINGS)
    found = told(emulator, fed, 3)
    assert emulator._known and fed.health().state == "ok", fed.health()
    last = found[-1]
    assert last.stamp_ns == BEGIN_NS + 3000 * MS
    order = np.argsort(last.position_m[:, 0])
    assert last.position_m[order] == pytest.approx(np.array([[24.0, 0.0], [44.0, 3.5]]), abs=1.5)
    assert last.velocity_mps[order] == pytest.approx(np.array([[-12.0, 0.0], [8.0, 0.0]]), abs=0.8)
    assert last.kind[order].tolist() == [RoadUser.CAR, RoadUser.UNKNOWN]
    assert last.size_m[order][1] == pytest.approx([12.0, 2.5, 3.5])
    assert fed.health().counters["unsure"] == 3 * len(found)  # targets that stand about all the time


def test_a_car_that_stops_stays() -> None:
    emulator, fed = EmulatedC0Radar("r", SPEC, bench()), Fed("radar-c0", SETTINGS)
    told(emulator, fed, 1)
    stopped = [each._replace(velocity_mps=(0.0, 0.0)) for each in USERS]
    assert sum(len(one.kind) == 2 for one in told(emulator, fed, 3, stopped)) > 25


@pytest.mark.parametrize("fault", [*EmulatedC0Radar.FAULTS])
def test_faults_are_found_and_gone(fault: str) -> None:
    states = dict.fromkeys(("garbage", "wrong-baud", "other-version"), "not-understood") | {"elsewhere": "blind"}
    emulator, fed = EmulatedC0Radar("r", SPEC, bench()), Fed("radar-c0", SETTINGS)
    told(emulator, fed, 3)
    emulator.fault = fault
    told(emulator, fed, 6)
    health = fed.health()
    assert health.state == states.get(fault, health.state), health
    assert fault != "elsewhere" or "nowhere near `origin`" in str(health.error)
    assert fault != "other-version" or "another version" in str(health.error)
    assert fault != "stuck-clock" or health.counters["clock-past"] + health.counters["clock-stuck"] > 50
    emulator.fault = None
    told(emulator, fed, 12)
    assert fed.health().state == "ok", fed.health()


@pytest.mark.parametrize("path", replay.logs("radar-c0"), ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()
