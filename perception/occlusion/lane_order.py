"""The order of vehicles in a lane: which is next ahead of a vehicle, which next behind it.

Fusion has no lane map here: vehicles whose bodies' middles lie in one strip along the heading, and that head the same
way, are in one lane.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.geo import direction_of, heading_of
from perception.kernel.native import contiguous, kernel
from perception.objects import Floats, Ints
from perception.state.attributes import sizes, walks
from perception.state.table import TrackTable, likely

FARTHEST_M = 60.0  # a vehicle farther ahead or behind does not matter
LANE_M = 1.5  # one farther to the side is in another lane
SAME_WAY = 0.7  # cosine of the angle between the headings of two vehicles of one lane, at least
ITSELF_M = 1.0  # a middle that near is the same vehicle's
_LIMITS: Floats = np.array([LANE_M, SAME_WAY, FARTHEST_M, ITSELF_M])


class LaneOrder(NamedTuple):
    """Bumper-to-bumper gaps (k,) m of vehicles to the next ones of their lanes, inf where there is none."""

    ahead_m: Floats
    behind_m: Floats
    leading_mps: Floats  # (k,) m/s: speed of the next one ahead, along the heading, never negative; 0 without one


def directions(table: TrackTable, rows: Ints) -> Floats:
    """Return the unit vectors (2, k), site frame, along which the rows (k,) drive: heading, else velocity."""
    heading = table.heading_deg[rows]
    return direction_of(np.where(np.isfinite(heading), heading, heading_of(table.state[2:, rows].T))).T


def lane_order(table: TrackTable, rows: Ints) -> LaneOrder:
    """Return the order in the lanes of the vehicles in the rows (k,), among all that probably exist."""
    if kernel is None:
        return lane_order_twin(table, rows)
    others = _others(table)
    found = LaneOrder(*np.empty((3, len(rows))))
    here = table.state, sizes(table)[0], rows, directions(table, rows)
    kernel.lane_order(*contiguous(*here, others, direction_of(table.heading_deg[others]).T, _LIMITS, *found))
    return found


def lane_order_twin(table: TrackTable, rows: Ints) -> LaneOrder:
    """Return the same, for rows (k,), without the kernel."""
    ahead = directions(table, rows)
    others = _others(table)
    if not len(others):
        none = np.full(len(rows), np.inf)
        return LaneOrder(none, none, np.zeros(len(rows)))
    way, length = direction_of(table.heading_deg[others]).T, sizes(table)[0]
    away = table.state[:2, None, others] - table.state[:2, rows, None]
    along = ahead[0, :, None] * away[0] + ahead[1, :, None] * away[1]
    across = np.abs(ahead[0, :, None] * away[1] - ahead[1, :, None] * away[0])
    together = (across < LANE_M) & (ahead[0, :, None] * way[0] + ahead[1, :, None] * way[1] > SAME_WAY)
    together &= np.abs(along) < FARTHEST_M
    halves = (length[rows, None] + length[others]) / 2.0
    before = np.where(together & (along > ITSELF_M), along - halves, np.inf)
    after = np.where(together & (along < -ITSELF_M), -along - halves, np.inf)
    number, leader = np.arange(len(rows)), before.argmin(axis=1)
    speed = ahead[0] * table.state[2, others[leader]] + ahead[1] * table.state[3, others[leader]]
    gap = before[number, leader]
    return LaneOrder(gap, after.min(axis=1), np.where(np.isfinite(gap), np.maximum(speed, 0.0), 0.0))


def _others(table: TrackTable) -> Ints:
    """Return the rows (o,) of the vehicles that probably exist, and whose heading is known."""
    rows: Ints = (likely(table) & ~walks(table.kind) & np.isfinite(table.heading_deg)).nonzero()[0]
    return rows
