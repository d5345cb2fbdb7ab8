"""One box's view of the corridor: its own tracks and its neighbours', one identity for each road user.

Every box runs the same rules on the tracks that it hears; none leads. Pure: time comes with the tracks.
"""

from __future__ import annotations

import numpy as np

from perception.corridor.arrivals import Arrivals
from perception.corridor.estimates import at
from perception.corridor.identity import GlobalIdentity, IdentityBook
from perception.corridor.neighbour import Neighbour
from perception.corridor.picture import picture
from perception.corridor.road import RoadAxis
from perception.corridor.settings import CorridorSettings
from perception.corridor.shared import NO_IDENTITY, CorridorTracks, NeighbourOffset, SharedTracks
from perception.objects import Ints
from perception.results import Tracks


class Corridor:
    """The corridor as one box sees it."""

    def __init__(self, box: str, prefix: int, road: RoadAxis, settings: CorridorSettings) -> None:
        """`prefix` 1..2^32 - 1: of all identities that this box gives, and no other."""
        self._box = box
        self._settings = settings
        self._book = IdentityBook(prefix, settings)
        self._arrivals = Arrivals(road, settings)
        self._neighbours: dict[str, Neighbour] = {}
        self._last_ns: int | None = None

    def hear(self, tracks: SharedTracks) -> None:
        """Take a neighbour's newest tracks: positions in this box's site frame, stamps by the neighbour's clock."""
        if tracks.box not in self._neighbours:
            self._neighbours[tracks.box] = Neighbour(tracks.box, self._settings)
        self._neighbours[tracks.box].heard = tracks

    def step(self, own: Tracks, now_ns: int) -> SharedTracks:
        """Take the box's own tracks, as they are now; return them with their identities, for the neighbours."""
        self._keep(own, now_ns)
        estimates = at(own, now_ns)
        for neighbour in self._neighbours.values():
            neighbour.look(own.id, estimates, now_ns)
            self._adopt(neighbour, own.id, now_ns)
        shared = self._shared(own)
        self._arrive(shared, now_ns)
        return self._shared(own)

    def picture(self, own: Tracks, now_ns: int) -> CorridorTracks:
        """Return all road users that this box or a neighbour sees, after `step` with the same tracks."""
        return picture(self._shared(own), list(self._neighbours.values()), now_ns)

    def offsets(self) -> list[NeighbourOffset]:
        """Return how the neighbours' datums and clocks differ from the box's own."""
        return [neighbour.offset.view() for neighbour in self._neighbours.values()]

    def _keep(self, own: Tracks, now_ns: int) -> None:
        """Keep the identities of the tracks that are still there."""
        passed_s = 0.0 if self._last_ns is None else (now_ns - self._last_ns) * 1e-9
        self._last_ns = now_ns
        way = np.hypot(*own.velocity_mps.T) * passed_s
        self._book.keep(own.id.tolist(), way.tolist(), now_ns)

    def _adopt(self, neighbour: Neighbour, own_id: Ints, now_ns: int) -> None:
        """Take over older identities from a neighbour that sees the same road users; own_id (n,): of the own tracks."""
        theirs = neighbour.now
        for row, column in zip(*(each.tolist() for each in neighbour.surely()), strict=True):
            if theirs.global_id[column] != NO_IDENTITY:
                self._book.adopt(int(own_id[row]), identity_of(theirs, column), now_ns)

    def _arrive(self, shared: SharedTracks, now_ns: int) -> None:
        """Give every new road user its identity as soon as it can be told."""
        present = [shared, *(each.now for each in self._neighbours.values())]
        found = self._arrivals.step(present, now_ns)
        for track, identity in found.items():
            if identity is None or not self._book.adopt(track, identity, now_ns):
                self._book.give(track, now_ns)

    def _shared(self, own: Tracks) -> SharedTracks:
        """Return the box's own tracks with their identities."""
        waiting = GlobalIdentity(NO_IDENTITY, 0, 0.0)
        known = [self._book.of.get(track, waiting) for track in own.id.tolist()]
        return SharedTracks(
            box=self._box,
            id=own.id,
            stamp_ns=own.stamp_ns,
            position_m=own.position_m,
            velocity_mps=own.velocity_mps,
            covariance=own.covariance,
            size_m=own.size_m,
            kind=own.kind,
            global_id=np.array([each.global_id for each in known], np.int64),
            since_ns=np.array([each.since_ns for each in known], np.int64),
            travelled_m=np.array([each.travelled_m for each in known]),
        )


def identity_of(tracks: SharedTracks, row: int) -> GlobalIdentity:
    """Return the identity of a row."""
    return GlobalIdentity(int(tracks.global_id[row]), int(tracks.since_ns[row]), float(tracks.travelled_m[row]))
