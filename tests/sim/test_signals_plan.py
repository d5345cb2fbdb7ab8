"""The signal programme: safe, complete, and the one that the net has."""

import gzip
from collections import Counter
from xml.etree import ElementTree

import pytest

from sim import signals
from sim.build_net import DATA, turn

PLAN = signals.load()
GROUPS = {(group.arm, group.movement): group for group in PLAN.lamps}
TENTHS = [tenth / 10 for tenth in range(round(PLAN.cycle_s * 10))]


def passes(arm: str, movement: str, cycle_s: float) -> bool:
    """Tell whether a road user may be on the way: green, flashing or yellow."""
    return GROUPS[arm, movement].colour(cycle_s) in ("green", "flashing-green", "yellow")


def test_sixteen_lamps_with_unique_numbers_phases_and_links() -> None:
    assert sorted(group.number for group in PLAN.lamps) == list(range(1, 17))
    assert sorted(group.phase for group in PLAN.lamps) == list(range(1, 17))
    assert sorted(group.link for group in PLAN.lamps) == list(range(16))
    types = Counter((group.movement, group.type) for group in PLAN.lamps)
    assert types == {("left", 2): 4, ("straight", 1): 4, ("right", 3): 4, ("crosswalk", 8): 4}


@pytest.mark.parametrize("group", PLAN.lamps, ids=lambda group: f"{group.arm}-{group.movement}")
def test_steps_fill_the_cycle_and_greens_end_as_they_must(group: signals.SignalGroup) -> None:
    assert sum(duration for _, duration in group.steps) == PLAN.cycle_s
    flash = dict(group.steps)["flashing-green"]
    if group.movement == "crosswalk":
        assert flash == 10
    else:
        assert (flash, dict(group.steps)["yellow"]) == (3, 3)
    order = [colour for colour, _ in group.steps if colour != "red"]
    assert order in (["green", "flashing-green", "yellow"], ["green", "flashing-green"])


def test_no_colour_beyond_the_cycle() -> None:
    with pytest.raises(ValueError, match="beyond"):
        PLAN.lamps[0].colour(PLAN.cycle_s)


def test_no_conflicting_movements_pass_together() -> None:
    arms = ("north", "east", "south", "west")
    for cycle_s in TENTHS:
        for one in arms:
            for other in arms:
                crossing = turn(one, other) % 2 == 1
                opposite = turn(one, other) == 2
                if crossing:
                    for first in ("left", "straight"):
                        for second in ("left", "straight", "right"):
                            assert not (passes(one, first, cycle_s) and passes(other, second, cycle_s))
                if opposite:
                    assert not (passes(one, "left", cycle_s) and passes(other, "straight", cycle_s))
            # people on a crosswalk: no vehicle drives straight over it
            assert not (passes(one, "crosswalk", cycle_s) and passes(one, "straight", cycle_s))
            assert not (passes(one, "crosswalk", cycle_s) and passes(one, "left", cycle_s))


def test_a_second_of_all_red_follows_every_yellow() -> None:
    for cycle_s in TENTHS:
        after = (cycle_s + 0.1) % PLAN.cycle_s
        for group in PLAN.lamps:
            if group.colour(cycle_s) == "yellow" and group.colour(after) == "red":
                motor = [other for other in PLAN.lamps if other.movement != "crosswalk"]
                assert all(other.colour((after + 0.8) % PLAN.cycle_s) == "red" for other in motor)


def test_the_net_has_this_programme() -> None:
    net = ElementTree.fromstring(gzip.decompress((DATA / "crossing.net.xml.gz").read_bytes()))
    states = [
        phase.attrib["state"] for phase in net.iter("phase") for _ in range(round(float(phase.attrib["duration"])))
    ]
    assert states == [PLAN.state(second) for second in range(round(PLAN.cycle_s))]
    links = {int(c.attrib["linkIndex"]) for c in net.iter("connection") if "tl" in c.attrib}
    assert links == {group.link for group in PLAN.lamps}
