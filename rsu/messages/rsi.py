"""RSI: events and signs (YD/T 3709-2020; one class a message, T/CSAE 159-2020)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from perception.events.settings import urgency
from perception.geo import Reference
from perception.results import LanePlace, RoadEvent
from rsu.messages import mapdata
from rsu.messages.common import Slots, minute_of_year, position
from rsu.messages.row import Made, MessageRow, SiteUnit, Tick
from rsu.reasons.place import NO_UTC
from rsu.reasons.radio import RadioReason
from rsu.reasons.sensors import SensorReason
from rsu.reasons.weather import WeatherReason
from rsu.reasons.words import Reason
from rsu.site.model import SignSettings
from v2x.aids import DYNAMIC_EVENTS
from v2x.records import rsi
from v2x.records.common import NodeReferenceId

_SEMI_STATIC_TICKS = 5
EVENTS_PER_MESSAGE = 8  # RTEList
_LEAST_POINTS, _MOST_POINTS = 2, 32  # PathPointList

Links = Mapping[str, tuple[NodeReferenceId, NodeReferenceId]]  # link name -> upstream, downstream node


def batches(running: Iterable[RoadEvent], semi_static: bool) -> Iterator[Sequence[RoadEvent]]:
    """Yield the events that go on air now, a message each: dynamic ones first, the others only if they are due."""
    announced = [event for event in running if event.on_air]
    dynamic = [event for event in announced if event.code in DYNAMIC_EVENTS]
    others = [event for event in announced if event.code not in DYNAMIC_EVENTS] if semi_static else []
    for same in (dynamic, others):
        for first in range(0, len(same), EVENTS_PER_MESSAGE):
            yield same[first : first + EVENTS_PER_MESSAGE]


def events(
    count: int, now_ns: int, rsu_id: bytes, reference: Reference, running: Iterable[RoadEvent], links: Links
) -> rsi.RoadSideInformation:
    """Return the message with at most EVENTS_PER_MESSAGE events; those that ended carry their end time."""
    return rsi.RoadSideInformation(
        msg_cnt=count,
        moy=minute_of_year(now_ns),
        id=rsu_id,
        position=position(0.0, 0.0, reference),
        events=tuple(_event(event, reference, links) for event in running),
    )


def signs(
    count: int, now_ns: int, rsu_id: bytes, reference: Reference, settings: Iterable[SignSettings], links: Links
) -> rsi.RoadSideInformation:
    """Return the message with the site's signs."""
    return rsi.RoadSideInformation(
        msg_cnt=count,
        moy=minute_of_year(now_ns),
        id=rsu_id,
        position=position(0.0, 0.0, reference),
        signs=tuple(_sign(sign, reference, links) for sign in settings),
    )


def _event(event: RoadEvent, reference: Reference, links: Links) -> rsi.Event:
    ended = event.state == "end"
    return rsi.Event(
        rte_id=event.id,
        event_type=event.code,
        source="detection",
        position=position(*event.position_m, reference, elevation=False),
        radius_m=event.radius_m,
        description=None if event.level is None else str(event.level),
        time=rsi.TimeDetails(
            start_moy=minute_of_year(event.start_ns),
            end_moy=minute_of_year(event.stamp_ns) if ended else None,
            end_confidence="time-000-500" if ended else None,
        ),
        priority=urgency(event.code),
        paths=_paths_of(event, reference),
        links=_links_of(event.place, links),
        confidence_percent=100.0 * event.confidence,
    )


def _paths_of(event: RoadEvent, reference: Reference) -> tuple[rsi.ReferencePath, ...]:
    """Return the stretch of road of an event that has one, from where traffic reaches it (TJW of T/CSAE 53-2020)."""
    if len(event.path_m) < _LEAST_POINTS:
        return ()
    points = tuple(position(*point, reference, elevation=False) for point in event.path_m[:_MOST_POINTS])
    return (rsi.ReferencePath(points=points, radius_m=event.path_radius_m),)


def _links_of(place: LanePlace | None, links: Links) -> tuple[rsi.ReferenceLink, ...]:
    if place is None or place.link not in links:
        return ()
    upstream, downstream = links[place.link]
    lanes = (place.lane,) if 1 <= place.lane <= 15 else None
    return (rsi.ReferenceLink(upstream=upstream, downstream=downstream, lanes=lanes),)


def _sign(sign: SignSettings, reference: Reference, links: Links) -> rsi.Sign:
    return rsi.Sign(
        rts_id=sign.id,
        sign_type=sign.type,
        position=position(sign.east_m, sign.north_m, reference, elevation=False),
        description=sign.code + sign.text,
        priority=sign.priority,
        links=tuple(rsi.ReferenceLink(upstream=links[name][0], downstream=links[name][1]) for name in sign.links),
    )


class RsiComposer:
    """Dynamic events leave at every tick, semi-static ones twice a second, signs once; all only together with MAP."""

    def __init__(self, unit: SiteUnit) -> None:
        self._unit = unit
        self._reference = unit.config.site.site.reference.reference()
        self._signs = unit.config.site.messages.signs
        self._links = {
            link.name: (mapdata.node_id(link.upstream), mapdata.node_id(node))
            for node in unit.config.lane_map.nodes
            for link in node.links
        }
        self._slots = Slots()

    def conditions(self, tick: Tick) -> Iterator[Reason]:
        """Yield that there is nothing to announce, or no map to announce it on."""
        if not (self._signs or any(event.on_air for event in tick.road.events)):
            yield RadioReason.NOTHING_TO_SAY
        if mapdata.ROW.kind in tick.silent:
            yield RadioReason.MAP_SILENT

    def messages(self, tick: Tick) -> Iterator[Made]:
        """Yield events and signs that are due, in messages of their own."""
        common, number = (tick.moment.utc_ns, self._unit.id, self._reference), tick.moment.tick
        semi_static = self._slots.due("semi-static", number // _SEMI_STATIC_TICKS)
        for batch in batches(tick.road.labelled().events, semi_static):
            yield Made(events(tick.next_count(), *common, batch, self._links))
        if self._signs and self._slots.due("signs", number // ROW.period_ticks):
            yield Made(signs(tick.next_count(), *common, self._signs, self._links))


ROW = MessageRow(
    kind="rsi",
    title="Roadside information: events and signs",
    title_zh="路侧信息：事件与标志",
    services=("rsi-dynamic", "rsi-semi-static", "rsi-static"),
    period_ticks=10,
    silent=NO_UTC | {RadioReason.MAP_SILENT},
    degraded=frozenset({SensorReason.NO_SENSORS, WeatherReason.WEATHER_LOST}),
    turn=4,
    shares=False,
    composer=RsiComposer,
)
