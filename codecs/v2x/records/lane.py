"""Attributes of a lane, in phase I and in phase II (modules MapLane, MapPoint, MapSpeedLimit)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias, get_args

from v2x import units
from v2x.errors import EncodeError
from v2x.fields import Flags
from v2x.records import names, names_ii
from v2x.records.common import Record
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import Position

POINTS = Limits(2, 31, empty=True)
MANEUVERS = Flags(get_args(names.Maneuver), 12)
LANE_SHARING = Flags(get_args(names.LaneSharing), 10)
LaneFlags: TypeAlias = Mapping[names.LaneKind, Flags[str]]
LANE_FLAGS: LaneFlags = {
    "vehicle": Flags(get_args(names.VehicleLaneFlag), 8),
    "crosswalk": Flags(get_args(names.CrosswalkFlag), 16),
    "bikeLane": Flags(get_args(names.BikeLaneFlag), 16),
    "sidewalk": Flags(get_args(names.SidewalkFlag), 16),
    "median": Flags(get_args(names.BarrierFlag), 16),
    "striping": Flags(get_args(names.StripingFlag), 16),
    "trackedVehicle": Flags(get_args(names.TrackedVehicleFlag), 16),
    "parking": Flags(get_args(names.ParkingFlag), 16),
}
LANE_FLAGS_II: LaneFlags = {**LANE_FLAGS, "vehicle": Flags(get_args(names_ii.VehicleLaneFlag), 8)}


class LaneType(Record, frozen=True, kw_only=True):
    """The use of a lane, and the flags of that kind of lane.

    See `names`: VehicleLaneFlag, CrosswalkFlag, ...; in phase II VehicleLaneFlag of `names_ii`.
    """

    kind: names.LaneKind
    flags: tuple[str, ...] = ()


class LaneTypeAttributes:
    """CHOICE between the flags of the kinds of lane; None for a kind that the profile does not know."""

    def __init__(self, flags: LaneFlags) -> None:
        self.flags = flags

    def to_wire(self, value: LaneType | None) -> tuple[str, tuple[bytes, int]]:
        """Return (alternative, bits)."""
        if value is None or value.kind not in self.flags:
            raise EncodeError(f"{value and value.kind!r} is none of {', '.join(self.flags)}")
        return value.kind, self.flags[value.kind].to_wire(value.flags)

    def from_wire(self, wire: tuple[names.LaneKind, tuple[bytes, int]] | tuple[None, None]) -> LaneType | None:
        """Return kind and flags."""
        kind, bits = wire
        if kind is None or bits is None:
            return None
        return LaneType(kind=kind, flags=self.flags[kind].from_wire(bits))

    def holds(self, value: LaneType | None) -> bool:
        """Return whether the flags are known: others are refused."""
        return value is not None and self.flags[value.kind].holds(value.flags)


LANE_TYPE = LaneTypeAttributes(LANE_FLAGS)
LANE_TYPE_II = LaneTypeAttributes(LANE_FLAGS_II)


class LaneAttributes(Record, frozen=True, kw_only=True):
    """Use and type of a lane."""

    shared_with: Annotated[tuple[names.LaneSharing, ...] | None, Wire("shareWith", LANE_SHARING)] = None
    type: Annotated[
        LaneType | None, Wire("laneType", LANE_TYPE, differs={"csae157-2020": Wire("laneType", LANE_TYPE_II)})
    ]


class SpeedLimit(Record, frozen=True, kw_only=True):
    """One limit of a link or lane; that of the lane counts more."""

    type: Annotated[names.SpeedLimitType, Wire("type")]
    speed_mps: Annotated[float | None, Wire("speed", units.SPEED)]


class RoadPoint(Record, frozen=True, kw_only=True):
    """A point of a centre line."""

    position: Annotated[Position | None, Wire("posOffset", relative=True)]
