"""The one record into which every format is read: lanes, where they lead, junctions, crosswalks. No clock, no file.

All lines are metres east and north of `RoadNetwork.reference`, or of the file's own zero where the file does not say
where on earth it lies. Lines run in driving direction, traffic keeps to the right.
"""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from perception.geo import Reference
from perception.objects import Floats
from rsu.site.lanemap import Maneuver

LaneKind = Literal["vehicle", "bike"]
USUAL_WIDTH_M = 3.5  # GB 50647-2011: 3.25 to 3.5 m on urban roads
USUAL_BIKE_WIDTH_M = 2.5


class RoadLane(msgspec.Struct):
    """One lane, or a piece of one."""

    line_m: Floats  # (n, 2) m, middle line
    width_m: float
    road: str = ""  # lanes of one road in one direction share it; empty: found by their place
    kind: LaneKind = "vehicle"
    limit_mps: float | None = None
    arrows: tuple[Maneuver, ...] = ()  # as painted; empty: not known
    number: int | None = None  # as the file counts it, from the left


class RoadTurn(msgspec.Struct):
    """A way through a junction, from a lane to another."""

    start: str  # key of a lane
    end: str  # key of a lane; or of a road that has no lanes, see `Junction.roads`
    junction: str
    signal: str | None = None  # signal that rules it; turns with the same one are green together
    maneuver: Maneuver | None = None  # none: by the lines


class Junction(msgspec.Struct):
    """A place where roads meet."""

    key: str
    position_m: Floats  # (2,) m
    name: str = ""
    region: int | None = None
    number: int | None = None
    neighbours: dict[str, tuple[int, int]] = {}  # road -> region and number of the node at its other end


class Walkway(msgspec.Struct):
    """A pedestrian crossing."""

    polygon_m: Floats  # (n, 2) m
    signal: str | None = None


class RoadNetwork(msgspec.Struct):
    """Everything that a file tells about lanes."""

    reference: Reference | None  # None: the file does not say where on earth it is
    lanes: dict[str, RoadLane] = {}
    follows: list[tuple[str, str]] = []  # pieces of one lane, one after the other, outside of junctions
    turns: list[RoadTurn] = []
    junctions: dict[str, Junction] = {}
    walks: list[Walkway] = []
    stop_lines_m: list[Floats] = []  # (n, 2) m each
    keeps_numbers: bool = False  # signals are phase numbers
    cgcs2000: bool = False  # the file's coordinates are

    def without_short(self, least_m: float = 0.2) -> int:
        """Leave out lanes that are no lines, with their turns; return how many."""
        short = {key for key, lane in self.lanes.items() if len(lane.line_m) < 2 or length_m(lane.line_m) < least_m}
        self.lanes = {key: lane for key, lane in self.lanes.items() if key not in short}
        self.turns = [turn for turn in self.turns if not short & {turn.start, turn.end}]
        self.follows = [pair for pair in self.follows if not short & set(pair)]
        return len(short)


def length_m(line: Floats) -> float:
    """Return the length of a line (n, 2)."""
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def along(line: Floats) -> Floats:
    """Return the distance (n,) of each point of a line (n, 2) from its first, on the line."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])


def at(line: Floats, distance: Floats) -> Floats:
    """Return the points (k, 2) of a line (n, 2) at distances (k,) from its first point."""
    walked = along(line)
    return np.column_stack([np.interp(distance, walked, line[:, axis]) for axis in (0, 1)])


def cut(line: Floats, first_m: float, last_m: float) -> Floats:
    """Return the part (k, 2) of a line (n, 2) between two distances from its first point."""
    walked = along(line)
    inside = line[(walked > first_m + 1e-6) & (walked < last_m - 1e-6)]
    ends = at(line, np.array([max(first_m, 0.0), min(last_m, walked[-1])]))
    return np.vstack([ends[:1], inside, ends[1:]])


def towards(line: Floats, at_end: bool = True, reach_m: float = 5.0) -> Floats:
    """Return the direction (2,), a unit vector, in which a line (n, 2) ends or begins, over its outer metres."""
    whole = length_m(line)
    reach = min(reach_m, whole)
    first, last = at(line, np.array([whole - reach, whole] if at_end else [0.0, reach]))
    step = last - first
    size = float(np.hypot(*step))
    direction: Floats = step / max(size, 1e-9)
    return direction


def tidy(line: Floats) -> Floats:
    """Return a line (n, 2) without points that stand on the one before: within 2 cm."""
    keep = np.concatenate([[True], np.hypot(*np.diff(line, axis=0).T) > 0.02])
    kept = line[keep]
    if len(kept) > 1 and not keep[-1]:
        kept[-1] = line[-1]
    return np.asarray(kept)


def band(line: Floats, width_m: float) -> Floats:
    """Return the outline (4, 2) of a straight band around the ends of a line (n, 2)."""
    first, last = line[0], line[-1]
    step = (last - first) / max(float(np.hypot(*(last - first))), 1e-6)
    aside = np.array([-step[1], step[0]]) * width_m / 2
    corners: Floats = np.array([first + aside, last + aside, last - aside, first - aside])
    return corners
