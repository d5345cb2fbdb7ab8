"""The shipped lane map: current, and as the standard and the site need it."""

import json
import math
from pathlib import Path

from ruamel.yaml import YAML

from sim import signals
from sim.lanes import Crossing, centre_line, road_lanes, widened

CONFIGS = Path(__file__).parents[2] / "configs"
MAP = json.loads((CONFIGS / "demo-lanes.json").read_text(encoding="utf-8"))
NODE = MAP["nodes"][0]
PHASES = {group.phase: group for group in signals.load().lamps}


def test_the_shipped_file_is_what_the_net_gives() -> None:
    assert json.loads(json.dumps(Crossing().lane_map())) == MAP, "run python -m sim.lanes > configs/demo-lanes.json"


def test_four_links_from_four_neighbours() -> None:
    assert [(link["name"], link["upstream"]["id"]) for link in NODE["links"]] == [
        ("north_in", 11), ("east_in", 12), ("south_in", 13), ("west_in", 14),
    ]  # fmt: skip
    for link in NODE["links"]:
        assert [lane["id"] for lane in link["lanes"]] == [1, 2, 3, 4]
        assert [lane["maneuvers"] for lane in link["lanes"]] == [
            ["left"], ["straight"], ["straight", "right"], ["straight", "right"],
        ]  # fmt: skip
        assert [lane["type"] for lane in link["lanes"]] == ["vehicle"] * 3 + ["bike"]
        assert link["width_m"] == sum(lane["width_m"] for lane in link["lanes"])


def test_lanes_run_to_the_stop_line_and_lie_side_by_side() -> None:
    for link in NODE["links"]:
        for lane in link["lanes"]:
            first, last = lane["points"][0], lane["points"][-1]
            assert 2 <= len(lane["points"]) <= 31
            assert 140 < math.dist(first, last) < 150
            assert math.hypot(*last) < 27 < math.hypot(*first)
        for left, right in zip(link["lanes"], link["lanes"][1:], strict=False):
            gap = math.dist(left["points"][-1], right["points"][-1])
            assert abs(gap - (left["width_m"] + right["width_m"]) / 2) < 0.02


def test_ids_count_from_the_left_in_driving_direction() -> None:
    for link in NODE["links"]:
        (x, y), (u, v) = link["lanes"][0]["points"]
        s, t = link["lanes"][-1]["points"][-1]
        assert (u - x) * (t - v) - (v - y) * (s - u) < 0, "the last lane is right of the first"


def test_every_connection_has_the_phase_of_its_lamp() -> None:
    arms = {11: "north", 12: "east", 13: "south", 14: "west"}
    for link in NODE["links"]:
        for lane in link["lanes"]:
            for connection in lane["connects_to"]:
                group = PHASES[connection["phase"]]
                assert (group.arm, group.movement) == (arms[link["upstream"]["id"]], connection["maneuver"])
                leaving = next(e for e in MAP["exits"] if e["downstream"] == connection["downstream"])
                target = next(one for one in leaving["lanes"] if one["id"] == connection["lane"])
                assert target["type"] == lane["type"]
    assert [PHASES[walk["phase"]].movement for walk in MAP["crosswalks"]] == ["crosswalk"] * 4


def test_a_crosswalk_lies_on_the_arm_of_its_lamp() -> None:
    for walk in MAP["crosswalks"]:
        east = sum(point[0] for point in walk["polygon"]) / 4
        north = sum(point[1] for point in walk["polygon"]) / 4
        assert round(math.degrees(math.atan2(east, north))) % 360 == PHASES[walk["phase"]].angle


def test_the_demo_site_maps_the_same_phases() -> None:
    site = YAML(typ="safe").load((CONFIGS / "demo.yaml").read_text(encoding="utf-8"))
    assert {phase["id"]: phase["lamp"] for phase in site["signal"]["phases"]} == {
        phase: group.number for phase, group in PHASES.items()
    }


def test_the_centre_line_is_midway_between_the_borders() -> None:
    from xml.etree import ElementTree

    edge = ElementTree.fromstring(
        '<edge><lane index="0" allow="pedestrian" width="3" speed="3" shape="9,0 9,9"/>'
        '<lane index="1" allow="bicycle" width="2" speed="7" shape="6,0 6,9"/>'
        '<lane index="2" width="4" speed="13" shape="3,0 3,9"/></edge>'
    )
    assert centre_line(road_lanes(edge)) == [(4.0, 0.0), (4.0, 9.0)]  # borders at 1 and 7


def test_widened() -> None:
    assert sorted(widened([(0.0, 0.0), (10.0, 0.0)], 4.0)) == [(0.0, -2.0), (0.0, 2.0), (10.0, -2.0), (10.0, 2.0)]
