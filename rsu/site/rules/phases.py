"""Phases of the signal and the lanes and crosswalks that they rule."""

from __future__ import annotations

from collections.abc import Iterator

from hw.detail import NOTHING, Detail
from rsu.core.errors import Finding
from rsu.site.conflicts import crosses
from rsu.site.reading import OfBoth, OfMap, OfSite
from rsu.site.rules import walk
from rsu.site.rules.shapes import turn
from rsu.site.ways import signalled
from rsu.site.wording import NONE

_CROSSING_DEG = (45.0, 135.0)  # headings that differ so come from roads that cross

_UNRULED = Detail(
    "expected the phase that rules {link} {maneuver}, got none{hint}",
    "应给出控制 {link} {maneuver} 的相位，实际没有{hint}",
)
_NOT_OF_LANES = Detail(
    "expected the phase of its lanes, {there}, got {got}",
    "应为其各车道的相位 {there}，实为 {got}",
)
_NOT_OF_MOVEMENT = Detail(
    "expected the phase of its movement, {wanted}, got {got}",
    "应为该流向的相位 {wanted}，实为 {got}",
)
_CROSSING = Detail(
    "expected another phase than that of {other}, which crosses {one}, got {phase} for both",
    "{one} 与 {other} 交叉，相位应不同，实际均为 {phase}",
)
_NO_SIGNAL = Detail(
    "expected a section `signal` with the phases of the lane map ({there}), got none: there will be no SPAT",
    "应有 `signal` 一节给出车道地图中的相位（{there}），实际没有：将不播发 SPAT",
)
_RULES_NOTHING = Detail(
    "expected a phase of the lane map, got {phase}, which rules nothing there",
    "应为车道地图中的相位，实为 {phase}，它在其中不控制任何车道或人行横道",
)
_RULES_LANES = Detail(
    "expected a phase of crosswalks only, got {phase}, which rules lanes too",
    "应为仅用于人行横道的相位，实为 {phase}，它也控制车道",
)
_NO_WALK = Detail(
    "expected a phase with `crosswalk: true` in the site file, got {phase}",
    "应为站点文件中 `crosswalk: true` 的相位，实为 {phase}",
)
_NO_CYCLE = Detail(
    "expected a phase of the signal, got {phase}: no cycle will be counted",
    "应为信号的相位，实为 {phase}：将无法统计周期",
)
_PAIR_TWICE = Detail(
    "expected each pair once, got {pair} again",
    "每对相位应只出现一次，实际 {pair} 重复",
)
_NEIGHBOUR = Detail(" (its neighbour has {phase})", "（相邻车道为 {phase}）")


def unruled(of: OfMap) -> Iterator[Finding]:
    """Find movements without a phase where the others of their kind have one; right turns are often free."""
    for node in of.map.nodes:
        ways = [at for at in walk.ways(of.map) if at.node is node]
        lit = {at.way.maneuver for at in ways if at.way.phase is not None}
        by_link = {(id(at.link), at.way.downstream): at.way.phase for at in ways if at.way.phase is not None}
        for at in ways:
            if at.way.phase is None and (at.way.maneuver in lit or (lit and at.way.maneuver != "right")):
                other = by_link.get((id(at.link), at.way.downstream))
                hint = _NEIGHBOUR.of(phase=other) if other else NOTHING
                yield of.source.warning(
                    (*at.place, "phase"), _UNRULED.of(link=at.link.name, maneuver=at.way.maneuver, hint=hint)
                )


def of_movements(of: OfMap) -> Iterator[Finding]:
    """Find movements with another phase than all lanes that take them."""
    for place, _, link in walk.links(of.map):
        for number, movement in enumerate(link.movements):
            ways = [way for lane in link.lanes for way in lane.connects_to if way.downstream == movement.downstream]
            phases = {way.phase for way in ways if way.phase is not None}
            if phases and movement.phase not in phases:
                there = ", ".join(map(str, sorted(phases)))
                yield of.source.warning(
                    (*place, "movements", number, "phase"), _NOT_OF_LANES.of(there=there, got=movement.phase or NONE)
                )
        for at in walk.ways(of.map):
            said = {movement.downstream: movement.phase for movement in link.movements}
            wanted = said.get(at.way.downstream)
            if at.link is link and wanted and at.way.phase not in (None, wanted) and at.lane.type == "vehicle":
                yield of.source.warning((*at.place, "phase"), _NOT_OF_MOVEMENT.of(wanted=wanted, got=at.way.phase))


def crossing(of: OfMap) -> Iterator[Finding]:
    """Find one phase for ways of roads that cross: both would be green together."""
    ways = [*signalled(of.map)]
    places = {(at.link.name, at.way.phase, at.way.maneuver): at.place for at in walk.ways(of.map)}
    least, most = _CROSSING_DEG
    seen = set()
    for number, one in enumerate(ways):
        for other in ways[:number]:
            if one.phase != other.phase or not least < abs(turn(one.heading_deg, other.heading_deg)) < most:
                continue
            place = places.get((one.link, one.phase, one.maneuver))
            if place and place not in seen and crosses(one.line_m, other.line_m):
                seen.add(place)
                yield of.source.warning((*place, "phase"), _CROSSING.of(other=other, one=one, phase=one.phase))


def unknown(of: OfBoth) -> Iterator[Finding]:
    """Find phases in the lane map of a site that has no signal."""
    ways = [way for link in of.node.links for lane in link.lanes for way in lane.connects_to]
    numbers = sorted({way.phase for way in ways if way.phase is not None})
    if of.site.signal is None and numbers:
        there = ", ".join(map(str, numbers))
        yield of.source.warning(("signal",), _NO_SIGNAL.of(there=there))


def used(of: OfBoth) -> Iterator[Finding]:
    """Find phases that rule nothing, and phases of vehicles on crosswalks or the other way round."""
    signal, source = of.site.signal, of.source
    if signal is None:
        return
    by_lane = {way.phase for link in of.node.links for lane in link.lanes for way in lane.connects_to}
    by_lane |= {movement.phase for link in of.node.links for movement in link.movements}
    by_walk = {crosswalk.phase for crosswalk in of.map.crosswalks}
    for number, phase in enumerate(signal.phases):
        at = ("signal", "phases", number)
        if phase.id not in by_lane | by_walk and by_lane | by_walk != {None}:
            yield source.warning((*at, "id"), _RULES_NOTHING.of(phase=phase.id))
        elif phase.crosswalk and phase.id in by_lane:
            yield source.warning((*at, "crosswalk"), _RULES_LANES.of(phase=phase.id))
    on_foot = {phase.id for phase in signal.phases if phase.crosswalk}
    for number, crosswalk in enumerate(of.map.crosswalks):
        if crosswalk.phase is not None and crosswalk.phase not in on_foot:
            yield of.map_source.warning(("crosswalks", number, "phase"), _NO_WALK.of(phase=crosswalk.phase))


def listed(of: OfSite) -> Iterator[Finding]:
    """Find conflicts that are said twice, and a cycle that no phase begins."""
    signal, cycle = of.site.signal, of.site.statistics.cycle_phase
    if signal is None:
        return
    if cycle is not None and cycle not in {phase.id for phase in signal.phases}:
        yield of.source.warning(("statistics", "cycle_phase"), _NO_CYCLE.of(phase=cycle))
    pairs = [sorted(pair) for pair in signal.conflicts]
    for number, pair in enumerate(pairs):
        if pair in pairs[:number]:
            yield of.source.warning(("signal", "conflicts", number), _PAIR_TWICE.of(pair=pair))
