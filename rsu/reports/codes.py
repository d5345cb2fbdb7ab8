"""Code tables of T/ITS 0180.1-2021: the numbers that stand for the core's words in its payloads. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perception.objects import Lamp, Modality, RoadUser

RSCU, RSU = 0, 1
DEVICE_TYPE = {Modality.V2X: RSU, Modality.CAMERA: 2, Modality.RADAR: 3, Modality.LIDAR: 4, Modality.SIGNAL: 5}
ONLINE, OFFLINE = 0, 1  # active
STATUS_OK, STATUS_FAULT = 1, 2  # status of box, devices and signal; 0 invalid, 3 other

FUSED = 1  # sourceType of what several kinds of device saw: the RSCU itself
_SOURCE_TYPE = {Modality.V2X: 2, Modality.CAMERA: 3, Modality.LIDAR: 4, Modality.RADAR: 5, Modality.LOOP: 7}
_OTHER_SOURCE = 8

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
VEHICLE_CLASS = {RoadUser.CAR: 10, RoadUser.TRUCK: 25, RoadUser.BUS: 50, RoadUser.MOTORCYCLE: 40}  # BasicVehicleClass
VEHICLE_STATUS = {904: 1, 901: 2, 903: 4}  # event code -> wrong way, overspeed, stationary long; 0 normal

_PERIOD_TYPE = {1: 2, 5: 3, 60: 4, 900: 5}  # seconds -> periodTime; 1 signal cycle
_OTHER_PERIOD = 6
SIGNAL_CYCLE = 1  # periodTime
FLOW_TYPE = {"straight": 1, "left": 2, "right": 3, "uturn": 4}  # the order of phaseId; the table's own is not at hand
SATURATION_HEADWAY_S = 2.0  # 1800 passenger car units an hour of green
_PCU = {  # passenger car units, CJJ 37-2012 table 4.1.2; bicycles and pedestrians are not part of this flow
    RoadUser.UNKNOWN: 1.0,
    RoadUser.CAR: 1.0,
    RoadUser.MOTORCYCLE: 1.0,
    RoadUser.BUS: 2.0,
    RoadUser.TRUCK: 2.5,
}

FROM_CONTROLLER = 2  # dataSource of a lamp; 1 capture card, 3 vision
_IDS_PER_DIRECTION = 5  # from east (1-5) clockwise to north-east (36-40)
_NON_MOTOR, _CROSSWALK = 200, 240
_CROSSWALK_LAMP = 8
_PHASE_OF_LAMP = {1: 1, 2: 2, 3: 3, 4: 1, 9: 4, 5: _NON_MOTOR + 2, 6: _NON_MOTOR + 3, 7: _NON_MOTOR + 1}
_ARROW_LAMPS = (1, 2, 3, 9)
_GREEN, _GREEN_ARROW = 5, 6
_LIGHT_STATUS = {
    "unknown": 0,
    "dark": 1,
    "flashing-red": 2,
    "red": 3,
    "flashing-green": 4,
    "green": _GREEN,
    "yellow": 7,
    "flashing-yellow": 8,
}


def source_type(devices: Sequence[str], modalities: Mapping[str, Modality]) -> int:
    """Return sourceType of what these devices saw. 0: unknown."""
    seen = {_SOURCE_TYPE.get(modalities[device], _OTHER_SOURCE) if device in modalities else 0 for device in devices}
    return seen.pop() if len(seen) == 1 else FUSED if seen else 0


def period_type(duration_ns: int) -> int:
    """Return periodTime of statistics over a duration."""
    return _PERIOD_TYPE.get(round(duration_ns / 1e9), _OTHER_PERIOD)


def passenger_car_units(volume_by_kind: Mapping[int, int]) -> float:
    """Return the motor traffic among these counts in passenger car units."""
    return sum(_PCU.get(RoadUser(kind), 0.0) * count for kind, count in volume_by_kind.items())


def phase_id(lamp: Lamp, taken: Mapping[int, object]) -> int | None:
    """Return a lamp's phaseId (rule of table 23): east 1-5 (straight, left, right, u-turn), south-east 6-10 ...

    Non-motor +200; crosswalks 241-280, five to a direction. A round lamp rules the straight movement. None: the rule
    has no (free) number for the lamp.
    """
    base = round((lamp.angle - 90) / 45) % 8 * _IDS_PER_DIRECTION
    if lamp.type == _CROSSWALK_LAMP:
        numbers = range(_CROSSWALK + base + 1, _CROSSWALK + base + 1 + _IDS_PER_DIRECTION)
        return next((number for number in numbers if number not in taken), None)
    phase = _PHASE_OF_LAMP.get(lamp.type)
    return None if phase is None or base + phase in taken else base + phase


def light_status(lamp: Lamp) -> int:
    """Return lightStatus of a lamp's colour; a green arrow has its own code."""
    status = _LIGHT_STATUS[lamp.colour]
    return _GREEN_ARROW if status == _GREEN and lamp.type in _ARROW_LAMPS else status
