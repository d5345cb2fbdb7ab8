"""Road users that the bench's sensors can see: range, width, bodies in between; radars see only moving ones."""

import numpy as np
import pytest

from perception.objects import RoadUser
from sim.bench import CameraSpec, MountSpec, RadarSpec, SensorSpec
from sim.frames import WorldFrame
from sim.sight import in_sight

MOUNT = MountSpec(east_m=0.0, north_m=0.0, height_m=6.0, yaw_deg=0.0)
FIELD = {"mount": MOUNT, "range_m": 80.0, "width_deg": 90.0, "latency_ms": 0.0, "phase_ms": 0.0}
CAMERA = CameraSpec(kind="camera", tcp="127.0.0.1:1", **FIELD)
RADAR = RadarSpec(kind="ti-mmwave", cli="cli", data="data", **FIELD)
SIZES = {RoadUser.CAR: (4.6, 1.8, 1.5), RoadUser.BUS: (11.9, 2.55, 3.1), RoadUser.PEDESTRIAN: (0.4, 0.55, 1.7)}


def world(*users: tuple[RoadUser, float, float, float]) -> WorldFrame:
    """Road users (kind, east, north, speed) that head east."""
    count = len(users)
    return WorldFrame(
        stamp_ns=0,
        id=np.arange(count),
        kind=np.array([int(user[0]) for user in users]),
        position_m=np.array([user[1:3] for user in users], dtype=np.float64).reshape(-1, 2),
        velocity_mps=np.array([[user[3], 0.0] for user in users]).reshape(-1, 2),
        heading_deg=np.full(count, 90.0),
        size_m=np.array([SIZES[user[0]] for user in users]).reshape(-1, 3),
        equipped=np.zeros(count, dtype=np.int64),
        signals="",
        cycle_s=0.0,
    )


@pytest.mark.parametrize(
    ("place", "speed", "specs", "seen"),
    [
        ((0.0, 40.0), 0.0, [CAMERA], True),
        ((0.0, 90.0), 0.0, [CAMERA], False),  # too far
        ((60.0, 20.0), 0.0, [CAMERA], False),  # beside
        ((0.0, 40.0), 0.0, [RADAR], False),  # stands
        ((0.0, 40.0), 8.0, [RADAR], True),
        ((0.0, 40.0), 0.0, [RADAR, CAMERA], True),
        ((0.0, 40.0), 8.0, [], False),
    ],
)
def test_one_is_seen_by_whoever_looks_there(
    place: tuple[float, float], speed: float, specs: list[SensorSpec], seen: bool
) -> None:
    assert in_sight(world((RoadUser.CAR, *place, speed)), specs).tolist() == [seen]


def test_who_is_behind_a_bus_is_not_seen() -> None:
    frame = world(
        (RoadUser.BUS, 0.0, 40.0, 5.0), (RoadUser.PEDESTRIAN, 0.0, 43.0, 1.0), (RoadUser.CAR, 12.0, 43.0, 5.0)
    )
    assert in_sight(frame, [CAMERA, RADAR]).tolist() == [True, False, True]
    other = CAMERA.model_copy(update={"mount": MountSpec(east_m=-30.0, north_m=43.0, height_m=6.0, yaw_deg=90.0)})
    assert in_sight(frame, [CAMERA, other]).tolist() == [True, True, True]
