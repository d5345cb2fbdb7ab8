"""The sight of emulated sensors: geometry, occlusion, numbers, and how good their measurements are."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest

from hw.radar.ti_frames import FrameParser, TiFrame
from hw.radar.ti_types import POINTS, SIDE_INFO, STATS, TARGET_INDEX, TARGETS
from perception.objects import RoadUser
from sim.bench import CameraSpec, MountSpec, RadarSpec
from sim.camera import EmulatedCamera
from sim.frames import WorldFrame
from sim.radar import FALSE_TID, EmulatedTiRadar
from sim.sensing import TargetNumbers, false_alarms, noisy, polar, to_sensor, visible
from tests.sim.emul_scene import User, bench, frame

CAR, TRUCK, PEDESTRIAN = (4.5, 1.8, 1.5), (10.0, 2.5, 3.6), (0.4, 0.5, 1.7)
MS = 1_000_000


def spec(height_m: float = 7.0, yaw_deg: float = 0.0) -> CameraSpec:
    mount = {"east_m": 0.0, "north_m": 0.0, "height_m": height_m, "yaw_deg": yaw_deg}
    values = {"kind": "camera", "tcp": "127.0.0.1:1", "mount": mount, "range_m": 100.0, "width_deg": 90.0}
    return CameraSpec.model_validate({**values, "latency_ms": 50, "phase_ms": 0})


def seen(users: list[User], sensor: CameraSpec) -> list[int]:
    world = frame(users)
    return [int(number) for number in world.id[visible(world, sensor)]]


def at(east: float, north: float, size: tuple[float, float, float] = CAR, number: int = 1) -> User:
    return User(number, RoadUser.CAR, (east, north), size_m=size)


@pytest.mark.parametrize(("yaw_deg", "forward"), [(0, (0, 10)), (90, (10, 0)), (180, (0, -10)), (270, (-10, 0))])
def test_the_boresight_is_forward_and_what_is_west_of_north_is_left(yaw_deg: float, forward: tuple[int, int]) -> None:
    mount = MountSpec(east_m=0, north_m=0, height_m=5, yaw_deg=yaw_deg)
    left = (-forward[1], forward[0])
    assert to_sensor(mount, np.array([forward, left], dtype=float)) == pytest.approx(np.array([[10, 0], [0, 10]]))


def test_the_field_of_view_ends_at_its_edges() -> None:
    users = [
        at(0, 50, number=1),
        at(0, 101, number=2),
        at(0, -50, number=3),
        at(49, 50, number=4),
        at(-60, 50, number=5),
    ]
    assert seen(users, spec()) == [1, 4]


def test_a_truck_hides_the_car_behind_it_from_a_low_sensor_only() -> None:
    users = [at(0, 20, TRUCK, 1), at(0, 28, CAR, 2)]
    assert seen(users, spec(height_m=4.0)) == [1]
    assert seen(users, spec(height_m=40.0)) == [1, 2]


def test_a_car_does_not_hide_the_next_lane() -> None:
    assert seen([at(0, 20, CAR, 1), at(3.5, 28, CAR, 2)], spec(height_m=3.0)) == [1, 2]


def test_a_half_hidden_user_is_seen() -> None:
    assert seen([at(0, 20, TRUCK, 1), at(2.6, 30, CAR, 2)], spec(height_m=3.0)) == [1, 2]


def test_nobody_is_hidden_by_who_stands_behind() -> None:
    assert seen([at(0, 20, PEDESTRIAN, 1), at(0, 21.5, TRUCK, 2)], spec(height_m=3.0)) == [1, 2]


def test_an_empty_world_is_no_problem() -> None:
    assert seen([], spec()) == []


def test_noise_lies_along_and_across_the_line_of_sight() -> None:
    rng = np.random.default_rng(1)
    position = np.tile([50.0, 50.0], (20_000, 1))
    errors = noisy(rng, position, np.full(20_000, 1.0), np.full(20_000, 0.2)) - position
    along, across = errors @ [np.sqrt(0.5), np.sqrt(0.5)], errors @ [-np.sqrt(0.5), np.sqrt(0.5)]
    assert along.std() == pytest.approx(1.0, rel=0.03) and across.std() == pytest.approx(0.2, rel=0.03)


def test_false_alarms_lie_in_the_field_of_view() -> None:
    alarms = false_alarms(np.random.default_rng(1), spec(), 1000.0)
    distance, bearing = polar(alarms)
    assert 900 < len(alarms) < 1100
    assert distance.max() < 100 and np.degrees(np.abs(bearing)).max() <= 45


def test_numbers_are_kept_while_seen_and_used_again_later() -> None:
    numbers = TargetNumbers()
    assert numbers.of(np.array([500, 700]), 0).tolist() == [0, 1]
    assert numbers.of(np.array([700, 900]), 1_000 * MS).tolist() == [1, 2]
    assert numbers.of(np.array([800]), 2_500 * MS).tolist() == [0]


# the devices


def emulated_radar() -> EmulatedTiRadar:
    place = bench().emulators["radar-north"]
    assert isinstance(place, RadarSpec)
    made = EmulatedTiRadar("radar-north", place, bench())
    made.received("cli", b"sensorStart\n", 0)
    return made


def emulated_camera() -> EmulatedCamera:
    place = bench().emulators["camera-north"]
    assert isinstance(place, CameraSpec)
    return EmulatedCamera("camera-north", place, bench())


def crossing(speed: float = 10.0) -> WorldFrame:
    """Ten road users north of the junction, one in each lane position, driving north."""
    kinds = [RoadUser.CAR] * 8 + [RoadUser.PEDESTRIAN, RoadUser.BICYCLE]
    places = [(-12.0 + 3.5 * (row % 8), 20.0 + 7 * row) for row in range(10)]
    return frame([User(row, kinds[row], places[row], (0.0, speed)) for row in range(10)])


def radar_frames(device: EmulatedTiRadar, world: WorldFrame, captures: int) -> list[TiFrame]:
    data = b"".join(write.data for number in range(captures) for write in device.capture(number, world))
    return FrameParser(Counter()).feed(data)


def test_the_radar_sends_every_tlv_of_a_tracking_demo() -> None:
    first, second = radar_frames(emulated_radar(), crossing(), 2)
    assert (first.number, second.number) == (1, 2)
    assert second.tlvs.keys() == {POINTS, SIDE_INFO, TARGETS, TARGET_INDEX, STATS}
    assert len(second.tlvs[POINTS]) == len(second.tlvs[SIDE_INFO])
    assert len(second.tlvs[TARGET_INDEX]) == len(first.tlvs[POINTS])  # the index belongs to the frame before


def test_the_radar_is_as_good_as_it_says() -> None:
    world = crossing()
    place = bench().emulators["radar-north"]
    assert isinstance(place, RadarSpec)
    mount = place.mount
    truth = to_sensor(mount, world.position_m - [mount.east_m, mount.north_m])
    rows = [row for one in radar_frames(emulated_radar(), world, 400) for row in one.tlvs[TARGETS]]
    found = np.array([(row["position"][1], -row["position"][0]) for row in rows if row["tid"] < FALSE_TID])
    nearest = np.linalg.norm(found[:, None] - truth, axis=2).argmin(axis=1)
    errors = polar(found).distance_m - polar(truth[nearest]).distance_m
    angles = polar(found).bearing_rad - polar(truth[nearest]).bearing_rad
    assert errors.std() == pytest.approx(0.3, rel=0.1) and np.degrees(angles.std()) == pytest.approx(0.7, rel=0.1)
    speeds = np.array([row["velocity"][1] for row in rows if row["tid"] < FALSE_TID])
    assert speeds.mean() == pytest.approx(10, abs=0.1)
    assert 0.8 < len(found) / 400 / 10 < 0.99
    assert sum(row["tid"] >= FALSE_TID for row in rows) > 0


def test_clutter_removal_takes_most_of_what_stands_still() -> None:
    moving = sum(len(one.tlvs.get(TARGETS, ())) for one in radar_frames(emulated_radar(), crossing(), 200))
    standing = sum(len(one.tlvs.get(TARGETS, ())) for one in radar_frames(emulated_radar(), crossing(0.1), 200))
    assert 0.05 < standing / moving < 0.3


def test_the_radar_changes_its_period_when_told() -> None:
    device = emulated_radar()
    assert b"Done" in device.received("cli", b"frameCfg 0 1 64 0 50 1 0\n", 0)[0].data
    assert device.period_ns == 50 * MS
    assert b"Error" in device.received("cli", b"frameCfg 0\n", 0)[0].data
    assert b"not recognized" in device.received("cli", b"selfDestruct\n", 0)[0].data


def test_the_camera_sends_what_its_driver_documents() -> None:
    [write] = emulated_camera().capture(3, crossing())
    line = json.loads(write.data)
    assert write.port == "link" and write.delay_ns == 55 * MS and write.data.endswith(b"}\n")
    assert line["seq"] == 3 and line["time"] == 0 and len(line["objects"]) >= 8


def test_the_same_seed_and_number_give_the_same_bytes() -> None:
    world = crossing()
    assert emulated_camera().capture(7, world) == emulated_camera().capture(7, world)
    assert emulated_radar().capture(7, world) == emulated_radar().capture(7, world)
    assert emulated_radar().capture(7, world) != emulated_radar().capture(8, world)
