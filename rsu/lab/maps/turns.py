"""Ways through a junction that a file does not tell: by the arrows of the lanes, or by the usual ones.

Usual arrows of lanes from the left: one lane goes everywhere; of two, the left one goes left and straight on, the right
one straight on and right; of more, the outer ones turn, the right one also straight on where there are three.
"""

from __future__ import annotations

from collections.abc import Sequence

from perception.geo import heading_difference
from rsu.lab.maps.network import RoadLane, RoadNetwork, RoadTurn
from rsu.lab.maps.roads import Bundle, bundles
from rsu.site.lanemap import Maneuver

_STRAIGHT_DEG, _BENT_DEG, _BACK_DEG = 30.0, 50.0, 150.0
_LEFTMOST: tuple[Maneuver, ...] = ("left", "straight", "right")

Targets = dict[Maneuver, list[Bundle]]


def supposed(network: RoadNetwork, junction: str, starts: Sequence[str], ends: Sequence[str]) -> list[RoadTurn]:
    """Return the ways from lanes that lead to a junction to lanes that lead away from it."""
    lanes = network.lanes
    roads_in = bundles({key: lanes[key] for key in starts}, incoming=True)
    roads_out = bundles({key: lanes[key] for key in ends}, incoming=False)
    turns = []
    for road in roads_in:
        targets = _targets(road, roads_out)
        for kind in ("vehicle", "bike"):
            keys = [key for key in road.keys if lanes[key].kind == kind]
            arrows = _arrows([lanes[key] for key in keys], targets)
            for maneuver in ("uturn", *_LEFTMOST):
                group = [key for key, each in zip(keys, arrows, strict=True) if maneuver in each]
                for target in targets.get(maneuver, ()):
                    pairs = _paired(group, _of_kind(target, kind, lanes), maneuver)
                    turns += [RoadTurn(*pair, junction, maneuver=maneuver) for pair in pairs]
    return turns


def _targets(road: Bundle, roads_out: Sequence[Bundle]) -> Targets:
    """Return the roads that lead away by the direction in which they lie; straight on goes the straightest way."""
    angles = [float(heading_difference(each.heading_deg, road.heading_deg)) for each in roads_out]
    least = min(map(abs, angles), default=180.0)
    found: Targets = {}
    for angle, each in zip(angles, roads_out, strict=True):
        if abs(angle) >= _BACK_DEG:
            found.setdefault("uturn", []).append(each)
        elif abs(angle) <= _STRAIGHT_DEG or (abs(angle) == least and least <= _BENT_DEG):
            found.setdefault("straight", []).append(each)
        else:
            found.setdefault("right" if angle > 0 else "left", []).append(each)
    return found


def _arrows(lanes: Sequence[RoadLane], targets: Targets) -> list[tuple[Maneuver, ...]]:
    """Return the arrows of lanes from the left: painted ones as far as they are known."""
    there = [each for each in _LEFTMOST if each in targets]
    return [lane.arrows or _usual(place, len(lanes), there) for place, lane in enumerate(lanes)]


def _usual(place: int, count: int, there: list[Maneuver]) -> tuple[Maneuver, ...]:
    if count == 1:
        return tuple(there)
    found: list[Maneuver] = []
    outer_left, outer_right = place == 0, place == count - 1
    if "left" in there and outer_left:
        found.append("left")
    if "straight" in there and (count == 2 or not outer_left or "left" not in there) and (count < 4 or not outer_right):
        found.append("straight")
    if "right" in there and outer_right:
        found.append("right")
    if not found and "straight" in there:
        return ("straight",)
    return tuple(found) or (there[0] if place < count / 2 else there[-1],) if there else ()


def _of_kind(target: Bundle, kind: str, lanes: dict[str, RoadLane]) -> list[str]:
    """Return the lanes of a road for a kind of road users; bicycles take the right lane where they have none."""
    own = [key for key in target.keys if lanes[key].kind == kind]
    return own or ([target.keys[-1]] if kind == "bike" else [])


def _paired(starts: Sequence[str], ends: Sequence[str], maneuver: Maneuver) -> list[tuple[str, str]]:
    """Return lanes that turn with lanes in which they end: to the left from the left, else from the right."""
    if not ends:
        return []
    if maneuver in ("left", "uturn"):
        return [(start, ends[min(place, len(ends) - 1)]) for place, start in enumerate(starts)]
    back = list(enumerate(reversed(starts)))
    return [(start, ends[max(len(ends) - 1 - place, 0)]) for place, start in reversed(back)]
