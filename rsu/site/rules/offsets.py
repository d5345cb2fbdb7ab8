"""Coordinates of two systems in one site: places that are off by the offset of Chinese map applications.

One point alone does not show it, its distance from another that must be near does. GNSS shows the rest when the site
runs (`rsu/station/checks/position.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hw.detail import NOTHING, Detail
from perception.geo import Reference, looks_like_bd09, looks_like_gcj02, to_site, to_wgs84
from rsu.core.errors import Finding
from rsu.site.reading import OfBoth, OfSite
from rsu.site.source import ParsedFile, Path_

_SYSTEMS = {"GCJ-02": looks_like_gcj02, "BD-09": looks_like_bd09}
_LEAST_M = 250.0  # offsets are larger everywhere in China

Place = tuple[float, float]

_ANTENNA = Detail(
    "expected the antenna near the reference point, got it {off:.0f} m away{hint}",
    "天线应在基准点附近，实际相距 {off:.0f} m{hint}",
)
_NODE = Detail(
    "expected the node near the reference point, got it {off:.0f} m away{hint}",
    "节点应在基准点附近，实际相距 {off:.0f} m{hint}",
)
_PART = Detail(
    "expected near the node, got {off:.0f} m from it{hint}",
    "应在节点附近，实际相距 {off:.0f} m{hint}",
)
_OFFSET = Detail(
    " (just the offset of {system}: one of the two is in its coordinates, convert to wgs84)",
    "（恰为 {system} 的偏移量：两者之一为该坐标系，请转换为 wgs84）",
)

_ORIGIN = Detail(
    "expected the site's reference point, {latitude:.7f}, {longitude:.7f}, got a place {off:.2f} m from it: all lanes "
    "would lie off by that{hint}",
    "应为站点的基准点 {latitude:.7f}, {longitude:.7f}，实际相距 {off:.2f} m：所有车道将偏移同样距离{hint}",
)
_PLATE = Detail(
    " (about the motion of the plate since 2000.0: one of the two in another epoch?)",
    "（约为 2000.0 以来的板块运动：两者的历元是否不同？）",
)
_DATUM = Detail(
    "expected the system of the site's reference point, {system}, got {got}",
    "应与站点基准点的坐标系 {system} 一致，实为 {got}",
)
_SAME_M = 0.1
_PLATE_M = (0.4, 1.5)  # since 2000.0


def origin(of: OfBoth) -> Iterator[Finding]:
    """Find a lane map that was made for another reference point."""
    if (place := of.map.origin) is None:
        return
    known = of.site.site.reference.reference()
    east, north = to_site(place.latitude_deg, place.longitude_deg, known)
    if (off := float(np.hypot(east, north))) > _SAME_M:
        system = _system((float(east), float(north)), known)
        hint = _PLATE if _PLATE_M[0] < off < _PLATE_M[1] else _told(system)
        text = _ORIGIN.of(latitude=known.latitude_deg, longitude=known.longitude_deg, off=off, hint=hint)
        yield of.map_source.finding(("origin",), text)


def systems(of: OfBoth) -> Iterator[Finding]:
    """Find a lane map and a reference point that were surveyed in different systems."""
    system = of.site.site.reference.coordinates
    if of.map.origin is not None and of.map.origin.coordinates != system:
        text = _DATUM.of(system=system, got=of.map.origin.coordinates)
        yield of.map_source.warning(("origin", "coordinates"), text)


def antenna(of: OfSite) -> Iterator[Finding]:
    """Find an antenna that stands off the reference point as a map application would have it."""
    settings = of.site.position
    place = settings.antenna_east_m, settings.antenna_north_m
    if float(np.hypot(*place)) > _LEAST_M:
        found = _system(place, of.site.site.reference.reference())
        yield of.source.warning(("position", "antenna_east_m"), _ANTENNA.of(off=np.hypot(*place), hint=_told(found)))


def lanes(of: OfBoth) -> Iterator[Finding]:
    """Find a lane map that lies off the reference point so."""
    place = of.node.position
    number = of.map.nodes.index(of.node)
    if float(np.hypot(*place)) > _LEAST_M:
        found = _system(place, of.site.site.reference.reference())
        yield of.map_source.warning(("nodes", number, "position"), _NODE.of(off=np.hypot(*place), hint=_told(found)))


def parts(of: OfBoth) -> Iterator[Finding]:
    """Find sensors and signs that lie off the node so."""
    for index, sensor in enumerate(of.site.sensors):
        at: Path_ = ("sensors", index, "mount")
        yield from _part(of.source, of, at, (sensor.mount.east_m, sensor.mount.north_m))
    for index, sign in enumerate(of.site.messages.signs):
        yield from _part(of.source, of, ("messages", "signs", index), (sign.east_m, sign.north_m))


def _part(source: ParsedFile, of: OfBoth, at: Path_, place: Place) -> Iterator[Finding]:
    off = (place[0] - of.node.position[0], place[1] - of.node.position[1])
    if float(np.hypot(*off)) > _LEAST_M and (found := _system(off, of.site.site.reference.reference())):
        yield source.warning((*at, "east_m"), _PART.of(off=np.hypot(*off), hint=_told(found)))


def _system(off: Place, known: Reference) -> str | None:
    """Return the system whose offset a distance (east, north) is, in either direction."""
    latitude, longitude = (float(degrees) for degrees in to_wgs84(*off, known))
    other = Reference(latitude, longitude, known.elevation_m)
    for name, looks in _SYSTEMS.items():
        if looks(latitude, longitude, known) or looks(known.latitude_deg, known.longitude_deg, other):
            return name
    return None


def _told(system: str | None) -> Detail:
    return _OFFSET.of(system=system) if system else NOTHING
