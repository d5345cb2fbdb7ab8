"""The corridor's road users as people see them."""

from __future__ import annotations

import numpy as np

from perception.corridor.shared import CorridorTracks
from perception.objects import RoadUser
from rsu.bus.corridor import CorridorUser


def road_users(picture: CorridorTracks) -> list[CorridorUser]:
    """Return every road user, rounded to the resolution of a page."""
    speed = np.hypot(*picture.velocity_mps.T)
    return [
        CorridorUser(
            global_id=int(picture.global_id[row]),
            id=int(picture.id[row]),
            kind=RoadUser(picture.kind[row]).name.lower(),
            east_m=round(float(picture.position_m[row, 0]), 2),
            north_m=round(float(picture.position_m[row, 1]), 2),
            speed_mps=round(float(speed[row]), 2),
            boxes=list(picture.boxes[row]),
        )
        for row in range(len(picture))
    ]
