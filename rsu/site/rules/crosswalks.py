"""Crosswalks of a lane map that cross nothing, lie elsewhere or have no shape."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from perception.objects import Floats
from rsu.core.errors import Finding
from rsu.site.conflicts import crosses
from rsu.site.lanemap import LaneMapFile
from rsu.site.reading import OfMap
from rsu.site.rules import walk
from rsu.site.rules.shapes import Points, area, crosses_itself, distance, line, outline

_AREA_M2 = (4.0, 1000.0)
_INTO_JUNCTION_M = 25.0  # lanes lead on past the stop line: the crosswalk may lie there
_FARTHEST_M = 100.0  # from where lanes end or begin


def crosswalks(of: OfMap) -> Iterator[Finding]:
    """Find crosswalks that are hardly meant so, each by the first reason."""
    lanes = [*_lengthened(of.map)]
    seen: list[list[tuple[float, float]]] = []
    for number, walk_ in enumerate(of.map.crosswalks):
        place, polygon = ("crosswalks", number, "polygon"), walk_.polygon
        least, most = _AREA_M2
        if crosses_itself(polygon):
            text = "expected the corners in their order around it, got edges that cross (two corners swapped?)"
            yield of.source.warning(place, text)
        elif not least <= area(polygon) <= most:
            text = f"expected {least:g} to {most:g} m2, got {area(polygon):.3g} (in other units?)"
            yield of.source.warning(place, text)
        elif polygon in seen:
            text = f"expected another place than that of crosswalk {seen.index(polygon) + 1} (copied?)"
            yield of.source.warning(place, text)
        elif lanes and not any(crosses(lane, outline(polygon)) for lane in lanes):
            off = min(distance(line(polygon).mean(axis=0), lane[-1]) for lane in lanes)
            where = f"{off:.0f} m from the next lane's end" if off > _FARTHEST_M else "that crosses no lane"
            yield of.source.warning(place, f"expected a crosswalk over a road, got one {where}")
        seen.append(polygon)
    yield from _far_corners(of)


def _far_corners(of: OfMap) -> Iterator[Finding]:
    """Find single corners far from the others: a coordinate mistyped."""
    for number, walk_ in enumerate(of.map.crosswalks):
        corners = line(walk_.polygon)
        off = np.hypot(*(corners - np.median(corners, axis=0)).T)
        if off.max() > _FARTHEST_M:
            corner = int(off.argmax())
            text = f"expected a corner near the others, got one {off.max():.0f} m from their middle"
            yield of.source.warning(("crosswalks", number, "polygon", corner), text)


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
