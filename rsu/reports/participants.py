"""participant/up (table 16): the road users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from perception.geo import Reference, to_wgs84
from perception.objects import Event, Floats, LanePlace, Modality, RoadUser, Tracks
from rsu.reports import codes
from rsu.reports.common import Identity, Payload, head, known

_STILL_MPS = 0.5  # slower is reported as standing still
_SIGMA_95 = 1.96  # half-width of 95 % in standard deviations, one dimension
_SIGMA_95_PLANE = 2.4477  # the same for an ellipse, two dimensions


def build(
    identity: Identity,
    stamp_ns: int,
    tracks: Tracks,
    places: Sequence[LanePlace | None],
    running: Sequence[Event],
    modalities: Mapping[str, Modality],
) -> Payload:
    """Build participant/up (table 16). `places` is aligned with `tracks`; `modalities`: of the devices."""
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
        "sourceType": [codes.source_type(sources, modalities) for sources in tracks.sources],
        "crossId": [identity.cross_id] * len(tracks),
        "linkId": [place and place.link for place in places],
        "laneId": [place and place.lane for place in places],
        **_motion(tracks, identity.reference),
    }
    rows = zip(*columns.values(), strict=True)
    return head(identity, stamp_ns) | {"ptcList": [known(dict(zip(columns, row, strict=True))) for row in rows]}


def _motion(tracks: Tracks, reference: Reference) -> dict[str, Sequence[object]]:
    """Return the columns of table 16 that are numbers: where, how fast, how sure, how large."""
    latitude, longitude = to_wgs84(tracks.position[:, 0], tracks.position[:, 1], reference)
    position_sd = np.sqrt(np.linalg.eigvalsh(tracks.covariance[:, :2, :2])[:, -1])
    speed = np.hypot(tracks.velocity[:, 0], tracks.velocity[:, 1])
    speed_sd = np.sqrt(np.linalg.eigvalsh(tracks.covariance[:, 2:, 2:])[:, -1])
    return {
        "longitude": longitude.round(7).tolist(),
        "latitude": latitude.round(7).tolist(),
        "positionConfidence": _hundredths(_SIGMA_95_PLANE * position_sd),
        "status": np.where(speed < _STILL_MPS, 1, 2).tolist(),
        "speed": _hundredths(speed),
        "speedConfidence": _hundredths(_SIGMA_95 * speed_sd),
        "heading": _hundredths(tracks.heading),
        "headingConfidence": _hundredths(np.where(np.isnan(tracks.heading), np.nan, _SIGMA_95 * tracks.heading_sd)),
        "length": _hundredths(tracks.size[:, 0]),
        "width": _hundredths(tracks.size[:, 1]),
        "height": _hundredths(tracks.size[:, 2]),
    }


def _hundredths(values: Floats) -> list[float]:
    """Return Python numbers with two decimals."""
    return list(values.round(2).tolist())
