"""Traffic per lane as the road users show it: how many crossed the stop line, and the longest queue.

The same rules for the output on air and for the truth, so that one can be held against the other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints, RoadUser
from perception.traffic.lanes import LaneMap
from rsu.lab.air import Air
from rsu.lab.receiver import USER, Rows
from rsu.lab.truth import RunTruth

EVERY = 2  # ticks between looks; lanes reach far enough past the stop line that no crossing falls between two
QUEUE_MPS = 1.4  # 5 km/h: a slower vehicle queues
QUEUE_GAP_M = 15.0  # from rear to front, within one queue and before the stop line
_VEHICLES = (RoadUser.UNKNOWN, RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS)


class LaneCount(NamedTuple):
    """One lane: the sent and the true values."""

    link: str
    lane: int
    volume: int
    true_volume: int
    queue_m: float  # longest
    true_queue_m: float


def compare(air: Air, truth: RunTruth, ticks_ns: Ints, lanes: LaneMap) -> list[LaneCount]:
    """Return the lanes' counts over judged ticks."""
    looks = ticks_ns[::EVERY]
    said = air.users[np.isin(air.users["now_ns"], looks)]
    both = [_lanes(users, lanes) for users in (said, _as_users(truth, looks))]
    (volume, queue), (true_volume, true_queue) = both
    return [
        LaneCount(
            line.link, line.lane, int(volume[i]), int(true_volume[i]), round(queue[i], 1), round(true_queue[i], 1)
        )
        for i, line in enumerate(lanes.lines)
    ]


def _as_users(truth: RunTruth, looks: Ints) -> Rows:
    """Return the truth at some times as if it had been on air."""
    parts = []
    for now_ns in looks.tolist():
        lives = truth.present(now_ns)
        rows = np.zeros(len(lives), USER)
        rows["now_ns"], rows["id"] = now_ns, lives
        rows["position"] = truth.places(lives, np.array([now_ns]))[0]
        for row, life in zip(rows, lives.tolist(), strict=True):
            row["kind"], row["size"] = truth.lives[life].kind, truth.lives[life].size_m
            row["speed"], row["heading"] = truth.motion(life, now_ns)
        parts.append(rows)
    return np.concatenate([np.zeros(0, USER), *parts])


def _lanes(users: Rows, lanes: LaneMap) -> tuple[Ints, Floats]:
    """Return volume and longest queue in metres of every lane."""
    matches = lanes.match(users["position"], users["heading"])
    volume = np.zeros(len(lanes.lines), dtype=np.int64)
    order = np.lexsort((users["now_ns"], users["id"]))
    lane, ahead, number = matches.lane[order], matches.to_stop_line_m[order], users["id"][order]
    crossed = (number[1:] == number[:-1]) & (lane[1:] == lane[:-1]) & (lane[1:] >= 0)
    crossed &= (ahead[:-1] > 0.0) & (ahead[1:] <= 0.0)
    np.add.at(volume, lane[1:][crossed], 1)
    return volume, _queues(users, matches.lane, matches.to_stop_line_m, len(lanes.lines))


def _queues(users: Rows, lane: Ints, ahead: Floats, lanes: int) -> Floats:
    longest = np.zeros(lanes)
    queueing = np.isin(users["kind"], _VEHICLES) & (users["speed"] < QUEUE_MPS) & (ahead > 0.0)
    rows = np.flatnonzero(queueing)
    rows = rows[np.lexsort((ahead[rows], lane[rows], users["now_ns"][rows]))]
    rear, now, mine = 0.0, -1, -1
    for row in rows.tolist():
        if (int(users["now_ns"][row]), int(lane[row])) != (now, mine):
            rear, now, mine = 0.0, int(users["now_ns"][row]), int(lane[row])
        half = float(np.nan_to_num(users["size"][row, 0], nan=4.5)) / 2.0
        if ahead[row] - half - rear <= QUEUE_GAP_M:
            rear = float(ahead[row]) + half
            longest[mine] = max(longest[mine], rear)
        else:
            rear = -np.inf  # the queue has ended: no vehicle behind belongs to it
    return longest
