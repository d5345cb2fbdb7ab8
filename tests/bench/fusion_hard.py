"""The harder cases of `make bench-fusion`: conditions in which trackers lose, swap or invent road users."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from perception.objects import Floats, RoadUser
from tests.bench.fusion_world import Case, Crowd, Fault, lanes_and_walkers, walkers


def behind_buses(users: int, seconds: float, rng: np.random.Generator) -> Case:
    """Correlated misses: a fifth of the vehicles are buses, and no sensor sees behind them."""
    crowd = lanes_and_walkers(users, seconds, rng)
    crowd.kind[(crowd.kind == RoadUser.CAR) & (rng.random(len(crowd.kind)) < 0.2)] = RoadUser.BUS
    return Case(crowd, buses_hide=True)


def crossing_pedestrians(users: int, seconds: float, rng: np.random.Generator) -> Case:
    """Two streams of pedestrians walk through each other on a crosswalk 4 m wide."""
    count = users // 5
    aside, start = rng.uniform(-2.0, 2.0, 2 * count), rng.uniform(4.0, 26.0, 2 * count)
    side = np.repeat([-1.0, 1.0], count)
    position = np.column_stack([side * start, 12.0 + aside])
    velocity = np.column_stack([-side * rng.normal(1.3, 0.15, 2 * count), np.zeros(2 * count)])
    return Case(_lasting(RoadUser.PEDESTRIAN, position, velocity))


def stopped_queue(users: int, seconds: float, rng: np.random.Generator) -> Case:
    """Three lanes of cars stand 2 m apart, bumper to bumper; radars see them as well as cameras do."""
    place = np.array([(3.5 * lane - 2.0, -12.0 - 6.6 * number) for lane in range(3) for number in range(users // 8)])
    return Case(_lasting(RoadUser.CAR, place, np.zeros_like(place)).and_also(walkers(10, rng)))


def turned_radar(users: int, seconds: float, rng: np.random.Generator) -> Case:
    """One radar looks 3 degrees farther to the right than the site file says."""
    return Case(lanes_and_walkers(users, seconds, rng), {"radar-90": Fault(yaw_deg=3.0)})


def late_camera(users: int, seconds: float, rng: np.random.Generator) -> Case:
    """One camera delivers 200 ms late."""
    return Case(lanes_and_walkers(users, seconds, rng), {"camera-0": Fault(latency_ns=200_000_000)})


def ghost_storm(users: int, seconds: float, rng: np.random.Generator) -> Case:
    """One radar sees 40 ghosts, each at one place for half a second."""
    return Case(lanes_and_walkers(users, seconds, rng), {"radar-180": Fault(ghosts=40)})


CASES: dict[str, Callable[[int, float, np.random.Generator], Case]] = {
    "behind buses": behind_buses,
    "crossing pedestrians": crossing_pedestrians,
    "stopped queue": stopped_queue,
    "turned radar": turned_radar,
    "late camera": late_camera,
    "ghost storm": ghost_storm,
}


def _lasting(kind: RoadUser, position: Floats, velocity: Floats) -> Crowd:
    """Return road users of one class that are there all the time."""
    count = len(position)
    return Crowd(np.full(count, int(kind)), position, velocity, np.zeros(count), np.full(count, np.inf))
