"""Links and lanes of a lane map that are hardly meant so: widths, limits, lengths, one beside the other."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import numpy as np

from perception.geo import direction_of
from perception.objects import Floats
from rsu.core.errors import Finding
from rsu.site.lanemap import LaneModel, LinkModel
from rsu.site.reading import OfMap
from rsu.site.rules import walk
from rsu.site.rules.shapes import Points, distance, heading, line, sharpest_turn, steps, turn
from rsu.site.source import ParsedFile, Path_

_WIDTHS_M = {"vehicle": (2.3, 6.0), "bike": (0.8, 6.0)}
_LIMITS_MPS = {"vehicle": (2.7, 33.4), "bike": (1.3, 11.2)}  # 10 to 120 km/h, 5 to 40 km/h
_AT_LIGHTS_MPS = 22.3  # 80 km/h
_SHORT_M, _LONG_M = 10.0, 2000.0
_FOLD_DEG = 100.0
_ASKEW_DEG, _APART_M = 25.0, 15.0


def widths(of: OfMap) -> Iterator[Finding]:
    """Find lanes too narrow or too wide, and links that are not as wide as their lanes together."""
    for place, _, _, lane in walk.lanes(of.map):
        yield from _width(of.source, place, lane.type, lane.width_m)
    for at in walk.exits(of.map):
        yield from _width(of.source, at.place, at.lane.type or "vehicle", at.lane.width_m)
        if at.lane.type not in (None, *_WIDTHS_M, "sidewalk"):
            text = f'expected vehicle, bike or sidewalk, got "{at.lane.type}": it is taken for a sidewalk'
            yield of.source.warning((*at.place, "type"), text)
    for place, _, link in walk.links(of.map):
        together = sum(lane.width_m for lane in link.lanes)
        if not 0.6 * together <= link.width_m <= 2.0 * together:
            text = f"expected the width of its lanes together, {together:g} m, got {link.width_m:g}"
            yield of.source.warning((*place, "width_m"), text)


def _width(source: ParsedFile, place: Path_, kind: str, width: float | None) -> Iterator[Finding]:
    least, most = _WIDTHS_M.get(kind, (0.5, 10.0))
    if width is not None and not least <= width <= most:
        text = f"expected {least:g} to {most:g} metres for a {kind} lane, got {width:g}"
        yield source.warning((*place, "width_m"), text)


def limits(of: OfMap) -> Iterator[Finding]:
    """Find speed limits that are no limits in m/s."""
    for place, _, link in walk.links(of.map):
        lit = any(way.phase is not None for lane in link.lanes for way in lane.connects_to)
        kinds = {lane.type for lane in link.lanes}
        yield from _limit(of.source, place, "bike" if kinds == {"bike"} else "vehicle", link.speed_limit_mps, lit)
        for number, lane in enumerate(link.lanes):
            yield from _limit(of.source, (*place, "lanes", number), lane.type, lane.speed_limit_mps, lit)


def _limit(source: ParsedFile, place: Path_, kind: str, limit: float | None, lit: bool) -> Iterator[Finding]:
    least, most = _LIMITS_MPS[kind]
    most = min(most, _AT_LIGHTS_MPS) if lit else most
    if limit is not None and not least <= limit <= most:
        where = " before a signal" * (lit and limit <= _LIMITS_MPS[kind][1])
        hint = f"in km/h? that were {limit / 3.6:.2f} m/s" if limit > most else f"that is {limit * 3.6:.1f} km/h"
        text = f"expected {least:g} to {most:g} m/s for a {kind} lane{where}, got {limit:g} ({hint})"
        yield source.warning((*place, "speed_limit_mps"), text)


def lines(of: OfMap) -> Iterator[Finding]:
    """Find lines too short or too long for a road, and such that turn back on themselves."""
    parts: list[tuple[Path_, Points]] = [(place, lane.points) for place, _, _, lane in walk.lanes(of.map)]
    parts += [(at.place, at.lane.points) for at in walk.exits(of.map)]
    parts += [(place, link.points) for place, _, link in walk.links(of.map)]
    for place, points in parts:
        length, (sharpest, corner) = float(steps(points).sum()), sharpest_turn(points)
        if not _SHORT_M <= length <= _LONG_M:
            units = "in km, or degrees?" if length < _SHORT_M else "in cm?"
            text = f"expected a road of {_SHORT_M:g} to {_LONG_M:g} metres, got {length:.3g} ({units})"
            yield of.source.warning((*place, "points"), text)
        elif sharpest > _FOLD_DEG:
            text = f"expected a line that leads on, got a turn of {sharpest:.0f} deg (a coordinate mistyped?)"
            yield of.source.warning((*place, "points", corner), text)


def beside(of: OfMap) -> Iterator[Finding]:
    """Find lanes that do not run beside those of their link, and such that are not numbered from the left."""
    for place, _, link in walk.links(of.map):
        usual = _usual_heading(link)
        askew = [n for n, lane in enumerate(link.lanes) if abs(turn(usual, heading(lane.points))) > _ASKEW_DEG]
        for number in askew:
            got = heading(link.lanes[number].points)
            text = f"expected to lead as the other lanes of {link.name}, {usual:.0f} deg, got {got:.0f}"
            yield of.source.warning((*place, "lanes", number, "points"), f"{text} (a coordinate mistyped?)")
        if abs(turn(usual, heading(link.points))) > _ASKEW_DEG:
            text = f"expected to lead as its lanes, {usual:.0f} deg, got {heading(link.points):.0f}"
            yield of.source.warning((*place, "points"), f"{text} (a coordinate mistyped?)")
        elif not askew:
            yield from _stop_lines(of.source, place, link, usual)
            yield from _numbers(of.source, place, link, usual)


def _usual_heading(link: LinkModel) -> float:
    """Return the heading at the stop line that most lines of a link have."""
    headings = [heading(points) for points in (link.points, *(lane.points for lane in link.lanes))]
    return min(headings, key=lambda one: median(abs(turn(one, other)) for other in headings))


def _stop_lines(source: ParsedFile, place: Path_, link: LinkModel, usual: float) -> Iterator[Finding]:
    parts: list[tuple[Path_, Points]] = [(("lanes", n, "points"), lane.points) for n, lane in enumerate(link.lanes)]
    parts.append((("points",), link.points))
    ends = np.array([points[-1] for _, points in parts])
    middle = np.median(ends, axis=0)
    for (key, points), end in zip(parts, ends, strict=True):
        off, along = distance(end, middle), abs(float((end - middle) @ direction_of(usual)))
        if along > _APART_M or off > _APART_M + link.width_m:
            text = f"expected the stop line of {link.name}, got a point {off:.0f} m from where its other lanes end"
            yield source.warning((*place, *key, len(points) - 1), f"{text} (a coordinate mistyped?)")


def _numbers(source: ParsedFile, place: Path_, link: LinkModel, usual: float) -> Iterator[Finding]:
    order = sorted(range(len(link.lanes)), key=lambda n: link.lanes[n].id)
    aside = [_aside(link.lanes[n], usual) for n in order]
    for left, right in zip(range(len(order)), range(1, len(order)), strict=False):
        if aside[right] < aside[left]:
            one, other = link.lanes[order[right]].id, link.lanes[order[left]].id
            text = f"expected ids from the left in driving direction, got {one} to the left of {other}"
            yield source.warning((*place, "lanes", order[right], "id"), f"{text} (from the right? east and north?)")
            return


def _aside(lane: LaneModel, usual: float) -> float:
    """Return how far to the right a lane ends."""
    ahead: Floats = direction_of(usual)
    east, north = line(lane.points)[-1]
    return float(east * ahead[1] - north * ahead[0])
