"""The drivers of speed detectors, OPS243 and SS125, with their emulators."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.radar import ss125_frames as frames
from hw.radar.ops243 import Ops243, Ops243Settings
from hw.radar.ss125 import Ss125, Ss125Settings
from perception.objects import Measurement, RoadUser, Speeds
from sim.bench import LinkedSpec
from sim.doppler import EmulatedDoppler
from sim.emulator import Emulator
from sim.sidefire import EmulatedSidefire, checksum
from tests.hw import replay
from tests.hw.fed import BEGIN_NS, MS, NS, Fed
from tests.sim.emul_scene import User, bench, frame

LINE = {"link": {"serial": {"path": "line", "baud": 19200}}}
USERS = [
    User(1, RoadUser.CAR, (0.0, 60.0), (0.0, -12.0), heading_deg=180.0),
    User(2, RoadUser.TRUCK, (3.5, 20.0), (0.0, 8.0), (12.0, 2.5, 3.5)),
]


def spec(kind: str, yaw_deg: float = 0.0) -> LinkedSpec:
    mount = {"east_m": 0.0 if yaw_deg == 0 else 8.0, "north_m": 0.0, "height_m": 5.0, "yaw_deg": yaw_deg}
    values = {"kind": kind, "serial": "line", "latency_ms": 5, "phase_ms": 0, "range_m": 90, "width_deg": 100}
    return LinkedSpec.model_validate({**values, "mount": mount})


def ops243(**settings: object) -> Ops243:
    return Ops243("radar", Ops243Settings.model_validate({**LINE, **settings}))


def speeds(found: list[Measurement]) -> list[Speeds]:
    assert all(isinstance(one, Speeds) for one in found)
    return [one for one in found if isinstance(one, Speeds)]


def talk(emulator: Emulator, fed: Fed, seconds: float, users: list[User] = USERS) -> list[Speeds]:
    """Let both talk for some time; the line carries each answer in 1 ms."""
    found: list[Measurement] = []
    for _ in range(round(seconds / 0.05)):
        stamp_ns = fed.now_ns + 50 * MS
        if stamp_ns % emulator.period_ns == 0:
            for write in emulator.capture(stamp_ns // emulator.period_ns, frame(users, stamp_ns, BEGIN_NS)):
                found += fed.hear(write.data, "link", stamp_ns - fed.now_ns)
        fed.now_ns = stamp_ns
        fed.device.tick(stamp_ns)
        for _ in range(3):
            for data in fed.sent():
                for write in emulator.received("link", data, fed.now_ns):
                    found += fed.hear(write.data, "link", 0)
    return speeds(found)


# OPS243


@pytest.mark.parametrize(
    ("line", "unit", "expected"),
    [
        ('{"speed": 12.5, "magnitude": 1847}', "m/s", [12.5]),
        ('{"magnitude":[606.7, 352.6, 230.9], "speed":[-10.8, -7.2, 3.6]}', "km/h", [-3.0, -2.0, 1.0]),
        ("137.429, 3.6", "m/s", [3.6]),
        ("-10.0", "mph", [-4.4704]),
        ('{"speed": 0.0, "magnitude": 0}', "m/s", []),
        ("0.0", "m/s", []),
    ],
)
def test_the_lines_of_the_documentation(line: str, unit: str, expected: list[float]) -> None:
    one = ops243(unit=unit)
    (found,) = speeds(one.received("link", f"{line}\r\n".encode(), BEGIN_NS))
    assert found.speed_mps == pytest.approx(expected)
    assert found.stamp_ns == BEGIN_NS - 50 * MS and not found.counted
    assert len(found.lane) == len(found.kind) == len(found.length_m) == len(expected)


def test_lines_that_are_none_cost_only_themselves() -> None:
    one = ops243()
    data = b'{"speed": 1\r\n{"Units":"m/s"}\r\n1,2,3\r\n{"speed": 5000}\r\n{"speed": [1e999]}\r\n\r\n4.0\r\n'
    (found,) = speeds(one.received("link", data, BEGIN_NS))
    assert found.speed_mps.tolist() == [4.0]
    assert (one.counters["line"], one.counters["field"], one.counters.accepted) == (3, 1, 1)


def test_a_radar_is_set_up_and_heard_on_an_empty_road() -> None:
    emulator, fed = EmulatedDoppler("d", spec("ops243"), bench()), Fed("ops243", LINE)
    talk(emulator, fed, 0.1)
    fed.device.tick(fed.now_ns)
    found = talk(emulator, fed, 3.0)
    assert len(found) > 25 and fed.health().state == "ok", fed.health()
    both = [one for one in found if len(one.speed_mps) == 2][-1]
    assert np.sort(both.speed_mps) == pytest.approx([-8.0, 12.0], abs=0.6)
    empty = talk(emulator, fed, 1.0, [])
    assert [one.speed_mps.size for one in empty] == [0] * 10 and fed.health().state == "ok"


# SS125


def test_the_crc_and_the_numbers_are_those_of_real_packets() -> None:
    for body in (
        "670100000FC192059182CE004D080000FE005123021850BC",
        "670100000FC192058D0939015C0A0001198043C0021604FC",
    ):
        octets = bytes.fromhex(body)
        assert frames.crc8(octets[:-1]) == octets[-1] == checksum(octets[:-1])
        assert frames.vehicle(octets[:-1]) is not None
    vehicle = frames.vehicle(octets[:-1])
    assert vehicle is not None and (vehicle.lane, vehicle.speed, vehicle.kind) == (1, 67.75, RoadUser.TRUCK)
    assert vehicle.length == pytest.approx(22.0156, abs=1e-4)
    assert [frames.fixed24(value) for value in (0xFFED40, 0x80375E)] == [-19.25, 55.3671875]
    assert np.isnan(frames.fixed24(0x005123))


def test_each_vehicle_is_counted_once_with_its_lane_and_time() -> None:
    emulator, fed = EmulatedSidefire("s", spec("ss125", 270.0), bench()), Fed("ss125", LINE)
    passing = [
        User(1, RoadUser.CAR, (0.0, 24.0), (0.0, -12.0)),
        User(2, RoadUser.TRUCK, (-4.0, -9.0), (0.0, 9.0), (12.0, 2.5, 3.5)),
        User(3, RoadUser.PEDESTRIAN, (-4.0, -3.0), (0.0, 1.0), (0.5, 0.5, 1.7)),
    ]
    found = talk(emulator, fed, 4.0, passing)
    assert [one.kind.tolist() for one in found] == [[RoadUser.TRUCK], [RoadUser.CAR]] and all(o.counted for o in found)
    truck, car = found
    assert truck.lane.tolist() == [2] and car.lane.tolist() == [1]
    assert truck.speed_mps == pytest.approx([9.0], abs=2) and car.speed_mps == pytest.approx([12.0], abs=2)
    assert truck.length_m == pytest.approx([12.0], abs=1.2)
    assert abs(truck.stamp_ns - BEGIN_NS - NS) < 60 * MS and abs(car.stamp_ns - BEGIN_NS - 2 * NS) < 60 * MS
    assert fed.health().state == "ok" and fed.health().counters == {}


@pytest.mark.parametrize("fault", [*EmulatedSidefire.FAULTS])
def test_faults_of_a_sidefire_are_found_and_gone(fault: str) -> None:
    states = {"garbage": "not-understood", "wrong-baud": "not-understood"}
    emulator, fed = EmulatedSidefire("s", spec("ss125", 270.0), bench()), Fed("ss125", LINE)
    emulator.fault = fault
    car = [User(1, RoadUser.CAR, (0.0, 24.0), (0.0, -12.0))]
    found = talk(emulator, fed, 5, car)
    assert fed.health().state == states.get(fault, fed.health().state)
    assert fault != "refuses" or fed.health().error == "the sensor refuses to tell of events: code 5"
    assert fault != "duplicate" or (len(found) == 1 and fed.health().counters["duplicate"] == 1), "counted once"
    if fault == "local-time":
        assert found[0].stamp_ns == found[0].receipt_ns and fed.health().counters["clock-future"] == 1
    emulator.fault = None
    talk(emulator, fed, 12, [])
    assert fed.health().state == "ok", fed.health()


@pytest.mark.parametrize("fault", [*EmulatedDoppler.FAULTS])
def test_faults_of_a_doppler_are_found_and_gone(fault: str) -> None:
    states = {"garbage": "not-understood", "wrong-baud": "not-understood"}
    emulator, fed = EmulatedDoppler("d", spec("ops243"), bench()), Fed("ops243", LINE)
    talk(emulator, fed, 3)
    emulator.fault = fault
    talk(emulator, fed, 5)
    assert fed.health().state == states.get(fault, fed.health().state)
    emulator.fault = None
    talk(emulator, fed, 12)
    assert fed.health().state == "ok", fed.health()


@given(st.lists(st.binary(max_size=80), max_size=8))
def test_no_bytes_raise(pieces: list[bytes]) -> None:
    both = ops243(), Ss125("s", Ss125Settings.model_validate(LINE))
    for turn, piece in enumerate(pieces):
        for one in both:
            one.received("link", b"Z1" + piece + b"\n", BEGIN_NS + turn * MS)
            one.due(BEGIN_NS + turn * MS)


@pytest.mark.parametrize("path", [*replay.logs("ops243"), *replay.logs("ss125")], ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()
