"""Queues before the stop lines: who stands, one behind the other, from the line back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints
from perception.sensor import NotNegative, Positive, Settings
from perception.traffic.lanes import NONE


class QueueSettings(Settings):
    """What is a queue, and how far back it is seen."""

    queue_mps: Positive = 1.4  # 5 km/h: a slower vehicle queues,
    queue_after_s: NotNegative = 1.0  # if it has been as slow for so long
    queue_gap_m: Positive = 15.0  # from rear to front, within one queue and before the stop line
    observed_m: Positive = 60.0  # stretch before the stop line that the sensors see: delay, density, space occupancy


class Queues(NamedTuple):
    """The queue of each lane (l,), by the lane's index."""

    length: Floats  # m, from the stop line to the rear of the last vehicle
    vehicles: Ints
    last: Ints  # row of the last vehicle, NONE: no queue, or it is not seen now


class Standing(NamedTuple):
    """Vehicles (v,) that stand, or nearly do, on lanes towards the crossing."""

    row: Ints  # of the track; NONE: it is not seen now
    lane: Ints
    to_stop_line: Floats  # m
    length: Floats  # m


def measure(settings: QueueSettings, standing: Standing, lanes: int) -> Queues:
    """Return the queues of `lanes` lanes."""
    queues = Queues(np.zeros(lanes), np.zeros(lanes, dtype=np.int64), np.full(lanes, NONE))
    if not len(standing.row):
        return queues
    order = np.lexsort((standing.to_stop_line, standing.lane))
    row, own, to_stop_line, length = (column[order] for column in standing)
    half = length / 2.0
    rear = to_stop_line + half
    first = np.ones(len(row), dtype=np.bool_)
    first[1:] = own[1:] != own[:-1]
    before = np.zeros(len(row))
    before[1:] = rear[:-1]
    broken = to_stop_line - half - np.where(first, 0.0, before) > settings.queue_gap_m
    breaks: Ints = np.cumsum(broken)
    breaks = breaks - (breaks - broken)[first.nonzero()[0][np.cumsum(first) - 1]]  # those of its own lane
    joined = breaks == 0
    queues.length[own[joined]] = rear[joined]  # the last one of a lane is written last
    queues.last[own[joined]] = row[joined]
    queues.vehicles[:] = np.bincount(own[joined], minlength=lanes)
    return queues
