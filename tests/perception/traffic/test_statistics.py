"""Statistics: counts of road users that are made for them."""

import pytest

from perception.objects import RoadUser
from perception.traffic.lanes import LaneMap
from tests.perception.traffic.counted import MINUTE_NS, SECOND_NS, START_NS, count, lanes_of, passing


def test_everybody_who_crosses_is_counted_once():
    users = [passing(number, 3.0 + 2.5 * number) for number in range(1, 21)]
    users += [passing(50, 30.0, 6.0, -5.5, RoadUser.TRUCK), passing(51, 40.0, 8.0, -5.5)]
    users += [passing(60, 20.0, 1.0, -5.5, RoadUser.PEDESTRIAN)]
    first, second = lanes_of(lambda t: [user(t) for user in users])
    assert (first.link, first.lane, first.volume) == ("north", 1, 20)
    assert first.volume_by_kind == {RoadUser.CAR: 20}
    assert first.mean_speed_mps == first.speed_85_mps == pytest.approx(10.0)
    assert first.headway_s == pytest.approx(2.5, abs=0.05)
    assert first.gap_s == pytest.approx(2.5 - 0.46, abs=0.05)
    assert second.volume_by_kind == {RoadUser.CAR: 1, RoadUser.TRUCK: 1}
    assert second.mean_speed_mps == pytest.approx(7.0)
    assert second.speed_85_mps == pytest.approx(7.7)
    assert second.mean_length_m == pytest.approx((9.0 + 4.6) / 2)
    assert (first.start_ns, first.end_ns) == (START_NS, START_NS + MINUTE_NS)


def test_a_gap_in_the_track_at_the_stop_line_does_not_hide_the_crossing():
    user = passing(1, 30.0)
    assert lanes_of(lambda t: [user(t)] if not 29.5 < t < 31.0 else [])[0].volume == 1


def test_who_stands_on_the_line_is_counted_once():
    def rows(t):
        north = 60.0 - 5.0 * t if t < 8.0 else 20.0 + (0.4 if round(t * 10) % 2 else -0.4)
        return [(1, -2.0, north, 180.0, 5.0 if t < 8.0 else 0.1)]

    assert lanes_of(rows)[0].volume == 1


def test_turning_right_after_the_stop_line_is_a_crossing_too():
    def rows(t):
        return [passing(1, 30.0)(t)] if t < 30.0 else [(1, -2.0 - 10 * (t - 30.0), 19.0, 270.0, 10.0)]

    assert lanes_of(rows)[0].volume == 1


def test_turns_are_counted_where_they_come_out():
    def right(t):
        return (2, -2.0, 55.0 - 5.0 * t, 180.0, 5.0) if t < 10.0 else (2, -2.0 - 5.0 * (t - 10.0), 5.0, 270.0, 5.0)

    (period,) = count(lambda t: [passing(1, 5.0)(t), right(t)], 60.0)
    assert period.lanes[0].volume_by_movement == {"straight": 1, "right": 1}
    ways = {flow.movement: flow for flow in period.directions}
    assert {name: flow.volume for name, flow in ways.items()} == {"straight": 1, "right": 1}
    assert ways["right"].volume_by_kind == {RoadUser.CAR: 1}


def test_an_id_that_is_given_again_is_not_a_crossing():
    def rows(t):
        if t < 10.0:
            return [(1, -2.0, 60.0, 180.0, 0.0)]
        return [(1, -2.0, -40.0, 180.0, 10.0)] if t > 30.0 else []

    assert lanes_of(rows)[0].volume == 0


def test_occupancy_is_the_share_of_time_that_the_stop_line_is_covered():
    def rows(t):
        if t < 10.0:
            return [(1, -2.0, 20.5 + 15.0 * (10.0 - t), 180.0, 15.0)]
        return [(1, -2.0, 20.5 - max(0.0, 15.0 * (t - 40.0)), 180.0, 15.0 * (t >= 40.0))]

    first, second = lanes_of(rows)
    assert first.occupancy == pytest.approx(0.5, abs=0.01)
    assert second.occupancy == 0.0
    there = (30.0 + 60.0 / 15.0) / 60.0  # it stands, it comes and leaves
    assert first.space_occupancy == pytest.approx(there * 4.6 / 60.0, rel=0.03)
    assert first.density_per_m == pytest.approx(there / 60.0, rel=0.03)


def test_stops_and_delay_are_those_of_who_stood():
    def rows(t):
        if t < 5.0:
            return [(1, -2.0, 72.5 - 12.5 * t + 25.0, 180.0, 12.5)]
        if t < 25.0:
            return [(1, -2.0, 35.0, 180.0, 0.0)]
        return [(1, -2.0, 35.0 - 12.5 * (t - 25.0), 180.0, 12.5)]

    first, _ = lanes_of(rows)
    assert first.stops == 1
    assert first.delay_s == pytest.approx(20.0, abs=0.3)
    assert first.congestion == 3  # it stood most of its time there


