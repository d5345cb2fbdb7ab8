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
from perception.objects import (
    DirectionFlow,
    Event,
    Floats,
    Lamp,
    LaneFlow,
    LanePlace,
    RoadUser,
    SignalState,
    SpotFlow,
    Tracks,
    TrafficPeriod,
)
from rsu.messages import report_codes as codes

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
    kind: str  # driver kind, a key of `report_codes.DEVICE_TYPE`; other kinds count as part of the box
    ok: bool  # measurements arrive
    fault: str | None = None  # why not, in words
    fault_ns: int | None = None  # since when


_STILL_MPS = 0.5  # slower is reported as standing still
_SIGMA_95 = 1.96  # half-width of 95 % in standard deviations, one dimension
_SIGMA_95_PLANE = 2.4477  # the same for an ellipse, two dimensions


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
    devices: Mapping[str, str],
) -> Payload:
    """Build participant/up (table 16). `places` is aligned with `tracks`; `devices`: name -> driver kind."""
    kinds = [RoadUser(kind) for kind in tracks.kind.tolist()]
    status = {track: codes.VEHICLE_STATUS.get(event.code, 0) for event in running for track in event.track_ids}
    numbers = tracks.id.tolist()
    columns: dict[str, Sequence[object]] = {
        "timestamp": (tracks.stamp_ns // 1_000_000).tolist(),
        "ptcType": [codes.PTC_TYPE[kind] for kind in kinds],
        "ptcId": numbers,
        "vehicleClass": [codes.VEHICLE_CLASS.get(kind) for kind in kinds],
        "vehicleStatus": [
            status.get(number, 0) if codes.PTC_TYPE[kind] == codes.MOTOR else None
            for number, kind in zip(numbers, kinds, strict=True)
        ],
        "sourceType": [codes.source_type(sources, devices) for sources in tracks.sources],
        "crossId": [identity.cross_id] * len(tracks),
        "linkId": [place and place.link for place in places],
        "laneId": [place and place.lane for place in places],
        **_motion(tracks, identity.reference),
    }
    rows = zip(*columns.values(), strict=True)
    return _head(identity, stamp_ns) | {"ptcList": [_known(dict(zip(columns, row, strict=True))) for row in rows]}


def _motion(tracks: Tracks, reference: Reference) -> dict[str, Sequence[object]]:
    """Return the columns of table 16 that are numbers: where, how fast, how sure, how large."""
    latitude, longitude = to_wgs84(tracks.position[:, 0], tracks.position[:, 1], reference)
    position_sd = np.sqrt(np.linalg.eigvalsh(tracks.covariance[:, :2, :2])[:, -1])
    speed = np.hypot(tracks.velocity[:, 0], tracks.velocity[:, 1])
    speed_sd = np.sqrt(np.linalg.eigvalsh(tracks.covariance[:, 2:, 2:])[:, -1])
    return {
        "longitude": longitude.round(7).tolist(),
        "latitude": latitude.round(7).tolist(),
        "positionConfidence": _rounded(_SIGMA_95_PLANE * position_sd),
        "status": np.where(speed < _STILL_MPS, 1, 2).tolist(),
        "speed": _rounded(speed),
        "speedConfidence": _rounded(_SIGMA_95 * speed_sd),
        "heading": _rounded(tracks.heading),
        "headingConfidence": _rounded(np.where(np.isnan(tracks.heading), np.nan, _SIGMA_95 * tracks.heading_sd)),
        "length": _rounded(tracks.size[:, 0]),
        "width": _rounded(tracks.size[:, 1]),
        "height": _rounded(tracks.size[:, 2]),
    }


def _rounded(values: Floats) -> list[float]:
    """Return Python numbers with two decimals."""
    return list(values.round(2).tolist())


def events(identity: Identity, stamp_ns: int, running: Sequence[Event]) -> Payload:
    """Build event/up (table 18); an event whose state is `end` carries its endTime."""
    return _head(identity, stamp_ns) | {"eventList": [_event(identity, event) for event in running]}


def _event(identity: Identity, event: Event) -> Payload:
    latitude, longitude = to_wgs84(event.position[0], event.position[1], identity.reference)
    return _known(
        {
            "eventId": event.id,
            "eventType": event.code,
            "sourceType": codes.FUSED,
            "crossId": identity.cross_id,
            "linkId": event.place and event.place.link,
            "startTime": _ms(event.start_ns),
            "endTime": _ms(event.stamp_ns) if event.state == "end" else None,
            "longitude": round(float(longitude), 7),
            "latitude": round(float(latitude), 7),
            "speed": _round(event.speed),
            "heading": _round(event.heading),
            "priority": event.level,
            "eventConfidence": round(event.confidence, 2),
            "referenceLanes": [event.place.lane] if event.place else None,
            "ptcList": event.track_ids,
        }
    )


def traffic(identity: Identity, stamp_ns: int, period: TrafficPeriod) -> Payload:
    """Build traffic/up (tables 19-21) of one period. What GA/T 1049.2 and the page want beyond them is in `extended`.

    Virtual loops and zones, which the standard does not know, follow in lists of their own where a site has any.
    """
    start_ns, end_ns = period.start_ns, period.end_ns
    spots = {"loopFlowData": period.loops, "zoneFlowData": period.zones}
    return (
        _head(identity, stamp_ns)
        | _known({"crossId": identity.cross_id})
        | {
            "periodTime": codes.SIGNAL_CYCLE if period.cycle else codes.period_type(end_ns - start_ns),
            "startTime": _ms(start_ns),
            "endTime": _ms(end_ns),
            "duration": round((end_ns - start_ns) / 1e9),
            "directionFlowData": [_direction_flow(flow) for flow in period.directions],
            "laneFlowData": [_lane_flow(flow) for flow in period.lanes],
        }
        | {name: [_spot_flow(flow) for flow in flows] for name, flows in spots.items() if flows}
    )


def _direction_flow(flow: DirectionFlow) -> Payload:
    return _known(
        {
            "branchId": flow.link,
            "flowType": codes.FLOW_TYPE[flow.movement],
            "queueLength": round(flow.queue_length, 1),
            "queueCount": flow.queue_count,
            "trafficFlow": round(codes.passenger_car_units(flow.volume_by_kind), 1),
            "trafficNumber": flow.volume,
            "wasteTime": _round(flow.delay),
        }
    )


def _lane_flow(flow: LaneFlow) -> Payload:
    payload: Payload = {
        "branchId": flow.link,
        "laneId": flow.lane,
        "laneFlow": flow.volume,
        "queueLength": round(flow.queue_length, 1),
        "queueCount": flow.queue_count,
        "congestionLevel": flow.congestion,
        "trafficFlow": round(codes.passenger_car_units(flow.volume_by_kind), 1),
        "trafficNumber": flow.volume,
        "wasteTime": _round(flow.delay),
        "extended": _extended(flow),
    }
    return _known(payload)


def _extended(flow: LaneFlow) -> Payload:
    """Return the fields of GA/T 1049.2 under their names and units there, then our own in SI."""
    hours = (flow.end_ns - flow.start_ns) / 3.6e12
    capacity = flow.green_s / codes.SATURATION_HEADWAY_S if flow.green_s else None
    units = codes.passenger_car_units(flow.volume_by_kind)
    return _known(
        {
            "Volume": round(flow.volume / hours),
            "AvgVehLen": _round(flow.mean_length),
            "Pcu": round(units / hours),
            "HeadDistance": _round(flow.headway and flow.mean_speed and flow.headway * flow.mean_speed),
            "HeadTime": _round(flow.headway),
            "Speed": _round(None if flow.mean_speed is None else 3.6 * flow.mean_speed),
            "Saturation": _round(None if capacity is None else 100.0 * units / capacity),
            "Density": _round(None if flow.density is None else 1000.0 * flow.density),
            "QueueLength": round(flow.queue_length, 1),
            "Occupancy": round(100.0 * flow.occupancy, 1),
            "speed85": _round(flow.speed_85),
            "spaceOccupancy": None if flow.space_occupancy is None else round(flow.space_occupancy, 3),
            "gap": _round(flow.gap),
            "stops": flow.stops,
            "volumeByClass": _by_class(flow.volume_by_kind),
            "volumeByMovement": flow.volume_by_movement,
        }
    )


def _spot_flow(flow: SpotFlow) -> Payload:
    return _known(
        {
            "name": flow.name,
            "trafficNumber": flow.volume,
            "volumeByClass": _by_class(flow.volume_by_kind),
            "speed": _round(flow.mean_speed),
            "occupancy": round(flow.occupancy, 3),
            "meanCount": _round(flow.mean_count),
        }
    )


def _by_class(counts: Mapping[int, int]) -> dict[str, int]:
    return {RoadUser(kind).name.lower(): count for kind, count in counts.items()}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def lamp(identity: Identity, stamp_ns: int, state: SignalState, control_mode: int | None, ok: bool) -> Payload:
    """Build lamp/up (tables 22-23). `control_mode`: GA/T 1743 code 1-9, None unknown; `ok`: the state is fresh."""
    lamps: dict[int, Payload] = {}
    for each in sorted(state.lamps, key=lambda one: (one.type, one.angle, one.number)):
        phase = codes.phase_id(each, taken=lamps)  # arrows come first: they go before the round lamp
        if phase is not None:
            lamps[phase] = _lamp(each, phase)
    return (
        _head(identity, stamp_ns)
        | {"cityName": identity.city_name, "regionId": identity.region_id, "crossId": identity.cross_id}
        | {"status": codes.STATUS_OK if ok else codes.STATUS_FAULT}
        | _known({"controlMode": control_mode})
        | {"lamps": [lamps[phase] for phase in sorted(lamps)]}
    )


def _lamp(each: Lamp, phase: int) -> Payload:
    return _known(
        {
            "phaseId": phase,
            "lightStatus": codes.light_status(each),
            "countDown": None if each.countdown is None else math.ceil(each.countdown),
            "dataSource": codes.FROM_CONTROLLER,
        }
    )


def basic_status(identity: Identity, stamp_ns: int, devices: Sequence[Device]) -> Payload:
    """Build basic-status/up (table 8): who we are and which devices hang on the box."""
    sensors = [
        {"sensorSn": device.name, "deviceType": codes.DEVICE_TYPE[device.kind]}
        for device in devices
        if codes.DEVICE_TYPE.get(device.kind, codes.RSU) != codes.RSU
    ]
    return _known(
        _head(identity, stamp_ns)
        | {
            "regionId": identity.region_id,
            "crossId": identity.cross_id,
            "lat": identity.reference.latitude,
            "lon": identity.reference.longitude,
            "elev": identity.reference.elevation,
            "deviceType": codes.RSCU,
            "supplier": identity.supplier,
            "owner": identity.owner,
            "protocolVersion": "T/ITS 0180.1-2021",
            "rscuStatus": codes.STATUS_OK,
            "active": codes.ONLINE,
            "transProtocal": "MQTT",
            "softwareVersion": identity.software_version,
            "hardwareVersion": identity.hardware_version,
            "rsuNum": 1,
            "rsulist": [{"rsuSn": identity.rsu_sn, "deviceType": codes.RSU}],
            "sensorNum": len(sensors),
            "sensorlist": sensors,
        }
    )


def run_status(identity: Identity, stamp_ns: int, devices: Sequence[Device]) -> Payload:
    """Build run-status/up (tables 11-14): what works now, and what does not since when."""
    faulty = [device for device in devices if not device.ok]
    return _head(identity, stamp_ns) | {
        "rscuStatus": codes.STATUS_FAULT if faulty else codes.STATUS_OK,
        "active": codes.ONLINE,
        "rsuStatusList": [
            {"rsuSn": identity.rsu_sn} | _state(device)
            for device in devices
            if codes.DEVICE_TYPE.get(device.kind) == codes.RSU
        ],
        "sensorStatusList": [
            {"sensorSn": device.name} | _state(device)
            for device in devices
            if codes.DEVICE_TYPE.get(device.kind, codes.RSU) != codes.RSU
        ],
        "faultList": [_fault(device) for device in faulty],
    }


def _state(device: Device) -> Payload:
    return {
        "deviceType": codes.DEVICE_TYPE[device.kind],
        "status": codes.STATUS_OK if device.ok else codes.STATUS_FAULT,
        "active": codes.ONLINE if device.ok else codes.OFFLINE,
    }


def _fault(device: Device) -> Payload:
    return _known(
        {
            "deviceSn": device.name,
            "deviceType": codes.DEVICE_TYPE.get(device.kind, codes.RSCU),
            "faultType": "lost",
            "faultTime": None if device.fault_ns is None else _ms(device.fault_ns),
            "faultDescription": device.fault,
        }
    )
