"""The live world: SUMO's microscopic traffic at the demo crossing, through libsumo (one simulation per process)."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import libsumo
import numpy as np

from perception.objects import RoadUser
from sim import signals
from sim.frames import PERIOD_NS, WorldFrame
from sim.rows import WIDTH, Rows, frame

WARM_UP_S = 120  # whole signal cycles; the crossing fills in this time
PERIOD_S = PERIOD_NS / 1e9
FOLLOW_S = 0.8  # time constant of a pedestrian's path behind SUMO's
STANDING = 0.2  # m/s; a pedestrian below it keeps the heading

DATA = Path(__file__).parent / "data"
CROSSING, USERS = DATA / "crossing.net.xml.gz", DATA / "crossing.rou.xml"
OPTIONS = ["--step-length", str(PERIOD_S), "--no-step-log", "--no-warnings", "--time-to-teleport", "-1"]
OPTIONS += ["--lateral-resolution", "0.65", "--collision.action", "none"]  # lanes are changed sideways, not by a hop
KINDS = {
    "passenger": RoadUser.CAR,
    "truck": RoadUser.TRUCK,
    "bus": RoadUser.BUS,
    "bicycle": RoadUser.BICYCLE,
    "pedestrian": RoadUser.PEDESTRIAN,
}


def is_equipped(seed: int, name: str, kind: RoadUser) -> bool:
    """Tell whether a road user carries an OBU: a third of the cars, by seed and name."""
    return kind is RoadUser.CAR and zlib.crc32(f"{seed}/{name}".encode()) % 3 == 0


class Pose(NamedTuple):
    """SUMO's state of a road user: its front bumper, or a pedestrian's centre."""

    east_m: float  # m
    north_m: float  # m
    angle_deg: float  # deg clockwise from north
    speed_mps: float  # m/s


class User(NamedTuple):
    """One road user: its constant attributes, and its state at the last step."""

    id: int
    kind: RoadUser
    equipped: bool
    size_m: tuple[float, float, float]  # m: length, width, height
    centre_m: tuple[float, float] | None = None  # m
    velocity_mps: tuple[float, float] = (0.0, 0.0)  # m/s
    heading_deg: float = 0.0  # deg

    def moved(self, pose: Pose) -> User:
        """Return the road user one period on.

        The velocity is that of the centre, which SUMO does not say: its speed is the front bumper's along the lane,
        without any sideways part.
        """
        turn = math.radians(pose.angle_deg)
        ahead = (math.sin(turn), math.cos(turn))
        if self.kind is RoadUser.PEDESTRIAN:
            return self._walked(pose, ahead)
        half = self.size_m[0] / 2
        centre = (pose.east_m - half * ahead[0], pose.north_m - half * ahead[1])
        velocity = (pose.speed_mps * ahead[0], pose.speed_mps * ahead[1])
        if self.centre_m is not None:
            velocity = ((centre[0] - self.centre_m[0]) / PERIOD_S, (centre[1] - self.centre_m[1]) / PERIOD_S)
        return self._replace(centre_m=centre, velocity_mps=velocity, heading_deg=pose.angle_deg)

    def _walked(self, pose: Pose, ahead: tuple[float, float]) -> User:
        """Follow SUMO's pedestrian, which hops by up to 1.5 m where a pavement meets a crosswalk."""
        if self.centre_m is None:
            velocity = (pose.speed_mps * ahead[0], pose.speed_mps * ahead[1])
            return self._replace(
                centre_m=(pose.east_m, pose.north_m), velocity_mps=velocity, heading_deg=pose.angle_deg
            )
        velocity = ((pose.east_m - self.centre_m[0]) / FOLLOW_S, (pose.north_m - self.centre_m[1]) / FOLLOW_S)
        centre = (self.centre_m[0] + velocity[0] * PERIOD_S, self.centre_m[1] + velocity[1] * PERIOD_S)
        walks = math.hypot(*velocity) > STANDING
        heading = math.degrees(math.atan2(*velocity)) if walks else self.heading_deg
        return self._replace(centre_m=centre, velocity_mps=velocity, heading_deg=heading)

    def row(self) -> list[int]:
        """Return the road user as one of `sim.rows.Rows`."""
        assert self.centre_m is not None, "moved before it is read"
        metric = (*self.centre_m, *self.velocity_mps)
        return [
            self.id,
            self.kind,
            self.equipped,
            *(round(value * 1000) for value in metric),
            round(self.heading_deg * 100) % 36000,
            *(round(value * 1000) for value in self.size_m),
        ]


class Traffic:
    """The simulation, read as rows. Ids count from 1 in order of appearance."""

    def __init__(self, seed: int, demand: float = 1.0, net: Path = CROSSING, routes: Path = USERS) -> None:
        """Load the net and the demand, so many times as much as usual, and let the roads fill."""
        files = ["-n", str(net), "-r", str(routes)]
        libsumo.start(["sumo", *files, *OPTIONS, "--seed", str(seed), "--scale", str(demand)])
        libsumo.simulationStep(WARM_UP_S)
        self._seed = seed
        self._ids = count(1)
        self._users: dict[str, User] = {}

    def step(self) -> Rows:
        """Return all road users now and advance the world by one period."""
        known, self._users = self._users, {}
        for domain in (libsumo.vehicle, libsumo.person):
            for name in domain.getIDList():
                east, north = domain.getPosition(name)
                pose = Pose(east, north, domain.getAngle(name), domain.getSpeed(name))
                user = known.get(name) or self._meet(name, domain.getTypeID(name))
                self._users[name] = user.moved(pose)
        libsumo.simulationStep()
        return np.array([user.row() for user in self._users.values()], dtype=np.int32).reshape(-1, WIDTH)

    def _meet(self, name: str, type_name: str) -> User:
        types = libsumo.vehicletype
        kind = KINDS[types.getVehicleClass(type_name)]
        size = (types.getLength(type_name), types.getWidth(type_name), types.getHeight(type_name))
        return User(next(self._ids), kind, is_equipped(self._seed, name, kind), size)


def scenes(seed: int, demand: float = 1.0) -> Iterator[tuple[Rows, str]]:
    """Yield road users and signal state of each frame, for ever."""
    traffic = Traffic(seed, demand)
    while True:
        rows = traffic.step()
        yield rows, libsumo.trafficlight.getRedYellowGreenState("centre")  # holds from `rows` on


def frames(seed: int, demand: float = 1.0) -> Iterator[WorldFrame]:
    """Yield the world's frames for ever; their stamps count from 0."""
    cycle_s = signals.load().cycle_s
    for number, (rows, state) in enumerate(scenes(seed, demand)):
        yield frame(number, rows, state, cycle_s)
