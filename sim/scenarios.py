"""Scripted scenes of the demo crossing, one for each kind of event, on top of the ordinary traffic.

`python -m sim.scenarios` prints their names. Times are seconds since the world began; the signal cycle of 60 s begins
with it (sim/data/signals.json).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from perception.objects import RoadUser
from sim.actors import SIZES, Actor, overlay
from sim.frames import EMERGENCY_OBU, WorldFrame

STOP_LINE_M = 23.63  # from the centre, on every arm
LEFT, STRAIGHT, RIGHT = 0.0, -3.25, -6.5  # east of the lanes that come from the north
OUT = 3.25  # east of the inner lane that leads north
FAR_M = 150.0
SEEN_M = 80.0  # from the centre: so far away radars and cameras surely see a car

LENGTH_M, WIDTH_M, _ = SIZES[RoadUser.CAR]

Way = tuple[tuple[float, float], ...]


class Scenario(NamedTuple):
    """A scene, and the events that a roadside unit should report of it."""

    about: str
    event: str  # the rule that should find it
    begin_s: float  # when it is one
    end_s: float  # when it is over
    place_m: tuple[float, float]  # m, site frame: where it begins
    actors: tuple[Actor, ...]
    seconds: float  # until when it is worth looking
    radius_m: float = 25.0  # how far from the place an event may be that is meant
    also: tuple[str, ...] = ()  # rules that may find something in it, too

    def play(self, frames: Iterable[WorldFrame]) -> Iterator[WorldFrame]:
        """Yield the frames of the world in which it happens."""
        return overlay(frames, self.actors)


def _from_north(east: float, first: float = FAR_M, last: float = -FAR_M) -> Way:
    return ((east, first), (east, last))


def _car(way: Way, *profile: tuple[float, float], kind: RoadUser = RoadUser.CAR, equipped: int = 0) -> Actor:
    return Actor(kind=kind, way_m=way, profile=profile, equipped=equipped)


def _stopped_vehicle() -> Scenario:
    car = _car(_from_north(STRAIGHT), (5.0, 10.0), (11.9, 10.0), (15.9, 0.0), (28.0, 0.0), (33.0, 10.0))
    stands = car.state(20.0)[0]
    return Scenario("a car stands on its lane", "stopped_vehicle", 15.9, 28.75, tuple(stands), (car,), 40.0)


def _wrong_way() -> Scenario:
    way = ((OUT, -FAR_M), (OUT, -10.0), (LEFT, 15.0), (LEFT, FAR_M))
    car = _car(way, (5.0, 10.0), (34.0, 10.0))
    begin, end = car.reaches(FAR_M + STOP_LINE_M + 0.2), car.reaches(FAR_M + SEEN_M + 0.2)
    place = tuple(car.state(begin)[0])
    return Scenario("a car leaves the junction against the traffic", "wrong_way", begin, end, place, (car,), 35.0, 60.0)


def _overspeed() -> Scenario:
    car = _car(_from_north(STRAIGHT), (55.0, 20.0), (64.0, 20.0), (66.0, 12.0), (72.0, 12.0))
    begin = car.reaches(FAR_M - SEEN_M)
    return Scenario("a car drives 72 km/h", "overspeed", begin, 65.1, (STRAIGHT, SEEN_M), (car,), 75.0, 60.0)


def _slow_vehicle() -> Scenario:
    car = _car(_from_north(STRAIGHT, 95.0), (10.0, 3.0), (20.0, 3.0), (22.0, 10.0), (24.0, 10.0))
    begin = car.reaches(95.0 - SEEN_M)
    return Scenario("a car creeps on a free lane", "slow_vehicle", begin, 21.2, (STRAIGHT, SEEN_M), (car,), 30.0)


def _column(off_s: float, gone_s: float) -> tuple[Actor, ...]:
    """Two lanes full of cars that come one after the other, stand from 27 s at the latest, and drive off in turn."""
    cars = []
    for east in (STRAIGHT, RIGHT):
        for place in range(7):
            stands, come_s, go_s = STOP_LINE_M + 3.5 + 7.0 * place, 13.0 + place, off_s + 1.2 * place
            braking = (come_s, 8.0), (come_s + 4.5, 8.0), (come_s + 7.5, 0.0)  # over 48 m in all
            starting = (go_s, 0.0), (go_s + 4.0, 8.0), (gone_s, 8.0)
            cars.append(_car(_from_north(east, stands + 48.0), *braking, *starting))
    return tuple(cars)


def _congestion() -> Scenario:
    place = (STRAIGHT, STOP_LINE_M + 30.0)
    return Scenario(
        "two lanes do not move at green", "congestion", 60.0, 125.0, place, _column(120.0, 140.0), 165.0, 60.0
    )


def _queue_end() -> Scenario:
    place = (STRAIGHT, STOP_LINE_M + 47.0)
    return Scenario("a queue of 48 m", "queue_end", 26.5, 62.0, place, _column(60.0, 80.0), 75.0)


def _pedestrian() -> Scenario:
    walker = _car(((-16.0, 50.0), (14.0, 50.0)), (10.0, 1.4), (30.0, 1.4), kind=RoadUser.PEDESTRIAN)
    begin, end = walker.reaches(16.0 + RIGHT - 1.6), walker.reaches(16.0 + 6.5 + 1.6)
    return Scenario("somebody walks across the road", "pedestrian", begin, end, (-8.1, 50.0), (walker,), 35.0)


def _object() -> Scenario:
    thing = _car(((OUT, 45.0), (OUT, 45.1)), (20.0, 0.0), (40.0, 0.0), kind=RoadUser.UNKNOWN)
    return Scenario("a box lies on a lane", "object", 20.0, 40.0, (OUT, 45.0), (thing,), 47.0)


def _emergency() -> Scenario:
    car = _car(_from_north(STRAIGHT), (10.0, 13.0), (30.0, 13.0), kind=RoadUser.TRUCK, equipped=EMERGENCY_OBU)
    begin, end = car.reaches(FAR_M - SEEN_M), car.reaches(FAR_M + SEEN_M)  # its word counts where sensors see it
    return Scenario("a fire engine comes", "emergency", begin, end, (STRAIGHT, SEEN_M), (car,), 37.0, 60.0)


def _red_light() -> Scenario:
    car = _car(_from_north(STRAIGHT), (16.0, 12.0), (32.0, 12.0))
    begin = car.reaches(FAR_M - STOP_LINE_M - LENGTH_M / 2)
    return Scenario("a car runs a red light", "red_light", begin, begin + 1.0, (STRAIGHT, STOP_LINE_M), (car,), 36.0)


def _near_miss() -> Scenario:
    pace, after_s = 12.0, 0.3  # between the rear of the first and the front of the second
    first = _car(_from_north(STRAIGHT), (52.0, pace), (70.0, pace))
    meets = first.reaches(FAR_M - OUT)  # in the middle of the other's way
    begin = meets + (LENGTH_M + WIDTH_M) / 2.0 / pace + after_s
    start = begin - (FAR_M - STRAIGHT - (LENGTH_M + WIDTH_M) / 2.0) / pace
    second = _car(((FAR_M, OUT), (-FAR_M, OUT)), (start, pace), (72.0, pace))
    place = (STRAIGHT, OUT)
    actors = (first, second)
    also = ("red_light",)
    return Scenario("two cars cross, 0.3 s apart", "near_miss", begin, begin + 0.3, place, actors, 75.0, also=also)


SCENARIOS: dict[str, Callable[[], Scenario]] = {
    "stopped-vehicle": _stopped_vehicle,
    "wrong-way": _wrong_way,
    "overspeed": _overspeed,
    "slow-vehicle": _slow_vehicle,
    "congestion": _congestion,
    "queue-end": _queue_end,
    "pedestrian": _pedestrian,
    "object": _object,
    "emergency": _emergency,
    "red-light": _red_light,
    "near-miss": _near_miss,
}


def main() -> None:
    """Print a line for each scene: its name and its description."""
    for name, make in SCENARIOS.items():
        print(f"{name}: {make().about}")


if __name__ == "__main__":
    main()
