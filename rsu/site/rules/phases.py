"""Phases of the signal and the lanes and crosswalks that they rule."""

from __future__ import annotations

from collections.abc import Iterator

from rsu.core.errors import Finding
from rsu.site.conflicts import crosses
from rsu.site.reading import OfBoth, OfMap, OfSite
from rsu.site.rules import walk
from rsu.site.rules.shapes import turn
from rsu.site.ways import signalled

_CROSSING_DEG = (45.0, 135.0)  # headings that differ so come from roads that cross


def unruled(of: OfMap) -> Iterator[Finding]:
    """Find movements without a phase where the others of their kind have one; right turns are often free."""
    for node in of.map.nodes:
        ways = [at for at in walk.ways(of.map) if at.node is node]
        lit = {at.way.maneuver for at in ways if at.way.phase is not None}
        by_link = {(id(at.link), at.way.downstream): at.way.phase for at in ways if at.way.phase is not None}
        for at in ways:
            if at.way.phase is None and (at.way.maneuver in lit or (lit and at.way.maneuver != "right")):
                other = by_link.get((id(at.link), at.way.downstream))
                hint = f" (its neighbour has {other})" if other else ""
                text = f"expected the phase that rules {at.link.name} {at.way.maneuver}, got none{hint}"
                yield of.source.warning((*at.place, "phase"), text)


def of_movements(of: OfMap) -> Iterator[Finding]:
    """Find movements with another phase than all lanes that take them."""
    for place, _, link in walk.links(of.map):
        for number, movement in enumerate(link.movements):
            ways = [way for lane in link.lanes for way in lane.connects_to if way.downstream == movement.downstream]
            phases = {way.phase for way in ways if way.phase is not None}
            if phases and movement.phase not in phases:
                there = ", ".join(map(str, sorted(phases)))
                text = f"expected the phase of its lanes, {there}, got {movement.phase or 'none'}"
                yield of.source.warning((*place, "movements", number, "phase"), text)
        for at in walk.ways(of.map):
            said = {movement.downstream: movement.phase for movement in link.movements}
            wanted = said.get(at.way.downstream)
            if at.link is link and wanted and at.way.phase not in (None, wanted) and at.lane.type == "vehicle":
                text = f"expected the phase of its movement, {wanted}, got {at.way.phase}"
                yield of.source.warning((*at.place, "phase"), text)


def crossing(of: OfMap) -> Iterator[Finding]:
    """Find one phase for ways of roads that cross: both would be green together."""
    ways = [*signalled(of.map)]
    places = {(at.link.name, at.way.phase, at.way.maneuver): at.place for at in walk.ways(of.map)}
    least, most = _CROSSING_DEG
    seen = set()
    for number, one in enumerate(ways):
        for other in ways[:number]:
            if one.phase != other.phase or not least < abs(turn(one.heading, other.heading)) < most:
                continue
            place = places.get((one.link, one.phase, one.maneuver))
            if place and place not in seen and crosses(one.line, other.line):
                seen.add(place)
                text = f"expected another phase than that of {other}, which crosses {one}, got {one.phase} for both"
                yield of.source.warning((*place, "phase"), text)


def unknown(of: OfBoth) -> Iterator[Finding]:
    """Find phases in the lane map of a site that has no signal."""
    ways = [way for link in of.node.links for lane in link.lanes for way in lane.connects_to]
    numbers = sorted({way.phase for way in ways if way.phase is not None})
    if of.site.signal is None and numbers:
        there = ", ".join(map(str, numbers))
        text = f"expected a section `signal` with the phases of the lane map ({there}), got none: there will be no SPAT"
        yield of.source.warning(("signal",), text)


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
            text = f"expected a phase of the lane map, got {phase.id}, which rules nothing there"
            yield source.warning((*at, "id"), text)
        elif phase.crosswalk and phase.id in by_lane:
            text = f"expected a phase of crosswalks only, got {phase.id}, which rules lanes too"
            yield source.warning((*at, "crosswalk"), text)
    on_foot = {phase.id for phase in signal.phases if phase.crosswalk}
    for number, crosswalk in enumerate(of.map.crosswalks):
        if crosswalk.phase is not None and crosswalk.phase not in on_foot:
            text = f"expected a phase with `crosswalk: true` in the site file, got {crosswalk.phase}"
            yield of.map_source.warning(("crosswalks", number, "phase"), text)


def listed(of: OfSite) -> Iterator[Finding]:
    """Find conflicts that are said twice, and a cycle that no phase begins."""
    signal, cycle = of.site.signal, of.site.statistics.cycle_phase
    if signal is None:
        return
    if cycle is not None and cycle not in {phase.id for phase in signal.phases}:
        text = f"expected a phase of the signal, got {cycle}: no cycle will be counted"
        yield of.source.warning(("statistics", "cycle_phase"), text)
    pairs = [sorted(pair) for pair in signal.conflicts]
    for number, pair in enumerate(pairs):
        if pair in pairs[:number]:
            yield of.source.warning(("signal", "conflicts", number), f"expected each pair once, got {pair} again")
