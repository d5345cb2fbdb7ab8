"""event/down and traffic/down on air: an RSI for each event, and for each congested lane. Pure.

An event ends at its endTime; without one it is taken off after LONGEST_S unless it comes again. The period of a
statistic is over when it comes, so that congestion is told for two periods more. An endTime that is over, or a
congestionLevel of 0, withdraws it.
"""

from __future__ import annotations

from collections.abc import Mapping

from hw.detail import Detail
from perception.geo import Reference, to_wgs84
from rsu.downlink import airing
from rsu.downlink.contents import GeoPoint, OrderedEvent, OrderedPath
from rsu.downlink.errors import BAD_PARAMETER, RefusedError
from rsu.downlink.plan import ORDER, Circumstances, CommandPlan, LanePath, Until, encoded
from rsu.downlink.road_contents import EventDown, ReportedEvent, ReportedFlow, TrafficDown
from rsu.reasons import commands as words
from rsu.site.lanemap import LaneMapFile

LONGEST_S = 3600
_YEAR_S = 31_536_000
_PERIODS = 2  # that congestion is told for
_SHORTEST_S = 60
_CONGESTION = 707  # GB/T 29100-2012
_OTHER_CROSSING = Detail("crossId {} is not this one, {}", "crossId {} 不是本路口 {}")
_NO_LANE = Detail("no lane {} {} in the lane map", "车道地图中没有车道 {} {}")
_NO_PERIOD = Detail("endTime is before startTime", "endTime 早于 startTime")


def lane_paths(lane_map: LaneMapFile, reference: Reference) -> dict[tuple[str, str], LanePath]:
    """Return the lanes of a site by the names that they have in traffic/up: branchId and laneId."""
    found = {}
    for link in (link for node in lane_map.nodes for link in node.links):
        for lane in link.lanes:
            places = [to_wgs84(east, north, reference) for east, north, *_ in lane.points]
            points = tuple((float(latitude), float(longitude)) for latitude, longitude in places)
            found[link.name, str(lane.id)] = LanePath(points, round(lane.width_m * 5))
    return found


def event(content: EventDown, at: Circumstances) -> CommandPlan:
    """Put the platform's events on air, change them, or withdraw those that are over."""
    values: dict[str, bytes | None] = {}
    for each in content.event_list:
        values |= _ordered(_event(each, at.utc_ns // 1_000_000), at, values)
    return CommandPlan(values, Until.STATION)


def traffic(content: TrafficDown, at: Circumstances) -> CommandPlan:
    """Put congested lanes on air, and withdraw those that flow again."""
    if content.cross_id and str(content.cross_id) != at.crossing:
        raise RefusedError(words.NOT_AIRABLE.of(_OTHER_CROSSING.of(content.cross_id, at.crossing)), BAD_PARAMETER)
    if content.end_time < content.start_time:
        raise RefusedError(words.NOT_READ.of(_NO_PERIOD), BAD_PARAMETER)
    told = [lane for lane in content.lanes if lane.congestion_level is not None]
    if not told:
        raise RefusedError(words.NOTHING_IN_IT, BAD_PARAMETER)
    values: dict[str, bytes | None] = {}
    for lane in told:
        ordered = _congestion(lane, content, at)
        if ordered.event_status or _place(ordered) in at.values:
            values |= _ordered(ordered, at, values)
    return CommandPlan(values, Until.STATION if values else Until.KEPT)


def _ordered(ordered: OrderedEvent, at: Circumstances, before: Mapping[str, bytes | None]) -> dict[str, bytes | None]:
    """Return the value of one event; `before`: those of the same command, whose numbers are taken."""
    place = _place(ordered)
    held = {name: json for name, json in {**at.values, **before}.items() if json is not None}
    if ordered.event_status:
        return {place: encoded(airing.event(ordered, at._replace(values=held)))}
    if place not in held:
        raise RefusedError(words.UNKNOWN_ORDER.of(ordered.alert_id), BAD_PARAMETER)
    return {place: None}


def _place(ordered: OrderedEvent) -> str:
    return f"{ORDER}rsi.{ordered.alert_id}"


def _event(reported: ReportedEvent, now_ms: int) -> OrderedEvent:
    """Return an event of table 18 as RSI.DOWN has it."""
    left_s = LONGEST_S if reported.end_time is None else -(-(reported.end_time - now_ms) // 1000)
    confidence = reported.confidence
    return OrderedEvent(
        alert_id=f"event-{reported.id}",
        duration=min(max(left_s, 0), _YEAR_S),
        event_status=left_s > 0,
        event_type=reported.event_type,
        event_source="detection" if reported.source_type else "unknown",
        event_position=[_point(reported.latitude_deg, reported.longitude_deg)],
        time_stamp=reported.start_time,
        event_confidence=None if confidence is None else round(confidence * 200),
        event_priority=int(reported.priority) if reported.priority else None,
    )


def _congestion(lane: ReportedFlow, content: TrafficDown, at: Circumstances) -> OrderedEvent:
    path = at.lanes.get((lane.branch_id, lane.lane_id))
    if path is None:
        raise RefusedError(words.NOT_AIRABLE.of(_NO_LANE.of(lane.branch_id, lane.lane_id)), BAD_PARAMETER)
    period_s = (content.end_time - content.start_time) // 1000
    return OrderedEvent(
        alert_id=f"traffic-{lane.branch_id}-{lane.lane_id}",
        duration=min(max(_PERIODS * period_s, _SHORTEST_S), LONGEST_S),
        event_status=bool(lane.congestion_level),
        event_type=_CONGESTION,
        event_source="unknown",
        event_position=[_point(*path.points_deg[-1])],
        time_stamp=content.start_time,
        reference_paths=[OrderedPath([_point(*point) for point in path.points_deg], path.radius_dm)],
    )


def _point(latitude_deg: float, longitude_deg: float) -> GeoPoint:
    return GeoPoint(round(latitude_deg * 1e7), round(longitude_deg * 1e7))
