"""MAP messages as JSON, in the forms that platforms write: names of the message set, figures in its steps.

Taken as they come: choices as `{name: value}` or `[name, value]`; lists as such or as `{type: [...]}`; figures as
numbers or text; bit strings as `"0100"` or `[hex, bits]`; longitudes as `lon` or `long`; places in 1e-7 degrees, or in
degrees where they are small enough. Source: T/CSAE 53-2020 and YD/T 3709-2020, MapNode to MapLane.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from hw.detail import Detail
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.network import LaneKind
from rsu.site.lanemap import Maneuver

_ARROWS: tuple[Maneuver, ...] = ("straight", "left", "right", "uturn")  # bits of AllowedManeuvers, from the first
_MOST_DEG = 180.0
_LIMITS = ("vehicleMaxSpeed", "maxSpeedInSchoolZone", "vehicleNightMaxSpeed", "truckMaxSpeed")

Place = tuple[float, float]  # longitude, latitude in degrees
NodeKey = tuple[int, int]  # region, id

_NO_NUMBER = Detail("{key}: expected a number, got {value}", "{key}：应为数值，实为 {value}")
_NO_PLACE = Detail("a point without longitude and latitude: {value}", "点缺少经度和纬度：{value}")
_NO_NODES = Detail("no MAP: there is no node with inLinks", "不是 MAP：没有含 inLinks 的节点")


class SaidWay(NamedTuple):
    """A connection of a lane."""

    node: NodeKey
    lane: int
    arrow: Maneuver | None
    phase: int | None


class SaidLane(NamedTuple):
    """A lane of a link."""

    number: int
    width_m: float | None
    kind: LaneKind | None  # None: another than for vehicles and bicycles
    limit_mps: float | None
    arrows: tuple[Maneuver, ...]
    points: list[Place]
    ways: list[SaidWay]


class SaidLink(NamedTuple):
    """A link of a node."""

    name: str
    upstream: NodeKey
    width_m: float | None
    limit_mps: float | None
    points: list[Place]
    phases: dict[NodeKey, int]  # of the movements
    lanes: list[SaidLane]


class SaidNode(NamedTuple):
    """A node with its links."""

    name: str
    key: NodeKey
    place: Place | None
    links: list[SaidLink]


def nodes(value: Any) -> list[SaidNode]:
    """Return the nodes in a JSON value, wherever they stand in it. MapError: there are none, or they are damaged."""
    found = [_node(each) for each in _with_links(value, 12)]
    if not found:
        raise MapError(_NO_NODES)
    return found


def _with_links(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and "inLinks" in value and "id" in value:
        yield value
    elif isinstance(value, dict | list) and depth:
        for each in value.values() if isinstance(value, dict) else value:
            yield from _with_links(each, depth - 1)


def _node(value: dict[str, Any]) -> SaidNode:
    reference = _place(value["refPos"], None) if value.get("refPos") else None
    links = [_link(each, reference) for each in _list(value["inLinks"])]
    return SaidNode(str(value.get("name") or ""), _key(value["id"]), reference, links)


def _link(value: dict[str, Any], reference: Place | None) -> SaidLink:
    movements = [each for each in _list(value.get("movements")) if each.get("phaseId") is not None]
    return SaidLink(
        name=str(value.get("name") or ""),
        upstream=_key(value.get("upstreamNodeId")),
        width_m=_scaled(value.get("linkWidth", value.get("laneWidth")), 0.01),
        limit_mps=_limit(value.get("speedLimits")),
        points=_points(value.get("points"), reference),
        phases={_key(each.get("remoteIntersection")): _whole(each["phaseId"], "phaseId") for each in movements},
        lanes=[_lane(each, reference) for each in _list(value.get("lanes"))],
    )


def _lane(value: dict[str, Any], reference: Place | None) -> SaidLane:
    kind = _choice((value.get("laneAttributes") or {}).get("laneType"))[0] or "vehicle"
    kinds: dict[str, LaneKind] = {"vehicle": "vehicle", "bikeLane": "bike"}
    return SaidLane(
        number=_whole(value.get("laneID"), "laneID"),
        width_m=_scaled(value.get("laneWidth"), 0.01),
        kind=kinds.get(kind),
        limit_mps=_limit(value.get("speedLimits")),
        arrows=_arrows(value.get("maneuvers")),
        points=_points(value.get("points"), reference),
        ways=[_way(each) for each in _list(value.get("connectsTo"))],
    )


def _way(value: dict[str, Any]) -> SaidWay:
    lane = value.get("connectingLane") or {}
    arrows = _arrows(lane.get("maneuver"))
    phase = value.get("phaseId")
    return SaidWay(
        node=_key(value.get("remoteIntersection")),
        lane=_whole(lane.get("lane", 1), "lane"),
        arrow=arrows[0] if len(arrows) == 1 else None,
        phase=None if phase is None else _whole(phase, "phaseId"),
    )


def _key(value: Any) -> NodeKey:
    value = value if isinstance(value, dict) else {}
    return _whole(value.get("region", 0), "region"), _whole(value.get("id"), "id")


def _list(value: Any) -> list[dict[str, Any]]:
    """Return a list, which may stand in an object of one member, as the list of objects that it should be."""
    while isinstance(value, dict) and len(value) == 1 and isinstance(next(iter(value.values())), list | dict):
        value = next(iter(value.values()))
    items = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    return [each for each in items if isinstance(each, dict)]


def _choice(value: Any) -> tuple[str, Any]:
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        return value[0], value[1]
    if isinstance(value, dict) and value:
        return next(iter(value.items()))
    return "", None


def _points(value: Any, reference: Place | None) -> list[Place]:
    return [_place(each.get("posOffset", each), reference) for each in _list(value)]


def _place(value: Any, reference: Place | None) -> Place:
    """Return a place: absolute, or an offset to the reference of the node."""
    form, inner = "", value
    while not (isinstance(inner, dict) and "lat" in inner):
        inner = inner.get("offsetLL", inner) if isinstance(inner, dict) else inner
        name, following = _choice(inner)
        if following is None:
            raise MapError(_NO_PLACE.of(value=str(value)[:60]))
        form, inner = name, following
    east = _number(inner.get("lon", inner.get("long")), "lon")
    north = _number(inner["lat"], "lat")
    if form.startswith("position-LL") and reference is not None:
        return reference[0] + east * 1e-7, reference[1] + north * 1e-7
    scale = 1.0 if abs(east) <= _MOST_DEG and abs(north) <= _MOST_DEG else 1e-7
    return east * scale, north * scale


def _arrows(value: Any) -> tuple[Maneuver, ...]:
    """Return the bits of AllowedManeuvers that the lane map knows."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        try:
            value = f"{int(value[0] or '0', 16):0{4 * len(value[0])}b}"
        except ValueError:
            return ()
    bits = value if isinstance(value, str) else ""
    return tuple(arrow for arrow, bit in zip(_ARROWS, bits, strict=False) if bit == "1")


def _limit(value: Any) -> float | None:
    """Return the highest limit for vehicles in m/s; it stands in steps of 0.02 m/s."""
    for each in _list(value):
        kind = each.get("type")
        name = kind if isinstance(kind, str) else _choice(kind)[0]
        if name in _LIMITS[:1] and each.get("speed") is not None:
            return _scaled(each["speed"], 0.02)
    return None


def _scaled(value: Any, step: float) -> float | None:
    return None if value is None else _number(value, "") * step or None


def _whole(value: Any, key: str) -> int:
    return int(_number(value, key))


def _number(value: Any, key: str) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = float("nan")
    if not abs(found) < 1e12:
        raise MapError(_NO_NUMBER.of(key=key, value=str(value)[:40]))
    return found
