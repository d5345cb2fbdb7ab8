"""Events on air against the world: each kind true and false, too long, too early, and those that were not told of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from perception.geo import Reference, to_wgs84
from perception.objects import RoadUser
from sim.frames import EMERGENCY_OBU, PERIOD_NS, WorldFrame
from sim.judge.events import Events
from sim.judge.roads import NONE, Roads
from v2x import Position
from v2x.records.rsi import Event, RoadSideInformation, TimeDetails

REFERENCE = Reference(22.5431, 114.0579)
START_NS = 1_800_000_000_000_000_000
CAR, WALKER, THING, BICYCLE = RoadUser.CAR, RoadUser.PEDESTRIAN, RoadUser.UNKNOWN, RoadUser.BICYCLE
LANE, FAST = 0.0, 13.0  # east of the inner lane from north; m/s

User = tuple[RoadUser, float, float, float, float]  # kind, east, north, heading, speed
Scene = Callable[[float], list[User]]


def world(at_s: float, users: Iterable[User], signals: str = "r" * 20, equipped: int = 0) -> WorldFrame:
    rows = list(users)
    heading = np.array([row[3] for row in rows], dtype=np.float64)
    speed = np.array([row[4] for row in rows], dtype=np.float64)
    ahead = np.column_stack([np.sin(np.radians(heading)), np.cos(np.radians(heading))]).reshape(-1, 2)
    return WorldFrame(
        stamp_ns=START_NS + round(at_s * 1e9),
        id=np.arange(1, len(rows) + 1),
        kind=np.array([int(row[0]) for row in rows], dtype=np.int64),
        position_m=np.array([row[1:3] for row in rows], dtype=np.float64).reshape(-1, 2),
        velocity_mps=ahead * speed[:, None],
        heading_deg=heading,
        size_m=np.tile([4.6, 1.8, 1.5], (len(rows), 1)),
        equipped=np.full(len(rows), equipped),
        signals=signals,
        cycle_s=0.0,
    )


def rsi(code: int, east: float, north: float, over: bool = False, number: int = 3) -> RoadSideInformation:
    latitude, longitude = to_wgs84(east, north, REFERENCE)
    place = Position(latitude_deg=float(latitude), longitude_deg=float(longitude))
    time = TimeDetails(start_moy=1, end_moy=1, end_confidence="time-000-500") if over else TimeDetails(start_moy=1)
    event = Event(rte_id=number, event_type=code, source="detection", position=place, time=time)
    return RoadSideInformation(msg_cnt=1, id=b"RSU-test", position=place, events=(event,))


def run(
    scene: Scene,
    code: int,
    place: tuple[float, float],
    seconds: tuple[float, float],
    length_s: float = 12.0,
    **kind: Any,
) -> tuple[list[str], Events]:
    """Play a scene, with an event on air from and until these seconds; return the falsehoods, and the judge."""
    events, wrong = Events(REFERENCE), list[str]()
    for step in range(round(length_s * 10)):
        at_s = step / 10
        events.world(world(at_s, scene(at_s), **kind))
        if seconds[0] <= at_s < seconds[1]:
            wrong += events.judge(rsi(code, *place), START_NS + step * PERIOD_NS + 5_000_000)
    return wrong, events


def always(*users: User) -> Scene:
    return lambda at_s: list(users)


def queue(count: int, speed: float) -> Scene:
    return always(*[(CAR, -3.25 * (n % 2) - 3.25, 28.0 + 3.5 * n, 180.0, speed) for n in range(count)])


TRUE: dict[str, tuple[Scene, int, tuple[float, float]]] = {
    "walks on the road": (always((WALKER, -3.0, 50.0, 90.0, 1.2)), 405, (-3.0, 51.0)),
    "box on a lane": (always((THING, 3.25, 45.0, 0.0, 0.0)), 401, (3.25, 45.0)),
    "too fast": (lambda t: [(CAR, LANE, 150.0 - 18 * t, 180.0, 18.0)], 901, (LANE, 90.0)),
    "creeps": (lambda t: [(CAR, LANE, 80.0 - 3 * t, 180.0, 3.0)], 902, (LANE, 70.0)),
    "stands on its lane": (always((CAR, LANE, 60.0, 180.0, 0.0)), 903, (LANE, 60.0)),
    "against the traffic": (lambda t: [(CAR, LANE, 25.0 + 5 * t, 0.0, 5.0)], 904, (LANE, 45.0)),
}
FALSE: dict[str, tuple[Scene, int, tuple[float, float]]] = {
    "nobody": (always(), 405, (-3.0, 60.0)),
    "a car is no pedestrian": (always((CAR, -3.25, 60.0, 180.0, 0.0)), 405, (-3.25, 60.0)),
    "a rider is none either": (always((BICYCLE, -3.25, 60.0, 180.0, 4.0)), 405, (-3.25, 60.0)),
    "walks on the crosswalk": (always((WALKER, 0.0, 21.6, 90.0, 1.2)), 405, (0.0, 21.6)),
    "waits on the pavement": (always((WALKER, -12.5, 22.5, 90.0, 0.0)), 405, (-12.5, 22.5)),
    "walks elsewhere": (always((WALKER, -3.0, 60.0, 90.0, 1.2)), 405, (-3.0, 75.0)),
    "as fast as all": (always((CAR, LANE, 60.0, 180.0, 14.5)), 901, (LANE, 60.0)),
    "creeps behind another": (
        always((CAR, LANE, 60.0, 180.0, 3.0), (CAR, LANE, 48.0, 180.0, 3.0)), 902, (LANE, 60.0),
    ),
    "waits at the line": (always((CAR, LANE, 27.0, 180.0, 0.0)), 903, (LANE, 27.0)),
    "waits in the queue": (always(*[(CAR, LANE, 27.0 + 7 * n, 180.0, 0.0) for n in range(5)]), 903, (LANE, 55.0)),
    "drives": (always((CAR, LANE, 60.0, 180.0, 9.0)), 903, (LANE, 60.0)),
    "with the traffic": (always((CAR, LANE, 45.0, 180.0, 9.0)), 904, (LANE, 45.0)),
    "stands the wrong way": (always((CAR, LANE, 45.0, 0.0, 0.0)), 904, (LANE, 45.0)),
    "no such code": (always((CAR, LANE, 45.0, 0.0, 0.0)), 9999, (LANE, 45.0)),
    "a car without siren": (always((CAR, LANE, 45.0, 180.0, 9.0)), 905, (LANE, 45.0)),
    "nine at red": (queue(9, 0.0), 707, (-3.25, 50.0)),
}  # fmt: skip


@pytest.mark.parametrize("name", TRUE)
def test_what_is_so_may_be_told_of(name: str) -> None:
    scene, code, place = TRUE[name]
    wrong, events = run(scene, code, place, (4.0, 8.0))
    assert wrong == [] and events.summary()["false"] == 0
    assert events.summary()["on_air"] == {str(code): 1}


@pytest.mark.parametrize("name", FALSE)
def test_what_is_not_so_is_one_false_event_however_long(name: str) -> None:
    scene, code, place = FALSE[name]
    wrong, events = run(scene, code, place, (4.0, 8.0))
    assert len(wrong) == 40 and f"event {code}" in wrong[0]
    assert events.summary()["false"] == 1 and len(events.summary()["examples"]) == 1


def test_an_emergency_vehicle_is_one_by_what_it_is() -> None:
    scene = always((CAR, LANE, 45.0, 180.0, 9.0))
    assert run(scene, 905, (LANE, 60.0), (4.0, 8.0), equipped=EMERGENCY_OBU)[0] == []
    assert run(scene, 905, (LANE, 90.0), (4.0, 8.0), equipped=EMERGENCY_OBU)[0] != []


@pytest.mark.parametrize(
    ("count", "speed", "signals", "so"),
    [(12, 0.0, "G", True), (12, 0.0, "r", False), (12, 9.0, "G", False), (5, 0.0, "G", False)],
)
def test_a_crowd_is_a_congestion_only_where_it_may_drive(count: int, speed: float, signals: str, so: bool) -> None:
    wrong, _ = run(queue(count, speed), 707, (-3.25, 50.0), (6.0, 10.0), signals=signals * 20)
    assert (wrong == []) is so


def test_an_event_may_linger_but_not_stay_and_not_come_early() -> None:
    def scene(at_s: float) -> list[User]:
        return [(WALKER, -3.0, 60.0, 90.0, 1.0)] if 4.0 <= at_s < 6.0 else []

    assert run(scene, 405, (-3.0, 60.0), (5.0, 12.0), 20.0)[0] == []
    late, _ = run(scene, 405, (-3.0, 60.0), (5.0, 18.0), 20.0)
    assert 20 <= len(late) <= 60  # from some 7 s after its end on
    early, events = run(scene, 405, (-3.0, 60.0), (2.0, 6.0), 20.0)
    assert len(early) == 20 and events.summary()["false"] == 1


def test_who_does_not_know_the_world_judges_nothing() -> None:
    events = Events(REFERENCE)
    assert list(events.judge(rsi(405, 0.0, 60.0), START_NS)) == []
    events.world(world(0.0, []))
    assert list(events.judge(rsi(405, 0.0, 60.0), START_NS + 2_000_000_000)) == []
    assert list(events.judge(rsi(405, 0.0, 60.0), START_NS + 100_000_000)) != []
    assert list(events.judge(rsi(405, 0.0, 60.0, over=True), START_NS + 100_000_000)) == []


def test_a_place_is_part_of_an_event() -> None:
    events = Events(REFERENCE)
    events.world(world(0.0, []))
    message = rsi(405, 0.0, 60.0)
    nowhere = message.events[0].__class__(rte_id=1, event_type=405, source="detection")
    told = RoadSideInformation(msg_cnt=1, id=b"RSU-test", position=message.position, events=(nowhere,))
    assert list(events.judge(told, START_NS)) == ["event 405 without a place"]


@pytest.mark.parametrize("told", [True, False])
def test_what_certainly_happens_is_counted_and_found_if_told_of(told: bool) -> None:
    scene, code, place = TRUE["walks on the road"]
    _, events = run(scene, code, place, (4.0, 8.0 if told else 0.0))
    assert (events.summary()["true"], events.summary()["found"]) == (1, int(told))


def test_two_events_under_one_number_are_two() -> None:
    scene, code, place = FALSE["nobody"]
    events = Events(REFERENCE)
    for step in range(150):
        events.world(world(step / 10, scene(step / 10)))
        if step < 20 or step > 100:
            list(events.judge(rsi(code, *place), START_NS + step * PERIOD_NS))
    assert events.summary()["on_air"] == {"405": 2} and events.summary()["false"] == 2


def test_lanes_are_those_of_the_net() -> None:
    roads = Roads()
    places = np.array([[0.0, 60.0], [3.25, 60.0], [-9.38, 60.0], [200.0, 200.0]])
    south, north = np.full(4, 180.0), np.full(4, 0.0)
    assert [roads.names[n] if n != NONE else "" for n in roads.place(places, south).lane] == ["north_in", "", "", ""]
    assert [roads.names[n] if n != NONE else "" for n in roads.place(places, north).lane] == ["", "north_out", "", ""]
    against = roads.place(places, south, turned=True).lane
    assert [roads.names[n] if n != NONE else "" for n in against] == ["", "north_out", "", ""]
    assert roads.place(places, south).to_end_m[0] == pytest.approx(60.0 - 23.63)
    assert roads.on_carriageway(np.array([[-8.0, 60.0], [-8.4, 60.0], [0.0, 0.0], [0.0, 21.6]]), 0.0).tolist() == [
        True, False, True, False,
    ]  # fmt: skip
