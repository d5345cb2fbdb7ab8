"""Records of the corridor on the bus. SI units; `stamp_ns` is UTC."""

from __future__ import annotations

import msgspec

from perception.corridor.shared import NeighbourOffset
from perception.results import Tracks


class OwnTracks(msgspec.Struct, frozen=True, eq=False):
    """The tracks of this box's own sensors, for the corridor process."""

    stamp_ns: int
    tracks: Tracks  # its stamps are UTC


class NeighbourView(msgspec.Struct, frozen=True):
    """One neighbouring box, as this one sees it."""

    box: str  # its rscu_sn
    heard: bool  # tracks came in the last second
    age_ms: int | None  # since its newest tracks came; None: never
    delay_p50_ms: float | None  # from its sending to our receipt by both clocks, over the last minute
    delay_p99_ms: float | None
    road_users: int  # in its newest tracks
    offset: NeighbourOffset | None  # its datum and clock against ours; None: never heard
    refused: dict[str, int]  # reason -> messages not used


class CorridorUser(msgspec.Struct, frozen=True):
    """One road user along the corridor, seen by this box or a neighbour."""

    global_id: int  # 0: open
    id: int  # own track, 0: neighbours alone see it
    kind: str  # name of perception.objects.RoadUser, lower case
    east_m: float  # m, centre
    north_m: float
    speed_mps: float
    boxes: list[str]  # that see it


class CorridorState(msgspec.Struct, frozen=True):
    """The corridor as this box sees it, once a second."""

    stamp_ns: int
    box: str  # own name
    neighbours: list[NeighbourView]
    road_users: list[CorridorUser]
    identity_m: float  # privacy: an identity ends after so long a way
    identity_s: float  # and after so long a time
    error: str | None = None  # why tracks are not exchanged: cause, then remedy
