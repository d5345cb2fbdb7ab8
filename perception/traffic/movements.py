"""The ways that road users take through the junction.

Known from the start on a lane that leads one way only; otherwise by the curve that they follow as soon as it is clearly
nearer than the others; at the latest by the road on which they come out.
"""

from __future__ import annotations

import numpy as np

from perception.objects import Floats, Ints
from perception.results import MOVEMENTS, Tracks
from perception.traffic.lanes import NONE, LaneMap
from perception.traffic.memory import Rows
from perception.traffic.paths import POINTS, ways

CLEARLY_M = 4.0  # how much nearer a curve must be; a metre beside it counts as much as DEG_PER_M beside its direction
DEG_PER_M = 15.0
FAR_M = 1e6  # from a curve that is none


class Movements:
    """The curves of all lanes that lead several ways."""

    def __init__(self, lanes: LaneMap) -> None:
        self._lanes = lanes
        found = [(lane, way, points) for lane, way, points in ways(lanes) if lanes.only_movement[lane] == NONE]
        self._movement: Ints = np.array([MOVEMENTS.index(way.movement) for _, way, _ in found], dtype=np.int64)
        self._points: Floats = np.array([points for _, _, points in found]).reshape(-1, POINTS, 2)
        self._along = _directions(self._points)
        own = [[at for at, (origin, _, _) in enumerate(found) if origin == lane] for lane in range(len(lanes.lines))]
        self._curves: Ints = np.full((len(own), max(map(len, own), default=0)), NONE)  # (l, w) of each lane
        for lane, curves in enumerate(own):
            self._curves[lane, : len(curves)] = curves

    def decide(self, past: Rows, tracks: Tracks, ahead: Floats, lane: Ints) -> Ints:
        """Enter the movements that are clear into the rows of the memory; return the rows whose movement is final.

        lane (n,): of the road users now; ahead (n, 2): unit vectors of their headings. Final, once for each, is the
        only way of a lane as soon as the stop line is crossed, and otherwise the way on which they came out.
        """
        inside: Ints = ((past["origin"] != NONE) & (past["approach"] == NONE)).nonzero()[0]
        if not len(inside):
            return inside
        origin = past["origin"][inside].astype(np.int64)
        out = self._lanes.movement[origin, lane[inside]]
        only = self._lanes.only_movement[origin]
        movement = np.where(past["movement"][inside] != NONE, past["movement"][inside], only)
        movement = np.where(out != NONE, out, movement)
        between = ((only == NONE) & (lane[inside] == NONE)).nonzero()[0]
        if len(between):
            nearest = self._nearest(origin[between], tracks.position_m[inside[between]], ahead[inside[between]])
            movement[between] = np.where(nearest == NONE, movement[between], nearest)
        past["movement"][inside] = movement
        final = ~past["decided"][inside] & ((out != NONE) | (only != NONE))
        past["decided"][inside] |= final
        decided: Ints = inside[final]
        return decided

    def _nearest(self, origin: Ints, position: Floats, ahead: Floats) -> Ints:
        """Return the movements (k,) whose curves road users follow; NONE while two are alike.

        origin (k,): lanes; position (k, 2) m; ahead (k, 2): unit vectors of the headings.
        """
        curves = self._curves[origin]  # (k, w)
        if curves.shape[1] < 2:
            return np.full(len(origin), NONE)
        off = self._points[curves] - position[:, None, None]
        square = off[..., 0] ** 2 + off[..., 1] ** 2  # (k, w, POINTS)
        nearest = square.argmin(axis=2)
        distance = np.sqrt(square.min(axis=2))
        cosine = (self._along[curves, nearest] * ahead[:, None]).sum(axis=2)
        turn = np.degrees(np.arccos(np.minimum(np.maximum(cosine, -1.0), 1.0)))
        cost = np.where(curves == NONE, FAR_M, distance + np.fmax(turn, 0.0) / DEG_PER_M)
        best, second = np.sort(cost, axis=1)[:, :2].T
        clear = (second < FAR_M) & (second - best > CLEARLY_M)
        return np.where(clear, self._movement[curves[np.arange(len(origin)), cost.argmin(axis=1)]], NONE)


def _directions(curves: Floats) -> Floats:
    """Return the unit vectors (c, POINTS, 2) along curves (c, POINTS, 2)."""
    steps = np.empty_like(curves)
    steps[:, 1:-1] = curves[:, 2:] - curves[:, :-2]
    steps[:, [0, -1]] = curves[:, [1, -1]] - curves[:, [0, -2]]
    return steps / np.maximum(np.hypot(steps[..., 0], steps[..., 1]), 1e-9)[..., None]
