"""Wire steps, unavailable codes, confidence classes, offsets: numbers beside meaning."""

from __future__ import annotations

import math
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import v2x
from v2x import confidence, units
from v2x.fields import Count, Flags, Scale
from v2x.records import names, names_ii
from v2x.wire.positions import POSITION, Position, from_offset, to_offset

SCALES = {name: unit for name, unit in vars(units).items() if isinstance(unit, Scale)}


@pytest.mark.parametrize(
    ("unit", "value", "count"),
    [
        (units.LATITUDE, 31.2345678, 312345678),
        (units.LATITUDE, -90.0, -900000000),
        (units.LATITUDE, None, 900000001),
        (units.LONGITUDE, 180.0, 1800000000),
        (units.LONGITUDE, None, 1800000001),
        (units.ELEVATION, -409.5, -4095),
        (units.ELEVATION, 6143.9, 61439),
        (units.ELEVATION, None, -4096),
        (units.SPEED, 163.8, 8190),
        (units.SPEED, None, 8191),
        (units.HEADING, 90.0, 7200),
        (units.HEADING, 359.9875, 28799),
        (units.HEADING, None, 28800),
        (units.COARSE_HEADING, 358.5, 239),
        (units.COARSE_HEADING, None, 240),
        (units.STEERING, -189.0, -126),
        (units.STEERING, None, 127),
        (units.ACCELERATION, -20.0, -2000),
        (units.ACCELERATION, None, 2001),
        (units.VERTICAL_ACCELERATION, 0.196133, 1),
        (units.VERTICAL_ACCELERATION, None, -127),
        (units.YAW_RATE, -327.67, -32767),
        (units.CURVE_RADIUS, None, 32767),
        (units.WIDTH, 1.8, 180),
        (units.WIDTH, None, 0),
        (units.HEIGHT, 1.5, 30),
        (units.SEC_MARK, 59999, 59999),
        (units.SEC_MARK, None, 65535),
        (units.MOY, 527039, 527039),
        (units.MOY, None, 527040),
        (units.TIME_MARK, 12.3, 123),
        (units.TIME_MARK, 3600.0, 36000),
        (units.TIME_MARK, None, 36001),
        (units.TIME_OFFSET, 0.5, 50),
        (units.PERCENT, 99.5, 199),
        (units.AXIS, 12.7, 254),
        (units.AXIS, None, 255),
        (units.AXIS_ORIENTATION, None, 65535),
    ],
)
def test_value_and_count(unit: Scale, value: float | None, count: int) -> None:
    assert unit.to_wire(value) == count
    assert unit.from_wire(count) == value


@pytest.mark.parametrize(
    ("unit", "value", "count"),
    [
        (units.SPEED, 300.0, 8190),
        (units.SPEED, -1.0, 0),
        (units.SPEED, math.nan, 8191),
        (units.SPEED, math.inf, 8191),
        (units.SPEED, 1e300, 8190),
        (units.SPEED, 1e308, 8191),  # steps overflow to infinity
        (units.HEADING, 360.0, 0),
        (units.HEADING, 359.999, 0),
        (units.HEADING, -90.0, 21600),
        (units.ACCELERATION, 55.0, 2000),
        (units.WIDTH, 0.0, 1),  # 0 would mean unavailable
        (units.TIME_MARK, 9999.0, 36000),
        (units.TIME_MARK, -3.0, 0),
        (units.SEC_MARK, 60001, 59999),
        (units.PRIORITY, 9, b"\xe0"),
    ],
)
def test_out_of_range_is_clamped(unit: Scale, value: float, count: object) -> None:
    assert unit.to_wire(value) == count


@pytest.mark.parametrize(("unit", "count"), [(units.SEC_MARK, 60000), (units.HOUR, 31), (units.LATITUDE, 900000001)])
def test_counts_beyond_the_range_are_unavailable(unit: Scale, count: int) -> None:
    assert unit.from_wire(count) is None


@pytest.mark.parametrize("name", SCALES)
@given(data=st.data())
def test_every_count_survives(name: str, data: st.DataObject) -> None:
    unit = SCALES[name]
    count = data.draw(st.integers(unit.low, unit.high))
    value = unit.from_wire(count)
    assert unit.to_wire(value) == count
    assert isinstance(value, int) == isinstance(unit, Count)


def test_no_value_and_no_code() -> None:
    """One measurement that is not there must not cost the message, but there is nothing to send for a time zone."""
    assert units.YAW_RATE.to_wire(math.nan) == 0
    assert not units.YAW_RATE.holds(math.nan)
    with pytest.raises(v2x.EncodeError, match="no code"):
        units.ZONE.to_wire(None)


