"""The memory of each road user between two looks: one row of a table for every number a track can have."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from perception.objects import Ints
from perception.traffic.lanes import NONE

NUMBERS = 65536  # track ids are 1..65535
FORGET_NS = 10_000_000_000  # a track that was away for longer may be another road user
ROW = np.dtype(
    [
        ("seen_ns", "i8"),
        ("first_ns", "i8"),
        ("first", "f8", 2),  # m: where it was first known well
        ("sure_s", "f8"),  # for how long its place has been known well, uncontested
        ("lane", "i2"),  # index into LaneMap.lines
        ("approach", "i2"),  # the lane whose stop line is ahead
        ("origin", "i2"),  # the lane whose stop line it crossed last
        ("crossed_ns", "i8"),  # when
        ("movement", "i1"),  # index into MOVEMENTS: its way through the junction, as far as it is known
        ("decided", "?"),  # that is final
        ("speed_limit", "f8"),  # m/s, of the last lane that had one
        ("steady_speed", "f8"),  # m/s: its speed, smoothed
        ("slow_s", "f8"),  # for how long it has been as slow as in a queue
        ("still_s", "f8"),  # for how long it has been standing
        ("stopped", "?"),
        ("delay_s", "f8"),  # before the stop line ahead
        ("from_m", "f8"),  # m before the stop line ahead, at most: where it was seen, under whatever number; 0: nowhere
        ("unseen_m", "f8"),  # m before the stop line that it crossed last, on which it was not seen,
        ("unseen_s", "f8"),  # and for how long it must have been there
    ]
)
FRESH = np.zeros((), dtype=ROW)
for _name in ("lane", "approach", "origin", "movement"):
    FRESH[_name] = NONE
for _name in ("speed_limit", "steady_speed"):
    FRESH[_name] = np.nan

Rows = NDArray[np.void]


class TrackMemory:
    """The table; a road user that has been away for too long is met anew."""

    def __init__(self) -> None:
        self._rows: Rows = np.zeros(NUMBERS, dtype=ROW)

    def recall(self, numbers: Ints, now_ns: int) -> Rows:
        """Return a copy of the rows (n,) of road users that are seen now; `first_ns` 0: never seen before."""
        rows = self._rows.take(numbers)
        away = now_ns - rows["seen_ns"] > FORGET_NS
        if away.any():
            rows[away] = FRESH
        rows["seen_ns"] = now_ns
        return rows

    def keep(self, numbers: Ints, rows: Rows) -> None:
        """Remember rows (n,) that `recall` gave, of the tracks with these numbers (n,)."""
        self._rows[numbers] = rows
