"""The site's lanes, and where road users are on them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from perception.geo import direction_of
from perception.objects import Floats, Ints, Mask
from perception.results import MOVEMENTS, LanePlace

MAX_TURN_DEG = 60.0  # a road user whose heading differs more from the lane's is not on that lane
OVERSHOOT_M = 6.0  # lanes are known this far past the stop line: a crossing is never missed between two looks
MARGIN_M = 0.3  # beyond the edge of a lane
KEEP = 0.5  # how much nearer another lane must be, in half widths, before a road user has changed to it
MOTOR_LANE = "vehicle"
NONE = -1  # no lane, no movement
_LEAST_COSINE = np.cos(np.radians(MAX_TURN_DEG))


class LaneConnection(msgspec.Struct, frozen=True):
    """Where a lane leads through the junction."""

    movement: str  # of MOVEMENTS
    link: str  # the road that leads away
    lane: int  # its lane
    phase: int | None = None  # the signal phase that rules it


class LaneLine(msgspec.Struct, frozen=True, eq=False):
    """One lane by its centre line in driving direction: towards the crossing, up to the stop line, or away from it."""

    link: str  # name of the link, or of the road that leads away
    lane: int  # lane id, numbered 1.. from the left in driving direction
    points_m: Floats  # (k, 2) m, site frame, k >= 2
    width_m: float  # m
    speed_limit_mps: float | None = None  # m/s
    type: str = MOTOR_LANE  # use of the lane, as in a MAP: vehicle, bikeLane, crosswalk, sidewalk ...
    leads_away: bool = False
    connections: tuple[LaneConnection, ...] = ()


class Matches(msgspec.Struct, frozen=True, eq=False):
    """Lane of n road users, rows aligned."""

    lane: Ints  # (n,) index into LaneMap.lines, NONE: on none
    to_end_m: Floats  # (n,) m along the lane to its end, negative past it; NaN on none
    to_stop_line_m: Floats  # (n,) the same on lanes towards the crossing, NaN elsewhere
    lateral_m: Floats  # (n,) m from the centre line; NaN on none
    along: Floats  # (n, 2) unit vector in driving direction; NaN on none


class LaneMap:
    """All lanes of a site, cut into straight segments for matching."""

    def __init__(self, lines: Sequence[LaneLine]) -> None:
        self.lines = list(lines)
        points = [np.asarray(line.points_m, dtype=np.float64) for line in lines]
        steps = [np.diff(line, axis=0) for line in points]
        lengths = [np.hypot(step[:, 0], step[:, 1]) for step in steps]
        self.starts: Floats = np.array([line[0] for line in points]).reshape(-1, 2)
        self.ends: Floats = np.array([line[-1] for line in points]).reshape(-1, 2)
        self.start_directions = _directions(steps, lengths, 0)
        self.end_directions = _directions(steps, lengths, -1)
        self.lengths = np.array([length.sum() for length in lengths])
        # (l + 1,) by the lane's index; the last entry answers for NONE
        self.is_motor: Mask = np.array([*[line.type == MOTOR_LANE for line in lines], False])
        self.leads_away: Mask = np.array([*[line.leads_away for line in lines], False])
        self.speed_limit: Floats = np.array([*[line.speed_limit_mps or np.nan for line in lines], np.nan])
        self.speed_limit[~self.is_motor] = np.nan  # a cycle lane's limit does not hold for vehicles that cut across it
        self.half_width: Floats = np.array([*[line.width_m / 2.0 for line in lines], np.nan])
        self.movement = self._movements()
        self.only_movement = np.array([*[_only_movement(line) for line in lines], NONE])
        self._segments(points, steps, lengths)

    def _segments(self, points: list[Floats], steps: list[Floats], lengths: list[Floats]) -> None:
        """Lay out all segments as columns (s,)."""
        start, along = _stack([line[:-1] for line in points]), _stack(steps)
        self._lane: Ints = np.repeat(np.arange(len(points)), [len(step) for step in steps])
        self._length = np.concatenate([*lengths, np.zeros(0)])
        self._east, self._north = start.T.copy()
        self._towards = along / self._length[:, None]
        self._towards_east, self._towards_north = self._towards.T.copy()
        self._to_end = np.concatenate([*[np.cumsum(d[::-1])[::-1] for d in lengths], np.zeros(0)])
        self._half_width = self.half_width[self._lane]
        self._reach = self._half_width + MARGIN_M
        towards = ~self.leads_away[self._lane]
        self._limit = self._length + np.where((self._to_end == self._length) & towards, OVERSHOOT_M, 0.0)

    def _movements(self) -> Ints:
        """Return the movement (l + 1, l + 1) from any lane of a link to any of a road that leads away."""
        count = len(self.lines)
        ways = {(line.link, way.link): MOVEMENTS.index(way.movement) for line in self.lines for way in line.connections}
        table = np.full((count + 1, count + 1), NONE)
        for origin, line in enumerate(self.lines):
            for target, other in enumerate(self.lines):
                table[origin, target] = ways.get((line.link, other.link), NONE) if other.leads_away else NONE
        return table

    def index(self, link: str, lane: int) -> int:
        """Return the index of a lane. KeyError: there is none of that name."""
        for index, line in enumerate(self.lines):
            if (line.link, line.lane) == (link, lane):
                return index
        raise KeyError(f"{link} {lane}")

    def match(self, position: Floats, heading: Floats, before: Ints | None = None) -> Matches:
        """Find the lane of road users at positions (n, 2) with headings (n,) deg, NaN unknown; see `match_ahead`."""
        return self.match_ahead(position, direction_of(heading), before)

    def match_ahead(self, position: Floats, ahead: Floats, before: Ints | None = None) -> Matches:
        """Find the lane of road users at positions (n, 2) with directions (n, 2), unit vectors, NaN unknown.

        Where lanes overlap the one nearer to its middle and to the heading wins; a lane of `before` (n,) is only left
        for a clearly better one.
        """
        if not len(self._lane):
            nothing, nowhere = np.full(len(position), np.nan), np.full((len(position), 2), np.nan)
            return Matches(np.full(len(position), NONE), nothing, nothing, nothing, nowhere)
        east = position[:, :1] - self._east
        north = position[:, 1:] - self._north
        along = east * self._towards_east + north * self._towards_north
        across = east * self._towards_north - north * self._towards_east
        beyond = along - np.minimum(np.maximum(along, 0.0), self._limit)
        lateral = np.sqrt(across * across + beyond * beyond)
        cosine = ahead[:, :1] * self._towards_east + ahead[:, 1:] * self._towards_north
        unknown = np.isnan(ahead[:, 0])
        if unknown.any():
            cosine[unknown] = 1.0
        fits = (lateral <= self._reach) & (cosine >= _LEAST_COSINE)
        cost = lateral / self._half_width + 2.0 * (1.0 - cosine)
        if before is not None:
            cost -= KEEP * (before[:, None] == self._lane)
        chosen = np.where(fits, cost, np.inf).argmin(axis=1)
        rows = np.arange(len(position))
        on = fits[rows, chosen]
        lane = np.where(on, self._lane[chosen], NONE)
        to_end = np.where(on, self._to_end[chosen] - along[rows, chosen], np.nan)
        return Matches(
            lane=lane,
            to_end_m=to_end,
            to_stop_line_m=np.where(self.leads_away[lane], np.nan, to_end),
            lateral_m=np.where(on, lateral[rows, chosen], np.nan),
            along=np.where(on[:, None], self._towards[chosen], np.nan),
        )

    def place(self, lane: int, to_stop_line: float, movement: int = NONE) -> LanePlace | None:
        """Return one match by the lane's name, None when on no lane."""
        if lane == NONE:
            return None
        line = self.lines[lane]
        return LanePlace(
            link=line.link,
            lane=line.lane,
            to_stop_line_m=None if line.leads_away else to_stop_line,
            movement=None if movement == NONE else MOVEMENTS[movement],
        )

    def short_of_stop_line(self, lane: Ints, position: Floats) -> Floats:
        """Return how far (n,) positions (n, 2) are before the line across the end of lanes (n,), wherever they are."""
        short: Floats = ((self.ends[lane] - position) * self.end_directions[lane]).sum(axis=1)
        return short

    def stretch(self, lane: int, first: float, last: float) -> Floats:
        """Return the centre line (k, 2) of a lane from `first` to `last` metres before its end."""
        points = np.asarray(self.lines[lane].points_m, dtype=np.float64)
        steps = np.diff(points, axis=0)
        to_end = np.append(np.cumsum(np.hypot(steps[:, 0], steps[:, 1])[::-1])[::-1], 0.0)
        between = points[(to_end < first) & (to_end > last)]
        ends = [[np.interp(at, to_end[::-1], points[::-1, axis]) for axis in (0, 1)] for at in (first, last)]
        return np.vstack([ends[0], between, ends[1]])


def _directions(steps: list[Floats], lengths: list[Floats], which: int) -> Floats:
    """Return the unit vectors (l, 2) of one segment of each lane, by its steps (k, 2) m and lengths (k,) m."""
    return np.array([s[which] / d[which] for s, d in zip(steps, lengths, strict=True)]).reshape(-1, 2)


def _only_movement(line: LaneLine) -> int:
    movements = {way.movement for way in line.connections}
    return MOVEMENTS.index(movements.pop()) if len(movements) == 1 else NONE


def _stack(parts: list[Floats]) -> Floats:
    """Return arrays (k, 2) as one (s, 2)."""
    return np.concatenate([*parts, np.zeros((0, 2))])
