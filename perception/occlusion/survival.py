"""How long a road user that no sensor can see is believed to be where it should be: survival.

A hidden road user stays hidden by keeping behind the body that hides it. It leaves by moving otherwise than predicted,
out of a hidden place that is so many metres wide, at a pace that depends on its class. Pace over width is the rate of
leaving; the probability of existence falls with it, exponentially, until a sensor sees the road user again. The more
sensors look there, the narrower the place that is hidden from all of them: the narrowest shadow counts.
"""

from __future__ import annotations

import numpy as np

from perception.objects import Floats
from perception.occlusion.lane_order import lane_order
from perception.state.attributes import walks
from perception.state.table import TrackTable

# Pace by RoadUser, m/s, at which a hidden road user departs from its prediction: people turn and stop at any moment, so
# that behind another person they are reported for less than 1 s; vehicles change lanes in some seconds.
PACE: Floats = np.array([0.5, 0.5, 0.4, 0.4, 0.6, 1.2, 1.0])
BOXED_PACE = 0.1  # m/s: of a vehicle with another close ahead and another close behind, whatever its class
BOXED_M = 15.0  # gap, bumper to bumper, up to which the other is close: no vehicle turns off unseen between the two
WIDEST_M = 12.0  # width of a hidden place, at most: that behind a bus; also where a sensor misses an open road user


def rates(table: TrackTable, room: Floats) -> Floats:
    """Return the rates (n,) 1/s at which hidden road users leave hidden places that are `room` (n,) m wide."""
    pace = PACE[table.kind]
    rows = ((table.hidden > 0) & ~walks(table.kind)).nonzero()[0]
    if len(rows):
        order = lane_order(table, rows)
        pace[rows[np.maximum(order.ahead_m, order.behind_m) < BOXED_M]] = BOXED_PACE
    leaving: Floats = pace / np.minimum(room, WIDEST_M)
    return leaving


def fade(table: TrackTable, dt: float) -> None:
    """Let the probability of existence of hidden road users fall in dt seconds, by their rates of leaving."""
    stay = table.leaving_per_s * max(dt, 0.0)
    # p' = p exp(-stay), as log-odds
    table.log_odds -= stay + np.log1p(np.exp(table.log_odds) * -np.expm1(-stay))
