import numpy as np
import pytest

from perception.objects import RoadUser
from perception.traffic.events import EventDetector, StoppedVehicleSettings
from perception.traffic.lanes import LaneLine, LaneMap
from tests.perception.traffic import tracks_of

SECOND_NS = 1_000_000_000
START_NS = 1_800_000_000 * SECOND_NS
ARMS = [("north", (0, 1)), ("east", (1, 0)), ("south", (0, -1)), ("west", (-1, 0))]
LANES = LaneMap(
    [
        LaneLine(link=name, lane=1, points=np.array([[out[0] * far, out[1] * far] for far in (150, 20)]), width=3.5)
        for name, out in ARMS
    ]
)


class Site:
    """A detector fed ten times a second."""

    def __init__(self, **settings):
        self.detector = EventDetector(StoppedVehicleSettings(**settings), LANES)
        self.tick = 0

    def run(self, seconds, rows):
        """Let rows(seconds since this call) be there for some seconds; return (time, event) of everything."""
        found = []
        for step in range(round(seconds * 10)):
            now_ns = START_NS + self.tick * SECOND_NS // 10
            tracks = tracks_of(rows(step / 10), now_ns)
            matches = LANES.match(tracks.position, tracks.heading)
            found += [(self.tick / 10, event) for event in self.detector.update(now_ns, tracks, matches)]
            self.tick += 1
        return found


def parked(number=1, north=80.0, **_):
    return (number, 0.0, north, 180.0, 0.0)


def test_a_vehicle_alone_on_a_lane_is_an_event_from_start_to_end():
    site = Site()
    standing = site.run(10.0, lambda t: [parked()])
    assert [event.state for _, event in standing] == ["start"] + ["update"] * 4
    at, first = standing[0]
    assert at == pytest.approx(5.0, abs=0.11)
    assert (first.id, first.code, first.start_ns, first.track_ids) == (1, 903, START_NS, [1])
    assert first.position == (0.0, 80.0)
    assert (first.place.link, first.place.lane, first.place.to_stop_line) == ("north", 1, 60.0)
    assert np.diff([at for at, _ in standing]) == pytest.approx(np.ones(4), abs=0.11)
    moving = site.run(2.0, lambda t: [(1, 0.0, 80.0 - 3 * t, 180.0, 3.0)])
    assert [event.state for _, event in moving] == ["end"]
    assert moving[0][1].id == 1


def test_a_track_that_is_lost_ends_its_event():
    site = Site()
    site.run(7.0, lambda t: [parked()])
    ended = [(at, event) for at, event in site.run(6.0, lambda t: []) if event.state == "end"]
    assert len(ended) == 1
    assert ended[0][0] == pytest.approx(10.0, abs=0.2)


def test_a_short_gap_in_the_track_does_not_end_it():
    site = Site()
    site.run(7.0, lambda t: [parked()])
    events = site.run(1.0, lambda t: []) + site.run(3.0, lambda t: [parked()])
    assert {event.state for _, event in events} == {"update"}


def test_a_queue_at_the_stop_line_is_none():
    queue = [parked(number, 23.0 + 7.0 * number) for number in range(12)]
    assert Site().run(60.0, lambda t: queue) == []


def test_a_queue_that_dissolves_from_its_head_is_none():
    def rows(t):
        return [
            (
                number,
                0.0,
                23.0 + 7.0 * number - max(0.0, t - 2 - 1.2 * number) ** 2,
                180.0,
                2 * max(0.0, t - 2 - 1.2 * number),
            )
            for number in range(12)
        ]

    assert Site().run(16.0, rows) == []


def test_only_the_first_of_those_who_stand_behind_a_broken_vehicle_is_the_event():
    events = Site().run(8.0, lambda t: [parked(1, 80.0), parked(2, 88.0), parked(3, 96.0)])
    assert {event.track_ids[0] for _, event in events} == {1}


def test_past_the_stop_lines_it_takes_longer():
    events = Site().run(50.0, lambda t: [(1, 3.0, -4.0, 90.0, 0.0)])
    assert events[0][0] == pytest.approx(45.0, abs=0.11)
    assert events[0][1].place is None


@pytest.mark.parametrize(
    "row",
    [
        (1, 0.0, 80.0, 180.0, 0.0, RoadUser.PEDESTRIAN),
        (1, 0.0, 80.0, 180.0, 5.0, RoadUser.CAR),
        (1, 30.0, 80.0, 180.0, 0.0, RoadUser.CAR),  # beside the road
        (1, 0.0, 80.0, 0.0, 0.0, RoadUser.CAR),  # on the other carriageway
    ],
)
def test_what_is_none(row):
    assert Site().run(60.0, lambda t: [row]) == []


def test_creeping_around_the_limit_does_not_toggle():
    site = Site()
    site.run(7.0, lambda t: [parked()])
    events = site.run(10.0, lambda t: [(1, 0.0, 80.0, 180.0, 1.4 if round(t * 10) % 2 else 0.3)])
    assert {event.state for _, event in events} == {"update"}


def test_ids_are_unique_among_what_runs_and_go_round():
    site = Site(stopped_after_s=0.1)
    first = site.run(0.5, lambda t: [parked(1, 130.0)])
    both = site.run(0.5, lambda t: [parked(1, 130.0), (2, 130.0, 0.0, 270.0, 0.0)])
    assert [event.id for _, event in first + both if event.state == "start"] == [1, 2]
    used = []
    for number in range(3, 300):
        events = site.run(0.3, lambda t, number=number: [parked(1, 130.0), (number, 130.0, 0.0, 270.0, 0.0)])
        used += [event.id for _, event in events if event.state == "start"]
    assert 1 not in used
    assert set(used) <= set(range(2, 256))
    assert len(used) == 297
