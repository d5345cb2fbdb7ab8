"""The tags of OpenStreetMap roads: lanes in each direction, arrows, widths, limits (wiki: Key:lanes, Key:turn)."""

from __future__ import annotations

import re
from typing import NamedTuple

from hw.detail import Detail
from rsu.lab.maps.notes import Notes
from rsu.site.lanemap import Maneuver

MOTOR = frozenset(
    [
        "motorway",
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "living_street",
        "road",
        "motorway_link",
        "trunk_link",
        "primary_link",
        "secondary_link",
        "tertiary_link",
        "busway",
    ]
)
USUAL_LANE_M, BIKE_LANE_M = 3.25, 1.5
_LANE_M = (2.3, 5.0)
_MOST = 12  # lanes in one direction
_TURNS: dict[str, Maneuver] = {
    "through": "straight", "left": "left", "slight_left": "left", "sharp_left": "left", "right": "right",
    "slight_right": "right", "sharp_right": "right", "reverse": "uturn",
}  # fmt: skip
_USUAL_LANES = {"motorway": 2, "trunk": 2, "primary": 2}  # in one direction; others: 1

_LANES = Detail(
    "lanes of roads without `lanes`: {count} in each direction", "没有 `lanes` 的道路：每个方向 {count} 条车道"
)
_SHARE = Detail(
    "lanes of two directions without `lanes:forward`: shared out evenly",
    "没有 `lanes:forward` 的双向道路：车道平均分配",
)
_WIDTH = Detail(
    "width of lanes: {width} m, OpenStreetMap rarely has it; measure it",
    "车道宽度：{width} m，OpenStreetMap 很少给出，请实测",
)


class Carriageway(NamedTuple):
    """The lanes of one direction of a road."""

    lanes: int
    arrows: tuple[tuple[Maneuver, ...], ...]  # of each lane from the left; empty: not known
    bike_lane: bool


class OsmRoad(NamedTuple):
    """Both directions of a road."""

    forward: Carriageway
    backward: Carriageway
    width_m: float  # of one lane
    limit_mps: float | None


def road(tags: dict[str, str], notes: Notes) -> OsmRoad:
    """Return the lanes that the tags of a way tell, and those that are usual where they do not."""
    one_way = tags.get("oneway") in ("yes", "1", "true") or tags.get("junction") in ("roundabout", "circular")
    reverse = tags.get("oneway") in ("-1", "reverse")
    forward, backward = _counts(tags, one_way or reverse, notes)
    if reverse:
        forward, backward = 0, forward
    ways = (("forward", forward), ("backward", backward))
    sides = [_carriageway(tags, name, count, one_way or reverse) for name, count in ways]
    return OsmRoad(
        sides[0], sides[1], _width(tags, sum(side.lanes for side in sides), notes), _limit(tags.get("maxspeed", ""))
    )


def _counts(tags: dict[str, str], one_way: bool, notes: Notes) -> tuple[int, int]:
    usual = _USUAL_LANES.get(tags.get("highway", ""), 1)
    total, forward, backward = (_whole(tags.get(key)) for key in ("lanes", "lanes:forward", "lanes:backward"))
    forward = forward or _parts(tags, "turn:lanes:forward")
    backward = backward or _parts(tags, "turn:lanes:backward")
    if one_way:
        count = total or _parts(tags, "turn:lanes") or forward
        if count is None:
            notes.assumed(_LANES.of(count=usual))
        return count or usual, 0
    if forward and backward:
        return forward, backward
    if total and (forward or backward):
        return forward or max(total - (backward or 0), 1), backward or max(total - (forward or 0), 1)
    if total:
        notes.assumed(_SHARE)
        return max((total + 1) // 2, 1), max(total // 2, 1)
    notes.assumed(_LANES.of(count=usual))
    return forward or usual, backward or usual


def _carriageway(tags: dict[str, str], name: str, count: int, one_way: bool) -> Carriageway:
    text = tags.get(f"turn:lanes:{name}") or (tags.get("turn:lanes") if one_way else None)
    arrows = tuple(
        tuple(dict.fromkeys(_TURNS[each] for each in part.split(";") if each in _TURNS))
        for part in (text or "").split("|")
    )
    side = "right" if name == "forward" else "left"
    bikes = any(tags.get(key) == "lane" for key in ("cycleway", "cycleway:both", f"cycleway:{side}"))
    return Carriageway(count, arrows if len(arrows) == count and text else (), bikes and count > 0)


def _parts(tags: dict[str, str], key: str) -> int | None:
    return len(tags[key].split("|")) if tags.get(key) else None


def _whole(text: str | None) -> int | None:
    found = re.match(r"\s*(\d{1,2})", text or "")
    return min(max(int(found[1]), 1), _MOST) if found else None


def _width(tags: dict[str, str], lanes: int, notes: Notes) -> float:
    found = re.match(r"\s*(\d+(?:\.\d+)?)\s*(?:m|$)", tags.get("width", ""))
    width = float(found[1]) / max(lanes, 1) if found else 0.0
    if _LANE_M[0] <= width <= _LANE_M[1]:
        return width
    notes.assumed(_WIDTH.of(width=USUAL_LANE_M))
    return USUAL_LANE_M


def _limit(text: str) -> float | None:
    found = re.match(r"\s*(\d+(?:\.\d+)?)\s*(mph|knots)?", text)
    if found is None or not 1.0 <= float(found[1]) <= 200.0:
        return None
    return float(found[1]) * {"mph": 0.44704, "knots": 0.51444}.get(found[2] or "", 1 / 3.6)
