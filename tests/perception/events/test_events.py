"""Events: the rules at their limits, and each scripted scene watched by perception alone."""

from itertools import islice, pairwise

import msgspec
import numpy as np
import pytest
from pydantic import ValidationError

from perception.events.detector import EventDetector
from perception.events.settings import EventSettings, StoppedVehicleSettings
from perception.objects import RoadUser
from perception.traffic.ground import Areas, Ground
from perception.traffic.lanes import LaneLine, LaneMap
from perception.traffic.observer import Observer
from perception.traffic.queues import QueueSettings
from rsu.site import lanemap
from sim import recorded
from sim.frames import PERIOD_NS
from sim.scenarios import SCENARIOS
from tests.perception.drawn import tracks_of
from tests.perception.watching import LANE_MAP, LANES, Watch

SECOND_NS = 1_000_000_000
START_NS = 1_800_000_000 * SECOND_NS
ARMS = [("north", (0, 1)), ("east", (1, 0)), ("south", (0, -1)), ("west", (-1, 0))]
ROADS = LaneMap(
    [
        LaneLine(link=name, lane=1, points=np.array([[out[0] * far, out[1] * far] for far in (150, 20)]), width=3.5)
        for name, out in ARMS
    ]
)
RULES = [name for name in EventSettings.model_fields if name != "zones"]


def only(rule, zones=(), **settings):
    """Return settings in which one rule looks, with its own settings."""
    made = {name: {"enabled": name == rule} for name in RULES}
    made[rule] |= settings
    return EventSettings.model_validate(made | {"zones": list(zones)})


class Site:
    """A detector fed ten times a second."""

    def __init__(self, settings, lanes=ROADS, areas=None):
        zones = [zone.polygon_m for zone in settings.zones]
        ground = Ground(lanes, areas or Areas(zones=zones))
        self.observer = Observer(lanes, ground, QueueSettings())
        self.detector = EventDetector(settings, lanes, ground)
        self.tick = 0

    def run(self, seconds, rows, colours=None, sd=0.2):
        """Let rows(seconds since this call) be there for some seconds; return (time, event) of everything.

        `sd`: of their places and speeds, m, m/s.
        """
        found = []
        for step in range(round(seconds * 10)):
            now_ns = START_NS + self.tick * SECOND_NS // 10
            tracks = tracks_of(rows(step / 10), now_ns)
            tracks = msgspec.structs.replace(tracks, covariance=tracks.covariance * (sd / 0.2) ** 2)
            situation = self.observer.look(now_ns, tracks, colours or {})
            found += [(self.tick / 10, event) for event in self.detector.update(situation)]
            self.tick += 1
        return found


def standing(**settings):
    return Site(only("stopped_vehicle", start_after_s=5.0, start_if_never_moved_after_s=5.0, **settings))


def crossing(rule, **settings):
    """Return the demo crossing with one rule."""
    return Site(only(rule, **settings), LANES, lanemap.areas(LANE_MAP, []))


def parked(number=1, north=80.0):
    return (number, 0.0, north, 180.0, 0.0)


def test_a_vehicle_alone_on_a_lane_is_an_event_from_start_to_end():
    site = standing()
    found = site.run(10.0, lambda t: [parked()])
    assert [event.state for _, event in found] == ["start"] + ["update"] * 4
    at, first = found[0]
    assert at == pytest.approx(5.0, abs=0.11)
    assert (first.id, first.code, first.name, first.start_ns) == (1, 903, "stopped_vehicle", START_NS)
    assert (first.track_ids, first.position) == ([1], (0.0, 80.0))
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


def test_ids_are_unique_among_what_runs_and_go_round():
    site = Site(only("stopped_vehicle", start_if_never_moved_after_s=0.1, lost_after_s=0.0, sure_for_s=0.0))
    site.run(0.5, lambda t: [parked(1, 130.0)])
    used = []
    for number in range(3, 300):
        events = site.run(
            0.3, lambda t, number=number: [parked(1, 130.0), (number, 100.0 + 30.0 * (number % 2), 0.0, 270.0, 0.0)]
        )
        used += [event.id for _, event in events if event.state == "start"]
    assert len(used) > 280 and set(used) <= set(range(2, 256))
    assert all(first != second for first, second in pairwise(used))


NEAR = {"name": "works", "polygon_m": [(-10, 60), (10, 60), (10, 100), (-10, 100)]}


@pytest.mark.parametrize(("where", "found"), [({"only_in": ["works"]}, {1}), ({"never_in": ["works"]}, {2})])
def test_a_rule_holds_where_its_zones_say(where, found):
    site = Site(only("stopped_vehicle", [NEAR], start_if_never_moved_after_s=1.0, **where))
    events = site.run(3.0, lambda t: [parked(1, 80.0), (2, 80.0, 0.0, 270.0, 0.0)])
    assert {event.track_ids[0] for _, event in events} == found


def test_a_zone_that_is_not_there_is_a_mistake():
    with pytest.raises(ValidationError, match="no zone is called 'park', but works"):
        only("pedestrian", [NEAR], never_in=["park"])
    with pytest.raises(ValidationError, match="same name"):
        only("pedestrian", [NEAR, NEAR])


def test_a_rule_that_is_off_finds_nothing():
    assert Site(only("wrong_way")).run(20.0, lambda t: [parked()]) == []


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
    """Somebody at the kerb of a crosswalk whose speed is known to 0.15 m/s, and a bicycle that passes close by."""

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


def empty(begin_s, end_s):
    """Return a world without ordinary traffic."""
    frame = msgspec.structs.replace(next(recorded.frames()), equipped=np.zeros(0, dtype=np.int64))
    none = {name: getattr(frame, name)[:0] for name in ("id", "kind", "position", "velocity", "heading", "size")}
    for number in range(round(begin_s * 10), round(end_s * 10)):
        yield msgspec.structs.replace(frame, **none, stamp_ns=number * PERIOD_NS, cycle_s=number / 10 % 60)


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_scene_is_found_and_ends(name):
    scene = SCENARIOS[name]()
    limit_s = 15.0 if scene.event == "congestion" else 2.0
    events = list(Watch().events(scene.play(empty(scene.begin_s - 12.0, scene.end_s + 22.0))))
    assert {event.name for _, event in events} <= {scene.event, *scene.also, "queue_end"}
    starts = [at for at, event in events if event.name == scene.event and event.state == "start"]
    ends = [at for at, event in events if event.name == scene.event and event.state == "end"]
    seen_s = scene.begin_s if scene.event != "emergency" else 15.5  # it comes from far away
    assert scene.begin_s - 1.0 <= starts[0] <= seen_s + limit_s
    assert len(ends) == len(starts) and ends[0] > starts[0]


@pytest.mark.parametrize(("hidden", "starts"), [(2, 1), (3, 0)])
def test_a_crowd_of_which_some_are_hidden_for_a_moment_still_is_one(hidden, starts):
    def crowd(t):
        return [(n, 0.0, 30.0 + 8.0 * n, 180.0, 1.0) for n in range(1, 11 - hidden * (3.0 < t < 3.5))]

    events = Site(only("congestion")).run(8.0, crowd)
    assert [event.state for _, event in events].count("start") == starts


def test_ordinary_traffic_has_nothing_to_tell_on_air():
    events = Watch().events(islice(recorded.frames(), 400))
    assert [event.name for _, event in events if event.on_air] == []


def test_settings_have_the_reference_thresholds():
    assert StoppedVehicleSettings().start_after_s <= 2.0
    assert EventSettings().congestion.least_vehicles == 10 and EventSettings().congestion.slow_mps == pytest.approx(2.8)
