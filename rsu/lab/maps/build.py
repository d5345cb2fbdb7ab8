"""From the neutral record to our lane map: one junction, its links, exits, ways, phases and crosswalks."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
import numpy as np

from hw.detail import Detail
from perception.geo import Reference, to_site, to_wgs84
from perception.objects import Floats
from rsu.lab.maps.alike import merged
from rsu.lab.maps.choice import choose
from rsu.lab.maps.legs import Leg, legs
from rsu.lab.maps.network import Junction, RoadLane, RoadNetwork, RoadTurn
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.roads import lengthened, middle_line, simplified, stopped
from rsu.lab.maps.ways import Ways
from rsu.site.lanemap import Crosswalk, ExitLane, ExitModel, LaneMapFile, LaneModel, LinkModel, NodeId, NodeModel, Point

_WALK_REACH_M = 60.0
_FAR_OFF_M = 150.0
_EXIT_SHARE = 0.5

_ELSEWHERE = Detail(
    "the file's place of the junction, {away:.0f} m from its lanes: the middle of its stop lines is taken",
    "文件给出的路口位置距其车道 {away:.0f} m：改取各停止线的中心",
)
_WALKS_FAR = Detail("crosswalks of other crossings", "其他路口的人行横道")
_NOT_LED_ON = Detail("lane {key}: it leads to no other road at this crossing", "车道 {key}：在本路口不通往其他道路")
_TAKEN = Detail(
    "{links} roads in, {lanes} lanes in, {exits} roads out, {ways} ways through, {phases} phases, {walks} crosswalks",
    "进口道路 {links} 条、车道 {lanes} 条，出口道路 {exits} 条，流向 {ways} 个，相位 {phases} 个，人行横道 {walks} 处",
)


class WantedJunction(msgspec.Struct, frozen=True):
    """The junction that is wanted, its numbers, and how far its roads reach."""

    crossing: str | None = None
    region: int | None = None
    node: int | None = None
    reach_m: float = 150.0
    tolerance_m: float = 0.05
    reference: Reference | None = None  # of the site; None: the middle of the junction


class Built(msgspec.Struct, frozen=True):
    """A lane map and the place of its [0, 0]."""

    lane_map: LaneMapFile
    origin: Reference | None
    remarks: dict[str, str]  # name of a link or exit -> its roads in the source


class MapDraft(msgspec.Struct, frozen=True):
    """A junction while it is built."""

    network: RoadNetwork
    turns: list[RoadTurn]
    legs: list[Leg]
    ways: Ways
    wanted: WantedJunction
    to_map_m: Callable[[Floats], Floats]  # metres (n, 2) of the network -> of the lane map

    def lane(self, key: str) -> RoadLane:
        """Return a lane of the network."""
        return self.network.lanes[key]

    def points(self, line: Floats) -> list[Point]:
        """Return the points of a lane map of a line (n, 2) of the network."""
        return _rounded(simplified(self.to_map_m(line), self.wanted.tolerance_m))


def build(network: RoadNetwork, wanted: WantedJunction, notes: Notes) -> Built:
    """Return the lane map of one junction. MapError: there is none such."""
    junction = choose(network, wanted.crossing, notes)
    turns = merged(network, [turn for turn in network.turns if turn.junction == junction.key], notes)
    node = NodeId(
        region=wanted.region if wanted.region is not None else junction.region or 1,
        id=wanted.node if wanted.node is not None else junction.number or 1,
    )
    around = legs(network, junction, turns, node, notes)
    middle = _middle(network, junction, around, notes)
    origin, place = _frame(network, middle, wanted.reference)
    draft = MapDraft(network, turns, around, Ways(network, turns, around), wanted, place)
    found = NodeModel(
        **node.model_dump(),
        name=_ascii(junction.name or f"crossing {junction.key}"),
        position=_rounded(place(middle[None]))[0],
        links=[_link(draft, leg) for leg in around if leg.link is not None],
    )
    exits = [_exit(draft, leg) for leg in around if leg.exit is not None]
    lane_map = LaneMapFile(nodes=[found], crosswalks=_crosswalks(draft, middle, notes), exits=exits)
    _account(draft, lane_map, notes)
    return Built(lane_map, origin, _remarks(draft))


def _middle(network: RoadNetwork, junction: Junction, around: list[Leg], notes: Notes) -> Floats:
    """Return the middle (2,) of a junction: the file's, unless that lies elsewhere."""
    ends = [bundle.end_m for leg in around for bundle in (leg.link, leg.exit) if bundle is not None]
    middle: Floats = np.mean(ends, axis=0)
    away = float(np.hypot(*(junction.position_m - middle)))
    if away <= _FAR_OFF_M:
        return junction.position_m
    notes.left_out(_ELSEWHERE.of(away=away))
    return middle


