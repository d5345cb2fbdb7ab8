"""Places: a record always holds the absolute position; offsets exist on the wire only.

PositionOffsetLLV is relative to the position of the enclosing message, node or vehicle. Encoding picks the smallest
alternative that holds the offset; where none does, or the reference is unknown, the absolute alternative.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import msgspec

from v2x.fields import WireValue
from v2x.units import ELEVATION, LATITUDE, LONGITUDE


class Position(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A point on WGS-84 (CGCS2000)."""

    latitude_deg: float  # north +
    longitude_deg: float  # east +
    elevation_m: float | None = None  # above the ellipsoid


Wire: TypeAlias = dict[str, WireValue]
Reference: TypeAlias = Callable[[Any], Position | None]  # of the position to which offsets behind a value are relative

# alternative -> largest offset it holds, in steps of 1e-7 deg
_HORIZONTAL = {
    "position-LL1": 2**11 - 1,
    "position-LL2": 2**13 - 1,
    "position-LL3": 2**15 - 1,
    "position-LL4": 2**17 - 1,
    "position-LL5": 2**21 - 1,
    "position-LL6": 2**23 - 1,
}
# alternative -> largest offset it holds, in steps of 0.1 m; one more also means "or beyond", two below is unavailable
_VERTICAL = {
    "offset1": 2**6 - 2,
    "offset2": 2**7 - 2,
    "offset3": 2**8 - 2,
    "offset4": 2**9 - 2,
    "offset5": 2**10 - 2,
    "offset6": 2**11 - 2,
}


class _Counts(NamedTuple):
    """A position in wire steps."""

    latitude: int
    longitude: int
    elevation: int | None


class AbsolutePosition:
    """Position3D; None when latitude or longitude is unavailable."""

    def to_wire(self, value: Position | None) -> Wire:
        """Return the members of Position3D."""
        counts = _counts(value)
        if counts is None:
            return {"lat": LATITUDE.unavailable, "long": LONGITUDE.unavailable}
        wire = {"lat": counts.latitude, "long": counts.longitude}
        return wire if counts.elevation is None else {**wire, "elevation": counts.elevation}

    def from_wire(self, wire: Wire) -> Position | None:
        """Return the position."""
        return _position(_Counts(wire["lat"], wire["long"], wire.get("elevation")))

    def holds(self, value: Position | None) -> bool:
        """Return whether a position travels as it is."""
        return value is None or (
            LATITUDE.holds(value.latitude_deg)
            and LONGITUDE.holds(value.longitude_deg)
            and ELEVATION.holds(value.elevation_m)
        )


POSITION = AbsolutePosition()


def itself(position: Position) -> Position:
    """Return the position: for a field that is the reference of the offsets behind it."""
    return position


def to_offset(value: Position | None, reference: Position | None) -> Wire:
    """Return PositionOffsetLLV of `value` as seen from `reference`."""
    here, there = _counts(value), _counts(reference)
    if here is None:
        return {"offsetLL": ("position-LatLon", {"lon": LONGITUDE.unavailable, "lat": LATITUDE.unavailable})}
    wire: Wire = {"offsetLL": _horizontal(here, there)}
    if here.elevation is not None:
        wire["offsetV"] = _vertical(here.elevation, there and there.elevation)
    return wire


def from_offset(wire: Wire, reference: Position | None) -> Position | None:
    """Return the position that lies `wire` (PositionOffsetLLV) away from `reference`."""
    there = _counts(reference)
    alternative, point = wire["offsetLL"]
    latitude, longitude = point["lat"], point["lon"]
    if alternative != "position-LatLon":
        if there is None:
            return None
        latitude, longitude = there.latitude + latitude, there.longitude + longitude
    return _position(_Counts(latitude, longitude, _elevation(wire.get("offsetV"), there and there.elevation)))


def _counts(position: Position | None) -> _Counts | None:
    if position is None:
        return None
    latitude, longitude = LATITUDE.to_wire(position.latitude_deg), LONGITUDE.to_wire(position.longitude_deg)
    if latitude == LATITUDE.unavailable or longitude == LONGITUDE.unavailable:
        return None
    elevation: int | None = ELEVATION.to_wire(position.elevation_m)
    if elevation == ELEVATION.unavailable:
        elevation = None
    return _Counts(latitude, longitude, elevation)


def _position(counts: _Counts) -> Position | None:
    latitude_deg, longitude_deg = LATITUDE.from_wire(counts.latitude), LONGITUDE.from_wire(counts.longitude)
    if latitude_deg is None or longitude_deg is None:
        return None
    elevation_m = None if counts.elevation is None else ELEVATION.from_wire(counts.elevation)
    return Position(latitude_deg=latitude_deg, longitude_deg=longitude_deg, elevation_m=elevation_m)


def _horizontal(here: _Counts, there: _Counts | None) -> tuple[str, Wire]:
    if there is not None:
        longitude, latitude = here.longitude - there.longitude, here.latitude - there.latitude
        # two's complement: -n fits where n - 1 does
        extent = max(count if count >= 0 else ~count for count in (longitude, latitude))
        for alternative, largest in _HORIZONTAL.items():
            if extent <= largest:
                return alternative, {"lon": longitude, "lat": latitude}
    return "position-LatLon", {"lon": here.longitude, "lat": here.latitude}


def _vertical(here: int, there: int | None) -> tuple[str, int]:
    if there is not None:
        for alternative, largest in _VERTICAL.items():
            if abs(here - there) <= largest:
                return alternative, here - there
    return "elevation", here


def _elevation(wire: tuple[str, int] | None, reference: int | None) -> int | None:
    """Return the absolute elevation in steps; None when it is not given or not known."""
    if wire is None:
        return None
    alternative, count = wire
    if alternative == "elevation":
        return count
    unavailable = -_VERTICAL[alternative] - 2
    return None if reference is None or count == unavailable else reference + count