@pytest.mark.parametrize(
    ("unit", "value", "holds"),
    [
        (units.SPEED, 163.8, True),
        (units.SPEED, 163.82, False),
        (units.SPEED, None, True),
        (units.SPEED, math.nan, False),
        (units.HEADING, -90.0, True),
        (units.TIME_MARK, 3600.04, True),
        (units.YAW_RATE, None, False),
        (units.PRIORITY, 8, False),
        (units.TEXT, "施工", True),
        (units.TEXT, "€", False),
        (units.TEXT, "5" * 513, False),
    ],
)
def test_holds(unit: Any, value: Any, holds: bool) -> None:
    assert unit.holds(value) == holds


def test_bits_of_a_later_edition_are_ignored() -> None:
    lights = Flags(get_args(names.ExteriorLight), 9)
    assert lights.from_wire((b"\x80\xff\x80", 17)) == ("lowBeamHeadlightsOn", "parkingLightsOn")


def test_text() -> None:
    assert units.TEXT.to_wire("施工") == ("textGB2312", bytes.fromhex("caa9b9a4"))
    assert units.TEXT.from_wire(("textGB2312", bytes.fromhex("caa9b9a4"))) == "施工"
    assert units.TEXT.to_wire("85") == ("textGB2312", b"85")
    assert units.TEXT.to_wire("5") == ("textString", "5")  # one octet is too short for the other form
    assert units.TEXT.from_wire(("textString", "road works")) == "road works"
    assert units.TEXT.to_wire("€5") == ("textGB2312", b"?5")
    assert units.TEXT.from_wire(("textGB2312", b"A\xff\xff")) == "A��"
    assert units.TEXT.to_wire("5" + "施" * 300) == ("textGB2312", ("5" + "施" * 255).encode("gb2312"))
    with pytest.raises(v2x.EncodeError, match="empty"):
        units.TEXT.to_wire("")


def test_flags() -> None:
    lights = Flags(get_args(names.ExteriorLight), 9)
    assert lights.to_wire(("parkingLightsOn", "lowBeamHeadlightsOn")) == (b"\x80\x80", 9)
    assert lights.from_wire((b"\x80\x80", 9)) == ("lowBeamHeadlightsOn", "parkingLightsOn")
    assert lights.from_wire((b"\x00\x00", 9)) == ()
    with pytest.raises(v2x.EncodeError, match="unknown flag 'disco'"):
        lights.to_wire(("disco",))


# -- 95 % classes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "name"),
    [(0.005, "a1cm"), (0.3, "a50cm"), (0.51, "a1m"), (1.0, "a1m"), (1.2, "a2m"), (500, "a500m"), (501, "unavailable")],
)
def test_position_confidence(bound: float, name: str) -> None:
    assert v2x.position_confidence(bound) == name


def test_confidence_never_claims_more_than_known() -> None:
    assert v2x.speed_confidence(0.3) == "prec1ms"
    assert v2x.heading_confidence(2.0) == "prec05deg"
    assert v2x.heading_confidence(0.012) == "prec0-0125deg"
    assert v2x.heading_confidence(0.009) == "prec0-01deg"
    assert v2x.steering_confidence(1.5) == "prec2deg"
    assert v2x.elevation_confidence(0.4) == "elev-000-50"
    assert v2x.time_confidence(0.0005) == "time-000-000-5"
    assert v2x.time_confidence(0.03) == "time-000-050"
    assert confidence.acceleration_confidence(0.5) == "prec1deg"  # m/s2 in spite of the name
    assert confidence.angular_velocity_confidence(0.05) == "prec0-05deg"
    assert confidence.size_confidence(0.3) == "size-000-50"
    assert v2x.time_confidence(3e-12) == "time-000-000-000-000-01"


def test_no_bound_is_unavailable() -> None:
    assert v2x.position_confidence(None) == "unavailable"
    assert v2x.speed_confidence(math.nan) == "unavailable"


def test_every_class_has_a_bound() -> None:
    tables = {
        names.PositionConfidence: confidence.POSITION_M,
        names.ElevationConfidence: confidence.ELEVATION_M,
        names.SpeedConfidence: confidence.SPEED_MPS,
        names.HeadingConfidence: confidence.HEADING_DEG,
        names.SteeringConfidence: confidence.STEERING_DEG,
        names.TimeConfidence: confidence.TIME_S,
        names_ii.AccelerationConfidence: confidence.ACCELERATION_MPS2,
        names_ii.AngularVelocityConfidence: confidence.ANGULAR_VELOCITY_DPS,
        names_ii.SizeConfidence: confidence.SIZE_M,
    }
    for literal, bounds in tables.items():
        assert ("unavailable", *bounds) == get_args(literal)
    assert confidence.TIME_S["time-100-000"] == 100.0
    assert confidence.TIME_S["time-000-000-000-000-01"] == 1e-11
    assert confidence.ELEVATION_M["elev-000-05"] == 0.05


# -- offsets ----------------------------------------------------------------------------------------------------------

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
