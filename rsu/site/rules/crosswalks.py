"""Crosswalks of a lane map that cross nothing, lie elsewhere or have no shape."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hw.detail import Detail
from perception.objects import Floats
from rsu.core.errors import Finding
from rsu.site.conflicts import crosses
from rsu.site.lanemap import LaneMapFile
from rsu.site.reading import OfMap
from rsu.site.rules import walk
from rsu.site.rules.areas import CROSSED
from rsu.site.rules.shapes import Points, area, crosses_itself, distance, line, outline

_AREA_M2 = (4.0, 1000.0)
_INTO_JUNCTION_M = 25.0  # lanes lead on past the stop line: the crosswalk may lie there
_FARTHEST_M = 100.0  # from where lanes end or begin

_AREA = Detail(
    "expected {least:g} to {most:g} m2, got {got:.3g} (in other units?)",
    "应为 {least:g} 至 {most:g} m²，实为 {got:.3g}（是否误用其他单位？）",
)
_SAME_PLACE = Detail(
    "expected another place than that of crosswalk {other} (copied?)",
    "位置应与人行横道 {other} 不同（是否为复制所致？）",
)
_OVER_NO_ROAD = Detail(
    "expected a crosswalk over a road, got one {where}",
    "人行横道应跨越道路，实际{where}",
)
_FAR_CORNER = Detail(
    "expected a corner near the others, got one {off:.0f} m from their middle",
    "角点应靠近其他角点，实际距其中心 {off:.0f} m",
)
_AWAY = Detail("{off:.0f} m from the next lane's end", "距最近的车道终点 {off:.0f} m")
_CROSSES_NOTHING = Detail("that crosses no lane", "未跨越任何车道")


def crosswalks(of: OfMap) -> Iterator[Finding]:
    """Find crosswalks that are hardly meant so, each by the first reason."""
    lanes = [*_lengthened(of.map)]
    seen: list[list[tuple[float, float]]] = []
    for number, walk_ in enumerate(of.map.crosswalks):
        place, polygon = ("crosswalks", number, "polygon"), walk_.polygon
        least, most = _AREA_M2
        if crosses_itself(polygon):
            yield of.source.warning(place, CROSSED)
        elif not least <= area(polygon) <= most:
            yield of.source.warning(place, _AREA.of(least=least, most=most, got=area(polygon)))
        elif polygon in seen:
            yield of.source.warning(place, _SAME_PLACE.of(other=seen.index(polygon) + 1))
        elif lanes and not any(crosses(lane, outline(polygon)) for lane in lanes):
            off = min(distance(line(polygon).mean(axis=0), lane[-1]) for lane in lanes)
            where = _AWAY.of(off=off) if off > _FARTHEST_M else _CROSSES_NOTHING
            yield of.source.warning(place, _OVER_NO_ROAD.of(where=where))
        seen.append(polygon)
    yield from _far_corners(of)


def _far_corners(of: OfMap) -> Iterator[Finding]:
    """Find single corners far from the others: a coordinate mistyped."""
    for number, walk_ in enumerate(of.map.crosswalks):
        corners = line(walk_.polygon)
        off = np.hypot(*(corners - np.median(corners, axis=0)).T)
        if off.max() > _FARTHEST_M:
            corner = int(off.argmax())
            yield of.source.warning(("crosswalks", number, "polygon", corner), _FAR_CORNER.of(off=off.max()))


def _lengthened(lane_map: LaneMapFile) -> Iterator[Floats]:
    """Yield all lanes, longer at the side of the junction."""
    for at in walk.lanes(lane_map):
        yield _longer(at.lane.points)
    for away in walk.exits(lane_map):
        yield _longer(away.lane.points[::-1])


def _longer(points: Points) -> Floats:
    corners = line(points)
    step = corners[-1] - corners[-2]
    return np.vstack([corners, corners[-1] + _INTO_JUNCTION_M * step / max(float(np.hypot(*step)), 1e-9)])
