"""Wire steps, unavailable codes, flags, texts: numbers beside meaning."""

from __future__ import annotations

import math
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import v2x
from v2x import units
from v2x.fields import Count, Flags, Scale
from v2x.records import names

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
