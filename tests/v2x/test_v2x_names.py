"""The names in Python are those of the schema, in the same order."""

from __future__ import annotations

from typing import Any, get_args

import pytest

import v2x
from v2x.records import names
from v2x.records.roadmap import LANE_FLAGS
from v2x.schema import schema

TYPES = {
    "TimeConfidence": "TimeConfidence",
    "PositionConfidence": "PositionConfidence",
    "ElevationConfidence": "ElevationConfidence",
    "SpeedConfidence": "SpeedConfidence",
    "HeadingConfidence": "HeadingConfidence",
    "SteeringConfidence": "SteeringWheelAngleConfidence",
    "Transmission": "TransmissionState",
    "BrakePedal": "BrakePedalStatus",
    "WheelBrake": "BrakeAppliedStatus",
    "BrakeBoost": "BrakeBoostApplied",
    "TractionControl": "TractionControlStatus",
    "AntiLockBrake": "AntiLockBrakeStatus",
    "StabilityControl": "StabilityControlStatus",
    "AuxiliaryBrake": "AuxiliaryBrakeStatus",
    "VehicleEvent": "VehicleEventFlags",
    "ExteriorLight": "ExteriorLights",
    "GnssStatus": "GNSSstatus",
    "Response": "ResponseType",
    "Siren": "SirenInUse",
    "Lightbar": "LightbarInUse",
    "Maneuver": "AllowedManeuvers",
    "LaneSharing": "LaneSharing",
    "LaneKind": "LaneTypeAttributes",
    "VehicleLaneFlag": "LaneAttributes-Vehicle",
    "CrosswalkFlag": "LaneAttributes-Crosswalk",
    "BikeLaneFlag": "LaneAttributes-Bike",
    "SidewalkFlag": "LaneAttributes-Sidewalk",
    "BarrierFlag": "LaneAttributes-Barrier",
    "StripingFlag": "LaneAttributes-Striping",
    "TrackedVehicleFlag": "LaneAttributes-TrackedVehicle",
    "ParkingFlag": "LaneAttributes-Parking",
    "SpeedLimitType": "SpeedLimitType",
    "ParticipantType": "ParticipantType",
    "Source": "SourceType",
    "IntersectionStatus": "IntersectionStatusObject",
    "Light": "LightState",
    "EventSource": "EventSource",
}


def identifiers(definition: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of enumerators, bits or members, without the extension marker."""
    if "named-bits" in definition:
        return tuple(name for name, _ in definition["named-bits"])
    if "values" in definition:
        return tuple(value[0] for value in definition["values"] if value)
    return tuple(member["name"] for member in definition["members"] if member)


def test_no_list_of_names_is_forgotten() -> None:
    assert {name for name in vars(names) if get_args(getattr(names, name))} == set(TYPES)
    assert tuple(LANE_FLAGS) == get_args(names.LaneKind)


@pytest.mark.parametrize(("python", "asn1"), TYPES.items())
def test_names(python: str, asn1: str) -> None:
    for profile in v2x.PROFILES[:2]:
        assert get_args(getattr(names, python)) == identifiers(schema(profile).definitions[asn1])
