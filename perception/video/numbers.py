"""Numbers of road users: one that was out of sight for some seconds has its number again where it looks the same.

The number of a road user that ends is kept with its looks, its place and its pace in the picture. A new road user gets
it where it could have gone there since and looks like it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints
from perception.video.appearance import unlike
from perception.video.followed import Followed

KEPT_S = 8.0  # so long a number is kept
UNLIKE = 0.4  # least difference of looks at which it is another road user
UNSEEN_S = 0.2  # a road user that the network has not seen for longer may be the same as a new one
NEAR, PACE = 0.6, 0.7  # larger sides of its box that a road user may be from where it should be; more of them a second


class Lost(NamedTuple):
    """A road user that ended."""

    number: int
    look: Floats  # (LENGTH,)
    foot_px: Floats  # (2,) px
    speed_pxps: Floats  # (2,) px a second
    stamp_ns: int


class Numbers:
    """The numbers of one camera's road users."""

    def __init__(self) -> None:
        self._last = 0
        self._lost: list[Lost] = []

    def given(self, users: Followed, shown: Ints, stamp_ns: int) -> Followed:
        """Return the road users, with numbers for those of the rows `shown` (k,) that have none.

        One that is not seen any more gives its number to a new one that is the same, and has none then.
        """
        kept = [lost for lost in self._lost if stamp_ns - lost.stamp_ns < KEPT_S * 1e9]
        number = users.number.copy()
        unseen = np.flatnonzero((number > 0) & (users.unseen_s > UNSEEN_S))
        self._lost = kept + _lost(users, unseen, stamp_ns)
        for row in shown[number[shown] == 0].tolist():
            given = self._of(users, row, stamp_ns)
            number[number == given] = 0
            number[row] = given
        self._lost = [lost for lost in self._lost if lost.number not in number]
        return users._replace(number=number)

    def ended(self, before: Followed, now: Followed, stamp_ns: int) -> None:
        """Keep the numbers of road users that are no more."""
        gone = np.flatnonzero((before.number > 0) & ~np.isin(before.number, now.number))
        self._lost += _lost(before, gone, stamp_ns)

    def _of(self, users: Followed, row: int, stamp_ns: int) -> int:
        box = users.found.box_px[row]
        best, chosen = UNLIKE, None
        for lost in self._lost:
            seconds = (stamp_ns - lost.stamp_ns) * 1e-9
            far = np.hypot(*(feet(box) - lost.foot_px - lost.speed_pxps * min(seconds, 1.0)))
            reach = (NEAR + PACE * seconds) * max(box[2] - box[0], box[3] - box[1])
            unalike = float(unlike(users.look[row : row + 1], lost.look[None])[0, 0])
            if far < reach and unalike < best:
                best, chosen = unalike, lost
        if chosen is None:
            self._last += 1
            return self._last
        self._lost = [lost for lost in self._lost if lost.number != chosen.number]
        return chosen.number


def _lost(users: Followed, rows: Ints, stamp_ns: int) -> list[Lost]:
    """Return the road users of the rows (k,) as they are kept while they are out of sight."""
    return [
        Lost(int(users.number[row]), users.look[row], feet(users.found.box_px[row]), users.speed_pxps[row], stamp_ns)
        for row in rows.tolist()
    ]


def feet(box: Floats) -> Floats:
    """Return the middle of the lower edge (2,) of a box (4,) px."""
    return np.array([(box[0] + box[2]) / 2, box[3]])
