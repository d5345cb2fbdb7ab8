"""The ways and delays that vehicles had before the stop line while others hid them, as they cross it.

A vehicle that leaves a queue unseen has waited nearly as long as the one before it. The stretch on which it was not
seen it drove at the speed limit, but for the delay that it had there.
"""

from __future__ import annotations

import numpy as np

from perception.objects import SECOND_NS, Ints
from perception.traffic.lanes import LaneMap
from perception.traffic.memory import Rows

FOLLOWS_NS = 5 * SECOND_NS  # after the one before, across the stop line, within a queue that moves off
CAME_LATER = 0.8  # share of the delay of the one before that it has: it came later, and leaves later
UNSEEN = 0.85  # share of the observed stretch: a vehicle first seen nearer than that was hidden on its way there


class Platoons:
    """The last vehicle across each stop line."""

    def __init__(self, lanes: LaneMap, observed_m: float) -> None:
        """`observed_m`: stretch before the stop lines on which delay counts."""
        self._lanes = lanes
        self._observed_m = observed_m
        self._begun_ns = 0
        self._crossed_ns = np.zeros(len(lanes.lines), dtype=np.int64)
        self._delay_s = np.zeros(len(lanes.lines))

    def credit(self, past: Rows, crossed: Ints, now_ns: int) -> None:
        """Give the rows (k,) of `past` that cross a stop line now the delay and the way that they had unseen."""
        self._begun_ns = self._begun_ns or now_ns
        if not len(crossed):
            return
        lane, delay_s = past["origin"][crossed].astype(np.int64), past["delay_s"][crossed]
        from_m = past["from_m"][crossed]
        follows = now_ns - self._crossed_ns[lane] < FOLLOWS_NS
        waited = follows & (from_m < UNSEEN * self._observed_m) & self._lanes.is_motor[lane]
        past["delay_s"][crossed] = np.maximum(delay_s, np.where(waited, CAME_LATER * self._delay_s[lane], 0.0))
        past["unseen_m"][crossed] = unseen_m = np.maximum(self._observed_m - from_m, 0.0)
        unseen_s = np.nan_to_num(unseen_m / self._lanes.speed_limit[lane]) + past["delay_s"][crossed] - delay_s
        came = past["first_ns"][crossed] - self._begun_ns > unseen_s * SECOND_NS  # the others were there before us
        past["unseen_s"][crossed] = np.where(came, unseen_s, 0.0)
        past["from_m"][crossed] = 0.0
        self._crossed_ns[lane], self._delay_s[lane] = now_ns, past["delay_s"][crossed]
