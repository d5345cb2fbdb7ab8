"""Mistakes that people make when they edit a lane map by hand, each alone in a T of three roads (YAML)."""

from __future__ import annotations

from typing import NamedTuple

E, W = "error", "warning"


class MapMistake(NamedTuple):
    level: str
    old: str  # in the file; the first place of it
    new: str  # in its stead; ¦ marks where the finding points, unless `at` says so
    words: str  # parts of the finding, one after the other
    at: str = ""  # text with ¦ elsewhere in the file as it was typed


LANE1 = "points: [[-1.75, 150.0], [-1.75, 15.5]]"
LANE2 = "points: [[-5.25, 150.0], [-5.25, 15.5]]"
WAY1 = "connects_to: [{downstream: {region: 1, id: 3}, lane: 1, maneuver: left, phase: 1}]"
MOVE1 = "- {downstream: {region: 1, id: 3}, phase: 1}"
LINK = "points: [[-3.5, 150.0], [-3.5, 15.5]]"
WALK = "polygon: [[-7.0, 14.0], [3.5, 14.0], [3.5, 10.0], [-7.0, 10.0]]"
OUT = "points: [[1.75, 15.5], [1.75, 90.5]]"

SYNTAX = [
    MapMistake(E, "width_m: 7.0", "¦width_m 7.0", "not YAML"),
    MapMistake(E, "width_m: 7.0", "width_m¦:7.0", "not YAML...a space must follow the colon"),
    MapMistake(E, "width_m: 7.0", "width_m： 7.0", "not YAML...full-width", "width_m¦： 7.0"),
    MapMistake(E, LANE1, "points: [[-1.75, 150.0], [-1.75, 15.5¦]", "not YAML...a bracket is not closed"),
    MapMistake(E, "maneuvers: [left]", "maneuvers: [lef¦t", "not YAML...a bracket is not closed"),
    MapMistake(E, "    id: 1\n    name", "¦\tid: 1\n    name", "not YAML...tab"),
    MapMistake(E, "    id: 1\n    name", "    id: 1\n    ¦id: 1\n    name", "not YAML"),
    MapMistake(E, "nodes:", "¦Nodes:", 'unknown key (did you mean "nodes"?)'),
    MapMistake(E, "crosswalks:", "¦crosswalk:", 'unknown key (did you mean "crosswalks"?)'),
    MapMistake(E, "exits:", "¦exit:", "unknown key"),
]
ORIGIN = [
    MapMistake(E, "latitude_deg: 22.5431", "latitude_deg: ¦114.0579", "less than or equal to 89"),
    MapMistake(E, "latitude_deg: 22.5431", "latitude_deg: ¦22.5431N", "a number"),
    MapMistake(E, "longitude_deg: 114.0579", "longitude_deg: ¦1140579000", "less than or equal to 180"),
    MapMistake(E, 'coordinates: "wgs84"', "coordinates: ¦gcj02", "expected 'wgs84' or 'cgcs2000'"),
    MapMistake(E, 'coordinates: "wgs84"', "coordinates: ¦CGCS2000", 'did you mean "cgcs2000"?'),
    MapMistake(E, 'coordinates: "wgs84"', "coordinates: wgs84, epoch_years: ¦26", "greater than or equal to 1984"),
    MapMistake(E, "latitude_deg: 22.5431", "¦lat: 22.5431", "unknown key"),
    MapMistake(W, "latitude_deg: 22.5431", "latitude_deg: ¦0.0", "a place in China"),
    MapMistake(
        W, "latitude_deg: 22.5431, longitude_deg: 114.0579", "latitude_deg: ¦0.0, longitude_deg: 0.0", "in the sea"
    ),
    MapMistake(W, "latitude_deg: 22.5431", "latitude_deg: ¦-22.5431", "a wrong sign?"),
    MapMistake(
        W,
        "latitude_deg: 22.5431, longitude_deg: 114.0579",
        "latitude_deg: ¦22.54, longitude_deg: 114.06",
        "seven decimals",
    ),
    MapMistake(E, "elevation_m: 0.0", "elevation_m: ¦7000", "less than or equal to 6143.9"),
]
LINES = [
    MapMistake(
        E, LANE1, "points: ¦[[-1.75, 15.5], [-1.75, 150.0]]", "in driving direction...the first 16 m and the last 150 m"
    ),
    MapMistake(E, LINK, "points: ¦[[-3.5, 15.5], [-3.5, 150.0]]", "in driving direction"),
    MapMistake(E, OUT, "points: ¦[[1.75, 90.5], [1.75, 15.5]]", "away from the node"),
    MapMistake(E, LANE1, "points: [¦[-175, 15000], [-175, 1550]]", "in cm or mm?"),
    MapMistake(E, LANE1, "points: [[-1.75, 150.0], ¦[-1.75, 150.0]]", "another point than the one before"),
    MapMistake(E, LANE1, "points: ¦[[-1.75, 15.5]]", "at least 2 items, got 1"),
    MapMistake(E, LANE1, "points: [¦[-1.75], [-1.75, 15.5]]", "is missing"),
    MapMistake(E, LANE1, "points: [[-1.75, ¦150.0m], [-1.75, 15.5]]", "a number"),
    MapMistake(
        E, LANE1, "points: ¦[-1.75, 150.0, -1.75, 15.5]", "expected a list", "points: [¦-1.75, 150.0, -1.75, 15.5]"
    ),
    MapMistake(W, LANE1, "points: [[-1.75, 150.0], ¦[-1.75, 65.5]]", "the stop line of north_in"),
    MapMistake(W, LANE1, "points: ¦[[-91.75, 150.0], [-1.75, 15.5]]", "lead as the other lanes of north_in"),
    MapMistake(W, LANE1, "points: [[-1.75, 150.0], ¦[-1.75, 8.0], [-1.75, 15.5]]", "a turn of 180 deg"),
    MapMistake(W, LANE2, "points: ¦[[-1.8, 150.0], [-1.8, 15.5]]", "in the same direction (copied?)"),
    MapMistake(
        W,
        LANE2,
        "points: ¦[[-5.25, 150.0], [-3.0, 15.5]]",
        "lane 2 about 3.5 m beside lane 1, by their widths, got 1.2",
    ),
    MapMistake(W, LANE1, "points: [[-1.75, 150.0], ¦[-1.75, 12.0]]", "the stop line before crosswalk 1"),
    MapMistake(W, LANE1, "points: [[-1.75, 150.0], ¦[-1.75, 9.0]]", "the stop line before crosswalk 1"),
    MapMistake(W, LANE1, "points: ¦[[-0.00175, 0.15], [-0.00175, 0.0155]]", "in km, or degrees?"),
    MapMistake(W, OUT, "points: ¦[[-1.75, 15.5], [-1.75, 150.0]]", "in the opposite direction"),
    MapMistake(E, "position: [0.0, 0.0]", "position: ¦[300.0, 0.0]", "from the middle of its stop lines"),
    MapMistake(E, "position: [0.0, 0.0]", "position: ¦[2493345.1, 501234.5]", "in cm, or degrees?"),
    MapMistake(W, "width_m: 3.5", "width_m: ¦1.75", "2.3 to 6 metres for a vehicle lane"),
    MapMistake(E, "width_m: 3.5", "width_m: ¦350", "less than or equal to 15, got 350 (in metres)"),
    MapMistake(E, "width_m: 3.5", "width_m: ¦3,5", "a number"),
    MapMistake(W, "width_m: 7.0", "width_m: ¦3.5", "the width of its lanes together, 7 m"),
    MapMistake(W, "speed_limit_mps: 16.67", "speed_limit_mps: ¦60", "in km/h? that were 16.67 m/s"),
    MapMistake(E, "speed_limit_mps: 16.67", "¦speed_limit: 60", "unknown key"),
]
IDS = [
    MapMistake(E, "- id: 2", "- id: ¦1", "1 is already used by entry 1 of lanes"),
    MapMistake(
        W,
        "- id: 2",
        "- id: ¦2\n            width_m: 3.5\n            type: bike\n            maneuvers: [straight]\n            "
        + LANE1.replace("-1.75", "-0.25")
        + "\n            connects_to: []\n          - id: 3",
        "ids from the left",
        "- id: ¦2",
    ),
    MapMistake(E, "name: east_in", "name: ¦north_in", "already used"),
    MapMistake(E, "name: east_out", "name: ¦north_in", "another name than that of the link"),
    MapMistake(E, "name: south_out", "name: ¦north_out", "already used"),
    MapMistake(E, 'name: "new crossing"', "name: ¦深南路口", "plain ASCII letters"),
    MapMistake(E, "    id: 1\n    name", "    id: ¦-1\n    name", "greater than or equal to 0"),
    MapMistake(E, "  - region: 1\n    id: 1\n", "  - ¦id: 1\n", "is missing"),
    MapMistake(W, "upstream: {region: 1, id: 2}", "upstream: ¦{region: 1, id: 1}", "its own"),
    MapMistake(
        W, "upstream: {region: 1, id: 3}", "upstream: ¦{region: 1, id: 2}", "another node than that of north_in"
    ),
    MapMistake(E, "type: vehicle", "type: ¦car", "expected 'vehicle' or 'bike'"),
    MapMistake(E, "type: vehicle", "type: ¦Bike", 'did you mean "bike"?'),
]
WAYS = [
    MapMistake(W, WAY1, WAY1.replace("lane: 1", "lane: ¦4"), "a lane of east_out (1), got 4"),
    MapMistake(
        W,
        WAY1,
        WAY1.replace("{region: 1, id: 3}", "¦{region: 1, id: 9}"),
        "a node that an exit leads to (1/2, 1/3, 1/4), got 1/9",
    ),
    MapMistake(W, WAY1, WAY1.replace("left", "¦right"), "one of the lane's maneuvers (left), got right"),
    MapMistake(E, WAY1, WAY1.replace("left", "¦links"), "'straight', 'left', 'right' or 'uturn'"),
    MapMistake(W, "maneuvers: [left]", "maneuvers: [left, ¦left]", "each once, got left again"),
    MapMistake(W, "maneuvers: [left]", "maneuvers: [left, ¦right]", "one of its connections (left), got right"),
    MapMistake(W, WAY1, "connects_to: ¦[]", "where lane 1 of north_in leads to, got nothing"),
    MapMistake(
        W,
        MOVE1,
        MOVE1.replace("{region: 1, id: 3}", "¦{region: 1, id: 4}"),
        "each node once",
        "- {downstream: {region: 1, id: 4}, phase: 1}\n          - {downstream: ¦{region",
    ),
    MapMistake(
        W, MOVE1, MOVE1.replace("{region: 1, id: 3}", "¦{region: 1, id: 8}"), "a node that a lane of north_in leads to"
    ),
    MapMistake(
        W,
        "    downstream: {region: 1, id: 2}\n    lanes",
        "    downstream: ¦{region: 1, id: 7}\n    lanes",
        "a node that lanes lead to",
    ),
    MapMistake(
        W,
        "    downstream: {region: 1, id: 3}\n    lanes",
        "    downstream: ¦{region: 1, id: 2}\n    lanes",
        "one exit to each node",
    ),
]
PHASES = [
    MapMistake(W, WAY1, WAY1.replace("phase: 1", "phase: ¦4"), "the phase of its movement, 1, got 4"),
    MapMistake(
        W,
        WAY1,
        WAY1.replace(", phase: 1", ""),
        "the phase that rules north_in left",
        "connects_to: [¦{downstream: {region: 1, id: 3}, lane: 1, maneuver: left}]",
    ),
    MapMistake(W, MOVE1, MOVE1.replace("phase: 1", "phase: ¦9"), "the phase of its lanes, 1, got 9"),
    MapMistake(E, MOVE1, MOVE1.replace("phase: 1", "phase: ¦256"), "less than or equal to 255"),
    MapMistake(E, MOVE1, MOVE1.replace("phase: 1", "phase: ¦left"), "a whole number"),
    MapMistake(E, "phase: 7", "phase: ¦0", "greater than or equal to 1"),
]
WALKS = [
    MapMistake(W, WALK, "polygon: ¦[[-7.0, 14.0], [3.5, 10.0], [3.5, 14.0], [-7.0, 10.0]]", "two corners swapped?"),
    MapMistake(W, WALK, "polygon: ¦[[-0.07, 0.14], [0.035, 0.14], [0.035, 0.1], [-0.07, 0.1]]", "4 to 1000 m2"),
    MapMistake(W, WALK, "polygon: ¦[[60, 60], [70, 60], [70, 64], [60, 64]]", "over a road"),
    MapMistake(W, WALK, "polygon: [¦[-700, 14.0], [3.5, 14.0], [3.5, 10.0], [-7.0, 10.0]]", "a corner near the others"),
    MapMistake(
        W,
        "polygon: [[7.0, -14.0], [-3.5, -14.0], [-3.5, -10.0], [7.0, -10.0]]",
        "polygon: ¦" + WALK[9:],
        "another place than that of crosswalk 1",
    ),
    MapMistake(E, WALK, "polygon: ¦[[-7.0, 14.0], [3.5, 14.0]]", "at least 3 items"),
]
MISTAKES = [*SYNTAX, *ORIGIN, *LINES, *IDS, *WAYS, *PHASES, *WALKS]
