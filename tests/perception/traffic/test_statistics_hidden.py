"""Statistics of queues and of hidden vehicles: they wait, occupy and are given up as far as it is sure."""

import pytest

from perception.occlusion.following import STANDSTILL_M
from tests.perception.traffic.counted import count, lanes_of


def test_the_longest_queue_of_the_period_is_reported():
    def rows(t):
        standing = int(min(t / 5.0, 6.0))
        return [(number + 1, -2.0, 24.0 + 7.0 * number, 180.0, 0.0) for number in range(standing)] + [
            (90, -2.0, 120.0, 180.0, 0.0),  # stands far behind: not of the queue
            (91, -5.5, 60.0, 180.0, 12.0),  # moves
        ]

    first, second = lanes_of(rows)
    assert first.queue_count == 6
    assert first.queue_length_m == pytest.approx(4.0 + 5 * 7.0 + 2.3)
    assert (second.queue_count, second.queue_length_m) == (0, 0.0)


def test_who_is_lost_on_the_way_to_a_queue_stands_at_its_end_until_it_moves_off():
    def rows(t):
        comes = [(2, -2.0, 120.0 - 8.0 * t, 180.0, 8.0)] if t < 9.0 else []  # hidden 48 m before the line
        return [(1, -2.0, 24.0, 180.0, 0.0), *comes]

    def colours(t):
        return {1: "red" if t < 60.0 else "green", 2: "red"}

    first, second = (p.lanes[0] for p in count(rows, 125.0, colours=colours, signal_cycle=False)[:2])
    assert first.queue_count == 2
    assert first.queue_length_m == pytest.approx(4.0 + 2.3 + STANDSTILL_M + 4.6, abs=0.1)
    late = count(rows, 180.0, colours=colours, signal_cycle=False)[2].lanes[0]
    assert second.queue_count == 2 and late.queue_count == 1


def queue_of_two(number_again):
    """Return rows in which the second of a queue is hidden from 9 s on, and is seen again as it drives at 66 s."""

    def rows(t):
        first = [(1, -2.0, 24.0 - max(0.0, 8.0 * (t - 61.0)), 180.0, 8.0 * (t > 61.0))]
        comes = [(2, -2.0, 120.0 - 8.0 * t, 180.0, 8.0)] if t < 9.0 else []
        again = [(number_again, -2.0, 28.0 - 6.0 * (t - 66.0), 180.0, 6.0)] if t >= 66.0 else []
        return first + comes + again

    return rows


def red_for_a_minute(t):
    return {1: "red" if t < 60.0 else "green", 2: "red"}


@pytest.mark.parametrize("number_again", [2, 3])
def test_a_vehicle_that_was_hidden_in_a_queue_has_waited_whatever_its_number_is_then(number_again):
    periods = count(queue_of_two(number_again), 121.0, colours=red_for_a_minute, signal_cycle=False)
    lane = periods[1].lanes[0]
    assert lane.volume == 2
    assert lane.delay_s == pytest.approx((61.0 + 49.0) / 2.0, abs=3.0)


def test_a_vehicle_that_comes_from_afar_has_not_waited_for_one_that_is_hidden():
    def rows(t):
        hidden = queue_of_two(2)(t) if t < 66.0 else []
        return [*hidden, *([(3, -2.0, 110.0 - 12.0 * (t - 66.0), 180.0, 12.0)] if t >= 66.0 else [])]

    lane = count(rows, 121.0, colours=red_for_a_minute, signal_cycle=False)[1].lanes[0]
    assert lane.volume == 2
    assert lane.delay_s == pytest.approx(61.0 / 2.0, abs=2.0)


def test_a_hidden_vehicle_occupies_the_lane_and_the_loop_where_it_stands_and_nothing_once_it_may_be_gone():
    loop = {"name": "near", "link": "north", "lane": 1, "to_stop_line_m": 11.0, "length_m": 2.0}
    more = {"colours": red_for_a_minute, "signal_cycle": False, "loops": [loop]}
    first, second = count(lambda t: queue_of_two(2)(min(t, 60.0)), 121.0, **more)[:2]
    stands_s = 60.0 - 14.0
    assert first.loops[0].occupancy == pytest.approx(stands_s / 60.0, abs=0.05)
    assert first.loops[0].volume == 0  # it is counted where it is seen
    assert first.lanes[0].space_occupancy == pytest.approx(4.6 * (60.0 + 55.0) / 60.0 / 60.0, rel=0.01)
    assert second.loops[0].occupancy < 0.2


def test_a_track_that_nobody_sees_any_more_waits_at_the_end_of_its_queue():
    def rows(t):
        return [(1, -2.0, 24.0, 180.0, 0.0), (2, -2.0, max(60.0, 120.0 - 8.0 * t), 180.0, 8.0 * (t < 7.5))]

    def sd(number, t):
        return 2.0 if number == 2 and t >= 7.0 else 0.2

    first = count(rows, colours=lambda t: {1: "red", 2: "red"}, sd=sd)[0].lanes[0]
    assert first.queue_count == 2
    assert first.queue_length_m == pytest.approx(4.0 + 2.3 + STANDSTILL_M + 4.6, abs=0.1)


def test_a_vehicle_that_is_first_seen_near_the_line_came_unseen_over_lane_and_loop():
    loop = {"name": "advance", "link": "north", "lane": 1, "to_stop_line_m": 45.0, "length_m": 2.0}

    def rows(t):
        return [(1, -2.0, 40.0 - 10.0 * (t - 30.0), 180.0, 10.0)] if t >= 30.0 else []

    (period,) = count(rows, loops=[loop])
    unseen_s = 40.0 / 12.5
    assert period.lanes[0].density_per_m * 60.0 * 60.0 == pytest.approx(unseen_s + 2.0, abs=0.2)
    assert period.loops[0].volume == 1
    assert period.loops[0].occupancy * 60.0 == pytest.approx(unseen_s * (4.6 + 2.0) / 40.0, rel=0.05)


@pytest.mark.parametrize("first_seen_m", [1.0, 55.0])
def test_a_hidden_vehicle_is_the_one_that_appears_at_the_line_and_not_one_that_comes_from_afar(first_seen_m):
    def rows(t):
        comes = [(1, -2.0, 90.0 - 8.0 * t, 180.0, 8.0)] if t < 3.0 else []  # lost 46 m before the line
        later = [(2, -2.0, 20.0 + first_seen_m - 10.0 * (t - 30.0), 180.0, 10.0)] if t >= 30.0 else []
        return comes + later

    first, _ = lanes_of(rows)
    assert first.volume == 1
    assert (first.delay_s > 3.0) == (first_seen_m == 1.0)
