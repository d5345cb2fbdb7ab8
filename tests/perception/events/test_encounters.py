"""Events of road users that meet or cross a line: red lights and near misses, at their limits."""

import numpy as np
import pytest

from perception.objects import RoadUser
from tests.perception.events.road import crossing


def drives(east, pace, first=60.0):
    return lambda t: [(1, east, first - pace * t, 180.0, pace)]


def turns_right(t):
    """From the right lane of the north arm to the west: 8 m/s straight, then 90 degrees round."""
    north = 60.0 - 8.0 * t
    if north > 16.0:
        return [(1, -6.5, north, 180.0, 8.0)]
    angle = min((16.0 - north) / 10.0, np.pi / 2)
    return [(1, -6.5 - 10.0 * (1 - np.cos(angle)), 16.0 - 10.0 * np.sin(angle), 180.0 + np.degrees(angle), 8.0)]


@pytest.mark.parametrize(
    ("rows", "straight", "right", "runs"),
    [
        (drives(-6.5, 10.0), "red", "red", True),
        (drives(-6.5, 10.0), "red", "green", True),  # straight on, as is known when it has not turned
        (drives(-6.5, 10.0), "green", "red", False),
        (turns_right, "red", "green", False),
        (turns_right, "green", "red", True),
        (drives(-3.25, 10.0), "yellow", "red", False),
    ],
)
def test_who_runs_a_red_light_is_told_by_the_light_of_the_way(rows, straight, right, runs):
    colours = {5: straight, 9: right}
    events = crossing("red_light").run(9.0, rows, colours)
    assert [event.name for _, event in events if event.state == "start"] == ["red_light"] * runs


def test_who_stops_on_the_line_runs_no_red_light():
    def rows(t):
        return [(1, -3.25, max(22.5, 40.0 - 8.0 * t), 180.0, 8.0 if t < 2.15 else 0.0)]

    assert crossing("red_light").run(6.0, rows, {5: "red"}) == []


def test_following_each_other_closely_is_no_near_miss_but_crossing_is():
    behind = [lambda t, n=n: (n, -3.25, 60.0 + 7.0 * n - 12.0 * t, 180.0, 12.0) for n in (1, 2, 3)]
    assert crossing("near_miss").run(6.0, lambda t: [row(t) for row in behind]) == []
    across = [lambda t: (1, -3.25, 63.25 - 12.0 * t, 180.0, 12.0), lambda t: (2, 66.0 - 12.0 * t, 3.25, 270.0, 12.0)]
    events = crossing("near_miss").run(9.0, lambda t: [row(t) for row in across])
    assert {tuple(event.track_ids) for _, event in events} == {(1, 2)}
    assert [event.state for _, event in events][:: len(events) - 1] == ["start", "end"]


def test_an_encounter_must_be_certain_to_be_a_near_miss():
    across = [lambda t: (1, -3.25, 63.25 - 12.0 * t, 180.0, 12.0), lambda t: (2, 66.0 - 12.0 * t, 3.25, 270.0, 12.0)]
    assert crossing("near_miss").run(9.0, lambda t: [row(t) for row in across], sd=0.9) == []
    # half of a bicycle that is seen twice for a moment, on a way of its own
    new = [lambda t: (1, -17.0 + 4.7 * t, -10.0, 90.0, 4.7), lambda t: (2, -16.0, -10.0 + 8.0 * (t - 1.0), 10.0, 8.0)]
    assert crossing("near_miss").run(1.5, lambda t: [row(t) for row in new[: 1 + (1.0 <= t < 1.3)]]) == []


@pytest.mark.parametrize(("pace", "met"), [(0.6, False), (1.2, True)])
def test_who_may_be_standing_is_not_met(pace, met):
    """A pedestrian at the kerb of a crosswalk whose speed is known to 0.15 m/s, and a bicycle that passes close by."""

    def rows(t):
        walker = (1, -11.2 + min(0.9, pace * t), -22.4, 90.0, pace, RoadUser.PEDESTRIAN)
        return [walker, (2, -10.3, -12.0 - 4.7 * t, 180.0, 4.7, RoadUser.BICYCLE)]

    events = crossing("near_miss").run(4.0, rows, sd=0.15)
    assert bool(events) == met


def test_who_is_new_or_lost_begins_no_event():
    def walks(t):
        return [(1, -6.0 + 1.4 * t, 50.0, 90.0, 1.4, RoadUser.PEDESTRIAN)]

    assert crossing("pedestrian").run(1.4, walks) == []
    assert [event.state for _, event in crossing("pedestrian").run(2.0, walks)] == ["start"]
    assert crossing("pedestrian").run(6.0, walks, sd=1.1) == []
