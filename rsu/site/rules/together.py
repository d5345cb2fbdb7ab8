"""What the site file and the lane map say differently (G4: the same node ids in MAP, SPAT and RSM)."""

from __future__ import annotations

from collections.abc import Iterator

from rsu.core.errors import Finding
from rsu.site import conflicts
from rsu.site.reading import OfBoth, SiteReading
from rsu.site.wording import closest


def node(reading: SiteReading) -> Iterator[Finding]:
    """Find a node that the lane map does not have."""
    if reading.site is None or reading.map is None or reading.both is not None:
        return
    place = reading.site.site.site
    known = ", ".join(f"{n.region}/{n.id}" for n in reading.map.map.nodes)
    text = f"the lane map has no node {place.region}/{place.node}, but {known}"
    yield reading.site.source.finding(("site", "node"), text)


def links(of: OfBoth) -> Iterator[Finding]:
    """Find links and lanes that signs and loops name and the lane map does not have."""
    names = sorted(link.name for link in of.node.links)
    for index, sign in enumerate(of.site.messages.signs):
        for position, link in enumerate(sign.links):
            if link not in names:
                hint = closest(link, names) or f", but {', '.join(names)}"
                at = ("messages", "signs", index, "links", position)
                yield of.source.finding(at, f'the lane map has no link "{link}"{hint}')
    lanes = {(link.name, lane.id) for link in of.node.links for lane in link.lanes}
    for index, loop in enumerate(of.site.statistics.loops):
        if (loop.link, loop.lane) not in lanes:
            place = ("statistics", "loops", index, "link")
            yield of.source.finding(place, f"the lane map has no lane {loop.lane} on a link {loop.link}")


def phases(of: OfBoth) -> Iterator[Finding]:
    """Find phases that no lamp shows."""
    if of.site.signal is None:
        return
    used = {way.phase for link in of.node.links for lane in link.lanes for way in lane.connects_to}
    used |= {way.phase for link in of.node.links for way in link.movements}
    used |= {crosswalk.phase for crosswalk in of.map.crosswalks}
    missing = sorted(phase for phase in used - {phase.id for phase in of.site.signal.phases} if phase is not None)
    if missing:
        text = f"the lane map uses phases {', '.join(map(str, missing))} that no lamp shows"
        yield of.source.finding(("signal", "phases"), text)


def exceptions(of: OfBoth) -> Iterator[Finding]:
    """Find conflicts that are taken away and that there are not, or that are also added."""
    signal = of.site.signal
    if signal is None:
        return
    known, added = conflicts.derived(signal, of.map), {conflicts.pair(*two) for two in signal.conflicts}
    for index, each in enumerate(signal.no_conflicts):
        two = conflicts.pair(*each.phases)
        if two not in known:
            text = f"{list(each.phases)} do not meet by the lane map: there is nothing to take away"
            yield of.source.finding(("signal", "no_conflicts", index), text)
        elif two in added:
            text = f"{list(each.phases)} stand in conflicts too"
            yield of.source.finding(("signal", "no_conflicts", index), text)
