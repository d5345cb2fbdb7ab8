"""MAP: the lanes of the site (YD/T 3709-2020; sending rules of T/CSAE 159-2020)."""

from __future__ import annotations

from collections.abc import Iterator

from perception.geo import Reference
from rsu.messages.common import Slots, minute_of_year, position
from rsu.messages.row import Made, MessageRow, SiteUnit, Tick
from rsu.reasons.place import NO_UTC
from rsu.reasons.words import Reason
from rsu.site import lanemap
from v2x.records import roadmap
from v2x.records.common import NodeReferenceId
from v2x.records.names import Maneuver

_MANEUVERS: dict[str, Maneuver] = {
    "straight": "maneuverStraightAllowed",
    "left": "maneuverLeftAllowed",
    "right": "maneuverRightAllowed",
    "uturn": "maneuverUTurnAllowed",
}


def nodes(lane_map: lanemap.LaneMapFile, reference: Reference) -> tuple[roadmap.Node, ...]:
    """Return the nodes of a site's lane map as the message has them; they never change while the site runs."""
    return tuple(
        roadmap.Node(
            name=node.name,
            id=node_id(node),
            position=position(*node.position, reference),
            links=tuple(_link(link, reference) for link in node.links),
        )
        for node in lane_map.nodes
    )


def build(count: int, now_ns: int | None, nodes: tuple[roadmap.Node, ...]) -> roadmap.MapData:
    """Return the message; `now_ns` None while UTC is not known: then it carries no time."""
    return roadmap.MapData(msg_cnt=count, moy=None if now_ns is None else minute_of_year(now_ns), nodes=nodes)


def node_id(node: lanemap.NodeId) -> NodeReferenceId:
    """Return a node's identity as the message has it."""
    return NodeReferenceId(region=node.region, id=node.id)


def _link(link: lanemap.LinkModel, reference: Reference) -> roadmap.Link:
    return roadmap.Link(
        name=link.name,
        upstream=node_id(link.upstream),
        speed_limits=_limits(link.speed_limit_mps),
        width_m=round(link.width_m, 1),
        points=_points(link.points, reference),
        movements=tuple(roadmap.Movement(remote=node_id(way.downstream), phase_id=way.phase) for way in link.movements),
        lanes=tuple(_lane(lane, reference) for lane in link.lanes),
    )


def _lane(lane: lanemap.LaneModel, reference: Reference) -> roadmap.Lane:
    kind = roadmap.LaneType(kind="vehicle" if lane.type == "vehicle" else "bikeLane")
    return roadmap.Lane(
        lane_id=lane.id,
        width_m=round(lane.width_m, 1),
        attributes=roadmap.LaneAttributes(type=kind),
        maneuvers=tuple(_MANEUVERS[name] for name in lane.maneuvers),
        connects_to=tuple(_connection(connection) for connection in lane.connects_to),
        speed_limits=_limits(lane.speed_limit_mps),
        points=_points(lane.points, reference),
    )


def _connection(connection: lanemap.ConnectionModel) -> roadmap.Connection:
    return roadmap.Connection(
        remote=node_id(connection.downstream),
        lane=roadmap.ConnectingLane(lane=connection.lane, maneuvers=(_MANEUVERS[connection.maneuver],)),
        phase_id=connection.phase,
    )


def _limits(speed_mps: float | None) -> tuple[roadmap.SpeedLimit, ...]:
    return () if speed_mps is None else (roadmap.SpeedLimit(type="vehicleMaxSpeed", speed_mps=speed_mps),)


def _points(points: list[lanemap.Point], reference: Reference) -> tuple[roadmap.RoadPoint, ...]:
    """Return a centre line; all at the site's elevation, so offsets need no vertical part."""
    return tuple(roadmap.RoadPoint(position=position(*point, reference, elevation=False)) for point in points)


class MapComposer:
    """MAP leaves once a second; without UTC it carries no time."""

    def __init__(self, unit: SiteUnit) -> None:
        self._nodes = nodes(unit.config.lane_map, unit.config.site.site.reference.reference())
        self._slots = Slots()

    def conditions(self, tick: Tick) -> Iterator[Reason]:
        """Yield nothing: there is always a map."""
        yield from ()

    def messages(self, tick: Tick) -> Iterator[Made]:
        """Yield the map when its second comes."""
        if self._slots.due("map", tick.moment.tick // ROW.period_ticks):
            known_ns = None if NO_UTC.intersection(tick.conditions) else tick.moment.utc_ns
            yield Made(build(tick.next_count(), known_ns, self._nodes))


ROW = MessageRow(
    kind="map",
    title="Map of the crossing",
    title_zh="路口地图",
    services=("map",),
    period_ticks=10,
    silent=frozenset(),
    degraded=frozenset(),
    turn=3,
    shares=False,
    composer=MapComposer,
)
