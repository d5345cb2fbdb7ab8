"""Vehicles that leave a queue in which others hid them: they have waited nearly as long as the one before them."""

from __future__ import annotations

import numpy as np

from perception.objects import SECOND_NS, Ints
from perception.traffic.lanes import LaneMap
from perception.traffic.memory import Rows

FOLLOWS_NS = 5 * SECOND_NS  # after the one before, across the stop line, within a queue that moves off
CAME_LATER = 0.8  # share of the delay of the one before that it has: it came later, and leaves later
UNSEEN = (
    0.85  # share of the observed stretch: a vehicle that is first seen nearer than that was hidden on its way there
)


class Platoons:
    """The last vehicle across each stop line."""

    def __init__(self, lanes: LaneMap, observed_m: float) -> None:
        """`observed_m`: stretch before the stop lines on which delay counts."""
        self._lanes = lanes
        self._unseen_m = UNSEEN * observed_m
        self._crossed_ns = np.zeros(len(lanes.lines), dtype=np.int64)
        self._delay_s = np.zeros(len(lanes.lines))

    def credit(self, past: Rows, crossed: Ints, now_ns: int) -> Ints:
        """Return the rows (k,) of `past` that cross a stop line now, with the delay that they had unseen."""
        lane = past["origin"][crossed].astype(np.int64)
        hidden = self._lanes.short_of_stop_line(lane, past["first"][crossed]) < self._unseen_m
        follows = now_ns - self._crossed_ns[lane] < FOLLOWS_NS
        least = np.where(hidden & follows & self._lanes.is_motor[lane], CAME_LATER * self._delay_s[lane], 0.0)
        past["delay_s"][crossed] = np.maximum(past["delay_s"][crossed], least)
        self._crossed_ns[lane], self._delay_s[lane] = now_ns, past["delay_s"][crossed]
        return crossed
