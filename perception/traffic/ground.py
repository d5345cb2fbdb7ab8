"""The uses of a site's ground: a grid of flags, so that a look-up costs the same for any number of areas."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats
from perception.traffic.lanes import LaneMap
from perception.traffic.paths import ways

CELL_M = 0.5
MARGIN_M = 10.0  # around everything, at least
_PIECE_M = 200.0  # the cells around a long line across the grid are many
CROSSWALK_MARGIN_M = 1.5  # pedestrians beside the stripes still use the crosswalk

MOTOR = 1  # a lane of motor vehicles
JUNCTION = 2  # where motor vehicles drive between two lanes
CROSSWALK = 4
FIRST_ZONE = 8  # then one bit for each zone of the site file

Flags = NDArray[np.uint32]
Polygon = Sequence[tuple[float, float]]


class Areas(NamedTuple):
    """Areas that are no lanes, m, site frame."""

    crosswalks: Sequence[Polygon] = ()
    zones: Sequence[Polygon] = ()  # of the site file, in its order


class Ground:
    """The grid. Everything outside it has no flags."""

    def __init__(self, lanes: LaneMap, areas: Areas) -> None:
        curves = [(points, float(lanes.half_width[lane])) for lane, _, points in ways(lanes) if lanes.is_motor[lane]]
        corners = [line.points_m for line in lanes.lines] + [points for points, _ in curves]
        corners += [np.array(polygon) for polygon in (*areas.crosswalks, *areas.zones)]
        every = np.concatenate([np.zeros((1, 2)), *corners])
        margin = max(MARGIN_M, *lanes.half_width[:-1] + CELL_M) if lanes.lines else MARGIN_M
        self._origin: Floats = every.min(axis=0) - margin
        columns, rows = np.ceil((every.max(axis=0) + margin - self._origin) / CELL_M).astype(int)
        self._flags = np.zeros((columns, rows), dtype=np.uint32)
        self._last: Floats = np.array([columns - 1.0, rows - 1.0])
        for line in lanes.lines:
            if line.type == "vehicle":
                self._draw(line.points_m, line.width_m / 2.0, MOTOR)
        for points, half in curves:
            self._draw(points, half, JUNCTION)
        for polygon in areas.crosswalks:
            self._fill(np.array(polygon), CROSSWALK, CROSSWALK_MARGIN_M)
        for number, polygon in enumerate(areas.zones):
            self._fill(np.array(polygon), FIRST_ZONE << number)

    def at(self, position: Floats) -> Flags:
        """Return the flags (n,) at positions (n, 2) m, site frame."""
        cell = np.minimum(np.maximum((position - self._origin) / CELL_M, 0.0), self._last).astype(np.intp)
        flags: Flags = self._flags[cell[:, 0], cell[:, 1]]  # the margin, and so all beyond it, has no flags
        return flags

    def at_point(self, position: tuple[float, float]) -> int:
        """Return the flags at one position."""
        return int(self.at(np.array([position]))[0])

    def _cells(self, points: Floats, margin: float) -> tuple[tuple[slice, slice], Floats]:
        """Return the cells around points as slices, and their centres (columns, rows, 2)."""
        low = np.floor((points.min(axis=0) - margin - self._origin) / CELL_M).astype(int)
        high = np.ceil((points.max(axis=0) + margin - self._origin) / CELL_M).astype(int)
        east = self._origin[0] + (np.arange(low[0], high[0]) + 0.5) * CELL_M
        north = self._origin[1] + (np.arange(low[1], high[1]) + 0.5) * CELL_M
        return (slice(low[0], high[0]), slice(low[1], high[1])), np.stack(np.meshgrid(east, north, indexing="ij"), -1)

    def _draw(self, line: Floats, half: float, flag: int) -> None:
        """Set a flag along a line (k, 2) m, `half` metres to either side."""
        for first, last in pairwise(line):
            pieces = 1 + int(np.hypot(*(last - first)) / _PIECE_M)
            for begin, end in pairwise(np.linspace(first, last, pieces + 1)):
                window, centre = self._cells(np.array([begin, end]), half)
                self._flags[window] |= np.where(_distance(centre, begin, end) <= half, flag, 0).astype(np.uint32)

    def _fill(self, polygon: Floats, flag: int, margin: float = 0.0) -> None:
        """Set a flag in a polygon (k, 2) m and up to `margin` metres around it."""
        window, centre = self._cells(polygon, margin)
        inside = np.zeros(centre.shape[:2], dtype=np.bool_)
        for first, last in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
            if margin:
                self._flags[window] |= np.where(_distance(centre, first, last) <= margin, flag, 0).astype(np.uint32)
            if first[1] != last[1]:  # does a ray to the east cross this edge?
                share = (centre[..., 1] - first[1]) / (last[1] - first[1])
                spans = (first[1] > centre[..., 1]) != (last[1] > centre[..., 1])
                inside ^= spans & (centre[..., 0] < first[0] + share * (last[0] - first[0]))
        self._flags[window] |= np.where(inside, flag, 0).astype(np.uint32)


def _distance(centre: Floats, first: Floats, last: Floats) -> Floats:
    """Return how far points (..., 2) m are from a segment between two points (2,) m: (...) m."""
    step = last - first
    square = float(step @ step)
    share = np.clip(((centre - first) @ step) / square, 0.0, 1.0) if square else np.zeros(centre.shape[:-1])
    off: Floats = centre - first - share[..., None] * step
    return np.hypot(off[..., 0], off[..., 1])
