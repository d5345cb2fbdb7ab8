"""Parts that several messages share (modules DefAcceleration, DefMotion, DefPosition, MapNode, VehClass, VehSize)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, TypeAlias

import msgspec

from v2x import units
from v2x.records.names import (
    ElevationConfidence,
    HeadingConfidence,
    PositionConfidence,
    SpeedConfidence,
    SteeringConfidence,
)
from v2x.wire.layout import NOT_2017, Wire
from v2x.wire.limits import Limits, checker


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Root of all records: immutable, keyword arguments only, unknown keys refused, Limits checked."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Give a record with Limits the method that checks them."""
        super().__init_subclass__(**options)
        check = checker(cls)
        if check:
            cls.__post_init__ = check  # type: ignore[attr-defined]  # msgspec calls it by this name


# types that many records share
MsgCount: TypeAlias = Annotated[int, Limits(0, 127)]
Octet: TypeAlias = Annotated[int, Limits(0, 255)]
Word: TypeAlias = Annotated[int, Limits(0, 65535)]
Identity: TypeAlias = Annotated[bytes, Limits(8, 8)]  # temporary, of a vehicle or RSU
Plate: TypeAlias = Annotated[bytes, Limits(4, 16)]
DescriptiveName: TypeAlias = Annotated[str, Limits(1, 63)]  # ASCII


class PositionConfidenceSet(Record, frozen=True, kw_only=True):
    """95 % accuracy of a position."""

    position: Annotated[PositionConfidence, Wire("pos")]
    elevation: Annotated[ElevationConfidence | None, Wire("elevation")] = None


class PositionalAccuracy(Record, frozen=True, kw_only=True):
    """1 sigma error ellipse of a position."""

    semi_major_m: Annotated[float | None, Wire("semiMajor", units.AXIS)]
    semi_minor_m: Annotated[float | None, Wire("semiMinor", units.AXIS)]
    orientation_deg: Annotated[float | None, Wire("orientation", units.AXIS_ORIENTATION)]  # of the major axis


class MotionConfidenceSet(Record, frozen=True, kw_only=True):
    """95 % accuracy of speed, heading and steering wheel angle."""

    speed: Annotated[SpeedConfidence | None, Wire("speedCfd")] = None
    heading: Annotated[HeadingConfidence | None, Wire("headingCfd")] = None
    steering: Annotated[SteeringConfidence | None, Wire("steerCfd")] = None


class Acceleration(Record, frozen=True, kw_only=True):
    """Accelerations in the vehicle's frame."""

    longitudinal_mps2: Annotated[float | None, Wire("long", units.ACCELERATION)]  # forward +
    lateral_mps2: Annotated[float | None, Wire("lat", units.ACCELERATION)]  # right +
    vertical_mps2: Annotated[float | None, Wire("vert", units.VERTICAL_ACCELERATION)]  # along gravity +
    yaw_rate_dps: Annotated[float, Wire("yaw", units.YAW_RATE)]  # clockwise +; NaN is sent as 0, there is no code


class Size(Record, frozen=True, kw_only=True):
    """Outer dimensions."""

    width_m: Annotated[float | None, Wire("width", units.WIDTH)]
    length_m: Annotated[float | None, Wire("length", units.LENGTH)]
    height_m: Annotated[float | None, Wire("height", units.HEIGHT)] = None


class BasicVehicleClass(IntEnum):
    """The classes that a roadside unit can tell apart; all others are in VehClass.asn."""

    UNKNOWN = 0
    SPECIAL = 1
    PASSENGER_CAR = 10
    LIGHT_TRUCK = 20
    TRUCK = 25
    MOTORCYCLE = 40
    TRANSIT = 50
    EMERGENCY = 60
    OTHER_TRAVELER = 80
    PEDESTRIAN = 82
    BICYCLE = 85
    INFRASTRUCTURE = 90


class VehicleClassification(Record, frozen=True, kw_only=True):
    """Class and fuel of a vehicle."""

    classification: Annotated[Octet, Wire("classification")]  # BasicVehicleClass, or another value of VehClass.asn
    fuel_type: Annotated[Annotated[int, Limits(0, 15)] | None, Wire("fuelType", differs=NOT_2017)] = (
        None  # FuelType of VehClass.asn
    )


class NodeReferenceId(Record, frozen=True, kw_only=True):
    """Identity of a node of the road network: the same in MAP, SPAT and RSI."""

    region: Annotated[Word | None, Wire("region")] = None  # 0 for tests only
    id: Annotated[Word, Wire("id")]  # unique inside the region; 0..255 for tests
