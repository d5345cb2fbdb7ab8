"""One neighbour: its newest tracks, how its datum and clock differ, and which of its tracks the box sees too."""

from __future__ import annotations

import numpy as np

from perception.corridor.estimates import TrackStates, at
from perception.corridor.offset import DatumAndClock
from perception.corridor.overlap import Pairing, SameUsers
from perception.corridor.settings import CorridorSettings
from perception.corridor.shared import SharedTracks
from perception.objects import Ints

SILENT_S = 0.5  # tracks of a time farther away, past or future, are not there

_NONE: Ints = np.zeros(0, np.int64)


class Neighbour:
    """All that is known of one neighbour."""

    def __init__(self, box: str, settings: CorridorSettings) -> None:
        self.offset = DatumAndClock(box, settings)
        self.heard = nothing(box)  # its newest tracks, as they came
        self.now = self.heard  # the same; none where they are of another time
        self.corrected = at(self.heard, 0)  # (m,) where they are now, in the box's datum and time
        self.same = SameUsers(_NONE, _NONE, _NONE > 0)  # rows of own tracks and of `now` that are one road user
        self._pairing = Pairing()

    def look(self, own_id: Ints, own: TrackStates, now_ns: int) -> None:
        """Compare its tracks with the box's own (n,) of now, and learn from those that both see."""
        far = np.abs(now_ns - self.heard.stamp_ns) > int(SILENT_S * 1e9)
        self.now = nothing(self.heard.box) if far.any() else self.heard
        said = at(self.now, now_ns)
        self.corrected = self.offset.corrected(said)
        self.same = self._pairing.look(own_id, own, self.now.id, self.corrected)
        own_rows, their_rows = self.surely()
        self.offset.learn(own.take(own_rows), said.take(their_rows))

    def surely(self) -> tuple[Ints, Ints]:
        """Return the rows (k,) of own tracks and (k,) of `now` that surely are one road user."""
        return self.same.own[self.same.sure], self.same.theirs[self.same.sure]


def nothing(box: str) -> SharedTracks:
    """Return no tracks."""
    return SharedTracks(
        box=box,
        id=_NONE,
        stamp_ns=_NONE,
        position_m=np.zeros((0, 2)),
        velocity_mps=np.zeros((0, 2)),
        covariance=np.zeros((0, 4, 4)),
        size_m=np.zeros((0, 3)),
        kind=_NONE,
        global_id=_NONE,
        since_ns=_NONE,
        travelled_m=np.zeros(0),
    )
