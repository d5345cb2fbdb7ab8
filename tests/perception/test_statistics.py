import numpy as np
import pytest

from perception.objects import RoadUser
from perception.traffic.lanes import LaneLine, LaneMap
from perception.traffic.statistics import LaneStatistics, StatisticsSettings
from tests.perception.traffic import tracks_of

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
START_NS = 30_000_000 * MINUTE_NS
LANES = LaneMap(
    [
        LaneLine(link="north", lane=1, points=np.array([[-2.0, 150.0], [-2.0, 20.0]]), width=3.5),
        LaneLine(link="north", lane=2, points=np.array([[-5.5, 150.0], [-5.5, 20.0]]), width=3.5),
    ]
)


def count(rows, seconds=60.0, begin_s=0.0, lanes=LANES, **settings):
    """Feed rows(seconds) ten times a second; return all flows."""
    statistics, flows = LaneStatistics(StatisticsSettings(**settings), lanes), []
    for tick in range(round(begin_s * 10), round((begin_s + seconds) * 10) + 1):
        now_ns = START_NS + tick * SECOND_NS // 10
        tracks = tracks_of(rows(tick / 10), now_ns)
        flows += statistics.update(now_ns, tracks, lanes.match(tracks.position, tracks.heading))
    return flows


def passing(number, at_s, speed=10.0, east=-2.0, kind=RoadUser.CAR):
    """Return a road user that crosses the stop line at a time."""
    return lambda t: (number, east, 20.0 - speed * (t - at_s), 180.0, speed, kind)


def test_everybody_who_crosses_is_counted_once():
    users = [passing(number, 3.0 + 2.5 * number) for number in range(20)]
    users += [passing(50, 30.0, 6.0, -5.5, RoadUser.TRUCK), passing(51, 40.0, 8.0, -5.5)]
    first, second = count(lambda t: [user(t) for user in users])
    assert (first.link, first.lane, first.volume) == ("north", 1, 20)
    assert first.volume_by_kind == {RoadUser.CAR: 20}
    assert first.mean_speed == pytest.approx(10.0)
    assert second.volume_by_kind == {RoadUser.CAR: 1, RoadUser.TRUCK: 1}
    assert second.mean_speed == pytest.approx(7.0)
    assert (first.start_ns, first.end_ns) == (START_NS, START_NS + MINUTE_NS)


def test_a_gap_in_the_track_at_the_stop_line_does_not_hide_the_crossing():
    user = passing(1, 30.0)
    flows = count(lambda t: [user(t)] if not 29.5 < t < 31.0 else [])
    assert flows[0].volume == 1


def test_turning_right_after_the_stop_line_is_a_crossing_too():
    def rows(t):
        return [passing(1, 30.0)(t)] if t < 30.0 else [(1, -2.0 - 10 * (t - 30.0), 19.0, 270.0, 10.0)]

    assert count(rows)[0].volume == 1


def test_an_id_that_is_given_again_is_not_a_crossing():
    def rows(t):
        if t < 10.0:
            return [(1, -2.0, 60.0, 180.0, 0.0)]
        return [(1, -2.0, -40.0, 180.0, 10.0)] if t > 30.0 else []

    assert count(rows)[0].volume == 0


def test_the_longest_queue_of_the_period_is_reported():
    def rows(t):
        standing = int(min(t / 5.0, 6.0))
        return [(number, -2.0, 24.0 + 7.0 * number, 180.0, 0.0) for number in range(standing)] + [
            (90, -2.0, 120.0, 180.0, 0.0),  # stands far behind: not of the queue
            (91, -5.5, 60.0, 180.0, 12.0),  # moves
        ]

    first, second = count(rows)
    assert first.queue_count == 6
    assert first.queue_length == pytest.approx(4.0 + 5 * 7.0 + 2.3)
    assert (second.queue_count, second.queue_length) == (0, 0.0)


def test_occupancy_is_the_share_of_time_that_the_stop_line_is_covered():
    stands = count(lambda t: [(1, -2.0, 20.5, 180.0, 0.0)] if 10.0 <= t < 40.0 else [])
    assert stands[0].occupancy == pytest.approx(0.5, abs=0.01)
    assert stands[1].occupancy == 0.0


def test_periods_end_at_utc_minutes_and_the_first_may_be_short():
    flows = count(lambda t: [], seconds=150.0, begin_s=45.0)
    assert [(flow.start_ns - START_NS) / SECOND_NS for flow in flows[::2]] == [45.0, 60.0, 120.0]
    assert [(flow.end_ns - START_NS) / SECOND_NS for flow in flows[::2]] == [60.0, 120.0, 180.0]
    assert flows[0].mean_speed is None


def test_other_periods_can_be_set():
    assert len(count(lambda t: [], seconds=60.0, period_s=5.0)) == 2 * 12


def test_a_site_without_lanes_has_no_flows():
    assert count(lambda t: [(1, 0.0, 0.0, 0.0, 0.0)], lanes=LaneMap([])) == []
