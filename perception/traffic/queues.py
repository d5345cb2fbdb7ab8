"""Queues before the stop lines: who stands, one behind the other, from the line back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints, Tracks
from perception.sensor import Positive, Settings
from perception.traffic.lanes import NONE, Mask


class QueueSettings(Settings):
    """What is a queue."""

    queue_mps: Positive = 1.4  # 5 km/h: a slower vehicle queues
    queue_gap_m: Positive = 15.0  # from rear to front, within one queue and before the stop line


class Queues(NamedTuple):
    """The queue of each lane (l,), by the lane's index."""

    length: Floats  # m, from the stop line to the rear of the last vehicle
    vehicles: Ints
    last: Ints  # row of the last vehicle, NONE: no queue


def measure(
    settings: QueueSettings, tracks: Tracks, queueing: Mask, lane: Ints, to_stop_line: Floats, lanes: int
) -> Queues:
    """Return the queues of `lanes` lanes; `queueing` (n,): vehicles on a lane that stand or nearly do."""
    queues = Queues(np.zeros(lanes), np.zeros(lanes, dtype=np.int64), np.full(lanes, NONE))
    rows = queueing.nonzero()[0]
    if not len(rows):
        return queues
    rows = rows[np.lexsort((to_stop_line[rows], lane[rows]))]
    half = tracks.size[rows, 0] / 2.0
    rear, own = to_stop_line[rows] + half, lane[rows]
    first = np.ones(len(rows), dtype=np.bool_)
    first[1:] = own[1:] != own[:-1]
    before = np.zeros(len(rows))
    before[1:] = rear[:-1]
    broken = to_stop_line[rows] - half - np.where(first, 0.0, before) > settings.queue_gap_m
    breaks = np.cumsum(broken)
    breaks -= (breaks - broken)[first.nonzero()[0][np.cumsum(first) - 1]]  # those of its own lane
    joined = breaks == 0
    queues.length[own[joined]] = rear[joined]  # the last one of a lane is written last
    queues.last[own[joined]] = rows[joined]
    queues.vehicles[:] = np.bincount(own[joined], minlength=lanes)
    return queues
