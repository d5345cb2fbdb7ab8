"""The tracks in memory: one structured array, a row per road user, confirmed or not.

A row's state is true at its own `stamp_ns`, the time of its newest measurement; between measurements nothing of it
changes but the evidence.
"""

from __future__ import annotations

import heapq
from collections import deque

import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, Ints

KINDS = 7  # RoadUser values

Table = NDArray[np.void]


def empty(sensors: int) -> Table:
    """Return a table without rows for a site with this number of sensors."""
    return np.zeros(
        0,
        dtype=[
            ("state", "f8", 4),  # east, north [m], their speeds [m/s]
            ("covariance", "f8", (4, 4)),
            ("stamp_ns", "i8"),  # newest measurement: when it was true
            ("receipt_ns", "i8"),  # and when it arrived
            ("log_odds", "f8"),  # of existence
            ("scans", "i8"),  # measurements used so far
            ("id", "i8"),  # 0 while not confirmed
            ("votes", "f8", KINDS),  # log-likelihood of each class, 0 the best
            ("kind", "i8"),  # RoadUser, the best class; UNKNOWN before the first vote
            ("log_class", "f8", KINDS),  # log P(detected class | this) / P(detected class | false alarm)
            ("size", "f8", 3),  # m: sum of weighted measurements
            ("size_weight", "f8", 3),
            ("heading", "f8"),  # deg, NaN while never known
            ("heading_sd", "f8"),  # deg
            ("moving", "?"),  # the heading follows the velocity
            ("history", "u8", sensors),  # bit k: seen in the last scan but k of the sensor, the newest 64
            ("seen_ns", "i8", sensors),  # newest measurement of each sensor
            ("vehicle", "u8"),  # id of its BSM, big-endian octets as a number
            ("vehicle_ns", "i8"),  # newest BSM, 0: none
            ("vehicle_heading", "f8"),  # deg, as the BSM says
            ("vehicle_heading_sd", "f8"),  # deg
            ("radio", "i8"),  # index of the radio that heard it
        ],
    )


def new_rows(table: Table, count: int) -> Table:
    """Return fresh rows of a table's layout: nothing known."""
    rows: Table = np.zeros(count, dtype=table.dtype)
    rows["heading"] = rows["heading_sd"] = rows["vehicle_heading"] = np.nan
    return rows


def existence(table: Table) -> Floats:
    """Return the probability (n,) that each row is a road user."""
    odds: Floats = 1.0 / (1.0 + np.exp(-table["log_odds"]))
    return odds


def seen_together(first: Table, second: Table) -> Ints:
    """Return in how many of its last scans some sensor saw both of each pair of rows (n,)."""
    both: NDArray[np.uint64] = first["history"] & second["history"]
    times: Ints = np.bitwise_count(both).sum(axis=1, dtype=np.int64)
    return times


class Ids:
    """Numbers of road users, 1..65535: the lowest free one, but none again within `rest_ns`."""

    LAST = 65535

    def __init__(self, rest_ns: int) -> None:
        self._rest_ns = rest_ns
        self._unused = 1  # the lowest number never given
        self._free: list[int] = []  # heap
        self._resting: deque[tuple[int, int]] = deque()  # (when released, number)

    def take(self, now_ns: int) -> int | None:
        """Return a number, or None when all are in use or at rest."""
        while self._resting and now_ns - self._resting[0][0] >= self._rest_ns:
            heapq.heappush(self._free, self._resting.popleft()[1])
        if self._free:
            return heapq.heappop(self._free)
        if self._unused > self.LAST:
            return None
        self._unused += 1
        return self._unused - 1

    def release(self, number: int, now_ns: int) -> None:
        """Give a number back."""
        self._resting.append((now_ns, number))
