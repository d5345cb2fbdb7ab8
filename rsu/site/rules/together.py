"""Contradictions between the site file and the lane map (G4: the same node ids in MAP, SPAT and RSM)."""

from __future__ import annotations

from collections.abc import Iterator

from hw.detail import Detail
from rsu.core.errors import Finding
from rsu.site import conflicts
from rsu.site.hints import closest
from rsu.site.reading import OfBoth, SiteReading
from rsu.site.wording import BUT

_NO_NODE = Detail(
    "the lane map has no node {region}/{node}, but {known}",
    "车道地图中没有节点 {region}/{node}，只有 {known}",
)
_NO_LINK = Detail(
    'the lane map has no link "{name}"{hint}',
    '车道地图中没有路段 "{name}"{hint}',
)
_NO_LANE = Detail(
    "the lane map has no lane {lane} on a link {link}",
    "车道地图的路段 {link} 上没有车道 {lane}",
)
_NO_LAMPS = Detail(
    "the lane map uses phases {phases} that no lamp shows",
    "车道地图使用相位 {phases}，但没有灯组显示",
)
_NOTHING_TO_TAKE = Detail(
    "{phases} do not meet by the lane map: there is nothing to take away",
    "按车道地图 {phases} 并不冲突：无可排除",
)
_BOTH = Detail(
    "{phases} stand in conflicts too",
    "{phases} 同时出现在 conflicts 中",
)


def node(reading: SiteReading) -> Iterator[Finding]:
    """Find a node that the lane map does not have."""
    if reading.site is None or reading.map is None or reading.both is not None:
        return
    place = reading.site.site.site
    known = ", ".join(f"{n.region}/{n.id}" for n in reading.map.map.nodes)
    yield reading.site.source.finding(("site", "node"), _NO_NODE.of(region=place.region, node=place.node, known=known))


def links(of: OfBoth) -> Iterator[Finding]:
    """Find links and lanes that signs and loops name and the lane map does not have."""
    names = sorted(link.name for link in of.node.links)
    for index, sign in enumerate(of.site.messages.signs):
        for position, link in enumerate(sign.links):
            if link not in names:
                hint = closest(link, names, BUT.of(there=", ".join(names)))
                at = ("messages", "signs", index, "links", position)
                yield of.source.finding(at, _NO_LINK.of(name=link, hint=hint))
    lanes = {(link.name, lane.id) for link in of.node.links for lane in link.lanes}
    for index, loop in enumerate(of.site.statistics.loops):
        if (loop.link, loop.lane) not in lanes:
            place = ("statistics", "loops", index, "link")
            yield of.source.finding(place, _NO_LANE.of(lane=loop.lane, link=loop.link))


def phases(of: OfBoth) -> Iterator[Finding]:
    """Find phases that no lamp shows."""
    if of.site.signal is None:
        return
    used = {way.phase for link in of.node.links for lane in link.lanes for way in lane.connects_to}
    used |= {way.phase for link in of.node.links for way in link.movements}
    used |= {crosswalk.phase for crosswalk in of.map.crosswalks}
    missing = sorted(phase for phase in used - {phase.id for phase in of.site.signal.phases} if phase is not None)
    if missing:
        yield of.source.finding(("signal", "phases"), _NO_LAMPS.of(phases=", ".join(map(str, missing))))


def exceptions(of: OfBoth) -> Iterator[Finding]:
    """Find conflicts that are taken away and that there are not, or that are also added."""
    signal = of.site.signal
    if signal is None:
        return
    known, added = conflicts.derived(signal, of.map), {conflicts.pair(*two) for two in signal.conflicts}
    for index, each in enumerate(signal.no_conflicts):
        two = conflicts.pair(*each.phases)
        if two not in known:
            yield of.source.finding(("signal", "no_conflicts", index), _NOTHING_TO_TAKE.of(phases=list(each.phases)))
        elif two in added:
            yield of.source.finding(("signal", "no_conflicts", index), _BOTH.of(phases=list(each.phases)))
