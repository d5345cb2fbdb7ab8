"""Steps and codes of T/CSAE 53 as OpenV2X carries them in JSON. Unknown quantities have the standard's code for it."""

from __future__ import annotations

from hw.modality import Modality
from perception.geo import Reference, to_wgs84
from perception.objects import RoadUser
from rsu.messages import rsm
from v2x.records.names import Source

Json = dict[str, object]
_DEGREE, _DM = 1e7, 10.0  # latitude and longitude in 1e-7 deg, elevation and radius in dm
_SPEED_MPS, _SPEED_UNKNOWN = 0.02, 8191
_HEADING_DEG, _HEADING_UNKNOWN = 0.0125, 28800
PTC_TYPE = {
    RoadUser.UNKNOWN: "unknown",
    RoadUser.CAR: "motor",
    RoadUser.TRUCK: "motor",
    RoadUser.BUS: "motor",
    RoadUser.MOTORCYCLE: "motor",
    RoadUser.BICYCLE: "non-motor",
    RoadUser.PEDESTRIAN: "pedestrian",
}


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


def speed(mps: float) -> int:
    """Return a speed in 0.02 m/s."""
    return min(round(mps / _SPEED_MPS), _SPEED_UNKNOWN - 1)


def heading(degrees: float | None) -> int:
    """Return a heading in 0.0125 deg, clockwise from north."""
    return _HEADING_UNKNOWN if degrees is None else round(degrees / _HEADING_DEG) % _HEADING_UNKNOWN


def source(modalities: list[Modality]) -> int:
    """Return the number of SourceType: the source by which a road user is known."""
    found = {rsm.source(modality) for modality in modalities}
    name: Source = "integrated" if len(found) > 1 else next(iter(found), "unknown")
    return rsm.SOURCES.index(name)


def decimetres(metres: float) -> int:
    """Return a length in dm."""
    return round(metres * _DM)
