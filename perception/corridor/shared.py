"""Tracks as neighbouring boxes exchange them, and the picture that a box makes of its own and of theirs.

Only tracks of a box's own sensors are exchanged, never fused ones: a measurement would come back as another box's.
"""

from __future__ import annotations

import msgspec

from perception.objects import Floats, Ints

NO_IDENTITY = 0  # a road user waits for its identity


class SharedTracks(msgspec.Struct, frozen=True, eq=False):
    """The tracks of one box: n rows, each true at its `stamp_ns` by the clock of that box."""

    box: str  # name of the box
    id: Ints  # (n,) the box's own number of the track
    stamp_ns: Ints  # (n,)
    position_m: Floats  # (n, 2) m, centre; site frame of the box that reads it
    velocity_mps: Floats  # (n, 2) m/s
    covariance: Floats  # (n, 4, 4) of east, north, east speed, north speed
    size_m: Floats  # (n, 3) m: length, width, height
    kind: Ints  # (n,) RoadUser
    global_id: Ints  # (n,) identity along the corridor, NO_IDENTITY while it is open
    since_ns: Ints  # (n,) when the identity began, by the clock of the box that gave it
    travelled_m: Floats  # (n,) m since then

    def __len__(self) -> int:
        """Return the number of tracks."""
        return len(self.id)

    def take(self, rows: Ints) -> SharedTracks:
        """Return some of the rows (k,)."""
        columns = {name: getattr(self, name)[rows] for name in self.__struct_fields__ if name != "box"}
        return SharedTracks(box=self.box, **columns)


class CorridorTracks(msgspec.Struct, frozen=True, eq=False):
    """All road users that a box or one of its neighbours sees, at one time: n rows, site frame of the box."""

    stamp_ns: int
    global_id: Ints  # (n,) NO_IDENTITY while it is open
    id: Ints  # (n,) the box's own number of the track, 0: neighbours alone see it
    position_m: Floats  # (n, 2) m, centre
    velocity_mps: Floats  # (n, 2) m/s
    covariance: Floats  # (n, 4, 4) of east, north, east speed, north speed
    size_m: Floats  # (n, 3) m
    kind: Ints  # (n,) RoadUser
    boxes: list[tuple[str, ...]]  # names of the boxes that see it

    def __len__(self) -> int:
        """Return the number of road users."""
        return len(self.id)


class NeighbourOffset(msgspec.Struct, frozen=True):
    """How a neighbour's positions and clock differ from the box's own, as shared road users show."""

    box: str
    east_m: float  # m, the neighbour's positions lie so far east of the box's
    north_m: float  # m
    clock_ms: float  # ms, the neighbour's clock is ahead by so much
    datum_sd_m: float  # m, 1 sigma, larger axis
    clock_sd_ms: float  # ms, 1 sigma
    shared: int  # road users that both see now
