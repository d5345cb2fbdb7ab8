"""Code tables of T/ITS 0180.1-2021: the numbers that stand for the core's words in its payloads. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from hw.modality import Modality
from perception.events.settings import KINDS
from perception.objects import RoadUser

RSCU, RSU = 0, 1  # deviceType; devices that the standard does not know are part of the box
ONLINE, OFFLINE = 0, 1  # active
NORMAL, FAULT = 0, 1  # status of box, RSU and sensors

FUSED = 1  # sourceType of objects that several kinds of device saw: the RSCU itself

MOTOR = 1
PTC_TYPE = {
    RoadUser.UNKNOWN: 0,
    RoadUser.CAR: MOTOR,
    RoadUser.TRUCK: MOTOR,
    RoadUser.BUS: MOTOR,
    RoadUser.MOTORCYCLE: MOTOR,
    RoadUser.BICYCLE: 2,
    RoadUser.PEDESTRIAN: 3,
}
VehicleClasses = Literal["printed", "ydt3709"]
VEHICLE_CLASS: dict[VehicleClasses, dict[RoadUser, int]] = {
    "printed": {RoadUser.CAR: 1, RoadUser.TRUCK: 2, RoadUser.MOTORCYCLE: 3, RoadUser.BUS: 4},
    "ydt3709": {RoadUser.CAR: 10, RoadUser.TRUCK: 25, RoadUser.MOTORCYCLE: 40, RoadUser.BUS: 50},
}
VEHICLE_NORMAL = 0
VEHICLE_STATUS = {code: row.vehicle_status for code, row in KINDS.items() if row.vehicle_status is not None}

_PERIOD_TYPE = {1: 2, 5: 3, 60: 4, 900: 5}  # seconds -> periodTime; 1 signal cycle
_OTHER_PERIOD = 6
SIGNAL_CYCLE = 1  # periodTime
FLOW_TYPE = {"straight": 1, "left": 2, "right": 3, "uturn": 4}  # 2 is printed "right" once more: left by annex B


def source_type(devices: Sequence[str], modalities: Mapping[str, Modality]) -> int:
    """Return sourceType of objects that these devices saw. 0: unknown."""
    seen = {modalities[device].source_type if device in modalities else 0 for device in devices}
    return seen.pop() if len(seen) == 1 else FUSED if seen else 0


def period_type(duration_ns: int) -> int:
    """Return periodTime of statistics over a duration."""
    return _PERIOD_TYPE.get(round(duration_ns / 1e9), _OTHER_PERIOD)


def lane_flow(maneuvers: Iterable[str]) -> list[int]:
    """Return laneFlow of a lane: the flowTypes that it allows, in their order."""
    return sorted(FLOW_TYPE[maneuver] for maneuver in maneuvers)
