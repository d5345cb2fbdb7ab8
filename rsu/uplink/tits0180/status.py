"""basic-status/up (tables 8-10) and run-status/up (tables 11-14): identity of the box, and which parts work now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hw.modality import Modality
from rsu.bus.told import DeviceStates, ToldDevice
from rsu.reasons import words
from rsu.site.box import Box
from rsu.uplink.tits0180 import codes
from rsu.uplink.tits0180.common import Payload, head, known, ms


def basic(box: Box, stamp_ns: int, told: DeviceStates) -> Payload:
    """Build basic-status/up (tables 8-10): identity of the box and its devices."""
    identity, devices = box.identity, told.devices
    sensors = [
        {"sensorSn": device.name, "deviceType": device.modality.device_type} for device in devices if _is_sensor(device)
    ]
    return known(
        head(identity, stamp_ns)
        | {
            "regionId": identity.region_id,
            "roadId": identity.road_id,
            "roadName": identity.road_name,
            "crossId": identity.cross_id,
            "crossName": identity.cross_name,
            "latitude": identity.reference.latitude_deg,
            "longitude": identity.reference.longitude_deg,
            "elevation": identity.reference.elevation_m,
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


def run(box: Box, stamp_ns: int, told: DeviceStates) -> Payload:
    """Build run-status/up (tables 11-14): the devices that work now, and since when the others do not."""
    identity, devices = box.identity, told.devices
    return head(identity, stamp_ns) | {
        "rscuStatus": _rscu_status(devices),
        "active": codes.ONLINE,
        "rsuStatusList": [
            {"rsuSn": identity.rsu_sn} | _state(device)
            for device in devices
            if device.modality.device_type == codes.RSU
        ],
        "sensorStatusList": [{"sensorSn": device.name} | _state(device) for device in devices if _is_sensor(device)],
        "faultList": [fault for device in devices for fault in _faults(device, box.standard.fault_types)],
    }


def given_up(rscu_sn: str, stamp_ns: int, text: str) -> Payload:
    """Build the run-status/up that stands for records which will never come."""
    fault = {"deviceSn": rscu_sn, "deviceType": codes.RSCU, "faultTime": float(ms(stamp_ns)), "faultDescription": text}
    return {"timeStamp": ms(stamp_ns), "rscuSn": rscu_sn, "active": codes.ONLINE, "faultList": [fault]}


def presence(rscu_sn: str, stamp_ns: int, online: bool) -> Payload:
    """Build the shortest basic-status/up: whether the box is connected."""
    active = codes.ONLINE if online else codes.OFFLINE
    return {"timeStamp": ms(stamp_ns), "rscuSn": rscu_sn, "deviceType": codes.RSCU, "active": active}


def _is_sensor(device: ToldDevice) -> bool:
    return device.modality.device_type not in (codes.RSCU, codes.RSU)


def _rscu_status(devices: Sequence[ToldDevice]) -> int:
    return codes.NORMAL if all(device.ok for device in devices) else codes.FAULT


def _state(device: ToldDevice) -> Payload:
    return {
        "deviceType": device.modality.device_type,
        "status": codes.NORMAL if device.ok else codes.FAULT,
        "active": codes.ONLINE if device.ok else codes.OFFLINE,
    }


def _fault_type(modality: Modality, further: Mapping[str, int]) -> int | None:
    return further.get(modality.name) if modality.fault_type is None else modality.fault_type


def _faults(device: ToldDevice, fault_types: Mapping[str, int]) -> Iterator[Payload]:
    """Yield the faults of a device. `fault_types`: the site's own numbers, where the standard prints none."""
    found = [] if device.ok else [(device.code, device.fault_ns, device.fault or "")]
    for code, since_ns, detail in [*found, *((each.code, each.since_ns, each.text) for each in device.alarms)]:
        fault = {
            "deviceSn": device.name,
            "deviceType": device.modality.device_type,
            "faultType": _fault_type(device.modality, fault_types),
            "faultTime": None if since_ns is None else float(ms(since_ns)),
            "faultDescription": _description(code, device.modality, detail),
        }
        yield known(fault)


def _description(code: str, modality: Modality, detail: str) -> str:
    """Return a fault as the table of alarms has it: code, text, detail. `code`: empty in records of old versions."""
    return f"{code}: {words(code, modality).text} ({detail})" if code else detail
