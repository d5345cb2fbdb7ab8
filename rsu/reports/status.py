"""basic-status/up (tables 8-10) and run-status/up (tables 11-14): who we are, and what works now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from perception.objects import Modality
from rsu.reports import codes
from rsu.reports.common import Payload, head, known, ms
from rsu.site.identity import Identity


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One device of the site as the platform is told of it."""

    name: str
    modality: Modality  # one that the standard does not know counts as part of the box
    ok: bool  # measurements arrive
    fault: str | None = None  # why not, in words
    fault_ns: int | None = None  # since when


def basic(identity: Identity, stamp_ns: int, devices: Sequence[Device]) -> Payload:
    """Build basic-status/up (tables 8-10): who we are and which devices hang on the box."""
    sensors = [
        {"sensorSn": device.name, "deviceType": codes.device_type(device.modality)}
        for device in devices
        if _is_sensor(device)
    ]
    return known(
        head(identity, stamp_ns)
        | {
            "regionId": identity.region_id,
            "roadId": identity.road_id,
            "roadName": identity.road_name,
            "crossId": identity.cross_id,
            "crossName": identity.cross_name,
            "latitude": identity.reference.latitude,
            "longitude": identity.reference.longitude,
            "elevation": identity.reference.elevation,
            "deviceType": codes.RSCU,
            "supplier": identity.supplier,
            "owner": identity.owner,
            "protocolVersion": "T/ITS 0180.1-2021",
            "rscuStatus": _rscu_status(devices),
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


def run(identity: Identity, stamp_ns: int, devices: Sequence[Device], fault_types: Mapping[Modality, int]) -> Payload:
    """Build run-status/up (tables 11-14): what works now, and what does not since when.

    `fault_types`: faultType of those of which the standard prints none.
    """
    return head(identity, stamp_ns) | {
        "rscuStatus": _rscu_status(devices),
        "active": codes.ONLINE,
        "rsuStatusList": [
            {"rsuSn": identity.rsu_sn} | _state(device)
            for device in devices
            if codes.device_type(device.modality) == codes.RSU
        ],
        "sensorStatusList": [{"sensorSn": device.name} | _state(device) for device in devices if _is_sensor(device)],
        "faultList": [_fault(device, fault_types) for device in devices if not device.ok],
    }


def given_up(rscu_sn: str, stamp_ns: int, text: str) -> Payload:
    """Build the run-status/up that stands for records which will never come."""
    fault = {"deviceSn": rscu_sn, "deviceType": codes.RSCU, "faultTime": float(ms(stamp_ns)), "faultDescription": text}
    return {"timeStamp": ms(stamp_ns), "rscuSn": rscu_sn, "active": codes.ONLINE, "faultList": [fault]}


def presence(rscu_sn: str, stamp_ns: int, online: bool) -> Payload:
    """Build the shortest basic-status/up: whether the box is connected."""
    active = codes.ONLINE if online else codes.OFFLINE
    return {"timeStamp": ms(stamp_ns), "rscuSn": rscu_sn, "deviceType": codes.RSCU, "active": active}


def _is_sensor(device: Device) -> bool:
    return codes.device_type(device.modality) not in (codes.RSCU, codes.RSU)


def _rscu_status(devices: Sequence[Device]) -> int:
    return codes.NORMAL if all(device.ok for device in devices) else codes.FAULT


def _state(device: Device) -> Payload:
    return {
        "deviceType": codes.device_type(device.modality),
        "status": codes.NORMAL if device.ok else codes.FAULT,
        "active": codes.ONLINE if device.ok else codes.OFFLINE,
    }


def _fault(device: Device, fault_types: Mapping[Modality, int]) -> Payload:
    return known(
        {
            "deviceSn": device.name,
            "deviceType": codes.device_type(device.modality),
            "faultType": codes.fault_type(device.modality, fault_types),
            "faultTime": None if device.fault_ns is None else float(ms(device.fault_ns)),
            "faultDescription": device.fault,
        }
    )
