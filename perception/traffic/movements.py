"""Which way road users take through the junction.

Known from the start on a lane that leads one way only; otherwise by the curve that they follow as soon as it is clearly
nearer than the others; at the latest by the road on which they come out.
"""

from __future__ import annotations

import numpy as np

from perception.geo import direction_of
from perception.objects import MOVEMENTS, Floats, Ints, Tracks
from perception.traffic.lanes import NONE, LaneMap
from perception.traffic.memory import Rows
from perception.traffic.paths import ways

CLEARLY_M = 4.0  # how much nearer a curve must be; a metre beside it counts as much as DEG_PER_M beside its direction
DEG_PER_M = 15.0


class Movements:
    """The curves of all lanes that lead several ways."""

    def __init__(self, lanes: LaneMap) -> None:
        self._lanes = lanes
        self._curves: dict[int, list[tuple[int, Floats]]] = {}
        for lane, way, points in ways(lanes):
            if lanes.only_movement[lane] == NONE:
                self._curves.setdefault(lane, []).append((MOVEMENTS.index(way.movement), points))

    def decide(self, past: Rows, tracks: Tracks, lane: Ints) -> Ints:
        """Enter the movements that are clear into the rows of the memory; return the rows whose movement is final.

        `lane` is where the road users are now. Final, once for each, is the only way of a lane as soon as the stop line
        is crossed, and otherwise the way on which they came out.
        """
        inside: Ints = ((past["origin"] != NONE) & (past["approach"] == NONE)).nonzero()[0]
        if not len(inside):
            return inside
        origin = past["origin"][inside].astype(np.int64)
        out = self._lanes.movement[origin, lane[inside]]
        only = self._lanes.only_movement[origin]
        movement = np.where(past["movement"][inside] != NONE, past["movement"][inside], only)
        movement = np.where(out != NONE, out, movement)
        for at in ((only == NONE) & (lane[inside] == NONE)).nonzero()[0]:
            nearest = self._nearest(int(origin[at]), tracks, int(inside[at]))
            movement[at] = movement[at] if nearest == NONE else nearest
        past["movement"][inside] = movement
        final = ~past["decided"][inside] & ((out != NONE) | (only != NONE))
        past["decided"][inside] |= final
        decided: Ints = inside[final]
        return decided

    def _nearest(self, origin: int, tracks: Tracks, row: int) -> int:
        """Return the movement whose curve a road user follows; NONE while two are alike."""
        curves = self._curves.get(origin, [])
        if len(curves) < 2:
            return NONE
        direction = direction_of(tracks.heading[row])
        costs = sorted((_cost(points, tracks.position[row], direction), movement) for movement, points in curves)
        return costs[0][1] if costs[1][0] - costs[0][0] > CLEARLY_M else NONE


def _cost(points: Floats, position: Floats, direction: Floats) -> float:
    """Return how far a position and direction are from a curve, m."""
    off = points - position
    nearest = int((off**2).sum(axis=1).argmin())
    step = points[min(nearest + 1, len(points) - 1)] - points[max(nearest - 1, 0)]
    cosine = float(step @ direction) / max(float(np.hypot(*step)), 1e-9)
    turn = float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
    distance = float(np.hypot(*off[nearest]))
    return distance + (0.0 if np.isnan(turn) else turn / DEG_PER_M)
