"""The road seen from above: asphalt, pavement, grass, lane marks and crosswalks of the demo crossing."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from sim.lanes import Crossing

Picture = MatLike  # (height, width, 3), 8 bits: blue, green, red

HALF_M = 130.0  # of the square around the reference point that is drawn
PIXELS_PER_M = 12
SHIFT = 4  # binary places of the drawing functions' coordinates
ASPHALT, JUNCTION, GRASS, PAVEMENT, PAINT = (94, 94, 92), (90, 89, 88), (70, 104, 88), (128, 130, 134), (205, 210, 212)
GRAIN = 6.0  # grey levels, 1 sigma, of every surface
PATCHES = 5.0  # grey levels, 1 sigma, of its larger spots
MARK_M, DASH_M, STRIPE_M = 0.15, 4.0, 0.5


class Strip(NamedTuple):
    """A lane as drawn: its centre line (n, 2) m and its width m."""

    line_m: NDArray[np.float64]
    width_m: float


def texture() -> Picture:
    """Return the picture of the ground from above: north up, the reference point in its middle."""
    crossing: dict[str, Any] = Crossing().lane_map()
    roads = [*crossing["nodes"][0]["links"], *crossing["exits"]]
    strips = [Strip(np.array(lane["points"]), lane["width_m"]) for road in roads for lane in road["lanes"]]
    side = round(2 * HALF_M * PIXELS_PER_M)
    picture: Picture = np.full((side, side, 3), GRASS, np.uint8)
    for strip in strips:
        _fill(picture, _widened(strip, 3.5), PAVEMENT)
    ends = np.concatenate([strip.line_m[[0, -1]] for strip in strips])
    near = ends[np.hypot(*ends.T) < HALF_M / 2]
    _fill(picture, cv2.convexHull(near.astype(np.float32))[:, 0].astype(float), JUNCTION)
    for strip in strips:
        _fill(picture, _widened(strip, strip.width_m / 2), ASPHALT)
    for strip in strips:
        _mark(picture, strip)
    for walk in crossing["crosswalks"]:
        _zebra(picture, np.array(walk["polygon"]))
    return _worn(picture)


def pixels(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where places (..., 2) east, north m are in the texture: column, row."""
    turned: NDArray[np.float64] = (points * [1, -1] + HALF_M) * PIXELS_PER_M - 0.5
    return turned


def _fill(picture: Picture, polygon: NDArray[np.float64], colour: tuple[int, int, int]) -> None:
    corners = np.round(pixels(polygon) * (1 << SHIFT)).astype(np.int32)
    cv2.fillPoly(picture, [corners], colour, cv2.LINE_AA, SHIFT)


def _widened(strip: Strip, half: float) -> NDArray[np.float64]:
    left, right = (_beside(strip.line_m, side * half) for side in (1, -1))
    return np.concatenate([left, right[::-1]])


def _beside(line: NDArray[np.float64], offset: float) -> NDArray[np.float64]:
    """Return the line moved to its left by `offset` m; good for lines that hardly bend."""
    ahead = np.gradient(line, axis=0)
    ahead /= np.hypot(*ahead.T)[:, None]
    moved: NDArray[np.float64] = line + offset * np.column_stack([-ahead[:, 1], ahead[:, 0]])
    return moved


def _mark(picture: Picture, strip: Strip) -> None:
    """Draw dashed lines along both borders of a lane."""
    for side in (1, -1):
        border = _beside(strip.line_m, side * strip.width_m / 2)
        begin, end = border[0], border[-1]
        length = float(np.hypot(*(end - begin)))
        for at in np.arange(0.0, length, 2 * DASH_M):
            dash = begin + (end - begin) * np.array([[at], [min(at + DASH_M, length)]]) / length
            _fill(picture, _widened(Strip(dash, 0.0), MARK_M / 2), PAINT)


def _zebra(picture: Picture, polygon: NDArray[np.float64]) -> None:
    """Draw the stripes of a crosswalk, a rectangle whose first edge is its long one."""
    along, across = polygon[1] - polygon[0], polygon[3] - polygon[0]
    length = float(np.hypot(*along))
    for at in np.arange(0.0, length - STRIPE_M, 2 * STRIPE_M):
        edge = polygon[0] + along * np.array([[at], [at + STRIPE_M]]) / length
        _fill(picture, np.concatenate([edge, edge[::-1] + across]), PAINT)


def _worn(picture: Picture) -> Picture:
    """Give every surface its grain and spots."""
    rng = np.random.default_rng(1)
    side = len(picture)
    spots = cv2.resize(rng.normal(0, PATCHES, (side // 30, side // 30)).astype(np.float32), (side, side))
    grain = rng.standard_normal((side, side), dtype=np.float32) * np.float32(GRAIN) + spots
    return cv2.add(picture, cv2.merge([grain] * 3), dtype=cv2.CV_8U)
