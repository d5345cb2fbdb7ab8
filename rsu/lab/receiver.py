"""Road users that a receiving vehicle knows at every tick: those sent, and those left out as hardly changed.

A roadside unit leaves a road user that goes on as before out of a cycle (ETSI TS 103 324). A receiver keeps it for as
long as it may be left out, moved on by its speed and heading. One that turns up under a new number where a kept one
should be now is the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from perception.geo import direction_of
from perception.objects import RoadUser

Rows = NDArray[np.void]  # of a structured type
USER = np.dtype(
    [
        ("now_ns", np.int64),  # of the tick
        ("told_ns", np.int64),  # of the tick at which it was told of last
        ("stamp_ns", np.int64),  # when it is true; of those left out: now
        ("id", np.int64),
        ("kind", np.int64),  # RoadUser
        ("position", np.float64, 2),  # m, site frame
        ("speed", np.float64),  # m/s
        ("heading", np.float64),  # deg
        ("size", np.float64, 3),  # m
    ]
)
KEPT_NS, VULNERABLE_KEPT_NS = 1_050_000_000, 550_000_000  # longest omission, and half a cycle
VULNERABLE = (RoadUser.BICYCLE, RoadUser.PEDESTRIAN)
STANDING_MPS = 0.5  # a speed below it is no motion to go on with
SAME_M = 1.5
NEW_AFTER_NS = 3_000_000_000  # a number that was not told of for so long is new
_NUMBERS = 65536


class MessageReceiver:
    """Remembers the road users of earlier messages."""

    def __init__(self) -> None:
        self._known = np.zeros(0, USER)  # as they were told of last
        self._told_ns = np.zeros(_NUMBERS, dtype=np.int64)  # by id

    def cycle(self, now_ns: int, told: Rows) -> Rows:
        """Take the road users of a tick; return all that a receiver knows of, by id."""
        limit_ns = np.where(np.isin(self._known["kind"], VULNERABLE), VULNERABLE_KEPT_NS, KEPT_NS)
        left_out = ~np.isin(self._known["id"], told["id"])
        kept = self._known[left_out & (now_ns - self._known["told_ns"] <= limit_ns)]
        new = told[now_ns - self._told_ns[told["id"]] > NEW_AFTER_NS]
        self._told_ns[told["id"]] = now_ns
        now = _moved_on(kept, now_ns)
        away = np.linalg.norm(now["position"][:, None] - new["position"], axis=2)
        others = away.min(axis=1, initial=np.inf) >= SAME_M
        self._known = np.concatenate([told, kept[others]])
        everybody = np.concatenate([told, now[others]])
        return everybody[np.argsort(everybody["id"], kind="stable")]


def _moved_on(users: Rows, now_ns: int) -> Rows:
    """Return road users where they should be now."""
    seconds = np.where(users["speed"] >= STANDING_MPS, (now_ns - users["stamp_ns"]) / 1e9, 0.0)
    moved = users.copy()
    moved["position"] += np.nan_to_num(direction_of(users["heading"]) * (users["speed"] * seconds)[:, None])
    moved["now_ns"] = moved["stamp_ns"] = now_ns
    return moved
