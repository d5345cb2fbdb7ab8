"""V2X/RSU/INFO/UP and V2X/RSU/HB/UP: identity of the box, and its sign of life."""

from __future__ import annotations

from rsu.bus.told import DeviceStates
from rsu.site.box import Box
from rsu.uplink.csae53 import Json

_VERSION = "v1"  # of the protocol


def info(box: Box, told: DeviceStates) -> Json:
    """Build INFO: every key is mandatory; configurations are not taken from there, so that `config` is empty."""
    me, place = box.identity, box.identity.reference
    return {
        "rsuId": me.rscu_sn,
        "rsuEsn": me.rsu_sn,
        "rsuName": me.cross_name or me.rscu_sn,
        "version": _VERSION,
        "rsuStatus": _works(told),
        "location": {"lon": place.longitude_deg, "lat": place.latitude_deg},
        "config": {},
    }


def heartbeat(box: Box, stamp_ns: int, told: DeviceStates | None) -> Json:
    """Build HB; `told` None: of a connection that has just begun, nothing is known to be wrong."""
    return {
        "rsuId": box.identity.rscu_sn,
        "rsuEsn": box.identity.rsu_sn,
        "timestamp": stamp_ns // 1_000_000,
        "protocolVersion": _VERSION,
        "rsuStatus": told is None or _works(told),
        "ack": False,
    }


def _works(told: DeviceStates) -> bool:
    return all(device.ok for device in told.devices)
