"""Where the site is said to be, and under which numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from perception.geo import to_site
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.source import ParsedFile, Path_

_REFERENCE: Path_ = ("site", "reference")
_CHINA_DEG = ((3.5, 54.0), (73.0, 136.0))  # latitude, longitude
_ELEVATION_M = (-160.0, 5600.0)  # of roads there
_LEAST_DECIMALS = 4  # 11 m
_FARTHEST_CONTROLLER_M = 1000.0


def reference(of: OfSite) -> Iterator[Finding]:
    """Find a reference point that is no place of a site, by the first reason."""
    settings = of.site.site.reference
    latitude, longitude, elevation = settings.latitude_deg, settings.longitude_deg, settings.elevation_m
    at = (*_REFERENCE, "latitude_deg")
    if abs(latitude) < 1.0 and abs(longitude) < 1.0:
        yield of.source.warning(at, f"expected where the site is, got {latitude:g}, {longitude:g}: that is in the sea")
    elif not _in_china(latitude, longitude):
        text = f"expected a place in China, got {latitude:g}, {longitude:g}"
        yield of.source.warning(at, text + _meant(latitude, longitude))
    elif max(_decimals(of.source, (*_REFERENCE, key)) for key in ("latitude_deg", "longitude_deg")) < _LEAST_DECIMALS:
        text = f"expected seven decimals (1 cm), got {latitude:g}, {longitude:g}: that is a circle of 100 m or more"
        yield of.source.warning(at, text)
    if not _ELEVATION_M[0] <= elevation <= _ELEVATION_M[1]:
        text = f"expected {_ELEVATION_M[0]:g} to {_ELEVATION_M[1]:g} metres, got {elevation:g} (in cm?)"
        yield of.source.warning((*_REFERENCE, "elevation_m"), text)


def _in_china(latitude: float, longitude: float) -> bool:
    (south, north), (west, east) = _CHINA_DEG
    return south <= latitude <= north and west <= longitude <= east


def _meant(latitude: float, longitude: float) -> str:
    tries = {
        "latitude and longitude swapped?": (longitude, latitude),
        "a wrong sign?": (abs(latitude), abs(longitude)),
        "the point at the wrong digit?": (latitude, longitude * 10.0),
        "the point at the wrong digit? ": (latitude * 10.0, longitude),
    }
    return next((f" ({hint.strip()})" for hint, place in tries.items() if _in_china(*place)), "")


def _decimals(source: ParsedFile, place: Path_) -> int:
    found = re.match(r"[+-]?\d+\.(\d+)", source.written(place).lstrip("\"'"))
    return len(found[1]) if found else 0


def numbers(of: OfSite) -> Iterator[Finding]:
    """Find numbers of regions that are none, or differ, and what the platform needs and has not."""
    site, identity = of.site, of.site.identity
    if site.site.region == 0:
        yield of.source.warning(("site", "region"), "expected the region of the road regulator, got 0: for tests only")
    if identity.region_id and len(identity.region_id) != 6:
        text = f"expected six digits (GB/T 2260), got {identity.region_id}"
        yield of.source.warning(("identity", "region_id"), text)
    if site.uplink.platform is not None and site.signal is not None:
        for key in ("city_name", "region_id"):
            if not getattr(identity, key):
                text = "expected a value, got none: lamp records must have it"
                yield of.source.warning(("identity", key), text)


def controller(of: OfSite) -> Iterator[Finding]:
    """Find a signal controller that is said to be of another region, or elsewhere."""
    site, name = of.site, of.site.signal.device if of.site.signal else ""
    settings = of.drivers.get(name)
    at: Path_ = ("devices", name, "driver")
    region, known = getattr(settings, "region", None), site.identity.region_id
    if region and known.strip("0") and region != int(known):
        text = f"expected {known} as identity.region_id has it, got {region}: its reports would be refused"
        yield of.source.warning((*at, "region"), text)
    if (place := getattr(settings, "place", None)) is not None:
        east, north = to_site(place.latitude_deg, place.longitude_deg, site.site.reference.reference())
        if (off := float(east**2 + north**2) ** 0.5) > _FARTHEST_CONTROLLER_M:
            text = f"expected a place at the site, got one {off:.0f} m from its reference point"
            yield of.source.warning((*at, "place"), text)
