"""Payloads for the cloud platform, T/ITS 0180.1-2021, from the core's words. Pure: times come in, nothing is kept.

Field names, their spelling and their order are the standard's (tables 8, 11-14, 16, 18, 19-23). Times are integer
milliseconds UTC, positions WGS-84 degrees, the rest SI and degrees. What is unknown is left out, never 0. Where the
standard gives no unit for a confidence, it is the 95 % half-width in the unit of its field.

Privacy: `license`, `brand` and `colour` are never filled, nor any id from a vehicle's own messages; `ptcId` is the
track's number, which ends with the track.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from perception.geo import Reference, to_wgs84
from perception.objects import Event, Floats, Lamp, LaneFlow, LanePlace, RoadUser, SignalState, Tracks

Payload = dict[str, object]


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks: the box, its radio unit and its place. Empty text: unknown, left out."""

    rscu_sn: str
    rsu_sn: str
    city_name: str = ""
    region_id: str = ""
    cross_id: str = ""
    reference: Reference
    supplier: str = ""
    owner: str = ""
    software_version: str = ""
    hardware_version: str = ""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One device of the site as the platform is told of it."""

    name: str
    kind: str  # driver kind, a key of DEVICE_TYPE; other kinds count as part of the box
    ok: bool  # measurements arrive
    fault: str | None = None  # why not, in words
    fault_ns: int | None = None  # since when


RSCU, RSU = 0, 1
DEVICE_TYPE = {"radio-agent": RSU, "camera-json": 2, "ti-mmwave": 3, "gat1743": 5}  # deviceType; 4 is lidar
SOURCE_TYPE = {"radio-agent": 2, "camera-json": 3, "ti-mmwave": 5}  # sourceType by driver kind
FUSED = 1  # sourceType of what several kinds of device saw: the RSCU itself

ONLINE, OFFLINE = 0, 1  # active
STATUS_OK, STATUS_FAULT = 1, 2  # status of box, devices and signal; 0 invalid, 3 other
PERIOD_60_S = 4  # periodTime; 1 signal cycle, 2 1 s, 3 5 s, 5 15 min, 6 other
_PERIODS = {1: 2, 5: 3, 60: PERIOD_60_S, 900: 5}

_PTC_TYPE = {
    RoadUser.UNKNOWN: 0,
    RoadUser.CAR: 1,
    RoadUser.TRUCK: 1,
    RoadUser.BUS: 1,
    RoadUser.MOTORCYCLE: 1,
    RoadUser.BICYCLE: 2,
    RoadUser.PEDESTRIAN: 3,
}
_VEHICLE_CLASS = {RoadUser.CAR: 10, RoadUser.TRUCK: 25, RoadUser.BUS: 50, RoadUser.MOTORCYCLE: 40}  # BasicVehicleClass
_VEHICLE_STATUS = {904: 1, 901: 2, 903: 4}  # event code -> wrong way, overspeed, stationary long; 0 normal
_PCU = {  # passenger car units, CJJ 37-2012 table 4.1.2; non-motor and pedestrians are not part of this flow
    RoadUser.UNKNOWN: 1.0,
    RoadUser.CAR: 1.0,
    RoadUser.MOTORCYCLE: 1.0,
    RoadUser.BUS: 2.0,
    RoadUser.TRUCK: 2.5,
}

_STILL_MPS = 0.5  # slower is reported as standing still
_SIGMA_95 = 1.96  # half-width of 95 % in standard deviations, one dimension
_SIGMA_95_PLANE = 2.4477  # the same for an ellipse, two dimensions

_DIRECTION_STEP = 5  # phase ids per direction, from east (1-5) clockwise to north-east (36-40)
_NON_MOTOR, _CROSSWALK = 200, 240
_PHASE_OF_LAMP = {1: 1, 2: 2, 3: 3, 4: 1, 9: 4, 5: _NON_MOTOR + 2, 6: _NON_MOTOR + 3, 7: _NON_MOTOR + 1}
_CROSSWALK_LAMP = 8
_ARROWS = (1, 2, 3, 9)  # lamp types that show an arrow
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
_FROM_CONTROLLER = 2  # dataSource; 1 capture card, 3 vision


def _ms(stamp_ns: int) -> int:
    return stamp_ns // 1_000_000


def _known(payload: Mapping[str, object]) -> Payload:
    """Leave out what is unknown: None, NaN, empty text."""
    return {
        key: value
        for key, value in payload.items()
        if not (value is None or value == "" or (isinstance(value, float) and math.isnan(value)))
    }


def _head(identity: Identity, stamp_ns: int) -> Payload:
    return {"timeStamp": _ms(stamp_ns), "rscuSn": identity.rscu_sn}


def participants(
    identity: Identity,
    stamp_ns: int,
    tracks: Tracks,
    places: Sequence[LanePlace | None],
    running: Sequence[Event],
    kinds: Mapping[str, str],
) -> Payload:
    """Build participant/up (table 16). `places` is aligned with `tracks`; `kinds`: device name -> driver kind."""
    status = {track: _VEHICLE_STATUS.get(event.code, 0) for event in running for track in event.track_ids}
    latitude, longitude = to_wgs84(tracks.position[:, 0], tracks.position[:, 1], identity.reference)
    position_95 = _SIGMA_95_PLANE * np.sqrt(np.linalg.eigvalsh(tracks.covariance[:, :2, :2])[:, -1])
    speed = np.hypot(tracks.velocity[:, 0], tracks.velocity[:, 1])
    speed_95 = _SIGMA_95 * np.sqrt(np.linalg.eigvalsh(tracks.covariance[:, 2:, 2:])[:, -1])
    columns = zip(
        tracks.id.tolist(),
        tracks.stamp_ns.tolist(),
        tracks.kind.tolist(),
        latitude.round(7).tolist(),
        longitude.round(7).tolist(),
        _rounded(position_95),
        _rounded(speed),
        _rounded(speed_95),
        _rounded(tracks.heading),
        _rounded(_SIGMA_95 * tracks.heading_sd),
        _rounded(tracks.size),
        tracks.sources,
        places,
        strict=True,
    )
    users = []
    for number, true_ns, kind, lat, lon, pos_95, mps, mps_95, heading, heading_95, size, sources, place in columns:
        user = {
            "timestamp": _ms(true_ns),
            "ptcType": _PTC_TYPE[RoadUser(kind)],
            "ptcId": number,
            "vehicleClass": _VEHICLE_CLASS.get(RoadUser(kind)),
            "vehicleStatus": status.get(number, 0) if _PTC_TYPE[RoadUser(kind)] == 1 else None,
            "sourceType": _source_type(sources, kinds),
            "crossId": identity.cross_id,
            "linkId": place and place.link,
            "laneId": place and place.lane,
            "longitude": lon,
            "latitude": lat,
            "positionConfidence": pos_95,
            "status": 1 if mps < _STILL_MPS else 2,
            "speed": mps,
            "speedConfidence": mps_95,
            "heading": heading,
            "headingConfidence": None if math.isnan(heading) else heading_95,
            "length": size[0],
            "width": size[1],
            "height": size[2],
        }
        users.append(_known(user))
    return _head(identity, stamp_ns) | {"ptcList": users}


def _rounded(values: Floats) -> list[float]:
    """Return Python numbers with two decimals (rows: lists of them)."""
    return list(values.round(2).tolist())


def _source_type(devices: Sequence[str], kinds: Mapping[str, str]) -> int:
    seen = {SOURCE_TYPE.get(kinds.get(device, ""), 0) for device in devices}
    return seen.pop() if len(seen) == 1 else FUSED if seen else 0


def events(identity: Identity, stamp_ns: int, running: Sequence[Event]) -> Payload:
    """Build event/up (table 18); an event whose state is `end` carries its endTime."""
    return _head(identity, stamp_ns) | {"eventList": [_event(identity, event) for event in running]}


def _event(identity: Identity, event: Event) -> Payload:
    latitude, longitude = to_wgs84(event.position[0], event.position[1], identity.reference)
    return _known(
        {
            "eventId": event.id,
            "eventType": event.code,
            "sourceType": FUSED,
            "crossId": identity.cross_id,
            "linkId": event.place and event.place.link,
            "startTime": _ms(event.start_ns),
            "endTime": _ms(event.stamp_ns) if event.state == "end" else None,
            "longitude": round(float(longitude), 7),
            "latitude": round(float(latitude), 7),
            "eventConfidence": round(event.confidence, 2),
            "referenceLanes": [event.place.lane] if event.place else None,
            "ptcList": event.track_ids,
        }
    )


def traffic(identity: Identity, stamp_ns: int, flows: Sequence[LaneFlow]) -> Payload:
    """Build traffic/up (tables 19-21) of the lanes' flows over one and the same period; at least one."""
    start_ns, end_ns = flows[0].start_ns, flows[0].end_ns
    return (
        _head(identity, stamp_ns)
        | _known({"crossId": identity.cross_id})
        | {
            "periodTime": _PERIODS.get(round((end_ns - start_ns) / 1e9), 6),
            "startTime": _ms(start_ns),
            "endTime": _ms(end_ns),
            "duration": round((end_ns - start_ns) / 1e9),
            "laneFlowData": [_lane_flow(flow) for flow in flows],
        }
    )


