"""Mistakes that people make in a lane map, each alone in the demo's: changed value, place and words of the finding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

E, W = "error", "warning"
GONE = object()  # the key is not there


class LaneMistake(NamedTuple):
    level: str
    path: str  # of the changed value
    new: Any  # a value, or a function of the old one
    at: str  # where the finding points: a path, `.` for the same, `..` for a key below it
    words: str


def times(factor: float) -> Callable[[Any], Any]:
    """Return a function that makes all numbers of a list larger."""
    return lambda old: [times(factor)(each) if isinstance(each, list) else each * factor for each in old]


def turned(old: list[Any]) -> list[Any]:
    """Return a list from its end, or pairs the other way round."""
    return old[::-1]


def swapped(old: list[Any]) -> list[Any]:
    """Return points with north before east."""
    return [point[::-1] for point in old]


def moved(east: float, north: float) -> Callable[[Any], Any]:
    """Return a function that moves all points in a value."""

    def move(old: Any) -> Any:
        if isinstance(old, dict):
            return {key: move(value) for key, value in old.items()}
        if isinstance(old, list) and len(old) == 2 and isinstance(old[0], float):
            return [old[0] + east, old[1] + north]
        return [move(each) for each in old] if isinstance(old, list) else old

    return move


NODE, NORTH, EAST = "nodes.0", "nodes.0.links.0", "nodes.0.links.1"
LANE1, LANE2, LANE3, BIKE = (f"{NORTH}.lanes.{n}" for n in range(4))
OUT = "exits.0"

LINES = [
    LaneMistake(E, f"{LANE1}.points", turned, ".", "driving direction...first 24 m and the last 172 m"),
    LaneMistake(E, f"{BIKE}.points", turned, ".", "driving direction"),
    LaneMistake(E, f"{NORTH}.points", turned, ".", "driving direction"),
    LaneMistake(E, f"{OUT}.lanes.1.points", turned, ".", "away from the node"),
    LaneMistake(E, f"{LANE1}.points", times(100), f"{LANE1}.points.0", "at most 3000 from the node...in cm or mm?"),
    LaneMistake(E, f"{LANE1}.points", times(1000), f"{LANE1}.points.0", "in cm or mm?"),
    LaneMistake(E, f"{OUT}.lanes.0.points", times(100), f"{OUT}.lanes.0.points.1", "in cm or mm?"),
    LaneMistake(E, "crosswalks.0.polygon", times(1000), "crosswalks.0.polygon.0", "in cm or mm?"),
    LaneMistake(W, f"{LANE1}.points", times(0.001), ".", "10 to 2000 metres, got 0.148 (in km, or degrees?)"),
    LaneMistake(E, f"{LANE1}.points.1", [0.0, 172.0], ".", "another point than the one before"),
    LaneMistake(E, f"{LANE1}.points", [[0.0, 172.0]], ".", "at least 2 items, got 1"),
    LaneMistake(E, f"{LANE1}.points", [], ".", "at least 2 items, got 0"),
    LaneMistake(E, f"{LANE1}.points.1", [0.0], ".", "is missing"),
    LaneMistake(E, f"{LANE1}.points.1", [0.0, 23.63, 12.0], ".", "at most 2 items"),
    LaneMistake(E, f"{LANE1}.points.1.1", "23,63", ".", "decimals take a point: 23.63"),
    LaneMistake(E, f"{LANE1}.points.1.1", float("nan"), ".", "a finite number, got NaN"),
    LaneMistake(E, f"{LANE1}.points.1.1", float("inf"), ".", "a finite number, got Infinity"),
    LaneMistake(E, f"{LANE1}.points.1.1", None, ".", "is empty"),
    LaneMistake(E, f"{LANE1}.points", "0 172, 0 23.63", ".", "expected a list, got"),
    LaneMistake(W, f"{LANE1}.points.1", [0.0, 2.363], ".", "the stop line of north_in"),
    LaneMistake(W, f"{LANE1}.points.1", [0.0, 63.63], ".", "40 m from where its other lanes end"),
    LaneMistake(
        W, f"{LANE2}.points.1", [-325.0, 23.63], f"{LANE2}.points", "lead as the other lanes of north_in, 180 deg"
    ),
    LaneMistake(W, f"{LANE2}.points.1.0", 325.0, f"{LANE2}.points", "a coordinate mistyped?"),
    LaneMistake(
        W, f"{LANE2}.points", [[-3.25, 172.0], [-3.25, 15.0], [-3.25, 23.63]], f"{LANE2}.points.1", "a turn of 180 deg"
    ),
    LaneMistake(W, f"{NORTH}.points.1", [-450.3, 23.63], f"{NORTH}.points", "lead as its lanes"),
    LaneMistake(W, f"{LANE2}.points", [[0.1, 172.0], [0.1, 23.63]], ".", "lie on it, in the same direction (copied?)"),
    LaneMistake(W, f"{OUT}.lanes.0.points", [[0.0, 23.63], [0.0, 172.0]], ".", "lie on it, in the opposite direction"),
    LaneMistake(W, f"{OUT}.lanes.1.points", [[3.25, 23.63], [3.25, 172.0]], ".", "beside lane 1 of north_out"),
    LaneMistake(E, f"{NODE}.position", [300.0, 0.0], ".", "300 m from the middle of its stop lines"),
    LaneMistake(W, "nodes", moved(526.1, -300.9), f"{NODE}.position", "just the offset of GCJ-02"),
    LaneMistake(W, "nodes", moved(-526.1, 300.9), f"{NODE}.position", "just the offset of GCJ-02"),
    LaneMistake(W, "nodes", moved(1199.8, 325.8), f"{NODE}.position", "just the offset of BD-09"),
    LaneMistake(W, "nodes", moved(400.0, 0.0), f"{NODE}.position", "near the reference point, got it 400 m away"),
    LaneMistake(E, f"{NODE}.position", [2254310.0, 11405790.0], ".", "in cm, or degrees?"),
    LaneMistake(W, f"{LANE1}.width_m", 0.325, ".", "2.3 to 6 metres for a vehicle lane, got 0.325"),
    LaneMistake(W, f"{LANE1}.width_m", 7.5, ".", "2.3 to 6 metres"),
    LaneMistake(E, f"{LANE1}.width_m", 35, ".", "less than or equal to 15, got 35 (in metres)"),
    LaneMistake(E, f"{LANE1}.width_m", 325, ".", "less than or equal to 15"),
    LaneMistake(E, f"{LANE1}.width_m", 0, ".", "greater than 0"),
    LaneMistake(E, f"{LANE1}.width_m", "3.25m", ".", "the unit stands in the key: 3.25"),
    LaneMistake(W, f"{NORTH}.width_m", 3.25, ".", "the width of its lanes together, 12.25 m"),
    LaneMistake(E, f"{NORTH}.width_m", 1225, ".", "less than or equal to 150"),
    LaneMistake(W, f"{OUT}.lanes.0.width_m", 0.3, ".", "2.3 to 6 metres"),
    LaneMistake(W, f"{OUT}.lanes.0.type", "vehicel", ".", "taken for a sidewalk"),
    LaneMistake(W, f"{LANE1}.speed_limit_mps", 50, ".", "2.7 to 22.3 m/s...in km/h? that were 13.89 m/s"),
    LaneMistake(W, f"{LANE1}.speed_limit_mps", 30, ".", "before a signal, got 30 (in km/h? that were 8.33 m/s)"),
    LaneMistake(E, f"{LANE1}.speed_limit_mps", 500, ".", "less than or equal to 163, got 500 (in m/s)"),
    LaneMistake(W, f"{LANE1}.speed_limit_mps", 1.389, ".", "that is 5.0 km/h"),
    LaneMistake(W, f"{NORTH}.speed_limit_mps", 40, ".", "in km/h?"),
    LaneMistake(W, f"{BIKE}.speed_limit_mps", 25, ".", "1.3 to 11.2 m/s for a bike lane"),
]

IDS = [
    LaneMistake(E, f"{LANE2}.id", 1, ".", "1 is already used by entry 1 of lanes"),
    LaneMistake(E, f"{EAST}.name", "north_in", ".", '"north_in" is already used by entry 1 of links'),
    LaneMistake(E, "exits.1.name", "north_out", ".", "already used"),
    LaneMistake(E, "exits.1.name", "north_in", ".", "another name than that of the link"),
    LaneMistake(E, f"{OUT}.lanes.1.id", 1, ".", "1 is already used"),
    LaneMistake(E, f"{LANE1}.id", 0, ".", "greater than or equal to 1, got 0"),
    LaneMistake(E, f"{LANE1}.id", "1a", ".", "a whole number"),
    LaneMistake(E, f"{LANE1}.type", "bicycle", ".", "expected 'vehicle' or 'bike'"),
    LaneMistake(E, f"{LANE1}.type", "Vehicle", ".", 'did you mean "vehicle"?'),
    LaneMistake(E, f"{LANE1}.maneuvers.0", "Left", ".", 'did you mean "left"?'),
    LaneMistake(E, f"{LANE1}.maneuvers", "left", ".", "expected a list"),
    LaneMistake(E, f"{LANE1}.width", 3.25, "..", 'unknown key (did you mean "width_m"?)'),
    LaneMistake(E, f"{LANE1}.width_m", GONE, f"{LANE1}", "is missing"),
    LaneMistake(E, f"{NORTH}.lanes", [], ".", "at least 1 items, got 0"),
    LaneMistake(E, f"{NORTH}.name", "北进口", ".", "plain ASCII letters"),
    LaneMistake(E, f"{NODE}.id", 70000, ".", "less than or equal to 65535"),
    LaneMistake(E, f"{NODE}.id", GONE, NODE, "is missing"),
    LaneMistake(W, f"{LANE1}.id", 5, ".", "ids from the left in driving direction, got 5"),
    LaneMistake(
        W, f"{NORTH}.upstream.id", 10, f"{NORTH}.upstream", "the node that north_in comes from, got 1/10, its own"
    ),
    LaneMistake(W, f"{EAST}.upstream.id", 11, f"{EAST}.upstream", "another node than that of north_in, got 1/11 again"),
]

WAYS = [
    LaneMistake(W, f"{LANE1}.connects_to.0.lane", 9, ".", "a lane of east_out (1, 2, 3), got 9"),
    LaneMistake(W, f"{LANE1}.connects_to.0.lane", 3, ".", "got 3, a cycle lane"),
    LaneMistake(
        W,
        f"{LANE1}.connects_to.0.downstream.id",
        99,
        f"{LANE1}.connects_to.0.downstream",
        "a node that an exit leads to",
    ),
    LaneMistake(W, f"{LANE1}.connects_to.0.downstream.id", 10, f"{LANE1}.connects_to.0.downstream", "its own"),
    LaneMistake(W, f"{LANE1}.connects_to.0.maneuver", "right", ".", "one of the lane's maneuvers (left), got right"),
    LaneMistake(
        W,
        f"{LANE1}.connects_to.0.downstream.id",
        14,
        f"{LANE1}.connects_to.0.maneuver",
        "90 deg to the right, got left",
    ),
    LaneMistake(
        W, f"{LANE1}.connects_to.0.downstream.id", 13, f"{LANE1}.connects_to.0.maneuver", "the turn of the lines, 0 deg"
    ),
    LaneMistake(
        W, f"{LANE1}.maneuvers", ["left", "uturn"], f"{LANE1}.maneuvers.1", "one of its connections (left), got uturn"
    ),
    LaneMistake(
        W, f"{LANE3}.maneuvers", ["straight"], f"{LANE3}.connects_to.1.maneuver", "one of the lane's maneuvers"
    ),
    LaneMistake(W, f"{LANE2}.connects_to", [], ".", "where lane 2 of north_in leads to, got nothing"),
    LaneMistake(
        W,
        f"{NORTH}.movements.0.downstream.id",
        19,
        f"{NORTH}.movements.0.downstream",
        "a node that a lane of north_in leads to",
    ),
    LaneMistake(W, f"{NORTH}.movements.0.downstream.id", 13, f"{NORTH}.movements.1.downstream", "each node once"),
    LaneMistake(
        W, f"{NORTH}.movements.0", GONE, f"{LANE1}.connects_to.0.downstream", "a node of the movements of north_in"
    ),
    LaneMistake(W, f"{OUT}.lanes", [], ".", "the lanes of north_out, got none"),
    LaneMistake(W, f"{OUT}.downstream.id", 12, "exits.1.downstream", "one exit to each node"),
    LaneMistake(W, f"{OUT}.downstream.id", 77, f"{OUT}.downstream", "a node that lanes lead to"),
    LaneMistake(W, "exits", [], ".", "the roads that lead away, got none"),
    LaneMistake(E, f"{LANE1}.connects_to.0.lane", 300, ".", "less than or equal to 254"),
    LaneMistake(E, f"{LANE1}.connects_to.0.downstream", 12, ".", "expected keys and values, got 12"),
]

PHASES = [
    LaneMistake(
        W, f"{LANE1}.connects_to.0.phase", GONE, f"{LANE1}.connects_to.0", "the phase that rules north_in left"
    ),
    LaneMistake(
        W,
        f"{LANE2}.connects_to.0.phase",
        None,
        ".",
        "the phase that rules north_in straight, got none (its neighbour has 5)",
    ),
    LaneMistake(W, f"{LANE2}.connects_to.0.phase", 6, ".", "the phase of its movement, 5, got 6"),
    LaneMistake(W, f"{NORTH}.movements.1.phase", 6, ".", "the phase of its lanes, 5, got 6"),
    LaneMistake(W, f"{NORTH}.movements.1.phase", GONE, f"{NORTH}.movements.1", "the phase of its lanes, 5, got none"),
    LaneMistake(W, "crosswalks.0.phase", 5, ".", "a phase with `crosswalk: true` in the site file, got 5"),
    LaneMistake(E, "crosswalks.0.phase", 300, ".", "less than or equal to 255"),
    LaneMistake(E, f"{LANE1}.connects_to.0.phase", 0, ".", "greater than or equal to 1"),
    LaneMistake(W, "crosswalks.0.polygon", lambda old: [old[0], old[2], old[1], old[3]], ".", "two corners swapped?"),
    LaneMistake(
        W, "crosswalks.0.polygon", lambda old: [[e + 60.0, n + 40.0] for e, n in old], ".", "that crosses no lane"
    ),
    LaneMistake(
        W, "crosswalks.0.polygon", lambda old: [[e + 400.0, n + 400.0] for e, n in old], ".", "from the next lane's end"
    ),
    LaneMistake(W, "crosswalks.0.polygon", times(0.01), ".", "4 to 1000 m2"),
    LaneMistake(
        W,
        "crosswalks.1.polygon",
        [[10.62, 19.63], [-10.63, 19.63], [-10.63, 23.63], [10.62, 23.63]],
        ".",
        "another place than that of crosswalk 1",
    ),
    LaneMistake(E, "crosswalks.0.polygon", [[0, 0], [1, 1]], ".", "at least 3 items, got 2"),
    LaneMistake(W, "crosswalks.0.polygon.0", [106.2, 196.3], ".", "a corner near the others"),
]

LANES = [*LINES, *IDS, *WAYS, *PHASES]

JSON = [  # original text, typed text with its mark, words
    ('"nodes": [', '"nodes"¦ [', "a comma or a colon is missing?"),
    ('"id": 10,', '"id": 10¦', "not JSON...a comma or a colon is missing?"),
    ('"id": 10,', '"id": 10¦，', "full-width ，: type ,"),
    ('"id": 10,', '"id"¦： 10,', "full-width ：: type :"),
    ('"id": 10,', "¦'id': 10,", "double quotes only"),
    ('"id": 10,', '"id": 10, ¦// the crossing', "JSON has no comments"),
    ('"id": 10,', '"id": ¦+10,', "no plus"),
    ('"id": 10,', '"id": 0¦10,', "not JSON"),
    ('"id": 10,', '"id": ¦None,', "written small"),
    ('"id": 10,', '"id": 10, ¦"id": 11,', "is there twice"),
]