def test_loops_and_zones_of_the_site_file():
    loop = {"name": "far", "link": "north", "lane": 1, "to_stop_line_m": 50.0, "length_m": 2.0}
    zone = {"name": "bay", "polygon_m": [(-10, 90), (10, 90), (10, 110), (-10, 110)]}
    user = passing(1, 30.0)
    (period,) = count(lambda t: [user(t)], loops=[loop], zones=[zone])
    (far,), (bay,) = period.loops, period.zones
    assert (far.name, far.volume, far.mean_speed_mps) == ("far", 1, pytest.approx(10.0))
    assert far.occupancy == pytest.approx(0.66 / 60.0, abs=0.1 / 60.0)  # 4.6 + 2 m at 10 m/s
    assert (bay.volume, bay.volume_by_kind) == (1, {RoadUser.CAR: 1})
    assert bay.mean_count == pytest.approx(2.0 / 60.0, abs=0.1 / 60.0)


def test_who_stands_at_the_edge_of_a_zone_comes_once():
    zone = {"name": "bay", "polygon_m": [(-10, 90), (10, 90), (10, 110), (-10, 110)]}
    (period,) = count(lambda t: [(1, -2.0, 90.0 + (0.3 if round(t * 10) % 2 else -0.3), 180.0, 0.1)], zones=[zone])
    assert period.zones[0].volume == 1
    (period,) = count(lambda t: [(1, -2.0, 95.0 - 10.0 * (20.0 < t < 40.0), 180.0, 0.1)], zones=[zone])
    assert period.zones[0].volume == 2


def test_headways_of_those_side_by_side_are_short_in_whatever_order_they_are_told():
    """Bicycles: the longer one's front comes first, though its middle comes later."""
    users = [
        passing(1, 10.0, 4.0),
        passing(2, 20.0, 4.0),
        passing(3, 20.1, 4.0, kind=RoadUser.TRUCK),
        passing(4, 30.0, 4.0),
    ]
    first, _ = lanes_of(lambda t: [user(t) for user in users])
    assert first.volume == 4
    assert first.headway_s == pytest.approx(20.0 / 3.0, abs=0.3)


def test_a_halt_of_less_than_a_second_is_no_stop():
    def rows(t):
        speed = 0.5 if 10.0 <= t < 10.8 else 4.0
        return [(1, -2.0, 90.0 - 4.0 * min(t, 10.0) - 4.0 * max(0.0, t - 10.8), 180.0, speed)]

    assert lanes_of(rows)[0].stops == 0


def test_periods_end_at_utc_minutes_and_the_first_may_be_short():
    periods = count(lambda t: [], seconds=150.0, begin_s=45.0)
    assert [(period.start_ns - START_NS) / SECOND_NS for period in periods] == [45.0, 60.0, 120.0]
    assert [(period.end_ns - START_NS) / SECOND_NS for period in periods] == [60.0, 120.0, 180.0]
    assert periods[0].lanes[0].mean_speed_mps is None


@pytest.mark.parametrize(
    ("step_s", "bounds_s"),
    [
        (-60.0, [45, 60, 70, 120, 180]),
        (37.0, [45, 60, 70, 83, 143]),
        (-1.5, [45, 60, 70, 121.5, 181.5]),
        (-28_800.25, [45, 60, 70, 120.25, 180.25]),
        (0.05, [45, 60, 120, 180]),
    ],
)
def test_at_a_step_of_the_clock_periods_end_and_later_ones_at_minutes_of_the_new_utc(step_s, bounds_s):
    """The clock steps at 70 s; every road user is counted once, and no period is longer than it may be."""
    users = [passing(number, 46.0 + number) for number in range(1, 150)]
    periods = count(
        lambda t: [user(t) for user in users if abs(user(t)[2] - 20.0) < 60.0],
        seconds=140.0,
        begin_s=45.0,
        correction_s=lambda t: step_s if t >= 70 else 0.0,
    )
    assert [(period.start_ns - START_NS) / SECOND_NS for period in periods] == bounds_s[: len(periods)]
    assert [(period.end_ns - START_NS) / SECOND_NS for period in periods] == bounds_s[1 : len(periods) + 1]
    assert sum(period.lanes[0].volume for period in periods) == pytest.approx(bounds_s[len(periods)] - 46, abs=1)


def test_longer_periods_are_the_sum_of_shorter_ones_and_a_cycle_begins_with_green():
    users = [passing(number, 3.0 + 1.7 * number) for number in range(1, 60)]

    def colours(t):
        return {1: "green" if t % 40.0 < 20.0 else "red"}

    periods = count(lambda t: [user(t) for user in users], 120.0, periods_s=[1, 5, 60], colours=colours)
    lengths = {length: [p for p in periods if p.end_ns - p.start_ns == length * SECOND_NS] for length in (1, 5, 60)}
    assert [len(lengths[length]) for length in (1, 5, 60)] == [120, 24, 2]
    totals = {length: sum(p.lanes[0].volume for p in found) for length, found in lengths.items()}
    assert totals[1] == totals[5] == totals[60] > 50
    cycles = [p for p in periods if p.cycle]
    assert [(p.start_ns - START_NS) / SECOND_NS for p in cycles] == [0.0, 40.0, 80.0]
    assert [p.lanes[0].green_s for p in cycles] == pytest.approx([20.0] * 3, abs=0.2)


def test_a_site_without_lanes_has_no_flows():
    assert count(lambda t: [(1, 0.0, 0.0, 0.0, 0.0)], lanes=LaneMap([])) == []
