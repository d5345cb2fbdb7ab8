"""Small drawn scenes: a camera over a straight road, and road users whose places are known."""

from __future__ import annotations

import numpy as np

from perception.objects import RoadUser
from perception.sensor import FieldOfView, Intrinsics, Mount, Sensor
from perception.video.lanes import Lanes
from perception.video.view import CameraView
from sim.frames import WorldFrame

SIZE = (960, 540)
MOUNT = Mount(east_m=4.0, north_m=-24.0, height_m=12.0, yaw_deg=0.0, pitch_deg=23.0, roll_deg=0.5)
LENS = Intrinsics(fx=650, fy=650, cx=480, cy=270, distortion=(-0.08, 0.01, 0.001, -0.001, 0.0), pixel_sd=0.75)
FIELD = FieldOfView(range_m=72.0, width_deg=90.0, near_m=11.0)
SENSOR = Sensor(device="video-north", mount=MOUNT, field_of_view=FIELD, camera=LENS)
VIEW = CameraView(LENS, MOUNT, SIZE)
NO_LANES = Lanes([])
NS = 1_000_000_000


def world(stamp_ns: int, *users: tuple[RoadUser, float, float, float]) -> WorldFrame:
    """Return a world with users: class, metres ahead of the camera, to its left, and heading in degrees from north."""
    sizes = {
        RoadUser.CAR: (4.7, 1.82, 1.46),
        RoadUser.BUS: (11.9, 2.55, 3.1),
        RoadUser.PEDESTRIAN: (0.4, 0.55, 1.7),
    }
    count = len(users)
    return WorldFrame(
        stamp_ns=stamp_ns,
        id=np.arange(1, count + 1),
        kind=np.array([user[0] for user in users], dtype=np.int64),
        position_m=np.array([[MOUNT.east_m - user[2], MOUNT.north_m + user[1]] for user in users]).reshape(-1, 2),
        velocity_mps=np.zeros((count, 2)),
        heading_deg=np.array([user[3] for user in users], dtype=float),
        size_m=np.array([sizes[user[0]] for user in users]).reshape(-1, 3),
        equipped=np.zeros(count, dtype=np.int64),
        signals="",
        cycle_s=0.0,
    )
