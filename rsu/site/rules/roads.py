"""Links and lanes of a lane map that are hardly meant so: widths, limits, lengths, one beside the other."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import numpy as np

from hw.detail import NOTHING, Detail
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

_NO_KIND = Detail(
    'expected vehicle, bike or sidewalk, got "{kind}": it is taken for a sidewalk',
    '应为 vehicle、bike 或 sidewalk，实为 "{kind}"：按 sidewalk 处理',
)
_LINK_WIDTH = Detail(
    "expected the width of its lanes together, {together:g} m, got {got:g}",
    "应为各车道的总宽 {together:g} m，实为 {got:g}",
)
_WIDTH = Detail(
    "expected {least:g} to {most:g} metres for a {kind} lane, got {got:g}",
    "{kind} 车道应为 {least:g} 至 {most:g} 米，实为 {got:g}",
)
_LIMIT = Detail(
    "expected {least:g} to {most:g} m/s for a {kind} lane{where}, got {got:g} ({hint})",
    "{where}{kind} 车道应为 {least:g} 至 {most:g} m/s，实为 {got:g}（{hint}）",
)
_LENGTH = Detail(
    "expected a road of {least:g} to {most:g} metres, got {got:.3g} ({units})",
    "道路长度应为 {least:g} 至 {most:g} 米，实为 {got:.3g}（{units}）",
)
_FOLD = Detail(
    "expected a line that leads on, got a turn of {turned:.0f} deg (a coordinate mistyped?)",
    "线形应连续向前，实际转折 {turned:.0f} 度（坐标是否有误？）",
)
_ASKEW = Detail(
    "expected to lead as the other lanes of {link}, {usual:.0f} deg, got {got:.0f} (a coordinate mistyped?)",
    "应与 {link} 的其他车道方向一致，为 {usual:.0f} 度，实为 {got:.0f}（坐标是否有误？）",
)
_LINK_ASKEW = Detail(
    "expected to lead as its lanes, {usual:.0f} deg, got {got:.0f} (a coordinate mistyped?)",
    "应与其车道方向一致，为 {usual:.0f} 度，实为 {got:.0f}（坐标是否有误？）",
)
_STOP_LINE = Detail(
    "expected the stop line of {link}, got a point {off:.0f} m from where its other lanes end (a coordinate mistyped?)",
    "应止于 {link} 的停止线，实际距其他车道的终点 {off:.0f} m（坐标是否有误？）",
)
_FROM_THE_RIGHT = Detail(
    "expected ids from the left in driving direction, got {one} to the left of {other} (from the right? east "
    "and north?)",
    "编号应沿行驶方向从左起，实际 {one} 在 {other} 的左侧（是否从右起编号？东向与北向是否颠倒？）",
)
_BEFORE_SIGNAL = Detail(" before a signal", "信号灯前的")
_KMH = Detail("in km/h? that were {mps:.2f} m/s", "是否误用 km/h？相当于 {mps:.2f} m/s")
_THAT_IS = Detail("that is {kmh:.1f} km/h", "即 {kmh:.1f} km/h")
_KM, _CM = Detail("in km, or degrees?", "是否误用千米或度？"), Detail("in cm?", "是否误用厘米？")


def widths(of: OfMap) -> Iterator[Finding]:
    """Find lanes too narrow or too wide, and links that are not as wide as their lanes together."""
    for place, _, _, lane in walk.lanes(of.map):
        yield from _width(of.source, place, lane.type, lane.width_m)
    for at in walk.exits(of.map):
        yield from _width(of.source, at.place, at.lane.type or "vehicle", at.lane.width_m)
        if at.lane.type not in (None, *_WIDTHS_M, "sidewalk"):
            yield of.source.warning((*at.place, "type"), _NO_KIND.of(kind=at.lane.type))
    for place, _, link in walk.links(of.map):
        together = sum(lane.width_m for lane in link.lanes)
        if not 0.6 * together <= link.width_m <= 2.0 * together:
            yield of.source.warning((*place, "width_m"), _LINK_WIDTH.of(together=together, got=link.width_m))


def _width(source: ParsedFile, place: Path_, kind: str, width: float | None) -> Iterator[Finding]:
    least, most = _WIDTHS_M.get(kind, (0.5, 10.0))
    if width is not None and not least <= width <= most:
        yield source.warning((*place, "width_m"), _WIDTH.of(least=least, most=most, kind=kind, got=width))


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
        where = _BEFORE_SIGNAL if lit and limit <= _LIMITS_MPS[kind][1] else NOTHING
        hint = _KMH.of(mps=limit / 3.6) if limit > most else _THAT_IS.of(kmh=limit * 3.6)
        yield source.warning(
            (*place, "speed_limit_mps"), _LIMIT.of(least=least, most=most, kind=kind, where=where, got=limit, hint=hint)
        )


def lines(of: OfMap) -> Iterator[Finding]:
    """Find lines too short or too long for a road, and such that turn back on themselves."""
    parts: list[tuple[Path_, Points]] = [(place, lane.points) for place, _, _, lane in walk.lanes(of.map)]
    parts += [(at.place, at.lane.points) for at in walk.exits(of.map)]
    parts += [(place, link.points) for place, _, link in walk.links(of.map)]
    for place, points in parts:
        length, (sharpest, corner) = float(steps(points).sum()), sharpest_turn(points)
        if not _SHORT_M <= length <= _LONG_M:
            units = _KM if length < _SHORT_M else _CM
            yield of.source.warning(
                (*place, "points"), _LENGTH.of(least=_SHORT_M, most=_LONG_M, got=length, units=units)
            )
        elif sharpest > _FOLD_DEG:
            yield of.source.warning((*place, "points", corner), _FOLD.of(turned=sharpest))


def beside(of: OfMap) -> Iterator[Finding]:
    """Find lanes that do not run beside those of their link, and such that are not numbered from the left."""
    for place, _, link in walk.links(of.map):
        usual = _usual_heading(link)
        askew = [n for n, lane in enumerate(link.lanes) if abs(turn(usual, heading(lane.points))) > _ASKEW_DEG]
        for number in askew:
            got = heading(link.lanes[number].points)
            yield of.source.warning(
                (*place, "lanes", number, "points"), _ASKEW.of(link=link.name, usual=usual, got=got)
            )
        if abs(turn(usual, heading(link.points))) > _ASKEW_DEG:
            yield of.source.warning((*place, "points"), _LINK_ASKEW.of(usual=usual, got=heading(link.points)))
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
            yield source.warning((*place, *key, len(points) - 1), _STOP_LINE.of(link=link.name, off=off))


def _numbers(source: ParsedFile, place: Path_, link: LinkModel, usual: float) -> Iterator[Finding]:
    order = sorted(range(len(link.lanes)), key=lambda n: link.lanes[n].id)
    aside = [_aside(link.lanes[n], usual) for n in order]
    for left, right in zip(range(len(order)), range(1, len(order)), strict=False):
        if aside[right] < aside[left]:
            one, other = link.lanes[order[right]].id, link.lanes[order[left]].id
            yield source.warning((*place, "lanes", order[right], "id"), _FROM_THE_RIGHT.of(one=one, other=other))
            return


def _aside(lane: LaneModel, usual: float) -> float:
    """Return how far to the right a lane ends."""
    ahead: Floats = direction_of(usual)
    east, north = line(lane.points)[-1]
    return float(east * ahead[1] - north * ahead[0])
