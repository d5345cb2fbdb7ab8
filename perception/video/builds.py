"""How road users are built, and the boxes on the road that stand for them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, RoadUser
from perception.video.view import View


class Build(NamedTuple):
    """How road users of a class are built, m: length, width, height; their spread, 1 sigma; how common they are."""

    kind: RoadUser
    size: tuple[float, float, float]
    spread: tuple[float, float, float]
    share: float


BUILDS = (
    Build(RoadUser.CAR, (4.6, 1.82, 1.55), (0.35, 0.10, 0.14), 0.6),
    Build(RoadUser.TRUCK, (8.5, 2.45, 3.3), (1.2, 0.12, 0.3), 0.06),
    Build(RoadUser.BUS, (11.7, 2.52, 3.1), (0.6, 0.08, 0.15), 0.06),
    Build(RoadUser.MOTORCYCLE, (2.1, 0.8, 1.65), (0.15, 0.1, 0.12), 0.02),
    Build(RoadUser.BICYCLE, (1.75, 0.6, 1.7), (0.12, 0.08, 0.1), 0.1),
    Build(RoadUser.PEDESTRIAN, (0.5, 0.5, 1.7), (0.1, 0.08, 0.12), 0.16),
)
SIZE = np.array([build.size for build in BUILDS])
SPREAD = np.array([build.spread for build in BUILDS])
KIND = np.array([build.kind for build in BUILDS])
SURPRISE = -2 * np.log([build.share for build in BUILDS])  # as squared sigmas
MOTOR = np.isin(KIND, (RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS))

# corners of a body as shares of its size: ahead, left, up
CORNERS = np.array([[a, b, c] for a in (0.5, -0.5) for b in (0.5, -0.5) for c in (0.0, 1.0)])
_FACES = np.array([[0, 1, 3, 2], [4, 5, 7, 6], [0, 1, 5, 4], [2, 3, 7, 6], [0, 2, 6, 4], [1, 3, 7, 5]])
# points of a body that its class fills, whatever its shape: by height, those along and across, as shares of its size
_FILLED = (
    (0.10, (0.05, 0.35, 0.65, 0.95), (0.15, 0.5, 0.85)),
    (0.35, (0.05, 0.35, 0.65, 0.95), (0.08, 0.5, 0.92)),
    (0.55, (0.12, 0.35, 0.65, 0.88), (0.08, 0.5, 0.92)),
    (0.90, (0.35, 0.5, 0.65), (0.15, 0.5, 0.85)),
)
LATTICE = np.array(  # (k, 8), as shares of a body's corners
    [
        [(a, 1 - a)[i] * (b, 1 - b)[j] * (1 - c, c)[k] for i in (0, 1) for j in (0, 1) for k in (0, 1)]
        for c, along, across in _FILLED
        for a in along
        for b in across
    ]
)


def outline(view: View, state: Floats, heading: Floats) -> Floats:
    """Return the corners (..., 8, 2) px of bodies (..., 5: x, y, length, width, height) at headings (...) rad."""
    along, across = np.cos(heading)[..., None], np.sin(heading)[..., None]
    own = CORNERS * state[..., None, 2:]
    x = state[..., None, 0] + along * own[..., 0] - across * own[..., 1]
    y = state[..., None, 1] + across * own[..., 0] + along * own[..., 1]
    return view.to_picture(np.stack([x, y, own[..., 2]], axis=-1))


def box_of(corners: Floats) -> Floats:
    """Return the boxes (..., 4) px: left, top, right, bottom around outlines (..., 8, 2)."""
    return np.concatenate([corners.min(axis=-2), corners.max(axis=-2)], axis=-1)


def area_of(corners: Floats) -> Floats:
    """Return the area (...) px2 of outlines (..., 8, 2): half of what all faces cover, because they cover it twice."""
    face = corners[..., _FACES, :]
    following = np.roll(face, -1, axis=-2)
    signed = (face[..., 0] * following[..., 1] - face[..., 1] * following[..., 0]).sum(axis=-1) / 2
    area: Floats = np.abs(signed).sum(axis=-1) / 2
    return area
