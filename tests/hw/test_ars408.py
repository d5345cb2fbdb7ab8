"""The driver of ARS408 radars: gateway frames, lists of objects, configuration; its emulator's bits against it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.can.gateway import FRAME, CanFrame, GatewayStream, decode, encode
from hw.radar import ars408_frames as frames
from hw.radar.ars408 import Ars408, Ars408Settings
from perception.objects import Detections, Measurement, RoadUser
from sim.bench import CanRadarSpec
from sim.can_radar import WALLS, EmulatedCanRadar
from tests.hw import replay
from tests.hw.fed import BEGIN_NS, MS, Fed
from tests.sim.emul_scene import User, bench, frame

LINK = {"link": {"tcp": "127.0.0.1:1"}}
PERIOD_NS = 72 * MS
USERS = [
    User(1, RoadUser.CAR, (0.0, 40.0), (0.0, -12.0), heading_deg=180.0),
    User(2, RoadUser.PEDESTRIAN, (-8.0, 20.0), (1.2, 0.0), (0.5, 0.5, 1.7)),
    User(3, RoadUser.TRUCK, (3.5, 70.0), (0.0, 0.0), (12.0, 2.5, 3.5)),
]
SPEC = CanRadarSpec.model_validate(
    {
        "kind": "ars408", "tcp": "127.0.0.1:1", "latency_ms": 20, "phase_ms": 0, "range_m": 150, "width_deg": 100,
        "mount": {"east_m": 0.0, "north_m": 0.0, "height_m": 5.0},
    }
)  # fmt: skip


def driver(**settings: object) -> Ars408:
    return Ars408("radar", Ars408Settings.model_validate({**LINK, **settings}))


def general(number: int, x: int = 3045, y: int = 972, dynamics: int = 0) -> bytes:
    """Return a 60B of an object at steps of 0.2 m, that stands."""
    bits = f"{number:08b}{x:013b}{y:011b}{512:010b}{256:09b}00{dynamics:03b}{147:08b}"
    return encode(CanFrame(0x60B, int(bits, 2).to_bytes(8, "big")))


def head(objects: int, counter: int) -> bytes:
    return encode(CanFrame(0x60A, bytes([objects, counter >> 8, counter & 255, 0x10])))


def scans(found: list[Measurement]) -> list[Detections]:
    assert all(isinstance(one, Detections) for one in found)
    return [one for one in found if isinstance(one, Detections)]


# the gateway


def test_the_octets_of_a_frame() -> None:
    one = CanFrame(0x60B, bytes.fromhex("5F5F2BCC80200193"))
    assert encode(one).hex() == "080000060b5f5f2bcc80200193" and decode(encode(one)) == one
    wish = CanFrame(0x200, bytes.fromhex("F8000000089C0000"))
    assert encode(wish).hex() == "0800000200f8000000089c0000" and decode(encode(wish)) == wish
    assert decode(bytes.fromhex("89" + "00" * 12)) is None  # nine octets
    assert decode(bytes.fromhex("0100000800" + "00" * 8)) is None  # an id of 12 bits
    assert decode(bytes.fromhex("8118fee50011" + "00" * 7)) == CanFrame(0x18FEE500, b"\x11", True)


@given(st.integers(0, 12), st.lists(st.integers(0, 40 * 13), max_size=12), st.binary(max_size=30))
def test_a_stream_finds_its_beginning_again(lost: int, cuts: list[int], noise: bytes) -> None:
    """Octets are lost in the middle and others come instead: frames before and most behind are found."""
    sent = [CanFrame(0x60B, bytes([n, 200, 201, 202, 203, 204, 205, 206])) for n in range(40)]
    octets = b"".join(map(encode, sent))
    data = octets[: 13 * 10] + noise + octets[13 * 10 + lost :]
    stream = GatewayStream(Counter())
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    found = [one for a, b in pairwise(edges) for one in stream.feed(data[a:b])]
    assert found[:10] == sent[:10] and found[-25:] == sent[-25:]


@given(st.lists(st.binary(max_size=200), max_size=8))
def test_no_bytes_raise_or_pile_up(pieces: list[bytes]) -> None:
    one = driver()
    for turn, piece in enumerate(pieces):
        one.received("link", piece, BEGIN_NS + turn * MS)
        one.due(BEGIN_NS + turn * MS)
    assert len(one._stream._rest) < 6 * FRAME.size


# messages


def test_an_object_of_the_documentation() -> None:
    found = frames.parse(0x60B, bytes.fromhex("5F5F2BCC80200193"))
    assert isinstance(found, frames.General)
    assert (found.id, found.dynamics) == (95, 1)
    assert (found.x_m, found.y_m, found.vx_mps, found.vy_mps) == pytest.approx((109.0, -10.2, 0.0, 0.0))


def test_the_configuration_is_that_of_the_documentation_but_not_stored() -> None:
    known = bytes.fromhex("F8000000089C0000")  # objects, quality, extent, sorted by range, stored
    ours = frames.configuration()
    assert ours == bytes([known[0] & 0x7F, *known[1:5], known[5] & 0x7F, *known[6:]])


# lists


def test_lists_of_a_radar_without_quality_and_extent() -> None:
    """As of a Nanoradar: the first list ends with the next one, later ones with their last object."""
    one = driver()
    assert one.received("link", head(2, 7) + general(3, 2750, 1523), BEGIN_NS) == []
    assert one.received("link", general(4, dynamics=7), BEGIN_NS + MS) == []
    first, second = scans(one.received("link", head(1, 8) + general(3), BEGIN_NS + PERIOD_NS))
    assert first.position_m == pytest.approx(np.array([[50.0, 100.0], [109.0, -10.2]]))
    assert first.source_id.tolist() == [3, 4] and first.stamp_ns == BEGIN_NS - 50 * MS
    assert second.stamp_ns == BEGIN_NS + PERIOD_NS - 50 * MS == second.receipt_ns - 50 * MS
    assert np.isnan(first.size_m).all() and np.isnan(first.covariance_m2).all() and np.isnan(first.confidence).all()
    assert one.counters.total() == 0


def test_an_empty_road_is_a_list_and_a_list_that_is_lost_is_none() -> None:
    one = driver()
    (empty,) = scans(one.received("link", head(0, 1), BEGIN_NS))
    assert empty.position_m.shape == (0, 2)
    one.received("link", head(9, 2) + general(1), BEGIN_NS + PERIOD_NS)
    assert one.received("link", head(9, 3), BEGIN_NS + 2 * PERIOD_NS) == []
    assert one.counters["list"] == 1 and one.counters["lost"] == 8 and one.counters.refused == 1


def test_counters_tell_of_lists_that_came_twice_or_not_at_all() -> None:
    one = driver()
    for counter in (0xFFFF, 0, 0, 3):
        one.received("link", head(0, counter), BEGIN_NS)
    assert one.counters["duplicate"] == 1 and one.counters["gap"] == 2


def test_what_is_stationary_or_deleted_is_left_out() -> None:
    one = driver()
    data = head(3, 1) + general(1) + general(2, dynamics=1) + general(3, dynamics=7)
    data += encode(CanFrame(0x60C, bytes([1, 0, 0, 0, 0, 0, 6 << 5 | 4 << 2])))  # went into another object
    (found,) = scans(one.received("link", data + head(0, 2), BEGIN_NS))[:1]
    assert found.source_id.tolist() == [3]
    assert one.counters["stationary"] == 1 and one.counters["deleted"] == 1


@pytest.mark.parametrize("sensor", [0, 5])
def test_other_radars_of_the_bus_are_not_ours(sensor: int) -> None:
    one = driver(sensor=sensor)
    theirs = encode(CanFrame(0x60A + 0x10 * (5 - sensor), bytes(4)))
    ours = encode(CanFrame(0x60A + 0x10 * sensor, bytes(4)))
    assert len(one.received("link", theirs + ours, BEGIN_NS)) == 1


# with its emulator


def told(emulator: EmulatedCanRadar, fed: Fed, seconds: float) -> list[Detections]:
    """Let both talk for some time."""
    found: list[Measurement] = []
    first = fed.now_ns // PERIOD_NS + 1
    for number in range(first, first + round(seconds * 1e9 / PERIOD_NS)):
        stamp_ns = number * PERIOD_NS
        for write in emulator.capture(number, frame(USERS, stamp_ns, BEGIN_NS)):
            found += fed.hear(write.data, "link", stamp_ns + write.delay_ns - fed.now_ns)
        for data in fed.sent():
            emulator.received("link", data, fed.now_ns)
    return scans(found)


def test_a_radar_that_sends_clusters_is_told_to_send_objects() -> None:
    emulator, fed = EmulatedCanRadar("r", SPEC, bench()), Fed("ars408", LINK)
    found = told(emulator, fed, 3)
    assert len(found) > 30 and fed.health().state == "ok", fed.health()
    full = [one for one in found[5:] if len(one.kind) == 3][-1]
    truth = {RoadUser.TRUCK: (70.0, -3.5), RoadUser.PEDESTRIAN: (20.0, None), RoadUser.CAR: (None, 0.0)}
    for place, kind in zip(full.position_m, full.kind, strict=True):
        for axis, value in enumerate(truth[RoadUser(int(kind))]):
            assert value is None or abs(place[axis] - value) < 1.5
    assert full.size_m[full.kind == RoadUser.TRUCK][0, :2] == pytest.approx([12.0, 2.5], abs=0.11)
    assert full.confidence == pytest.approx([0.999] * 3)
    assert np.sqrt(full.covariance_m2[:, 0, 0]) == pytest.approx([0.224] * 3)
    assert fed.health().counters["stationary"] == len(WALLS) * len(found)


@pytest.mark.parametrize("fault", [*EmulatedCanRadar.FAULTS])
def test_faults_are_found_and_gone(fault: str) -> None:
    states = {"garbage": "not-understood", "wrong-baud": "not-understood"}
    emulator, fed = EmulatedCanRadar("r", SPEC, bench()), Fed("ars408", LINK)
    told(emulator, fed, 3)
    emulator.fault = fault
    told(emulator, fed, 8)
    health = fed.health()
    assert health.state == states.get(fault, health.state)
    assert fault != "interference" or health.error == "the radar reports interference"
    assert fault != "lost-frames" or health.counters["lost"] > 20
    emulator.fault = None
    told(emulator, fed, 8)
    assert (fed.health().state, fed.health().error) == ("ok", None)


@pytest.mark.parametrize("path", replay.logs("ars408"), ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()
