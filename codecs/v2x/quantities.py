"""Meanings of numbers on the wire, by the ASN.1 name of the type: step, unit, and plausible range on a road in China.

Steps and codes come from `units`; here stand their units in words, and the limits beyond which a value is more likely
a fault of the sender (wrong scale, wrong profile, no position fix) than the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from v2x import units
from v2x.fields import Scale
from v2x.records.common import BasicVehicleClass


class Quantity(NamedTuple):
    """Step and codes, unit, and the lowest and highest plausible value in that unit (None: no limit)."""

    scale: Scale
    unit: str
    low: float | None = None
    high: float | None = None


_MINUTES = "min of the year"

QUANTITIES: Mapping[str, Quantity] = {
    "Latitude": Quantity(units.LATITUDE, "deg", 3, 54),  # mainland and islands
    "Longitude": Quantity(units.LONGITUDE, "deg", 73, 136),
    "Elevation": Quantity(units.ELEVATION, "m", -200, 6000),
    "SemiMajorAxisAccuracy": Quantity(units.AXIS, "m"),
    "SemiMinorAxisAccuracy": Quantity(units.AXIS, "m"),
    "SemiMajorAxisOrientation": Quantity(units.AXIS_ORIENTATION, "deg"),
    "Speed": Quantity(units.SPEED, "m/s", 0, 70),
    "Heading": Quantity(units.HEADING, "deg"),
    "CoarseHeading": Quantity(units.COARSE_HEADING, "deg"),
    "SteeringWheelAngle": Quantity(units.STEERING, "deg"),
    "Acceleration": Quantity(units.ACCELERATION, "m/s2", -12, 12),
    "VerticalAcceleration": Quantity(units.VERTICAL_ACCELERATION, "m/s2", -15, 15),
    "YawRate": Quantity(units.YAW_RATE, "deg/s", -120, 120),
    "RadiusOfCurvature": Quantity(units.CURVE_RADIUS, "m"),
    "VehicleWidth": Quantity(units.WIDTH, "m", 0.2, 4),
    "VehicleLength": Quantity(units.LENGTH, "m", 0.2, 30),
    "VehicleHeight": Quantity(units.HEIGHT, "m", 0.2, 5),
    "LaneWidth": Quantity(units.LANE_WIDTH, "m", 0.5, 100),  # of a lane or of a whole link
    "Radius": Quantity(units.RADIUS, "m"),
    "DSecond": Quantity(units.SEC_MARK, "ms"),
    "MinuteOfTheYear": Quantity(units.MOY, _MINUTES),
    "TimeMark": Quantity(units.TIME_MARK, "s"),
    "TimeOffset": Quantity(units.TIME_OFFSET, "s"),
    "DYear": Quantity(units.YEAR, "year", 2018, 2099),
    "DMonth": Quantity(units.MONTH, "month"),
    "DDay": Quantity(units.DAY, "day"),
    "DHour": Quantity(units.HOUR, "h"),
    "DMinute": Quantity(units.MINUTE, "min"),
    "DTimeOffset": Quantity(units.ZONE, "min"),
    "Confidence": Quantity(units.PERCENT, "%"),
    "Pitch": Quantity(units.TILT, "deg"),
    "Roll": Quantity(units.TILT, "deg"),
    "Yaw": Quantity(units.YAW, "deg"),
    "PitchRate": Quantity(units.YAW_RATE, "deg/s"),
    "RollRate": Quantity(units.YAW_RATE, "deg/s"),
    "SizeValue": Quantity(units.OBJECT_SIZE, "m"),
    "PlanningDuration": Quantity(units.PLANNING_DURATION, "s"),
    **{
        f"OffsetLL-B{bits}": Quantity(Scale("1e-7", -(1 << bits - 1), (1 << bits - 1) - 1), "deg")
        for bits in (12, 14, 16, 18, 22, 24)
    },
    **{
        f"VertOffset-B{bits:02}": Quantity(
            Scale("0.1", 1 - (1 << bits - 1), (1 << bits - 1) - 1, -(1 << bits - 1)), "m"
        )
        for bits in range(7, 13)
    },
}

# numbers that are codes with names
CODES: Mapping[str, Mapping[int, str]] = {
    "BasicVehicleClass": {one.value: one.name.lower().replace("_", " ") for one in BasicVehicleClass},
}
