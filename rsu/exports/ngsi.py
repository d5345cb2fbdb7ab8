"""Statistics as NGSI-LD entities (ETSI GS CIM 009) of the Smart Data Models: TrafficFlowObserved, CrowdFlowObserved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from perception.geo import Reference
from perception.objects import RoadUser
from perception.results import LaneFlow, SpotFlow, TrafficPeriod
from rsu.exports.common import Json, degrees, time_text
from rsu.site.lanemap import LaneMapFile

CONTEXT = [
    "https://raw.githubusercontent.com/smart-data-models/dataModel.Transportation/master/context.jsonld",
    "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
]
_KMH = 3.6


class FlowEntities:
    """The entities of one site."""

    def __init__(self, box: str, lane_map: LaneMapFile, reference: Reference) -> None:
        """`box`: serial number, the first part of every name."""
        self._box = box
        self._lanes = {
            (link.name, lane.id): [degrees(*point, reference) for point in lane.points]
            for node in lane_map.nodes
            for link in node.links
            for lane in link.lanes
        }

    def of(self, period: TrafficPeriod) -> Iterator[Json]:
        """Yield the lanes' traffic, and the pedestrians of zones."""
        yield from map(self._lane, period.lanes)
        for zone in period.zones:
            if zone.volume_by_kind.get(RoadUser.PEDESTRIAN):
                yield self._crowd(zone, period)

    def _lane(self, flow: LaneFlow) -> Json:
        values = {
            "laneId": flow.lane,
            "refRoadSegment": self._name("RoadSegment", flow.link),
            "intensity": flow.volume,
            "occupancy": round(flow.occupancy, 3),
            "averageVehicleSpeed": _times(flow.mean_speed_mps, _KMH),
            "averageVehicleLength": _times(flow.mean_length_m, 1.0),
            "averageHeadwayTime": _times(flow.headway_s, 1.0),
            "congested": None if flow.congestion is None else flow.congestion > 0,
        }
        name = self._name("TrafficFlowObserved", f"{flow.link}:{flow.lane}:{_span(flow)}")
        place = {"type": "LineString", "coordinates": self._lanes.get((flow.link, flow.lane))}
        return self._entity("TrafficFlowObserved", name, (flow.start_ns, flow.end_ns), values, place)

    def _crowd(self, zone: SpotFlow, period: TrafficPeriod) -> Json:
        values = {"peopleCount": zone.volume_by_kind[RoadUser.PEDESTRIAN], "occupancy": round(zone.occupancy, 3)}
        name = self._name("CrowdFlowObserved", f"{zone.name}:{_span(period)}")
        return self._entity("CrowdFlowObserved", name, (period.start_ns, period.end_ns), values, None)

    def _entity(self, kind: str, name: str, span: tuple[int, int], values: Mapping[str, object], place: object) -> Json:
        begin, end = map(time_text, span)
        known = {key: {"type": "Property", "value": value} for key, value in values.items() if value is not None}
        if "refRoadSegment" in known:
            known["refRoadSegment"] = {"type": "Relationship", "object": values["refRoadSegment"]}
        times = {"dateObservedFrom": begin, "dateObservedTo": end, "dateObserved": f"{begin}/{end}"}
        return {
            "id": name,
            "type": kind,
            **{key: {"type": "Property", "value": value} for key, value in times.items()},
            **({"location": {"type": "GeoProperty", "value": place}} if place else {}),
            **known,
            "@context": CONTEXT,
        }

    def _name(self, kind: str, rest: str) -> str:
        return f"urn:ngsi-ld:{kind}:{self._box}:{rest}"


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor, 2)


def _span(of: LaneFlow | TrafficPeriod) -> str:
    """Return the period in ms since 1970; periods of several lengths run side by side."""
    return f"{of.start_ns // 1_000_000}:{of.end_ns // 1_000_000}"
