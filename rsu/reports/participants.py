"""participant/up (table 16): the road users."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, get_args

import numpy as np

from perception.geo import Reference, to_wgs84
from perception.objects import Floats, Ints, Modality, RoadUser
from perception.results import LanePlace, RoadEvent, Tracks
from rsu.messages.bounds import NORMAL_95, position_95, speed_95
from rsu.reports import codes
from rsu.reports.common import Payload, head, known, lane
from rsu.site.identity import Identity
from v2x.confidence import heading_confidence, position_confidence, speed_confidence
from v2x.records.names import HeadingConfidence, PositionConfidence, SpeedConfidence

_STILL_MPS = 0.5  # slower is reported as standing still
_POSITION = {name: code for code, name in enumerate(get_args(PositionConfidence))}
_SPEED = {name: code for code, name in enumerate(get_args(SpeedConfidence))}
_HEADING = {name: code for code, name in enumerate(get_args(HeadingConfidence))}


class Users(NamedTuple):
    """The road users at one time, and what is known beside their tracks."""

    tracks: Tracks
    places: Sequence[LanePlace | None]  # aligned with `tracks`
    running: Sequence[RoadEvent]
    modalities: Mapping[str, Modality]  # of the devices
    classes: codes.VehicleClasses = "printed"

    def of(self, numbers: Iterable[int]) -> Users:
        """Return those with these track numbers that are still there."""
        rows: Ints = np.flatnonzero(np.isin(self.tracks.id, list(numbers)))
        return self._replace(tracks=self.tracks.take(rows), places=[self.places[row] for row in rows.tolist()])


def build(identity: Identity, stamp_ns: int, users: Users) -> Payload:
    """Build participant/up (tables 15 and 16)."""
    return head(identity, stamp_ns) | {"ptcList": listed(identity, users)}


def listed(identity: Identity, users: Users) -> list[Payload]:
    """Return road users as table 16 describes them."""
    tracks = users.tracks
    kinds = [RoadUser(kind) for kind in tracks.kind.tolist()]
    columns: dict[str, Sequence[object]] = {
        "timestamp": (tracks.stamp_ns // 1_000_000).tolist(),
        "ptcType": [codes.PTC_TYPE[kind] for kind in kinds],
        "ptcId": tracks.id.tolist(),
        "vehicleClass": [codes.VEHICLE_CLASS[users.classes].get(kind) for kind in kinds],
        "vehicleStatus": _vehicle_status(users, kinds),
        "sourceType": [codes.source_type(sources, users.modalities) for sources in tracks.sources],
        "crossId": [identity.cross_id] * len(tracks),
        **_motion(tracks, identity.reference),
    }
    rows = zip(*columns.values(), strict=True)
    return [
        known(dict(zip(columns, row, strict=True))) | lane(identity, place)
        for row, place in zip(rows, users.places, strict=True)
    ]


def _vehicle_status(users: Users, kinds: Sequence[RoadUser]) -> list[int | None]:
    """Return vehicleStatus of motor vehicles, None of others."""
    unusual = {
        track: codes.VEHICLE_STATUS[event.code]
        for event in users.running
        if event.code in codes.VEHICLE_STATUS
        for track in event.track_ids
    }
    return [
        unusual.get(number, codes.VEHICLE_NORMAL) if codes.PTC_TYPE[kind] == codes.MOTOR else None
        for number, kind in zip(users.tracks.id.tolist(), kinds, strict=True)
    ]


def _motion(tracks: Tracks, reference: Reference) -> dict[str, Sequence[object]]:
    """Return the columns of table 16 that are numbers: where, how fast, how sure, how large."""
    latitude, longitude = to_wgs84(tracks.position[:, 0], tracks.position[:, 1], reference)
    speed = np.hypot(tracks.velocity[:, 0], tracks.velocity[:, 1])
    heading_95 = np.where(np.isnan(tracks.heading), np.nan, NORMAL_95 * tracks.heading_sd).tolist()
    return {
        "longitude": longitude.round(7).tolist(),
        "latitude": latitude.round(7).tolist(),
        "positionConfidence": [_POSITION[position_confidence(bound)] for bound in position_95(tracks).tolist()],
        "status": np.where(speed < _STILL_MPS, 1, 2).tolist(),
        "speed": _hundredths(speed),
        "speedConfidence": [_SPEED[speed_confidence(bound)] for bound in speed_95(tracks).tolist()],
        "heading": _heading(tracks.heading),
        "headingConfidence": [_HEADING[heading_confidence(bound)] for bound in heading_95],
        "length": _hundredths(tracks.size[:, 0]),
        "width": _hundredths(tracks.size[:, 1]),
        "height": _hundredths(tracks.size[:, 2]),
    }


def _hundredths(values: Floats) -> list[float]:
    """Return Python numbers with two decimals."""
    return list(values.round(2).tolist())


def _heading(degrees: Floats) -> list[float]:
    """Return headings with two decimals, 0 <= h < 360 after rounding too."""
    return _hundredths(np.mod(degrees.round(2), 360.0))
