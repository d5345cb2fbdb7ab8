"""Steps and codes of T/CSAE 53 as platforms take them in JSON. Unknown quantities have the standard's code for it.

Latitude and longitude in 1e-7 deg, elevation and radius in dm, speed in 0.02 m/s, heading in 0.0125 deg, width and
length in cm, height in 5 cm, confidence of events in 0.5 %, time marks in 0.1 s.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import get_args

from hw.modality import Modality
from perception.geo import Reference, to_wgs84
from perception.objects import RoadUser
from rsu.bus.told import SignalLamps, ToldUser
from rsu.messages import rsm
from rsu.site.box import Box
from v2x.records.names import Light, ParticipantType, Source

Json = dict[str, object]
_DEGREE, _DM = 1e7, 10.0
_SPEED_MPS, _SPEED_UNKNOWN = 0.02, 8191
_HEADING_DEG, _HEADING_UNKNOWN = 0.0125, 28800
_CM, _HEIGHT_M = 100, 0.05
_CONFIDENCE = 0.005
_MINUTE_MS = 60_000
_MARK_S, MARK_LONG, MARK_UNKNOWN = 0.1, 36_000, 36_001  # TimeMark: an hour or more; unknown
PTC_TYPES: tuple[ParticipantType, ...] = get_args(ParticipantType)
LIGHTS: tuple[Light, ...] = get_args(Light)


def position(east_m: float, north_m: float, reference: Reference) -> Json:
    """Return a place of the site frame in WGS-84."""
    latitude, longitude = to_wgs84(east_m, north_m, reference)
    return wgs84(float(latitude), float(longitude), reference.elevation_m)


def wgs84(latitude_deg: float, longitude_deg: float, elevation_m: float) -> Json:
    """Return a place in 1e-7 deg and dm."""
    return {
        "lat": round(latitude_deg * _DEGREE),
        "lon": round(longitude_deg * _DEGREE),
        "ele": round(elevation_m * _DM),
    }


def here(box: Box) -> Json:
    """Return the surveyed point of the box."""
    place = box.identity.reference
    return wgs84(place.latitude_deg, place.longitude_deg, place.elevation_m)


def participant_type(kind: RoadUser) -> ParticipantType:
    """Return the name of a road user's type."""
    return rsm.CLASSES[kind][0]


def speed(mps: float) -> int:
    """Return a speed in 0.02 m/s."""
    return min(round(mps / _SPEED_MPS), _SPEED_UNKNOWN - 1)


def heading(degrees: float | None) -> int:
    """Return a heading in 0.0125 deg, clockwise from north."""
    return _HEADING_UNKNOWN if degrees is None else round(degrees / _HEADING_DEG) % _HEADING_UNKNOWN


def second_mark(stamp_ns: int) -> int:
    """Return the milliseconds within the minute."""
    return stamp_ns // 1_000_000 % _MINUTE_MS


def size(user: ToldUser) -> Json | None:
    """Return width, length and height; None while width or length is unknown."""
    if user.width_m is None or user.length_m is None:
        return None
    return {
        "width": round(user.width_m * _CM),
        "length": round(user.length_m * _CM),
        "height": round((user.height_m or 0.0) / _HEIGHT_M),  # 0: unknown
    }


def source(user: ToldUser, box: Box) -> int:
    """Return the number of SourceType: the source by which a road user is known."""
    modalities: list[Modality] = [box.modalities[name] for name in user.sources if name in box.modalities]
    found = {rsm.source(modality) for modality in modalities}
    name: Source = "integrated" if len(found) > 1 else next(iter(found), "unknown")
    return rsm.SOURCES.index(name)


def decimetres(metres: float) -> int:
    """Return a length in dm."""
    return round(metres * _DM)


def confidence(share: float) -> int:
    """Return the confidence of an event, 0..1, in 0.5 %."""
    return round(share / _CONFIDENCE)


def utc(stamp_ns: int) -> str:
    """Return a time as ISO 8601 with milliseconds."""
    seconds, ms = divmod(stamp_ns // 1_000_000, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{ms:03}Z"


def time_mark(seconds: float | None) -> int:
    """Return a time from now on in 0.1 s; None: not known."""
    if seconds is None:
        return MARK_UNKNOWN
    return min(max(0, math.ceil(seconds / _MARK_S - 1e-6)), MARK_LONG)


def phases(box: Box, signal: SignalLamps) -> list[tuple[int, list[tuple[Light, float, float | None]]]]:
    """Return the phases of the lane map, by number: light, begin and end in s from now on (None: not known)."""
    found = []
    for lamp in signal.lamps:
        for phase in box.identity.phases.get(lamp.number, []):
            states, begin_s = list[tuple[Light, float, float | None]](), 0.0
            for colour, lasts_s in lamp.steps or [("unknown", None)]:
                end_s = None if lasts_s is None else begin_s + lasts_s
                states.append((_light(colour, phase.permissive), begin_s, end_s))
                if end_s is None:
                    break  # the next light begins at an unknown time
                begin_s = end_s
            found.append((phase.id, states))
    return sorted(found, key=lambda each: each[0])


def _light(colour: str, permissive: bool) -> Light:
    if colour == "green":
        return "permissive-green" if permissive else "protected-green"
    return next((light for light in LIGHTS if light == colour), "unavailable")