def _lane_flow(flow: LaneFlow) -> Payload:
    pcu = sum(_PCU.get(RoadUser(kind), 0.0) * count for kind, count in flow.volume_by_kind.items())
    return {
        "branchId": flow.link,
        "laneId": flow.lane,
        "laneFlow": flow.volume,
        "queueLength": round(flow.queue_length, 1),
        "queueCount": flow.queue_count,
        "trafficFlow": round(pcu, 1),
        "trafficNumber": flow.volume,
    }


def lamp(identity: Identity, stamp_ns: int, state: SignalState, control_mode: int | None, ok: bool) -> Payload:
    """Build lamp/up (tables 22-23). `control_mode`: GA/T 1743 code 1-9, None unknown; `ok`: the state is fresh."""
    lamps: dict[int, Payload] = {}
    for each in sorted(state.lamps, key=lambda one: (one.type, one.angle, one.number)):
        phase = phase_id(each, taken=lamps)
        if phase is not None:
            lamps[phase] = _lamp(each, phase)
    return (
        _head(identity, stamp_ns)
        | {"cityName": identity.city_name, "regionId": identity.region_id, "crossId": identity.cross_id}
        | {"status": STATUS_OK if ok else STATUS_FAULT}
        | _known({"controlMode": control_mode})
        | {"lamps": [lamps[phase] for phase in sorted(lamps)]}
    )


