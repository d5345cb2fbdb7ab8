"""The listener hears the messages that were put on air, with the figures that were put into it."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st

from hw.radio.protocol import Transmit, encode_transmit
from perception.geo import Reference, to_wgs84
from sim import bench, sight
from sim.frames import PERIOD_NS, SOCKET, TOPIC, WorldFrame, encode
from sim.listener import Listener, stamp_of
from sim.truth import History
from v2x import (
    SERVICES,
    Participant,
    Position,
    PositionConfidenceSet,
    RoadsideSafetyMessage,
    SignalPhaseAndTiming,
    Size,
    dsmp,
    kind_of,
)
from v2x import encode as encode_message
from v2x.records.common import NodeReferenceId
from v2x.records.spat import IntersectionState, Phase, PhaseState

REFERENCE = Reference(22.5431, 114.0579)
BENCH = Path(__file__).parents[2] / "configs" / "demo-bench.yaml"
SENSORS = sight.sensors(bench.load(BENCH))
START_NS = 1_800_000_000_000_000_000
SPEED = 10.0  # m/s


def world(stamp_ns: int, users: int = 2) -> WorldFrame:
    """Cars one above the other, 10 m apart, driving east at 10 m/s; at START_NS 20 m west of the centre."""
    east = -20 + SPEED * (stamp_ns - START_NS) / 1e9
    return WorldFrame(
        stamp_ns=stamp_ns,
        id=np.arange(1, users + 1),
        kind=np.ones(users, dtype=np.int64),
        position_m=np.array([[east, 10.0 * row] for row in range(users)]).reshape(-1, 2),
        velocity_mps=np.tile([SPEED, 0.0], (users, 1)),
        heading_deg=np.full(users, 90.0),
        size_m=np.tile([4.6, 1.8, 1.5], (users, 1)),
        equipped=np.zeros(users, dtype=np.int64),
        signals="",
        cycle_s=0.0,
    )


def participant(ptc_id: int, stamp_ns: int, east: float, north: float, speed: float = SPEED) -> Participant:
    latitude, longitude = to_wgs84(east, north, REFERENCE)
    return Participant(
        ptc_type="motor" if ptc_id else "rsu",
        ptc_id=ptc_id,
        source="integrated" if ptc_id else "selfinfo",
        sec_mark_ms=stamp_ns // 1_000_000 % 60_000,
        position=Position(latitude_deg=float(latitude), longitude_deg=float(longitude)),
        position_confidence=PositionConfidenceSet(position="a1m"),
        speed_mps=speed if ptc_id else 0.0,
        heading_deg=90.0,
        size=Size(width_m=1.8, length_m=4.6),
    )


def on_air(message: RoadsideSafetyMessage | SignalPhaseAndTiming) -> bytes:
    service = SERVICES[kind_of(message)]
    payload = dsmp.frame(service.aid, encode_message(message))
    return encode_transmit(Transmit(service.aid, service.priority, payload))


def rsm(now_ns: int, *others: Participant) -> bytes:
    itself = participant(0, now_ns, 0.0, 0.0)
    message = RoadsideSafetyMessage(msg_cnt=1, id=b"RSU-test", position=itself.position, participants=(itself, *others))
    return on_air(message)


def spat() -> bytes:
    phase = Phase(phase_id=1, states=(PhaseState(light="red"),))
    state = IntersectionState(intersection_id=NodeReferenceId(region=1, id=10), status=(), phases=(phase,))
    return on_air(SignalPhaseAndTiming(msg_cnt=1, intersections=(state,)))


def seen(user: int, stamp_ns: int, off: float = 0.0) -> Participant:
    """One of the world's cars, `off` metres too far north."""
    place = world(stamp_ns).position_m[user - 1]
    return participant(40 + user, stamp_ns, float(place[0]), float(place[1]) + off)


def listener(cycles: int = 20, reach: float = 60.0) -> Listener:
    ear = Listener(REFERENCE, reach, SENSORS)
    for number in range(cycles + 3):
        ear.world.add(world(START_NS - PERIOD_NS + number * PERIOD_NS))
    return ear


def test_every_participant_is_judged_at_its_own_time() -> None:
    ear = listener()
    for number in range(10):
        now = START_NS + number * PERIOD_NS
        ear.datagram(now + 20_000_000, rsm(now, seen(1, now - 80_000_000, off=0.5)))
        ear.datagram(now + 21_000_000, rsm(now, seen(2, now - 30_000_000)))
    ear.judge()
    heard = ear.summary(START_NS + 2 * 10**9)
    assert heard["messages"]["rsm"] == {"count": 20, "rate_hz": pytest.approx(5, rel=0.02), "undecodable": 0}
    accuracy = heard["accuracy"]
    assert accuracy["steps"] == 10
    assert accuracy["gospa"] == pytest.approx(0.5, abs=0.02)
    assert accuracy["position_p95_m"] == pytest.approx(0.5, abs=0.03)
    assert accuracy["speed_p95_mps"] == pytest.approx(0.0, abs=0.03)
    assert (accuracy["missed"], accuracy["false"], accuracy["id_switches"]) == (0.0, 0.0, 0)
    assert heard["age_ms"] == {"p50": pytest.approx(51, abs=1), "p95": pytest.approx(100, abs=1)}


