"""Shapes of road users: a few coloured boxes each, as long, wide and high as the world says.

A car is a sill and wheels in shade, a body, a cabin of glass and a roof; a truck a cab and a load; a bus has a band of
windows; a person legs, clothes and a head, on a bicycle or not. Colours come from the id.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, RoadUser

Colour = tuple[int, int, int]  # blue, green, red

GLASS, RUBBER, SKIN = (62, 54, 48), (38, 38, 38), (120, 150, 190)
PAINTS: list[Colour] = [
    (236, 236, 234), (214, 214, 214), (168, 170, 172), (32, 30, 30), (52, 50, 48), (40, 36, 150), (130, 70, 30),
    (60, 66, 70), (40, 120, 190), (70, 90, 40), (150, 160, 176), (236, 236, 234),
]  # fmt: skip


class Part(NamedTuple):
    """One box of a body, in shares of the whole: along from the front (0) to the rear (1), across, up."""

    along_m: tuple[float, float]
    half_width_m: float
    up_m: tuple[float, float]
    colour: Colour | None  # None: the road user's own


_PEDESTRIAN = [Part((0.2, 0.8), 0.6, (0.0, 0.5), (70, 60, 50)), Part((0.0, 1.0), 1.0, (0.45, 0.86), None),
               Part((0.25, 0.75), 0.4, (0.86, 1.0), SKIN)]  # fmt: skip
_CAR = [Part((0.02, 0.98), 0.94, (0.0, 0.18), RUBBER), Part((0.0, 1.0), 1.0, (0.16, 0.58), None),
        Part((0.24, 0.9), 0.9, (0.58, 0.94), GLASS), Part((0.34, 0.84), 0.84, (0.94, 1.0), None)]  # fmt: skip
LOOKS: dict[RoadUser, list[Part]] = {
    RoadUser.CAR: _CAR,
    RoadUser.TRUCK: [
        Part((0.01, 0.99), 0.9, (0.0, 0.2), RUBBER),
        Part((0.0, 0.22), 0.96, (0.12, 0.72), None),
        Part((0.01, 0.2), 0.97, (0.45, 0.66), GLASS),
        Part((0.24, 1.0), 1.0, (0.2, 1.0), (196, 200, 202)),
    ],
    RoadUser.BUS: [
        Part((0.01, 0.99), 0.96, (0.0, 0.12), RUBBER),
        Part((0.0, 1.0), 1.0, (0.1, 0.45), None),
        Part((0.0, 1.0), 0.99, (0.45, 0.8), GLASS),
        Part((0.0, 1.0), 1.0, (0.8, 1.0), None),
    ],
    RoadUser.BICYCLE: [
        Part((0.0, 1.0), 0.12, (0.0, 0.42), RUBBER),
        Part((0.3, 0.7), 0.45, (0.3, 0.55), (70, 60, 50)),
        Part((0.28, 0.72), 0.8, (0.52, 0.88), None),
        Part((0.4, 0.6), 0.35, (0.88, 1.0), SKIN),
    ],
    RoadUser.PEDESTRIAN: _PEDESTRIAN,
}
LOOKS |= {RoadUser.MOTORCYCLE: LOOKS[RoadUser.BICYCLE], RoadUser.UNKNOWN: _CAR}

# corners of a box: along (front 1, rear 0), across (left 1), up (top 1)
_CORNERS = np.array([[a, b, c] for c in (0, 1) for a, b in ((1, 1), (1, 0), (0, 0), (0, 1))], dtype=float)


def colour_of(number: int) -> Colour:
    """Return the paint of a road user by its id."""
    return PAINTS[number * 7919 % 101 % len(PAINTS)]


def corners(kind: RoadUser, size: Floats) -> NDArray[np.float64]:
    """Return the (parts, 8, 3) corners of a road user's boxes, metres: ahead of its centre, left, up.

    Corners 0..3 are the bottom's front left, front right, rear right, rear left; 4..7 the top's.
    """
    length, width, height = size
    boxes = []
    for part in LOOKS[kind]:
        front, rear = (0.5 - share for share in part.along_m)
        low = np.array([rear * length, -part.half_width_m * width / 2, part.up_m[0] * height])
        high = np.array([front * length, part.half_width_m * width / 2, part.up_m[1] * height])
        boxes.append(low + _CORNERS * (high - low))
    return np.array(boxes)
