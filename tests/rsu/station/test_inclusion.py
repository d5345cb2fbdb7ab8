"""The road users in the RSMs of a cycle, and those a receiver keeps meanwhile."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.geo import Reference, to_site, to_wgs84
from perception.objects import RoadUser
from perception.results import LanePlace, Tracks
from rsu.messages.inclusion import Inclusion
from rsu.site.inclusion import InclusionSettings
from sim.receiver import BenchReceiver
from tests.perception.drawn import tracks_of
from v2x import Participant, Position, PositionConfidenceSet, Size

CYCLE_NS = 100_000_000
NOW = 1_795_000_000 * 1_000_000_000
REFERENCE = Reference(22.5431, 114.0579)


def told(inclusion: Inclusion, cycle: int, tracks: Tracks, in_events: set[int] | None = None) -> list[int]:
    """Return the ids that are told of in a cycle, in order."""
    places: list[LanePlace | None] = [None] * len(tracks)
    now_ns = NOW + cycle * CYCLE_NS
    rows = inclusion.choose(now_ns, tracks, places, in_events or set())
    inclusion.told(now_ns, tracks.take(rows))
    return [int(number) for number in tracks.id[rows]]


def strict() -> Inclusion:
    return Inclusion(InclusionSettings(at_least=0))


def one(east: float = 0.0, heading: float = 90.0, speed: float = 5.0, kind: RoadUser = RoadUser.CAR) -> Tracks:
    return tracks_of([(7, east, 0.0, heading, speed, kind)])


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (one(), False),
        (one(east=3.9), False),
        (one(east=4.1), True),
        (one(speed=5.45), False),
        (one(speed=4.45), True),
        (one(heading=93.9), False),
        (one(heading=85.9), True),
        (one(heading=math.nan), True),
    ],
)
def test_what_makes_a_road_user_due(after: Tracks, due: bool) -> None:
    inclusion = strict()
    assert told(inclusion, 0, one()) == [7]
    assert told(inclusion, 1, after) == [7] * due


@pytest.mark.parametrize(("kind", "cycles"), [(RoadUser.CAR, 10), (RoadUser.PEDESTRIAN, 5), (RoadUser.BICYCLE, 5)])
def test_nobody_is_left_out_for_longer(kind: RoadUser, cycles: int) -> None:
    inclusion = strict()
    assert [cycle for cycle in range(22) if told(inclusion, cycle, one(kind=kind))] == list(range(0, 22, cycles))


def test_as_long_as_one_frame_holds_everybody_everybody_is_told_of() -> None:
    inclusion = Inclusion(InclusionSettings())
    few = tracks_of([(n, 10.0 * n, 0.0, 90.0, 5.0) for n in range(1, 16)])
    assert [len(told(inclusion, cycle, few)) for cycle in range(3)] == [15, 15, 15]


def test_the_places_left_in_a_frame_go_to_the_next_in_order() -> None:
    inclusion = Inclusion(InclusionSettings(at_least=3))
    walker = (9, 0.0, 40.0, 90.0, 1.0, RoadUser.PEDESTRIAN)
    many = tracks_of([walker, *((n, 10.0 * n, 0.0, 90.0, float(n), RoadUser.CAR) for n in range(1, 6))])
    assert told(inclusion, 0, many) == [9, 5, 4, 3, 2, 1]  # all are new
    assert told(inclusion, 1, many) == [9, 5, 4]  # none is due
    assert sorted(told(inclusion, 10, many)) == [1, 2, 3, 9]  # more are due than there are places


def test_the_most_at_risk_come_first() -> None:
    rows = [
        (1, 0.0, 0.0, 90.0, 5.0, RoadUser.CAR),
        (2, 0.0, 20.0, 90.0, 15.0, RoadUser.CAR),
        (3, 0.0, 40.0, 90.0, 1.0, RoadUser.PEDESTRIAN),
        (4, 0.0, 60.0, 90.0, 0.0, RoadUser.CAR),  # in an event
        (5, 0.0, 80.0, 90.0, 8.0, RoadUser.CAR),  # close to its stop line
    ]
    tracks = tracks_of(rows)
    places = [None, None, None, None, LanePlace("north", 1, 20.0)]
    chosen = strict().choose(NOW, tracks, places, {4})
    assert tracks.id[chosen].tolist() == [4, 3, 5, 2, 1]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(1, 40), min_size=0, max_size=40, unique=True), min_size=2, max_size=25))
def test_everybody_who_stays_is_told_of_in_time(cycles: list[list[int]]) -> None:
    inclusion = Inclusion(InclusionSettings())
    newest: dict[int, int] = {}
    for cycle, there in enumerate(cycles):
        tracks = tracks_of([(number, 5.0 * number, 0.0, 90.0, 0.0) for number in sorted(there)])
        chosen = told(inclusion, cycle, tracks)
        assert len(set(chosen)) == len(chosen) and set(chosen) <= set(there)
        newest |= dict.fromkeys(chosen, cycle)
        assert all(cycle - newest[number] < 10 for number in there)


def participant(number: int, east: float, north: float = 0.0, speed: float | None = 10.0) -> Participant:
    latitude, longitude = to_wgs84(east, north, REFERENCE)
    return Participant(
        ptc_type="motor",
        ptc_id=number,
        source="integrated",
        sec_mark_ms=0,
        position=Position(latitude_deg=float(latitude), longitude_deg=float(longitude)),
        position_confidence=PositionConfidenceSet(position="a1m"),
        speed_mps=speed,
        heading_deg=90.0,
        size=Size(width_m=1.8, length_m=4.6),
    )


def known(receiver: BenchReceiver, cycle: int, *heard: Participant) -> dict[int, float]:
    """Return id -> metres east of every road user in a cycle."""
    now_ns = NOW + cycle * CYCLE_NS
    found = receiver.cycle(now_ns, [(now_ns, each) for each in heard])
    places = {each.ptc_id: each.position for _, each in found}
    east = {n: to_site(p.latitude_deg, p.longitude_deg, REFERENCE)[0] for n, p in places.items() if p is not None}
    return {number: round(float(metres), 1) for number, metres in east.items()}


def test_a_receiver_moves_on_who_is_left_out_and_forgets_after_a_second() -> None:
    receiver = BenchReceiver(REFERENCE)
    assert known(receiver, 0, participant(1, 0.0), participant(2, 50.0, speed=0.1)) == {1: 0.0, 2: 50.0}
    assert known(receiver, 5) == {1: 5.0, 2: 50.0}
    assert known(receiver, 10, participant(2, 50.0, speed=0.1)) == {1: 10.0, 2: 50.0}
    assert known(receiver, 11) == {2: 50.0}


def test_a_new_number_in_the_place_of_a_kept_one_is_the_same_road_user() -> None:
    receiver = BenchReceiver(REFERENCE)
    known(receiver, 0, participant(1, 0.0), participant(2, 0.0, 3.25))
    assert known(receiver, 3, participant(9, 3.2)) == {9: 3.2, 2: 3.0}


def test_what_is_kept_says_no_speed() -> None:
    receiver = BenchReceiver(REFERENCE)
    receiver.cycle(NOW, [(NOW, participant(1, 0.0))])
    ((stamp_ns, one),) = receiver.cycle(NOW + CYCLE_NS, [])
    assert (stamp_ns, one.speed_mps) == (NOW + CYCLE_NS, None)


def test_who_was_due_and_not_told_of_is_due_again() -> None:
    inclusion, two = strict(), tracks_of([(1, 0.0, 0.0, 90.0, 9.0), (2, 10.0, 0.0, 90.0, 5.0)])
    rows = inclusion.choose(NOW, two, [None, None], set())
    assert two.id[rows].tolist() == [1, 2]
    inclusion.told(NOW, two.take(rows[:1]))
    assert two.id[inclusion.choose(NOW + CYCLE_NS, two, [None, None], set())].tolist() == [2]


def test_rows_of_tracks_keep_their_order() -> None:
    tracks = tracks_of([(n, float(n), 0.0, 90.0, 5.0) for n in range(1, 6)])
    some = tracks.take(np.array([3, 0]))
    assert (some.id.tolist(), some.position_m[:, 0].tolist(), len(some.sources)) == ([4, 1], [4.0, 1.0], 2)
