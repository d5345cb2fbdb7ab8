"""participant/up (table 16): the road users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np

from perception.geo import Reference, to_wgs84
from perception.objects import Floats
from rsu.bus.told import Participants, ToldUser
from rsu.site.box import Box
from rsu.uplink.tits0180 import codes
from rsu.uplink.tits0180.common import Payload, head, known, lane
from v2x.confidence import heading_confidence, position_confidence, speed_confidence
from v2x.records.names import HeadingConfidence, PositionConfidence, SpeedConfidence

_STILL_MPS = 0.5  # slower is reported as standing still
_POSITION = {name: code for code, name in enumerate(get_args(PositionConfidence))}
_SPEED = {name: code for code, name in enumerate(get_args(SpeedConfidence))}
_HEADING = {name: code for code, name in enumerate(get_args(HeadingConfidence))}


def build(box: Box, stamp_ns: int, told: Participants) -> Payload:
    """Build participant/up (tables 15 and 16)."""
    return head(box.identity, stamp_ns) | {"ptcList": listed(box, told.users)}


def listed(box: Box, users: Sequence[ToldUser]) -> list[Payload]:
    """Return road users as table 16 describes them."""
    columns: dict[str, Sequence[object]] = {
        "timestamp": [user.stamp_ns // 1_000_000 for user in users],
        "ptcType": [codes.PTC_TYPE[user.kind] for user in users],
        "ptcId": [user.id for user in users],
        "vehicleClass": [codes.VEHICLE_CLASS[box.standard.vehicle_class].get(user.kind) for user in users],
        "vehicleStatus": [_vehicle_status(user) for user in users],
        "sourceType": [codes.source_type(user.sources, box.modalities) for user in users],
        "crossId": [box.identity.cross_id] * len(users),
        **_motion(users, box.identity.reference),
    }
    rows = zip(*columns.values(), strict=True)
    return [
        known(dict(zip(columns, row, strict=True))) | lane(box.identity, user.place)
        for row, user in zip(rows, users, strict=True)
    ]


def _vehicle_status(user: ToldUser) -> int | None:
    """Return vehicleStatus of a motor vehicle, None of others; the event that began last says it."""
    if codes.PTC_TYPE[user.kind] != codes.MOTOR:
        return None
    unusual = [codes.VEHICLE_STATUS[code] for code in user.events if code in codes.VEHICLE_STATUS]
    return unusual[-1] if unusual else codes.VEHICLE_NORMAL


def _motion(users: Sequence[ToldUser], reference: Reference) -> dict[str, Sequence[object]]:
    """Return the columns of table 16 that are numbers: where, how fast, how sure, how large."""
    latitude, longitude = to_wgs84(
        np.array([user.east_m for user in users], dtype=np.float64),
        np.array([user.north_m for user in users], dtype=np.float64),
        reference,
    )
    return {
        "longitude": longitude.round(7).tolist(),
        "latitude": latitude.round(7).tolist(),
        "positionConfidence": [_POSITION[position_confidence(user.position_95_m)] for user in users],
        "status": [1 if user.speed_mps < _STILL_MPS else 2 for user in users],
        "speed": _hundredths([user.speed_mps for user in users]),
        "speedConfidence": [_SPEED[speed_confidence(user.speed_95_mps)] for user in users],
        "heading": _headings([user.heading_deg for user in users]),
        "headingConfidence": [_HEADING[heading_confidence(user.heading_95_deg)] for user in users],
        "length": _hundredths([user.length_m for user in users]),
        "width": _hundredths([user.width_m for user in users]),
        "height": _hundredths([user.height_m for user in users]),
    }


def _column(values: Sequence[float | None]) -> Floats:
    """Return values as an array (n,), NaN for unknown ones."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _hundredths(values: Sequence[float | None]) -> list[float]:
    """Return Python numbers with two decimals, NaN for unknown ones."""
    return list(_column(values).round(2).tolist())


def _headings(degrees: Sequence[float | None]) -> list[float]:
    """Return headings with two decimals, 0 <= h < 360 after rounding too."""
    return list(np.mod(_column(degrees).round(2), 360.0).round(2).tolist())
