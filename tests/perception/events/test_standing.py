"""Events of standing vehicles at their limits: broken down, in a queue, past the stop line."""

import numpy as np
import pytest

from perception.objects import RoadUser
from tests.perception.events.road import START_NS, Site, crossing, only, parked


def standing(**settings):
    return Site(only("stopped_vehicle", start_after_s=5.0, start_if_never_moved_after_s=5.0, **settings))


def test_a_vehicle_alone_on_a_lane_is_an_event_from_start_to_end():
    site = standing()
    found = site.run(10.0, lambda t: [parked()])
    assert [event.state for _, event in found] == ["start"] + ["update"] * 4
    at, first = found[0]
    assert at == pytest.approx(5.0, abs=0.11)
    assert (first.id, first.code, first.name, first.start_ns) == (1, 903, "stopped_vehicle", START_NS)
    assert (first.track_ids, first.position_m) == ([1], (0.0, 80.0))
    assert (first.place.link, first.place.lane, first.place.to_stop_line_m) == ("north", 1, 60.0)
    assert np.diff([at for at, _ in found]) == pytest.approx(np.ones(4), abs=0.11)
    moving = site.run(2.0, lambda t: [(1, 0.0, 80.0 - 3 * t, 180.0, 3.0)])
    assert [event.state for _, event in moving] == ["end"]
    assert moving[0][1].id == 1


def test_who_was_never_seen_moving_must_stand_for_longer():
    """At a start, or behind a truck, those ahead in its queue may not have been seen yet."""
    site = Site(only("stopped_vehicle"))
    assert site.run(44.9, lambda t: [parked()]) == []
    assert site.run(0.3, lambda t: [parked()])[0][1].state == "start"
    came = Site(only("stopped_vehicle")).run(
        5.0, lambda t: [(1, 0.0, 80.0 - 2.0 * min(0.0, t - 2.0), 180.0, 2.0 * (t < 2.0))]
    )
    assert came[0][0] <= 3.7


class Curtain:
    """A view in which no sensor sees the road north of 50 m and south of the vehicle while it is drawn."""

    def __init__(self):
        self.drawn = True

    def shows(self, position, heading):
        assert heading == pytest.approx(np.full(len(position), 180.0))
        return ~((position[:, 1] > 50.0) & (position[:, 1] < 78.0) & self.drawn)


def test_where_a_vehicle_ahead_may_be_hidden_no_stop_is_without_reason():
    site = standing()
    site.view = Curtain()
    assert site.run(120.0, lambda t: [parked()]) == []
    site.view.drawn = False
    assert site.run(6.0, lambda t: [parked()])[0][0] == pytest.approx(125.0, abs=0.2)


def test_what_passes_before_an_empty_road_hides_no_stop():
    site = standing()
    site.view = Curtain()
    found = []
    for seconds in (1.0, 3.0) * 3:
        site.view.drawn = seconds == 3.0
        found += site.run(seconds, lambda t: [parked()])
    assert found[0][0] == pytest.approx(5.0, abs=0.2)


def test_a_track_that_is_lost_ends_its_event():
    site = standing()
    site.run(7.0, lambda t: [parked()])
    ended = [(at, event) for at, event in site.run(6.0, lambda t: []) if event.state == "end"]
    assert len(ended) == 1
    assert ended[0][0] == pytest.approx(10.0, abs=0.2)


def test_a_short_gap_in_the_track_or_another_number_does_not_end_it():
    site = standing()
    site.run(7.0, lambda t: [parked()])
    events = site.run(1.0, lambda t: []) + site.run(3.0, lambda t: [parked()])
    assert {event.state for _, event in events} == {"update"}
    events = site.run(1.0, lambda t: []) + site.run(6.0, lambda t: [parked(2, 81.0)])
    assert {(event.state, event.id) for _, event in events} == {("update", 1)}
    assert events[-1][1].track_ids == [2]


def test_a_queue_at_the_stop_line_is_none():
    queue = [parked(number, 23.0 + 7.0 * number) for number in range(1, 12)]
    assert standing().run(60.0, lambda t: queue) == []


def test_a_queue_that_dissolves_from_its_head_is_none():
    def rows(t):
        go = [max(0.0, t - 2 - 1.2 * number) for number in range(12)]
        return [(number + 1, 0.0, 23.0 + 7.0 * number - go[number] ** 2, 180.0, 2 * go[number]) for number in range(12)]

    assert standing(queue_gap_m=20.0).run(16.0, rows) == []


def test_only_the_first_of_those_who_stand_behind_a_broken_vehicle_is_the_event():
    events = standing().run(8.0, lambda t: [parked(1, 80.0), parked(2, 88.0), parked(3, 96.0)])
    assert {event.track_ids[0] for _, event in events} == {1}


def test_a_leader_who_is_taken_to_be_on_the_next_lane_explains_standing_too():
    rows = [(1, 4.3, -52.0, 0.0, 0.0), (2, 5.1, -44.0, 0.0, 0.0), (3, 6.5, -30.0, 0.0, 0.0)]  # lane 2, lane 3, lane 3
    assert crossing("stopped_vehicle").run(5.0, lambda t: rows) == []


def test_whoever_changes_lanes_follows_those_ahead_on_both():
    """A bus that stands askew behind a car that changes to the same lane, 3 m aside of where the bus points."""

    def rows(t):
        gone = min(0.0, t - 2.0)
        return [(1, 3.9, -47.3 + 3.0 * gone, 344.0, 3.0 * (t < 2.0), RoadUser.BUS), (2, 5.1, -36.0, 333.0, 0.7)]

    assert crossing("stopped_vehicle").run(8.0, rows) == []


def test_past_the_stop_lines_it_takes_longer():
    events = crossing("stopped_vehicle").run(50.0, lambda t: [(1, 3.0, -4.0, 90.0, 0.0)])
    assert events[0][0] == pytest.approx(45.0, abs=0.11)
    assert events[0][1].place is None


@pytest.mark.parametrize(
    "row",
    [
        (1, 0.0, 80.0, 180.0, 0.0, RoadUser.PEDESTRIAN),
        (1, 0.0, 80.0, 180.0, 5.0, RoadUser.CAR),
        (1, 30.0, 80.0, 180.0, 0.0, RoadUser.CAR),  # beside the road
        (1, 0.0, 80.0, 0.0, 0.0, RoadUser.CAR),  # turned round
    ],
)
def test_what_is_none(row):
    assert standing().run(20.0, lambda t: [row]) == []


def test_creeping_around_the_limit_does_not_toggle():
    site = standing()
    site.run(7.0, lambda t: [parked()])
    events = site.run(10.0, lambda t: [(1, 0.0, 80.0, 180.0, 1.4 if round(t * 10) % 2 else 0.3)])
    assert {event.state for _, event in events} == {"update"}
