"""New road users of a box: which of those that were seen before, here or at a neighbour, they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from perception.corridor import gap
from perception.corridor.gap import OnWay
from perception.corridor.identity import GlobalIdentity
from perception.corridor.road import RoadAxis
from perception.corridor.settings import CorridorSettings
from perception.corridor.shared import NO_IDENTITY, SharedTracks
from perception.objects import SECOND_NS


class Arrivals:
    """The last looks at all road users of the box and its neighbours, and the box's road users without identity."""

    def __init__(self, road: RoadAxis, settings: CorridorSettings) -> None:
        self._road = road
        self._wait_ns = int(settings.decide_s * SECOND_NS)
        self._gap_ns = int(settings.gap_s * SECOND_NS)
        self._last: dict[int, OnWay] = {}  # global id -> last look
        self._first_ns: dict[int, int] = {}  # own track without identity -> when it appeared

    def step(self, present: Sequence[SharedTracks], now_ns: int) -> dict[int, GlobalIdentity | None]:
        """Take all tracks of now, the box's own first; return the identities of those that can be told, None: new.

        All that wait are assigned together: one that waits longer does not take the identity of the one behind it.
        """
        looks = [each for tracks in present for each in self._looks(tracks)]
        there = {look.identity.global_id: look for _, look in looks if look.identity is not None}
        self._last |= there
        self._last = {key: look for key, look in self._last.items() if look.stamp_ns > now_ns - self._gap_ns}
        waiting = {track: look for track, look in looks[: len(present[0])] if look.identity is None}
        self._first_ns = {track: self._first_ns.get(track, now_ns) for track in waiting}
        gone = [look for key, look in self._last.items() if key not in there]
        tracks = list(waiting)
        found = {tracks[column]: gone[row].identity for row, column in gap.assign(gone, list(waiting.values()))}
        due = (track for track in tracks if now_ns - self._first_ns[track] >= self._wait_ns)
        return {track: found.get(track) for track in due}

    def _looks(self, tracks: SharedTracks) -> Iterator[tuple[int, OnWay]]:
        """Yield the number of each track and a look at it."""
        road = self._road.place(tracks.position_m)
        speed = (tracks.velocity_mps * road.ahead).sum(axis=1)
        numbers = tracks.id, tracks.stamp_ns, tracks.kind, tracks.global_id, tracks.since_ns
        figures = np.column_stack([tracks.travelled_m, road.along_m, road.aside_m, speed, tracks.size_m[:, 0]]).tolist()
        ids = np.column_stack(numbers).tolist()
        for (track, stamp_ns, kind, number, since_ns), (travelled_m, *way) in zip(ids, figures, strict=True):
            along_m, aside_m, speed_mps, length_m = way
            identity = None if number == NO_IDENTITY else GlobalIdentity(number, since_ns, travelled_m)
            yield track, OnWay(identity, stamp_ns, along_m, aside_m, speed_mps, length_m, kind)
