"""Positions as offsets: steps beside the alternative that holds them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from v2x.wire.positions import POSITION, Position, from_offset, to_offset

HERE = Position(latitude_deg=31.0, longitude_deg=121.0, elevation_m=10.0)


def north(steps: int, up_m: float | None = None) -> Position:
    """Return the point some steps of 1e-7 deg north of HERE."""
    latitude = (310_000_000 + steps) / 10_000_000
    return Position(latitude_deg=latitude, longitude_deg=121.0, elevation_m=None if up_m is None else 10.0 + up_m)


@pytest.mark.parametrize(
    ("steps", "alternative"),
    [
        (0, "position-LL1"),
        (2047, "position-LL1"),
        (-2048, "position-LL1"),
        (2048, "position-LL2"),
        (-8192, "position-LL2"),
        (-8193, "position-LL3"),
        (32768, "position-LL4"),
        (131072, "position-LL5"),
        (2097152, "position-LL6"),
        (8388607, "position-LL6"),
        (8388608, "position-LatLon"),
    ],
)
def test_smallest_alternative(steps: int, alternative: str) -> None:
    wire = to_offset(north(steps), HERE)
    absolute = alternative == "position-LatLon"
    assert wire == {"offsetLL": (alternative, {"lon": 1_210_000_000 * absolute, "lat": steps + 310_000_000 * absolute})}
    assert from_offset(wire, HERE) == north(steps)


@pytest.mark.parametrize(
    ("up_m", "wire"),
    [
        (0.0, ("offset1", 0)),
        (6.2, ("offset1", 62)),
        (6.3, ("offset2", 63)),  # 63 in offset1 also means more
        (-6.3, ("offset2", -63)),
        (204.6, ("offset6", 2046)),
        (204.7, ("elevation", 2147)),
    ],
)
def test_smallest_vertical_alternative(up_m: float, wire: tuple[str, int]) -> None:
    assert to_offset(north(0, up_m), HERE)["offsetV"] == wire
    assert from_offset(to_offset(north(0, up_m), HERE), HERE) == north(0, up_m)


def test_unknown_reference() -> None:
    flat = Position(latitude_deg=31.0, longitude_deg=121.0)
    assert to_offset(HERE, None)["offsetLL"][0] == "position-LatLon"
    assert from_offset(to_offset(HERE, None), None) == HERE
    assert to_offset(HERE, flat)["offsetV"] == ("elevation", 100)
    assert from_offset({"offsetLL": ("position-LL1", {"lon": 1, "lat": 1})}, None) is None
    above_unknown = {"offsetLL": ("position-LL1", {"lon": 0, "lat": 0}), "offsetV": ("offset1", 5)}
    assert from_offset(above_unknown, flat) == flat


def test_unavailable_places() -> None:
    assert POSITION.to_wire(None) == {"lat": 900000001, "long": 1800000001}
    assert POSITION.from_wire({"lat": 900000001, "long": 0}) is None
    assert from_offset(to_offset(None, HERE), HERE) is None
    nowhere = Position(latitude_deg=math.nan, longitude_deg=0.0)
    assert POSITION.from_wire(POSITION.to_wire(nowhere)) is None
    unavailable = {"offsetLL": ("position-LL1", {"lon": 0, "lat": 0}), "offsetV": ("offset3", -256)}
    assert from_offset(unavailable, HERE) == Position(latitude_deg=31.0, longitude_deg=121.0)


@given(
    st.builds(
        Position,
        latitude_deg=st.floats(-90, 90),
        longitude_deg=st.floats(-179.9, 180),
        elevation_m=st.none() | st.floats(-400, 6000),
    ),
    st.builds(
        Position,
        latitude_deg=st.floats(-90, 90),
        longitude_deg=st.floats(-179.9, 180),
        elevation_m=st.none() | st.floats(-400, 6000),
    )
    | st.none(),
)
def test_any_place_survives_from_any_reference(place: Position, reference: Position | None) -> None:
    back = from_offset(to_offset(place, reference), reference)
    assert back is not None
    assert back.latitude_deg == pytest.approx(place.latitude_deg, abs=0.51e-7)
    assert back.longitude_deg == pytest.approx(place.longitude_deg, abs=0.51e-7)
    assert (back.elevation_m is None) == (place.elevation_m is None)
    if back.elevation_m is not None:
        assert back.elevation_m == pytest.approx(place.elevation_m, abs=0.0501)
