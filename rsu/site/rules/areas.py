"""Zones, signs and loops of the site file, against the ground that the lane map covers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hw.detail import Detail
from rsu.core.errors import Finding
from rsu.site.lanemap import LaneMapFile
from rsu.site.reading import OfBoth, OfSite
from rsu.site.rules import lines, walk
from rsu.site.rules.shapes import Points, area, crosses_itself, distance, line, steps
from rsu.site.source import Path_

_LARGEST_M = 2000.0  # of a zone, east or north
_LARGEST_GROUND_M2 = 25e6  # that all lanes and zones cover: the ground is kept in memory
_AREA_M2 = 1.0
_FAR_ZONE_M, _FAR_SIGN_M = 300.0, 500.0  # from the next lane

_TOO_LARGE = Detail(
    "expected metres, a zone of at most {most:g} m near the node, got {got} (in cm or mm?)",
    "单位应为米，区域应在节点附近且不超过 {most:g} m，实为 {got}（是否误用厘米或毫米？）",
)
_TOO_MUCH_GROUND = Detail(
    "expected lanes and zones within 25 km2, got {covered:.0f} km2",
    "车道与区域应在 25 km² 以内，实为 {covered:.0f} km²",
)
CROSSED = Detail(
    "expected the corners in their order around it, got edges that cross (two corners swapped?)",
    "角点应沿边界依次排列，实际有边相交（是否有两点颠倒？）",
)
_TOO_SMALL = Detail(
    "expected {least:g} m2 or more, got {got:.3g} (in km?)",
    "应不小于 {least:g} m²，实为 {got:.3g}（是否误用千米？）",
)
_SAME_AREA = Detail(
    "expected another area than that of a zone before (copied?)",
    "应与前面的区域不同（是否为复制所致？）",
)
_OFF_THE_ROAD = Detail(
    "expected near the lanes, got {off:.0f} m from them (east and north?)",
    "应在车道附近，实际距车道 {off:.0f} m（东向与北向是否颠倒？）",
)
_SIGN_FAR_OFF = Detail(
    "expected metres from the reference point, near the lanes, got {off:.0f} m from them",
    "应为相对基准点的米数，位于车道附近，实际距车道 {off:.0f} m",
)
_BEYOND_LANE = Detail(
    "expected at most the length of its lane, {length:.0f} m, got {got:g}",
    "应不超过所在车道的长度 {length:.0f} m，实为 {got:g}",
)


def extents(of: OfBoth) -> Iterator[Finding]:
    """Find zones too large or too far away, and a ground larger than there is memory for. Errors: the station ends."""
    nodes = [node.position for node in of.map.nodes]
    for place, polygon in _zones(of):
        corners = line(polygon)
        size = float(np.ptp(corners, axis=0).max())
        far = [n for n, c in enumerate(corners) if min(distance(c, node) for node in nodes) > lines.FARTHEST_M]
        if far or size > _LARGEST_M:
            got = f"{corners[far[0]].tolist()}" if far else f"{size:.0f} m"
            yield of.source.finding((*place, far[0]) if far else place, _TOO_LARGE.of(most=_LARGEST_M, got=got))
            return
    every = np.concatenate([_ground(of.map), *(line(polygon) for _, polygon in _zones(of))])
    covered = float(np.prod(np.ptp(every, axis=0)))
    if covered > _LARGEST_GROUND_M2:
        yield of.map_source.finding(("nodes",), _TOO_MUCH_GROUND.of(covered=covered / 1e6))


def _ground(lane_map: LaneMapFile) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    walks = [line(crosswalk.polygon) for crosswalk in lane_map.crosswalks]
    return np.concatenate([np.zeros((1, 2)), *(line(points) for _, points in lines.every_line(lane_map)), *walks])


def zones(of: OfSite) -> Iterator[Finding]:
    """Find zones without a proper shape, and such that are there twice."""
    seen: list[Points] = []
    for place, polygon in _zones(of):
        if crosses_itself(polygon):
            yield of.source.warning(place, CROSSED)
        elif area(polygon) < _AREA_M2:
            yield of.source.warning(place, _TOO_SMALL.of(least=_AREA_M2, got=area(polygon)))
        elif polygon in seen:
            yield of.source.warning(place, _SAME_AREA)
        seen.append(polygon)


def off_the_road(of: OfBoth) -> Iterator[Finding]:
    """Find zones and signs far from all lanes, and loops beyond the beginning of their lane."""
    road = _ground(of.map)
    if len(road) == 1:
        return
    for place, polygon in _zones(of):
        off = min(float(np.hypot(*(road - corner).T).min()) for corner in line(polygon))
        if off > _FAR_ZONE_M:
            yield of.source.warning(place, _OFF_THE_ROAD.of(off=off))
    for index, sign in enumerate(of.site.messages.signs):
        off = float(np.hypot(*(road - (sign.east_m, sign.north_m)).T).min())
        if off > _FAR_SIGN_M:
            yield of.source.warning(("messages", "signs", index, "east_m"), _SIGN_FAR_OFF.of(off=off))
    lengths = {(at.link.name, at.lane.id): float(steps(at.lane.points).sum()) for at in walk.lanes(of.map)}
    for index, loop in enumerate(of.site.statistics.loops):
        length = lengths.get((loop.link, loop.lane), np.inf)
        if loop.to_stop_line_m > length:
            yield of.source.warning(
                ("statistics", "loops", index, "to_stop_line_m"),
                _BEYOND_LANE.of(length=length, got=loop.to_stop_line_m),
            )


def _zones(of: OfSite | OfBoth) -> Iterator[tuple[Path_, Points]]:
    for index, zone in enumerate(of.site.events.zones):
        yield ("events", "zones", index, "polygon_m"), zone.polygon_m
    for index, counted in enumerate(of.site.statistics.zones):
        yield ("statistics", "zones", index, "polygon_m"), counted.polygon_m
