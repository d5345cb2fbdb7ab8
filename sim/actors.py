"""Actors: road users with a script, among the ordinary traffic of the bench world."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec
import numpy as np

from perception.geo import direction_of, heading_difference, heading_of
from perception.objects import Floats, RoadUser
from sim.frames import WorldFrame

FIRST_ID = 1_000_000  # ordinary road users have smaller ones
AHEAD_M, BEHIND_M, BESIDE_M = 8.0, 12.0, 0.5  # ordinary road users that come so near an actor leave the world,
LANE_M, ALONG_DEG = 150.0, 30.0  # and so do those on its lane, up to so far: none is left standing without its leader

SIZES = {
    RoadUser.UNKNOWN: (0.6, 0.5, 0.4),
    RoadUser.CAR: (4.7, 1.82, 1.46),
    RoadUser.TRUCK: (8.9, 2.5, 3.4),
    RoadUser.BUS: (11.9, 2.55, 3.1),
    RoadUser.BICYCLE: (1.75, 0.65, 1.7),
    RoadUser.PEDESTRIAN: (0.4, 0.55, 1.7),
}


class Actor(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One road user: a way and a speed for every time. It is there from the first time of its profile to the last."""

    kind: RoadUser
    way_m: tuple[tuple[float, float], ...]  # m, site frame: the way of its centre
    profile: tuple[tuple[float, float], ...]  # (s, m/s): speed changes evenly between these times
    equipped: int = 0

    @cached_property
    def _line(self) -> tuple[Floats, Floats]:
        """Return the way's points and how far each is from its begin, m."""
        points = np.array(self.way_m, dtype=np.float64)
        steps = np.diff(points, axis=0)
        return points, np.append(0.0, np.cumsum(np.hypot(steps[:, 0], steps[:, 1])))

    @cached_property
    def _pace(self) -> tuple[Floats, Floats, Floats]:
        """Return the profile's times, its speeds, and how far it has come by then, m."""
        times, speeds = np.array(self.profile, dtype=np.float64).T
        return times, speeds, np.append(0.0, np.cumsum(np.diff(times) * (speeds[1:] + speeds[:-1]) / 2.0))

    def is_there(self, time_s: float) -> bool:
        """Tell whether it is in the world at a time."""
        return self.profile[0][0] <= time_s <= self.profile[-1][0]

    def travelled(self, time_s: float) -> float:
        """Return how far it has come, m."""
        times, speeds, distances = self._pace
        at = int(np.clip(np.searchsorted(times, time_s, side="right") - 1, 0, len(times) - 2))
        speed = (speeds[at] + np.interp(time_s, times, speeds)) / 2.0
        return float(distances[at] + (time_s - times[at]) * speed)

    def reaches(self, distance: float) -> float:
        """Return the time in seconds at which it has come so far. ValueError: it never does."""
        if self._pace[2][-1] < distance:
            raise ValueError(f"the actor comes {self._pace[2][-1]:.1f} m far, not {distance:.1f}")
        times = np.arange(self.profile[0][0], self.profile[-1][0], 0.01)
        return float(np.interp(distance, [self.travelled(float(time)) for time in times], times))

    def state(self, time_s: float) -> tuple[Floats, float, float]:
        """Return position (2,) m, heading deg, speed m/s."""
        points, distances = self._line
        at = self.travelled(time_s)
        position = np.array([np.interp(at, distances, points[:, axis]) for axis in (0, 1)])
        segment = int(np.clip(np.searchsorted(distances, at, side="right") - 1, 0, len(points) - 2))
        heading = float(heading_of(points[segment + 1] - points[segment]))
        return position, heading, float(np.interp(time_s, *self._pace[:2]))


def overlay(frames: Iterable[WorldFrame], actors: Sequence[Actor]) -> Iterator[WorldFrame]:
    """Yield the frames with the actors among the ordinary road users; those in an actor's way leave the world."""
    gone: set[int] = set()
    for frame in frames:
        time_s = frame.stamp_ns / 1e9
        there = [(FIRST_ID + number, actor) for number, actor in enumerate(actors) if actor.is_there(time_s)]
        rows = [(number, actor, *actor.state(time_s)) for number, actor in there]
        for _, actor, position, heading, _ in rows:
            gone.update(_in_the_way(frame, position, heading, SIZES[actor.kind]))
        yield _joined(frame, np.array([number not in gone for number in frame.id.tolist()], dtype=np.bool_), rows)


def _in_the_way(frame: WorldFrame, position: Floats, heading: float, size: tuple[float, float, float]) -> list[int]:
    """Return the ids of the road users that are where an actor is, close before or behind it, or on its lane."""
    ahead = direction_of(heading)
    off = frame.position_m - position
    along = off @ ahead
    across = np.abs(off @ np.array([ahead[1], -ahead[0]]))
    half = (frame.size_m[:, 0] + size[0]) / 2.0
    close = (along < half + AHEAD_M) & (along > -half - BEHIND_M)
    turn = np.abs(heading_difference(frame.heading_deg, heading))
    lane = (np.minimum(turn, 180.0 - turn) < ALONG_DEG) & (np.abs(along) < LANE_M)
    beside = across < (frame.size_m[:, 1] + size[1]) / 2.0 + BESIDE_M
    found: list[int] = frame.id[(close | lane) & beside].tolist()
    return found


def _joined(frame: WorldFrame, kept: np.ndarray, rows: Sequence[tuple[int, Actor, Floats, float, float]]) -> WorldFrame:
    """Return a frame with the ordinary road users that are kept, and the actors."""
    heading = np.array([row[3] for row in rows], dtype=np.float64)
    return msgspec.structs.replace(
        frame,
        id=np.append(frame.id[kept], np.array([row[0] for row in rows], dtype=np.int64)),
        kind=np.append(frame.kind[kept], np.array([row[1].kind for row in rows], dtype=np.int64)),
        position_m=np.vstack([frame.position_m[kept], *[row[2] for row in rows]]),
        velocity_mps=np.vstack([frame.velocity_mps[kept], *[row[4] * direction_of(row[3]) for row in rows]]),
        heading_deg=np.append(frame.heading_deg[kept], heading),
        size_m=np.vstack([frame.size_m[kept], *[np.array(SIZES[row[1].kind]) for row in rows]]),
        equipped=np.append(frame.equipped[kept], np.array([row[1].equipped for row in rows], dtype=np.int64)),
    )
