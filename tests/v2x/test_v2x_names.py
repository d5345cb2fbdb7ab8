"""The names in Python are those of the schema, in the same order."""

from __future__ import annotations

from typing import Any, get_args

import pytest

import v2x
from v2x.records import names, names_ii
from v2x.records.lane import LANE_FLAGS
from v2x.records.rsm import SOURCE_2017
from v2x.records.spat import LIGHT_2017
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
AT_MOST = {"Light": 9}  # the names below are of one edition
OTHERS = {("csae53-2017", "Source"), ("csae53-2017", "Light"), ("csae157-2020", "VehicleLaneFlag")}  # see below

# those that phase II adds or changes
TYPES_II = {
    "VehicleLaneFlag": "LaneAttributes-Vehicle",
    "TurnDirection": "Maneuver",
    "LaneLine": "Dotted-SolidMarkingLineType",
    "AuxiliarySignVehicle": "AuxiliarySignVehicleType",
    "AuxiliarySignDirection": "AuxiliarySignDirection",
    "RtcmRevision": "RTCM-Revision",
    "CoordinationInfo": "CoordinationInfo",
    "DriveBehavior": "DriveBehavior",
    "RequestStatus": "ReqStatus",
    "ParkingRequest": "ParkingRequest",
    "Equipment": "EquipmentType",
    "DetectedType": "DetectedPTCType",
    "ObstacleType": "ObstacleType",
    "AccelerationConfidence": "AccConfidence",
    "AngularVelocityConfidence": "AngularVConfidence",
    "SizeConfidence": "SizeValueConfidence",
    "ParkingLotType": "AVPType",
    "PamNodeAttribute": "PAMNodeAttributes",
    "ParkingLock": "ParkingLock",
    "ParkingTheta": "ParkingSpaceTheta",
    "SlotStatus": "SlotStatus",
    "ParkingType": "ParkingType",
    "PersonalUser": "PersonalDeviceUserType",
    "HumanPropelled": "HumanPropelledType",
    "AnimalPropelled": "AnimalPropelledType",
    "MotorizedPropelled": "MotorizedPropelledType",
    "ClusterSize": "NumberOfParticipantsInCluster",
    "Attachment": "Attachment",
    "DeviceUsage": "PersonalDeviceUsageState",
    "Assistive": "PersonalAssistive",
    "RoadWorker": "RoadWorkerType",
    "RoadWorkerActivity": "RoadWorkerActivityType",
    "Crossing": "PersonalCrossing",
    "PlatoonRole": "RoleInPlatooning",
    "PlatoonStatus": "StatusInPlatooning",
    "PaymentEntity": "PaymentEntityID",
    "TollingNode": "TollingNodeType",
    "TollingDirection": "TollingDirection",
    "EquipmentClass": "EquipmentClass",
    "ObuType": "OBUType",
    "ReturnStatus": "ReturnStatus",
    "TollResult": "TollResult",
    "Channel": "ChannelID",
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
    assert {name for name in vars(names_ii) if get_args(getattr(names_ii, name))} == set(TYPES_II)
    assert tuple(LANE_FLAGS) == get_args(names.LaneKind)


@pytest.mark.parametrize(("python", "asn1"), TYPES.items())
def test_names(python: str, asn1: str) -> None:
    for profile in v2x.PROFILES:
        definition = schema(profile).definitions.get(asn1)
        if definition and (profile, python) not in OTHERS:
            assert get_args(getattr(names, python))[: AT_MOST.get(python)] == identifiers(definition)


@pytest.mark.parametrize(("python", "asn1"), TYPES_II.items())
def test_names_of_phase_two(python: str, asn1: str) -> None:
    assert get_args(getattr(names_ii, python)) == identifiers(schema("csae157-2020").definitions[asn1])


def test_names_of_2017() -> None:
    definitions = schema("csae53-2017").definitions
    assert {SOURCE_2017.to_wire(name) for name in get_args(names.Source)} == set(identifiers(definitions["SourceType"]))
    lights = {LIGHT_2017.to_wire(name) for name in get_args(names.Light)}
    assert lights == set(identifiers(definitions["LightState"]))
    assert [name for name in get_args(names.Light) if not LIGHT_2017.holds(name)] == ["flashing-green"]
