"""Queues before the stop lines: vehicles that stand, one behind the other, from the line back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints
from perception.sensor import NotNegative, Positive, Settings
from perception.traffic.lanes import NONE


class QueueSettings(Settings):
    """Thresholds of a queue, and how far back it is seen."""

    queue_mps: Positive = 1.4  # a slower vehicle queues (5 km/h)
    queue_after_s: NotNegative = 1.0  # after so long below that speed it queues
    queue_gap_m: Positive = 15.0  # from rear to front, within one queue and before the stop line
    observed_m: Positive = 60.0  # stretch before the stop line that the sensors see: delay, density, space occupancy


class Queues(NamedTuple):
    """The queue of each lane (l,), by the lane's index."""

    length_m: Floats  # m, from the stop line to the rear of the last vehicle
    vehicles: Ints  # number of them
    last: Ints  # row of the last vehicle, NONE: no queue, or it is not seen now
    existence: Floats  # probability that the last vehicle is there; 0: no queue


class Standing(NamedTuple):
    """A vehicle that stands, or nearly does, on a lane towards the crossing."""

    lane: int
    to_stop_line_m: float  # m
    length_m: float  # m
    row: int  # of the track; NONE: it is not seen now
    existence: float  # probability that it is there


def measure(settings: QueueSettings, standing: Iterable[Standing], lanes: int) -> Queues:
    """Return the queues of `lanes` lanes."""
    queues = Queues(np.zeros(lanes), np.zeros(lanes, dtype=np.int64), np.full(lanes, NONE), np.zeros(lanes))
    lane, rear, is_joined = NONE, 0.0, False
    for one in sorted(standing):
        if one.lane != lane:
            lane, rear, is_joined = one.lane, 0.0, True
        half = one.length_m / 2.0
        is_joined = is_joined and one.to_stop_line_m - half - rear <= settings.queue_gap_m
        rear = one.to_stop_line_m + half
        if is_joined:
            queues.length_m[lane], queues.last[lane] = rear, one.row
            queues.existence[lane] = one.existence
            queues.vehicles[lane] += 1
    return queues
