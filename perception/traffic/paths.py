"""Ways through the junction: a smooth curve from the end of a lane to the start of each that it leads to."""

from __future__ import annotations

import numpy as np

from perception.objects import Floats
from perception.traffic.lanes import LaneConnection, LaneMap

POINTS = 12  # of each curve
REACH = 0.39  # of the chord: how far the inner control points are from the ends; makes a quarter circle of a turn


def bend(first: Floats, ahead: Floats, last: Floats, onward: Floats) -> Floats:
    """Return the cubic Bezier (POINTS, 2) from a point to another; `ahead`, `onward`: unit vectors there."""
    reach = REACH * float(np.hypot(*(last - first)))
    near, far = first + reach * ahead, last - reach * onward
    share = np.linspace(0.0, 1.0, POINTS)[:, None]
    rest = 1.0 - share
    points: Floats = rest**3 * first + 3 * rest**2 * share * near + 3 * rest * share**2 * far + share**3 * last
    return points


def curve(lanes: LaneMap, lane: int, target: int) -> Floats:
    """Return the curve (POINTS, 2) from the end of one lane to the start of another."""
    return bend(lanes.ends[lane], lanes.end_directions[lane], lanes.starts[target], lanes.start_directions[target])


def ways(lanes: LaneMap) -> list[tuple[int, LaneConnection, Floats]]:
    """Return (lane, connection, curve) of everything that the lane map connects; unknown targets are left out."""
    index = {(line.link, line.lane): number for number, line in enumerate(lanes.lines)}
    return [
        (lane, way, curve(lanes, lane, index[way.link, way.lane]))
        for lane, line in enumerate(lanes.lines)
        for way in line.connections
        if (way.link, way.lane) in index
    ]
