"""Events: their ids, zones, settings, and each scripted scene watched by perception alone."""

from itertools import islice, pairwise

import msgspec
import numpy as np
import pytest
from pydantic import ValidationError

from perception.events.settings import EventSettings
from perception.events.stopped import StoppedVehicleSettings
from sim import recorded
from sim.frames import PERIOD_NS
from sim.scenarios import SCENARIOS
from tests.perception.events.road import Site, only, parked
from tests.perception.watching import Watch


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


def empty(begin_s, end_s):
    """Return a world without ordinary traffic."""
    frame = msgspec.structs.replace(next(recorded.frames()), equipped=np.zeros(0, dtype=np.int64))
    none = {
        name: getattr(frame, name)[:0] for name in ("id", "kind", "position_m", "velocity_mps", "heading_deg", "size_m")
    }
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