def phase_id(each: Lamp, taken: Mapping[int, object]) -> int | None:
    """Return a lamp's phaseId (rule of table 23): east 1-5 (straight, left, right, u-turn), south-east 6-10 ...

    Non-motor +200; crosswalks 241-280, five to a direction. A round lamp rules the straight movement. None: the rule
    has no (free) number for it; an arrow goes before the round lamp of its movement.
    """
    base = round((each.angle - 90) / 45) % 8 * _DIRECTION_STEP
    if each.type == _CROSSWALK_LAMP:
        numbers = range(_CROSSWALK + base + 1, _CROSSWALK + base + 1 + _DIRECTION_STEP)
        return next((number for number in numbers if number not in taken), None)
    phase = _PHASE_OF_LAMP.get(each.type)
    return None if phase is None or base + phase in taken else base + phase


def _lamp(each: Lamp, phase: int) -> Payload:
    light = _LIGHT_STATUS[each.colour]
    return _known(
        {
            "phaseId": phase,
            "lightStatus": _GREEN_ARROW if light == _GREEN and each.type in _ARROWS else light,
            "countDown": None if each.countdown is None else math.ceil(each.countdown),
            "dataSource": _FROM_CONTROLLER,
        }
    )


def basic_status(identity: Identity, stamp_ns: int, devices: Sequence[Device]) -> Payload:
    """Build basic-status/up (table 8): who we are and which devices hang on the box."""
    sensors = [
        {"sensorSn": device.name, "deviceType": DEVICE_TYPE[device.kind]}
        for device in devices
        if DEVICE_TYPE.get(device.kind, RSU) != RSU
    ]
    return _known(
        _head(identity, stamp_ns)
        | {
            "regionId": identity.region_id,
            "crossId": identity.cross_id,
            "lat": identity.reference.latitude,
            "lon": identity.reference.longitude,
            "elev": identity.reference.elevation,
            "deviceType": RSCU,
            "supplier": identity.supplier,
            "owner": identity.owner,
            "protocolVersion": "T/ITS 0180.1-2021",
            "rscuStatus": STATUS_OK,
            "active": ONLINE,
            "transProtocal": "MQTT",
            "softwareVersion": identity.software_version,
            "hardwareVersion": identity.hardware_version,
            "rsuNum": 1,
            "rsulist": [{"rsuSn": identity.rsu_sn, "deviceType": RSU}],
            "sensorNum": len(sensors),
            "sensorlist": sensors,
        }
    )


def run_status(identity: Identity, stamp_ns: int, devices: Sequence[Device]) -> Payload:
    """Build run-status/up (tables 11-14): what works now, and what does not since when."""
    faulty = [device for device in devices if not device.ok]
    return _head(identity, stamp_ns) | {
        "rscuStatus": STATUS_FAULT if faulty else STATUS_OK,
        "active": ONLINE,
        "rsuStatusList": [
            {"rsuSn": identity.rsu_sn} | _state(device) for device in devices if DEVICE_TYPE.get(device.kind) == RSU
        ],
        "sensorStatusList": [
            {"sensorSn": device.name} | _state(device) for device in devices if DEVICE_TYPE.get(device.kind, RSU) != RSU
        ],
        "faultList": [_fault(device) for device in faulty],
    }


def _state(device: Device) -> Payload:
    return {
        "deviceType": DEVICE_TYPE[device.kind],
        "status": STATUS_OK if device.ok else STATUS_FAULT,
        "active": ONLINE if device.ok else OFFLINE,
    }


def _fault(device: Device) -> Payload:
    return _known(
        {
            "deviceSn": device.name,
            "deviceType": DEVICE_TYPE.get(device.kind, RSCU),
            "faultType": "lost",
            "faultTime": None if device.fault_ns is None else _ms(device.fault_ns),
            "faultDescription": device.fault,
        }
    )
