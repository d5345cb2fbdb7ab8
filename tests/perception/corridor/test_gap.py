"""Arrivals after a gap: told apart by the way that their speeds predict, lane, length and class."""

from __future__ import annotations

from perception.corridor.gap import OnWay, assign
from perception.corridor.identity import GlobalIdentity
from perception.objects import SECOND_NS, RoadUser


def seen(
    at_s: float, along_m: float, aside_m: float, speed_mps: float, number: int = 0, length_m: float = 4.6
) -> OnWay:
    identity = GlobalIdentity(number, 0, 0.0) if number else None
    return OnWay(identity, round(at_s * SECOND_NS), along_m, aside_m, speed_mps, length_m, RoadUser.CAR)


def test_a_platoon_arrives_in_its_order() -> None:
    gone = [seen(0.0, 300.0, 1.75, 14.0, 1), seen(1.5, 300.0, 1.75, 14.0, 2), seen(3.0, 300.0, 1.75, 14.0, 3)]
    come = [seen(10.0 + 1.5 * row, 445.0, 1.75, 13.5) for row in range(3)]
    assert assign(gone, come) == [(0, 0), (1, 1), (2, 2)]


def test_the_lane_tells_two_apart() -> None:
    gone = [seen(0.0, 300.0, 1.75, 14.0, 1), seen(0.0, 300.0, 5.25, 14.0, 2)]
    come = [seen(10.0, 440.0, 5.2, 14.0), seen(10.0, 440.0, 1.8, 14.0)]
    assert sorted(assign(gone, come)) == [(0, 1), (1, 0)]


def test_a_lane_may_be_changed() -> None:
    assert assign([seen(0.0, 300.0, 1.75, 14.0, 1)], [seen(10.0, 440.0, 5.2, 14.0)]) == [(0, 0)]


def test_the_length_tells_two_apart() -> None:
    gone = [seen(0.0, 300.0, 1.75, 14.0, 1, 4.5), seen(0.2, 300.0, 1.75, 14.0, 2, 11.9)]
    come = [seen(10.0, 440.0, 1.75, 14.0, length_m=11.5), seen(10.2, 440.0, 1.75, 14.0, length_m=4.8)]
    assert sorted(assign(gone, come)) == [(0, 1), (1, 0)]


def test_no_road_user_comes_too_early_or_the_wrong_way() -> None:
    gone = [seen(0.0, 300.0, 1.75, 14.0, 1)]
    assert assign(gone, [seen(3.0, 445.0, 1.75, 14.0)]) == []
    assert assign(gone, [seen(10.0, 440.0, -1.75, -14.0)]) == []
    assert assign(gone, [seen(-10.0, 160.0, 1.75, 14.0)]) == []


def test_nothing_gone_or_come_is_nothing() -> None:
    assert assign([], [seen(10.0, 440.0, 1.75, 14.0)]) == []
    assert assign([seen(0.0, 300.0, 1.75, 14.0, 1)], []) == []
