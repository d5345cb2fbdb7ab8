"""The emulated radio and the on-board units that it hears: honest BSMs, loss, garbage, and a kill through real UDP."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import zmq

import v2x
from hw.radio.protocol import parse_transmit
from hw.utc import NS
from perception.geo import Reference, to_site
from perception.objects import Measurement, Reception
from sim.frames import WorldFrame
from sim.obu import RANGE_M, SLOT_NS, SLOTS, Fleet, HeardFrame
from tests.hw.air import piece
from tests.sim.rig import Rig, world
from tests.sim.test_emul_signal import free_ports
from v2x import dsmp

T0 = 1795392000 * NS
SITE = Reference(22.5431, 114.0579, 12.0)
BOUNDS_M = {"a2m": 2.0, "a1m": 1.0, "a50cm": 0.5}


def hear(seconds: float, garbage_share: float = 0.0, scale: float = 1.0) -> list[tuple[WorldFrame, HeardFrame]]:
    fleet = Fleet(7, SITE, garbage_share)
    found = []
    for number in range(T0 // SLOT_NS, T0 // SLOT_NS + round(seconds * 100)):
        frame = world(number * SLOT_NS)
        frame = msgspec.structs.replace(frame, position_m=frame.position_m * scale)
        found += [(frame, heard) for heard in fleet.heard(number, frame)]
    return found


def bsm(heard: HeardFrame) -> v2x.BasicSafetyMessage:
    dsm = dsmp.parse(heard.frame)
    assert dsm.aid == 111
    message = v2x.decode(dsm.payload)
    assert isinstance(message, v2x.BasicSafetyMessage)
    return message


def test_every_unit_speaks_ten_times_a_second_in_its_own_phase() -> None:
    found = hear(3.0)
    sources = sorted({heard.source for _, heard in found})
    assert len(sources) == 6
    for source in sources:
        messages = [(frame, bsm(heard)) for frame, heard in found if heard.source == source]
        assert 25 <= len(messages) <= 30
        assert len({frame.stamp_ns // SLOT_NS % SLOTS for frame, _ in messages}) == 1
        assert len({message.id for _, message in messages}) == 1
        for (early, first), (late, second) in pairwise(messages):
            lost = (late.stamp_ns - early.stamp_ns) // (SLOTS * SLOT_NS) - 1
            assert (second.msg_cnt - first.msg_cnt) % 128 == lost + 1
    assert len({heard.frame[4:] for _, heard in found}) == len(found)


def test_a_bsm_tells_the_truth_within_what_it_claims() -> None:
    inside = []
    for frame, heard in hear(8.0):
        message = bsm(heard)
        assert message.sec_mark_ms == frame.stamp_ns // 1_000_000 % 60_000
        assert message.position is not None
        east, north = to_site(message.position.latitude_deg, message.position.longitude_deg, SITE)
        errors = np.hypot(*(frame.position_m - [east, north]).T)
        row = int(errors.argmin())
        assert message.position_confidence is not None
        inside.append(errors[row] <= BOUNDS_M[message.position_confidence.position])
        assert message.speed_mps is not None
        assert abs(message.speed_mps - 10) < 0.6
        assert message.heading_deg is not None
        assert abs((message.heading_deg - frame.heading_deg[row] + 180) % 360 - 180) < 3
        assert (message.size.length_m, message.size.width_m) == (4.6, 1.8)
        assert message.vehicle_class.classification == v2x.BasicVehicleClass.PASSENGER_CAR
    assert len(inside) > 400
    assert np.mean(inside) > 0.9


def test_more_is_lost_further_away_and_nothing_is_heard_beyond_the_range() -> None:
    near, far, beyond = (len(hear(4.0, scale=scale)) for scale in (0.5, 0.98 * RANGE_M / 60, 1.01 * RANGE_M / 60))
    assert near > 1.3 * far > 0
    assert beyond == 0


def test_garbage_comes_as_often_as_set() -> None:
    bad = 0
    heard = hear(8.0, garbage_share=0.2)
    for _, one in heard:
        try:
            dsm = dsmp.parse(one.frame)
            bad += v2x.encode(v2x.decode(dsm.payload)) != dsm.payload
        except v2x.CodecError:
            bad += 1
    assert 0.08 < bad / len(heard) < 0.25  # a changed octet may still be a good message


def test_the_same_seed_gives_the_same_octets() -> None:
    assert [heard for _, heard in hear(1.0, 0.1)] == [heard for _, heard in hear(1.0, 0.1)]


def test_a_killed_radio_is_noticed_and_both_directions_are_back(tmp_path: Path) -> None:
    device, host = free_ports(2)
    spec: dict[str, object] = {
        "kind": "radio-agent", "listen": device, "host": host, "latency_ms": 3, "phase_ms": 3, "garbage_share": 0.0,
    }  # fmt: skip
    settings = {"link": {"udp": {"listen": host, "peer": device}}, "silence_ms": 600}
    with (
        Rig(tmp_path, "radio", spec, "radio-agent", settings) as rig,
        zmq.Context() as context,
        context.socket(zmq.SUB) as air,
    ):
        air.setsockopt(zmq.LINGER, 0)
        air.subscribe(b"tx")
        air.connect(f"ipc://{tmp_path}/air.ipc")
        for _ in range(2):
            found = rig.until(lambda found: len(found) >= 30, within_s=10)
            assert_receptions(found)
            assert rig.health() == "ok"
            assert_transmitted(rig, air)
            rig.kill()
            rig.until(lambda _: rig.health() == "lost", within_s=3)
            rig.start()


def assert_receptions(found: list[Measurement]) -> None:
    receptions = [one for one in found if isinstance(one, Reception)]
    for one in receptions:
        assert one.aid == 111
        assert 0 < one.receipt_ns - one.stamp_ns < 100e6
        assert isinstance(v2x.decode(dsmp.parse(one.payload).payload), v2x.BasicSafetyMessage)
    assert len({one.source for one in receptions}) == 6


def assert_transmitted(rig: Rig, air: zmq.Socket[bytes]) -> None:
    for _ in range(50):  # until the subscriber is connected again
        before_ns = time.time_ns()
        rig.device.transmit(piece(b"spat"))
        if air.poll(100):
            break
    _, record = air.recv_multipart(zmq.NOBLOCK)
    arrival_ns, datagram = msgspec.msgpack.decode(record, type=tuple[int, bytes])
    assert parse_transmit(datagram) == (3619, 176, piece(b"spat").frame)
    assert 0 < arrival_ns - before_ns < 200e6