def _frame(
    network: RoadNetwork, middle: Floats, site: Reference | None
) -> tuple[Reference | None, Callable[[Floats], Floats]]:
    """Return the place of the lane map's [0, 0], and the way from the network's metres (n, 2) to its own."""
    own = network.reference
    if own is None:
        return site, (lambda line: line) if site is not None else (lambda line: line - middle)
    latitude, longitude = to_wgs84(middle[0], middle[1], own)
    origin = site or Reference(round(float(latitude), 7), round(float(longitude), 7), own.elevation_m)

    def place(line: Floats) -> Floats:
        return np.column_stack(to_site(*to_wgs84(line[:, 0], line[:, 1], own), origin))

    return origin, place


def _link(draft: MapDraft, leg: Leg) -> LinkModel:
    assert leg.link is not None
    whole = {key: lengthened(key, draft.network, draft.wanted.reach_m, True) for key in leg.link.keys}
    lines = {key: stopped(line, draft.network.stop_lines_m) for key, (line, _) in whole.items()}
    widths = {key: round(width, 2) for key, (_, width) in whole.items()}
    motor = [lines[key] for key in leg.link.keys if draft.lane(key).kind == "vehicle"] or list(lines.values())
    limits = [limit for key in leg.link.keys if (limit := draft.lane(key).limit_mps) is not None]
    limit = max(limits, default=None)
    return LinkModel(
        name=f"{leg.name}_in",
        upstream=leg.node,
        width_m=round(sum(widths.values()), 2),
        speed_limit_mps=None if limit is None else round(limit, 2),
        points=draft.points(middle_line(motor)),
        movements=draft.ways.movements(leg),
        lanes=[_lane(draft, leg, n, lines, widths, limit) for n in range(len(leg.link.keys))],
    )


def _lane(
    draft: MapDraft, leg: Leg, place: int, lines: dict[str, Floats], widths: dict[str, float], usual: float | None
) -> LaneModel:
    assert leg.link is not None
    key = leg.link.keys[place]
    lane, connections = draft.lane(key), draft.ways.connections(leg, key)
    arrows = list(dict.fromkeys(way.maneuver for way in connections)) or list(lane.arrows)
    own = lane.limit_mps is not None and lane.limit_mps != usual
    return LaneModel(
        id=lane.number or place + 1,
        width_m=widths[key],
        type=lane.kind,
        maneuvers=arrows,
        points=draft.points(lines[key]),
        speed_limit_mps=round(lane.limit_mps, 2) if own and lane.limit_mps is not None else None,
        connects_to=connections,
    )


def _exit(draft: MapDraft, leg: Leg) -> ExitModel:
    assert leg.exit is not None
    lanes = []
    for place, key in enumerate(leg.exit.keys, 1):
        lane = draft.lane(key)
        line, width = lengthened(key, draft.network, draft.wanted.reach_m * _EXIT_SHARE, False)
        keys = {"id": lane.number or place, "width_m": round(width, 2), "type": lane.kind}
        lanes.append(ExitLane(**keys, points=draft.points(line)))
    return ExitModel(name=f"{leg.name}_out", downstream=leg.node, lanes=lanes)


def _crosswalks(draft: MapDraft, middle: Floats, notes: Notes) -> list[Crosswalk]:
    found = []
    for walk in draft.network.walks:
        if float(np.hypot(*(walk.polygon_m.mean(axis=0) - middle))) > _WALK_REACH_M:
            notes.left_out(_WALKS_FAR)
            continue
        corners = _rounded(draft.to_map_m(walk.polygon_m))[:64]
        found.append(Crosswalk(phase=draft.ways.phase(walk.signal), polygon=corners))
    return found


def _account(draft: MapDraft, lane_map: LaneMapFile, notes: Notes) -> None:
    """Tell of the lane map's parts, and of lanes of its roads that it does not have."""
    starts = {turn.start for turn in draft.turns}
    roads = {draft.lane(key).road for key in starts} - {""}
    for key, lane in draft.network.lanes.items():
        if lane.road in roads and key not in starts:
            notes.left_out(_NOT_LED_ON.of(key=key))
    links = lane_map.nodes[0].links
    ways = sum(len(lane.connects_to) for link in links for lane in link.lanes)
    counts = {"exits": len(lane_map.exits), "walks": len(lane_map.crosswalks), "phases": draft.ways.phase_count}
    notes.read(_TAKEN.of(links=len(links), lanes=sum(len(link.lanes) for link in links), ways=ways, **counts))


def _remarks(draft: MapDraft) -> dict[str, str]:
    parts = (
        (f"{leg.name}_{way}", bundle) for leg in draft.legs for way, bundle in (("in", leg.link), ("out", leg.exit))
    )
    return {name: ", ".join(bundle.keys) for name, bundle in parts if bundle is not None}


def _ascii(name: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "?", name)[:63]


def _rounded(line: Floats) -> list[Point]:
    return [(round(float(east), 2) + 0.0, round(float(north), 2) + 0.0) for east, north in line]
