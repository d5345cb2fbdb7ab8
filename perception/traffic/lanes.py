"""The site's lanes, and where road users are on them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from perception.geo import heading_difference, heading_of
from perception.objects import Floats, Ints, LanePlace

MAX_TURN_DEG = 60.0  # a road user whose heading differs more from the lane's is not on that lane
OVERSHOOT_M = 6.0  # lanes are known this far past the stop line: a crossing is never missed between two looks
MARGIN_M = 0.3  # beyond the edge of a lane
MOTOR_LANE = "vehicle"


class LaneLine(msgspec.Struct, frozen=True, eq=False):
    """One lane towards the crossing: its centre line in driving direction, the last point at the stop line."""

    link: str  # name of the link
    lane: int  # lane id, numbered 1.. from the left in driving direction
    points: Floats  # (k, 2) m, site frame, k >= 2
    width: float  # m
    speed_limit: float | None = None  # m/s
    type: str = MOTOR_LANE  # what the lane is for, as in a MAP: vehicle, bikeLane, crosswalk, sidewalk ...


class Matches(msgspec.Struct, frozen=True, eq=False):
    """Lane of n road users, rows aligned."""

    lane: Ints  # (n,) index into LaneMap.lines, -1: on none
    to_stop_line: Floats  # (n,) m along the lane, negative past the stop line; NaN on none


class LaneMap:
    """All lanes of a site, cut into straight segments for matching."""

    def __init__(self, lines: Sequence[LaneLine]) -> None:
        self.lines = list(lines)
        points = [np.asarray(line.points, dtype=np.float64) for line in lines]
        steps = [np.diff(line, axis=0) for line in points]
        lengths = [np.hypot(step[:, 0], step[:, 1]) for step in steps]
        self.ends: Floats = np.array([line[-1] for line in points]).reshape(-1, 2)
        self.end_directions: Floats = np.array([s[-1] / d[-1] for s, d in zip(steps, lengths, strict=True)]).reshape(
            -1, 2
        )
        self.is_motor = np.array([*[line.type == MOTOR_LANE for line in lines], False])  # last: on no lane
        self._lane: Ints = np.repeat(np.arange(len(points)), [len(step) for step in steps])
        self._start = _stack([line[:-1] for line in points])
        self._length = np.concatenate([*lengths, np.zeros(0)])
        self._direction = _stack(steps) / self._length[:, None]
        self._to_end = np.concatenate([*[np.cumsum(d[::-1])[::-1] for d in lengths], np.zeros(0)])
        self._heading = heading_of(self._direction)
        self._half_width = np.array([line.width / 2.0 for line in lines], dtype=np.float64)[self._lane]
        self._last = self._to_end == self._length

    def match(self, position: Floats, heading: Floats) -> Matches:
        """Find the lane of road users at positions (n, 2) with headings (n,) deg, NaN unknown.

        Where lanes overlap the one nearer to its middle and to the heading wins.
        """
        if not len(self._lane):
            return Matches(lane=np.full(len(position), -1), to_stop_line=np.full(len(position), np.nan))
        offset = position[:, None] - self._start[None]
        along = (offset * self._direction).sum(axis=2)
        limit = self._length + np.where(self._last, OVERSHOOT_M, 0.0)
        aside = offset - np.clip(along, 0.0, limit)[:, :, None] * self._direction
        lateral = np.hypot(aside[:, :, 0], aside[:, :, 1])
        turn = np.nan_to_num(np.abs(heading_difference(heading[:, None], self._heading[None])), nan=0.0)
        fits = (lateral <= self._half_width + MARGIN_M) & (turn <= MAX_TURN_DEG)
        cost = np.where(fits, lateral / self._half_width + turn / MAX_TURN_DEG, np.inf)
        chosen = cost.argmin(axis=1)
        rows = np.arange(len(position))
        on = np.isfinite(cost[rows, chosen])
        return Matches(
            lane=np.where(on, self._lane[chosen], -1),
            to_stop_line=np.where(on, self._to_end[chosen] - along[rows, chosen], np.nan),
        )

    def place(self, matches: Matches, row: int) -> LanePlace | None:
        """Return one match by the lane's name, None when on no lane."""
        lane = int(matches.lane[row])
        if lane < 0:
            return None
        line = self.lines[lane]
        return LanePlace(link=line.link, lane=line.lane, to_stop_line=float(matches.to_stop_line[row]))

    def short_of_stop_line(self, lane: Ints, position: Floats) -> Floats:
        """Return how far (n,) positions (n, 2) are before the line across the end of lanes (n,), wherever they are."""
        short: Floats = ((self.ends[lane] - position) * self.end_directions[lane]).sum(axis=1)
        return short


def _stack(parts: list[Floats]) -> Floats:
    return np.concatenate([*parts, np.zeros((0, 2))])