def test_missed_false_and_switched() -> None:
    ear = listener()
    for number in range(4):
        now = START_NS + number * PERIOD_NS
        one = msgspec.structs.replace(seen(1, now), ptc_id=7 if number < 2 else 8)
        ear.datagram(now, rsm(now, one, participant(99, now, 0.0, -30.0)))
    ear.judge()
    accuracy = ear.summary(START_NS)["accuracy"]
    assert (accuracy["missed"], accuracy["false"], accuracy["id_switches"]) == (1.0, 1.0, 1)
    assert accuracy["gospa"] == pytest.approx(math.sqrt(25), abs=0.01)
    assert accuracy["groups"]["motor"]["recall"] == accuracy["groups"]["motor"]["precision"] == 0.5


def test_nobody_counts_beyond_the_range() -> None:
    ear = listener(reach=5.0)
    ear.datagram(START_NS, rsm(START_NS, participant(9, START_NS, 90.0, 0.0)))
    ear.judge()
    accuracy = ear.summary(START_NS)["accuracy"]
    assert (accuracy["true_users"], accuracy["missed"], accuracy["false"]) == (0.0, 0.0, 0.0)


def test_a_cycle_before_the_world_is_known_is_not_judged() -> None:
    ear = Listener(REFERENCE, 60.0, SENSORS)
    ear.datagram(START_NS, rsm(START_NS, seen(1, START_NS)))
    ear.judge()
    heard = ear.summary(START_NS + 10**9)
    assert heard["messages"]["rsm"]["count"] == 1
    assert heard["accuracy"]["steps"] == 0


def test_what_cannot_be_decoded_is_counted_where_it_belongs() -> None:
    ear = listener()
    good = spat()
    ear.datagram(START_NS, good)
    service = SERVICES["spat"]
    for payload in (
        dsmp.frame(service.aid, b"\xff\xff\xff"),  # no message
        dsmp.frame(service.aid, dsmp.parse(rsm(START_NS)[11:]).payload),  # an RSM under the AID of SPAT
    ):
        ear.datagram(START_NS, encode_transmit(Transmit(service.aid, service.priority, payload)))
    ear.datagram(START_NS, encode_transmit(Transmit(5, 0, dsmp.frame(5, b"?"))))  # unknown AID
    ear.datagram(START_NS, encode_transmit(Transmit(5, 0, b"\x00not a DSM")))
    ear.datagram(START_NS, good[:-1])
    messages = ear.summary(START_NS + 2 * 10**9)["messages"]
    assert messages["spat"] == {"count": 3, "rate_hz": 0.5, "undecodable": 2}
    assert messages["other"] == {"count": 3, "rate_hz": 0.0, "undecodable": 3}
    assert messages["rsm"]["count"] == 0


@given(st.integers(START_NS, START_NS + 10**14), st.integers(-29_000, 29_000))
def test_a_sec_mark_means_the_nearest_such_time(arrival_ns: int, off_ms: int) -> None:
    stamp_ms = arrival_ns // 1_000_000 + off_ms
    assert stamp_of(stamp_ms % 60_000, arrival_ns) == stamp_ms * 1_000_000


@given(st.binary(max_size=60))
def test_no_datagram_stops_the_listener(data: bytes) -> None:
    ear = Listener(REFERENCE, 60.0, SENSORS)
    ear.datagram(START_NS, data)
    assert ear.summary(START_NS)["messages"]["other"]["undecodable"] == 1


def test_history_knows_only_what_lies_between_its_frames() -> None:
    history = History()
    for number in range(4):
        history.add(world(START_NS + number * PERIOD_NS))
    assert history.at(START_NS - 1) is None
    assert history.at(START_NS + 3 * PERIOD_NS) is None
    between = history.at(START_NS + 130_000_000)
    assert between is not None
    assert between.position_m[0, 0] == pytest.approx(-18.7)


@pytest.mark.parametrize("again_ns", [START_NS, START_NS + 10 * PERIOD_NS])
def test_a_world_that_was_started_again_has_no_past(again_ns: int) -> None:
    history = History()
    for stamp_ns in (START_NS, START_NS + PERIOD_NS, again_ns, again_ns + PERIOD_NS):
        history.add(world(stamp_ns))
    assert (history.at(START_NS + 30_000_000) is None) == (again_ns != START_NS)
    assert history.at(START_NS + 5 * PERIOD_NS) is None
    assert history.at(again_ns + 30_000_000) is not None


def test_the_process_hears_and_reports(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim.listener", "--run", str(tmp_path), "--air", f"ipc://{tmp_path}/air.ipc"]
    command += ["--bench", str(BENCH)]
    command += [f"--reference={REFERENCE.latitude_deg},{REFERENCE.longitude_deg}", "--range", "60", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ)
    with zmq.Context() as context, context.socket(zmq.XPUB) as worlds, context.socket(zmq.XPUB) as air:
        worlds.bind(f"ipc://{tmp_path}/{SOCKET}")
        air.bind(f"ipc://{tmp_path}/air.ipc")
        for socket in (worlds, air):
            assert socket.poll(10_000), "the listener does not subscribe"
            socket.recv()
        for number in range(5):
            worlds.send_multipart([TOPIC, encode(world(START_NS + number * PERIOD_NS))])
        time.sleep(0.1)
        now = START_NS + PERIOD_NS
        air.send_multipart([b"tx", msgspec.msgpack.encode((now, rsm(now, seen(1, now), seen(2, now))))])
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        said, errors = process.communicate(timeout=5)
    assert (process.returncode, errors) == (0, b"")
    heard = json.loads(said)
    assert heard["messages"]["rsm"]["count"] == 1
    assert heard["accuracy"]["steps"] == 1
    assert heard["accuracy"]["missed"] == heard["accuracy"]["false"] == 0.0
