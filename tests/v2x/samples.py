"""Small messages to change."""

from __future__ import annotations

from typing import Any

import v2x
from v2x import Position
from v2x.schema import decode_value
from v2x.values import to_json

RSU = Position(latitude_deg=31.2, longitude_deg=121.5, elevation_m=10.0)


def participant(**changes: Any) -> v2x.Participant:
    fields: dict[str, Any] = {
        "ptc_type": "motor",
        "ptc_id": 7,
        "source": "integrated",
        "sec_mark_ms": 12_345,
        "position": Position(latitude_deg=31.2001, longitude_deg=121.4999, elevation_m=10.5),
        "position_confidence": v2x.PositionConfidenceSet(position=v2x.position_confidence(0.8)),
        "speed_mps": 13.9,
        "heading_deg": 271.25,
        "size": v2x.Size(width_m=1.85, length_m=4.6),
    }
    return v2x.Participant(**fields | changes)


def rsm(*participants: v2x.Participant) -> v2x.RoadsideSafetyMessage:
    return v2x.RoadsideSafetyMessage(msg_cnt=5, id=b"RSU-0001", position=RSU, participants=participants)


def on_wire(message: v2x.Message, profile: v2x.Profile = v2x.DEFAULT_PROFILE) -> Any:
    return to_json(decode_value(v2x.encode(message, profile), profile))


def bsm(**changes: Any) -> v2x.BasicSafetyMessage:
    fields: dict[str, Any] = {
        "msg_cnt": 0,
        "id": bytes(8),
        "sec_mark_ms": 0,
        "position": RSU,
        "transmission": "unavailable",
        "speed_mps": 0.0,
        "heading_deg": 0.0,
        "acceleration": v2x.Acceleration(
            longitudinal_mps2=None, lateral_mps2=None, vertical_mps2=None, yaw_rate_dps=0.0
        ),
        "brakes": v2x.BrakeSystemStatus(),
        "size": v2x.Size(width_m=1.8, length_m=4.5),
        "vehicle_class": v2x.VehicleClassification(classification=v2x.BasicVehicleClass.PASSENGER_CAR),
    }
    return v2x.BasicSafetyMessage(**fields | changes)
