"""How road users are built, and the outlines of bodies on the road in a camera's view."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints, RoadUser
from perception.video.view import CameraView

Part = tuple[float, float, float, float, float]  # half length and width, bottom, top: shares of the whole; taper


class Build(NamedTuple):
    """How road users of a class are built, m: length, width, height; their spread, 1 sigma; how common they are.

    `parts` are the two boxes that look like it from afar: of a car body and cabin, of a bicycle wheels and rider.
    """

    kind: RoadUser
    size_m: tuple[float, float, float]
    spread_m: tuple[float, float, float]
    share: float
    parts: tuple[Part, Part]


_BOX = (0.5, 0.5, 0.0, 1.0, 1.0), (0.5, 0.5, 0.0, 1.0, 1.0)
_CAR = (0.5, 0.5, 0.0, 0.6, 1.0), (0.34, 0.45, 0.6, 1.0, 0.85)
_CYCLE = (0.5, 0.12, 0.0, 0.45, 1.0), (0.2, 0.42, 0.3, 1.0, 0.7)
_PERSON = (0.35, 0.35, 0.0, 0.5, 1.0), (0.5, 0.5, 0.45, 1.0, 0.6)
BUILDS = (
    Build(RoadUser.CAR, (4.6, 1.82, 1.55), (0.35, 0.10, 0.14), 0.6, _CAR),
    Build(RoadUser.TRUCK, (8.5, 2.45, 3.3), (1.2, 0.12, 0.3), 0.06, _BOX),
    Build(RoadUser.BUS, (11.7, 2.52, 3.1), (0.6, 0.08, 0.15), 0.06, _BOX),
    Build(RoadUser.MOTORCYCLE, (2.1, 0.8, 1.65), (0.15, 0.1, 0.12), 0.02, _CYCLE),
    Build(RoadUser.BICYCLE, (1.75, 0.6, 1.7), (0.12, 0.08, 0.1), 0.1, _CYCLE),
    Build(RoadUser.PEDESTRIAN, (0.5, 0.5, 1.7), (0.1, 0.08, 0.12), 0.16, _PERSON),
)
SIZE = np.array([build.size_m for build in BUILDS])
SPREAD = np.array([build.spread_m for build in BUILDS])
KIND = np.array([build.kind for build in BUILDS])
SURPRISE = -2 * np.log([build.share for build in BUILDS])  # as squared sigmas
MOTOR = np.isin(KIND, (RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS))


def _corners(part: Part) -> list[tuple[float, float, float]]:
    along, across, low, high, taper = part
    ring = [(along, across), (along, -across), (-along, -across), (-along, across)]
    return [(a * share, b * share, c) for c, share in ((low, 1.0), (high, taper)) for a, b in ring]


# corners of each build's parts (builds, 16, 3) as shares of its size: ahead, left, up
CORNERS = np.array([[corner for part in build.parts for corner in _corners(part)] for build in BUILDS])
_RING = [(n, (n + 1) % 4) for n in range(4)]
_EDGES = [*_RING, *((a + 4, b + 4) for a, b in _RING), *((n, n + 4) for n in range(4))]
EDGES = np.array([(a + part, b + part) for part in (0, 8) for a, b in _EDGES])  # (24, 2): corners that they join


def outline(view: CameraView, build: Ints, state: Floats, heading: Floats) -> Floats:
    """Return the corners (..., 16, 2) px of bodies (..., 5: x, y, length, width, height) at headings (...) rad."""
    along, across = np.cos(heading)[..., None], np.sin(heading)[..., None]
    own = CORNERS[build] * state[..., None, 2:]
    points = np.empty(own.shape)
    points[..., 0] = state[..., None, 0] + along * own[..., 0] - across * own[..., 1]
    points[..., 1] = state[..., None, 1] + across * own[..., 0] + along * own[..., 1]
    points[..., 2] = own[..., 2]
    return view.to_picture(points)


def box_of(corners: Floats) -> Floats:
    """Return the boxes (..., 4) px: left, top, right, bottom around outlines (..., k, 2)."""
    return np.concatenate([corners.min(axis=-2), corners.max(axis=-2)], axis=-1)
