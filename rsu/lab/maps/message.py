"""MAP messages, as JSON or as UPER in hex or octets: their links and lanes, and the exits that they imply."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import numpy as np

from hw.detail import Detail
from perception.objects import Floats
from rsu.lab.maps import map_json
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.map_exits import SupposedExits, road_from, side_by_side
from rsu.lab.maps.map_json import Place, SaidNode
from rsu.lab.maps.network import (
    USUAL_BIKE_WIDTH_M,
    USUAL_WIDTH_M,
    Junction,
    RoadLane,
    RoadNetwork,
    RoadTurn,
    length_m,
    tidy,
)
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.placing import Placing, Stated
from rsu.lab.maps.xml_file import octets
from v2x import PROFILES, CodecError, DecodeError, MapData, dsmp, receive
from v2x.schema import decode_value
from v2x.values import to_json

_LONGEST = 4096  # octets; a frame carries 1400
_NO_MESSAGE = Detail(
    "{file}: neither JSON nor a MAP in hex or octets: {problem}", "{file}：既非 JSON，也非 MAP：{problem}"
)
_TOO_LONG = Detail("{size} octets, longer than any message", "{size} 字节，超过任何消息")
_OTHER = Detail("{file}: a message of another kind than MAP", "{file}：不是 MAP，而是其他消息")
_NO_LINE = Detail("lane {key}: it has no points, nor has its link", "车道 {key}：自身与路段均无点")
_BESIDE = Detail(
    "lanes of {link} have the line of the link, or none: placed side by side by their widths, from the left",
    "{link} 的车道没有自己的线形：按宽度自左向右依次排列",
)
_OTHER_LANE = Detail("lane {key}: neither for vehicles nor for bicycles", "车道 {key}：非机动车道亦非自行车道")
_EXITS = Detail(
    "exits: a MAP has none; lanes of {width} m beside the link of the same road, else where the manoeuvre leads",
    "出口道：MAP 中没有；取同一道路进口旁的车道，宽 {width} m，否则按转向方向设置",
)
_WIDTH = Detail("width of lanes that name none: {width} m", "未注明宽度的车道：宽 {width} m")


def read(path: Path, stated: Stated, notes: Notes) -> RoadNetwork:
    """Read a message. MapError: it is none, or of another kind."""
    nodes = map_json.nodes(_value(octets(path), path.name))
    placing = Placing(stated, notes, degrees=True)
    network = RoadNetwork(reference=None, keeps_numbers=True)
    for node in nodes:
        lanes = _links(node, placing, network, notes)
        if lanes:
            _ways(node, lanes, placing, network, notes)
    placing.settle(network)
    return network


def _value(data: bytes, file: str) -> object:
    """Return the message as JSON."""
    text = data.decode("utf-8", "replace").lstrip("\ufeff").strip()
    if text.startswith(("{", "[")):
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise MapError(_NO_MESSAGE.of(file=file, problem=error)) from error
    try:
        message = bytes.fromhex(text)
    except ValueError:
        message = data
    if len(message) > _LONGEST:
        raise MapError(_NO_MESSAGE.of(file=file, problem=_TOO_LONG.of(size=len(message))))
    with suppress(DecodeError):  # no header
        message = dsmp.parse(message).payload
    try:
        found = receive(message, PROFILES)
        if isinstance(found.message, MapData):
            return to_json(decode_value(message, found.profile))
    except CodecError as error:
        raise MapError(_NO_MESSAGE.of(file=file, problem=error)) from error
    raise MapError(_OTHER.of(file=file))


def _links(node: SaidNode, placing: Placing, network: RoadNetwork, notes: Notes) -> dict[tuple[str, int], str]:
    """Take over the lanes of a node's links; return their keys by link and number."""
    found = {}
    for link in node.links:
        whole = _line(link.points, placing)
        own = {lane.number: _line(lane.points, placing) for lane in link.lanes}
        lines = [line.tobytes() for line in own.values() if line is not None]
        beside = len(set(lines)) < len(link.lanes) and len(link.lanes) > 1
        if beside and whole is not None:
            notes.assumed(_BESIDE.of(link=link.name))
        placed = side_by_side(link, whole) if beside and whole is not None else {}
        for lane in link.lanes:
            key = f"{link.name or link.upstream} {lane.number}"
            line = placed.get(lane.number, own[lane.number] if own[lane.number] is not None else whole)
            if lane.kind is None or line is None:
                notes.left_out((_OTHER_LANE if line is not None else _NO_LINE).of(key=key))
                continue
            network.lanes[key] = RoadLane(
                line_m=line,
                width_m=lane.width_m or _usual(lane.kind, notes),
                road=road_from(node, link.upstream),
                kind=lane.kind,
                limit_mps=lane.limit_mps or link.limit_mps,
                arrows=lane.arrows,
                number=lane.number or None,
            )
            found[link.name, lane.number] = key
    return found


def _usual(kind: str, notes: Notes) -> float:
    width = USUAL_WIDTH_M if kind == "vehicle" else USUAL_BIKE_WIDTH_M
    notes.assumed(_WIDTH.of(width=width))
    return width


def _line(points: list[Place], placing: Placing) -> Floats | None:
    if len(points) < 2:
        return None
    line = tidy(placing(np.array(points)))
    return line if len(line) > 1 and length_m(line) > 1.0 else None


def _ways(
    node: SaidNode, lanes: dict[tuple[str, int], str], placing: Placing, network: RoadNetwork, notes: Notes
) -> None:
    """Take over the connections of a node's lanes."""
    key = f"{node.key[0]}/{node.key[1]}"
    ends = np.array([network.lanes[lane].line_m[-1] for lane in lanes.values()])
    middle = ends.mean(axis=0) if node.place is None else placing(np.array([node.place]), anywhere=True)[0]
    junction = Junction(key, middle, node.name, node.key[0] or None, node.key[1])
    exits = SupposedExits(node, ends.mean(axis=0))
    for link in node.links:
        junction.neighbours[road_from(node, link.upstream)] = link.upstream
        for lane in link.lanes:
            for way in lane.ways:
                if (start := lanes.get((link.name, lane.number))) is None:
                    continue
                phase = way.phase or link.phases.get(way.node)
                end = exits.lane(network, junction, start, way)
                network.turns.append(RoadTurn(start, end, key, None if phase is None else str(phase), way.arrow))
    network.junctions[key] = junction
    notes.assumed(_EXITS.of(width=USUAL_WIDTH_M))
