"""basic-status/up (table 8) and run-status/up (tables 11-14): who we are, and what works now."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from perception.objects import Modality
from rsu.reports import codes
from rsu.reports.common import Identity, Payload, head, known, ms


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One device of the site as the platform is told of it."""

    name: str
    modality: Modality  # those without a row in `codes.DEVICE_TYPE` count as part of the box
    ok: bool  # measurements arrive
    fault: str | None = None  # why not, in words
    fault_ns: int | None = None  # since when


def basic(identity: Identity, stamp_ns: int, devices: Sequence[Device]) -> Payload:
    """Build basic-status/up (table 8): who we are and which devices hang on the box."""
    sensors = [
        {"sensorSn": device.name, "deviceType": codes.DEVICE_TYPE[device.modality]}
        for device in devices
        if codes.DEVICE_TYPE.get(device.modality, codes.RSU) != codes.RSU
    ]
    return known(
        head(identity, stamp_ns)
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


def run(identity: Identity, stamp_ns: int, devices: Sequence[Device]) -> Payload:
    """Build run-status/up (tables 11-14): what works now, and what does not since when."""
    faulty = [device for device in devices if not device.ok]
    return head(identity, stamp_ns) | {
        "rscuStatus": codes.STATUS_FAULT if faulty else codes.STATUS_OK,
        "active": codes.ONLINE,
        "rsuStatusList": [
            {"rsuSn": identity.rsu_sn} | _state(device)
            for device in devices
            if codes.DEVICE_TYPE.get(device.modality) == codes.RSU
        ],
        "sensorStatusList": [
            {"sensorSn": device.name} | _state(device)
            for device in devices
            if codes.DEVICE_TYPE.get(device.modality, codes.RSU) != codes.RSU
        ],
        "faultList": [_fault(device) for device in faulty],
    }


def _state(device: Device) -> Payload:
    return {
        "deviceType": codes.DEVICE_TYPE[device.modality],
        "status": codes.STATUS_OK if device.ok else codes.STATUS_FAULT,
        "active": codes.ONLINE if device.ok else codes.OFFLINE,
    }


def _fault(device: Device) -> Payload:
    return known(
        {
            "deviceSn": device.name,
            "deviceType": codes.DEVICE_TYPE.get(device.modality, codes.RSCU),
            "faultType": "lost",
            "faultTime": None if device.fault_ns is None else ms(device.fault_ns),
            "faultDescription": device.fault,
        }
    )
