"""Which phases must never be green together, from lane maps of several shapes."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from rsu.core.errors import ConfigError
from rsu.site import config, conflicts
from rsu.site.lanemap import LaneMapFile
from rsu.site.signal import PhaseSettings, SignalSettings

CONFIGS = Path(__file__).parents[3] / "configs"
ARMS = ("north", "east", "south", "west")


def crossing(
    phases: dict[tuple[int, str], int], exits: bool = True, bearings: tuple[float, ...] = (0, 90, 180, 270)
) -> LaneMapFile:
    """Return a crossing with a lane for each (arm, manoeuvre); arms stand at these bearings, deg."""

    def outward(arm: int) -> tuple[float, float]:
        turn = math.radians(bearings[arm])
        return math.sin(turn), math.cos(turn)

    def point(arm: int, out: float, side: float) -> tuple[float, float]:
        """Metres from the middle, and to the right of the way in."""
        east, north = outward(arm)
        return (round(out * east - side * north, 3), round(out * north + side * east, 3))

    def target(arm: int, maneuver: str) -> int:
        return (arm + {"left": 1, "straight": 2, "right": 3, "uturn": 0}[maneuver]) % 4

    order = ["uturn", "left", "straight", "right"]
    links = []
    for arm in range(4):
        own = sorted((m for a, m in phases if a == arm), key=order.index)
        lanes = [
            {
                "id": n, "width_m": 3.25, "type": "vehicle", "maneuvers": [m],
                "points": [point(arm, 100, 3.25 * (n - 0.5)), point(arm, 20, 3.25 * (n - 0.5))],
                "connects_to": [
                    {"downstream": {"region": 1, "id": 11 + target(arm, m)}, "lane": 1 if m in ("left", "uturn") else n,
                     "maneuver": m, "phase": phases[arm, m]}
                ],
            }
            for n, m in enumerate(own, 1)
        ]  # fmt: skip
        if lanes:
            links.append(
                {"name": ARMS[arm], "upstream": {"region": 1, "id": 11 + arm}, "width_m": 10.0, "lanes": lanes,
                 "points": [point(arm, 100, 4), point(arm, 20, 4)]}
            )  # fmt: skip
    ways_out = [
        {"name": f"{ARMS[arm]} out", "downstream": {"region": 1, "id": 11 + arm},
         "lanes": [{"id": n, "points": [point(arm, 20, -3.25 * (n - 0.5)), point(arm, 100, -3.25 * (n - 0.5))]}
                   for n in (1, 2, 3)]}
        for arm in range(4)
    ]  # fmt: skip
    node = {"region": 1, "id": 10, "name": "x", "position": (0.0, 0.0), "links": links}
    return LaneMapFile.model_validate({"nodes": [node], "exits": ways_out if exits else []})


def settings(lane_map: LaneMapFile, permissive: set[int] | None = None, **more: object) -> SignalSettings:
    found = {way.phase for link in lane_map.nodes[0].links for lane in link.lanes for way in lane.connects_to}
    found |= {walk.phase for walk in lane_map.crosswalks}
    kind: Literal["permissive", "protected"]
    phases = []
    for phase in sorted(number for number in found if number is not None):
        kind = "permissive" if phase in (permissive or set()) else "protected"
        phases.append(PhaseSettings(id=phase, lamp=phase, green=kind))
    return SignalSettings.model_validate({"device": "s", "phases": phases, **more})


def test_the_demo_site_agrees_with_its_own_table_and_adds_the_crosswalks() -> None:
    site = config.load(CONFIGS / "demo.yaml")
    assert site.site.signal is not None
    stated = {conflicts.pair(*two) for two in site.site.signal.conflicts}
    found = conflicts.derived(site.site.signal, site.lane_map)
    # crosswalk n lies across arm n: a left turn and the way straight on cross their own arm's and the exit's
    over = {(1, 13), (1, 14), (2, 14), (2, 15), (3, 15), (3, 16), (4, 16), (4, 13)}
    over |= {(5, 13), (5, 15), (6, 14), (6, 16), (7, 13), (7, 15), (8, 14), (8, 16)}
    assert len(stated) == 20
    assert set(found) == stated | over
    assert found[1, 2] == "north_in left and east_in left cross"
    assert found[1, 14] == "north_in left leads over the crosswalk of phase 14"


EVERY = {(arm, m): 10 * (arm + 1) + n for arm in range(4) for n, m in enumerate(["left", "straight", "right", "uturn"])}


@pytest.mark.parametrize("exits", [True, False])
def test_a_plain_crossing(exits: bool) -> None:
    """The same where the lane map has no exits."""
    lane_map = crossing({key: phase for key, phase in EVERY.items() if key[1] in ("left", "straight")}, exits)
    left = [EVERY[arm, "left"] for arm in range(4)]
    straight = [EVERY[arm, "straight"] for arm in range(4)]
    wanted = {(left[arm], straight[(arm + 2) % 4]) for arm in range(4)}  # left against oncoming vehicles
    for arm in range(4):
        for own in (left, straight):
            for other in (left, straight):
                wanted.add((own[arm], other[(arm + 1) % 4]))  # all against the roads at the sides
    assert set(conflicts.derived(settings(lane_map), lane_map)) == {conflicts.pair(*two) for two in wanted}


def test_a_skewed_crossing_without_exits() -> None:
    lane_map = crossing(
        {(0, "straight"): 1, (1, "left"): 2, (2, "straight"): 3, (2, "left"): 4}, False, (10, 130, 190, 250)
    )
    assert set(conflicts.derived(settings(lane_map), lane_map)) == {(1, 2), (1, 4), (2, 3), (2, 4)}


@pytest.mark.parametrize(
    ("permissive", "wanted"),
    [
        (set(), {(1, 2), (1, 3), (2, 3), (3, 4)}),
        ({1}, {(1, 3), (2, 3), (3, 4)}),  # a permissive left turn yields to oncoming vehicles
        ({2}, {(1, 2), (1, 3), (2, 3), (3, 4)}),  # straight on yields to no vehicle
        ({4}, {(1, 2), (1, 3), (2, 3)}),  # a permissive right turn yields to vehicles from the left
        ({3}, {(1, 2), (1, 3), (2, 3), (3, 4)}),
        ({1, 2, 3, 4}, {(1, 3), (2, 3)}),
    ],
)
def test_a_permissive_green_may_meet_what_it_yields_to(permissive: set[int], wanted: set[tuple[int, int]]) -> None:
    """1: left from the north, 2: straight from the south, 3: straight from the west, 4: right from the south."""
    lane_map = crossing({(0, "left"): 1, (2, "straight"): 2, (3, "straight"): 3, (2, "right"): 4})
    # both into the east's lane 2
    assert lane_map.nodes[0].links[1].lanes[1].connects_to[0].lane == 2
    west = lane_map.nodes[0].links[2].lanes[0].connects_to[0]
    moved = lane_map.model_dump()
    moved["nodes"][0]["links"][2]["lanes"][0]["connects_to"][0] = west.model_dump() | {"lane": 2}
    lane_map = LaneMapFile.model_validate(moved)
    found = conflicts.derived(settings(lane_map, permissive), lane_map)
    assert set(found) == wanted
    if (3, 4) in found:
        assert found[3, 4] == "south right and west straight end on the same road"


def test_a_u_turn_yields_always() -> None:
    lane_map = crossing({(0, "uturn"): 1, (2, "straight"): 2, (3, "left"): 3})
    assert set(conflicts.derived(settings(lane_map), lane_map)) == {(2, 3)}


def test_phases_of_movements_hold_where_the_lane_has_none() -> None:
    plain = crossing({(0, "straight"): 1, (1, "straight"): 2}).model_dump()
    link = plain["nodes"][0]["links"][1]
    way = link["lanes"][0]["connects_to"][0]
    way["phase"] = None
    link["movements"] = [{"downstream": way["downstream"], "phase": 2}]
    lane_map = LaneMapFile.model_validate(plain)
    phases = [PhaseSettings(id=1, lamp=1), PhaseSettings(id=2, lamp=2)]
    assert set(conflicts.derived(SignalSettings(device="s", phases=phases), lane_map)) == {(1, 2)}


def test_one_phase_for_several_ways_and_none_against_itself() -> None:
    """Two stages: all from north and south, then from east and west; left turns yield to oncoming vehicles."""
    ways = {(arm, m): 1 + arm % 2 for arm in range(4) for m in ("left", "straight", "right")}
    lane_map = crossing(ways)
    assert set(conflicts.derived(settings(lane_map, {1, 2}), lane_map)) == {(1, 2)}


def test_the_site_file_adds_and_excepts() -> None:
    lane_map = crossing({(0, "straight"): 1, (1, "straight"): 2, (2, "straight"): 3})
    wishes: dict[str, Any] = {"conflicts": [(3, 1)], "no_conflicts": [{"phases": (2, 1), "why": "a bridge"}]}
    found = conflicts.pairs(settings(lane_map, **wishes), lane_map)
    assert found == {(1, 3): "site file", (2, 3): "east straight and south straight cross"}


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("- {phases: [1, 3], why: x}", "signal.no_conflicts.0", "do not meet by the lane map"),
        ("- {phases: [1, 2], why: x}", "signal.no_conflicts.0", "stand in conflicts too"),
        ("- {phases: [1, 13]}", "signal.no_conflicts.0.why", "missing"),
        ('- {phases: [1, 13], why: ""}', "signal.no_conflicts.0.why", "at least 1"),
    ],
)
def test_exceptions_are_checked(tmp_path: Path, text: str, where: str, words: str) -> None:
    shutil.copytree(CONFIGS, tmp_path, dirs_exist_ok=True)
    site = tmp_path / "demo.yaml"
    old = site.read_text()
    site.write_text(old.replace("  conflicts:", f"  no_conflicts:\n    {text}\n  conflicts:", 1))
    with pytest.raises(ConfigError) as caught:
        config.load(site)
    (finding,) = caught.value.findings
    assert finding.key == where and words in finding.text
    site.write_text(old.replace("  conflicts:", "  no_conflicts:\n    - {phases: [13, 1], why: x}\n  conflicts:", 1))
    assert config.load(site)


def test_lines_that_touch_cross_and_parallel_ones_do_not() -> None:
    line = np.array([[0.0, 0.0], [10.0, 0.0]])
    assert conflicts.crosses(line, np.array([[5.0, -1.0], [5.0, 1.0]]))
    assert conflicts.crosses(line, np.array([[5.0, 0.0], [5.0, 1.0]]))
    assert not conflicts.crosses(line, np.array([[5.0, 0.1], [5.0, 1.0]]))
    assert not conflicts.crosses(line, np.array([[0.0, 1.0], [10.0, 1.0]]))
