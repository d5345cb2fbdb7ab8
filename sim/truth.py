"""The world of the last seconds, and its truth about the participants of an RSM."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence

import numpy as np

from perception.objects import Floats, Ints, RoadUser
from sim.bench import SensorSpec
from sim.frames import PERIOD_NS, WorldFrame, at
from sim.score import GROUPS, Truth
from sim.sight import in_sight

KEPT = 50  # frames: 5 s

GROUP = {
    RoadUser.CAR: "motor",
    RoadUser.TRUCK: "motor",
    RoadUser.BUS: "motor",
    RoadUser.MOTORCYCLE: "motor",
    RoadUser.BICYCLE: "non-motor",
    RoadUser.PEDESTRIAN: "pedestrian",
}
_GROUP_OF_KIND = np.array([GROUPS.index(GROUP.get(kind, "unknown")) for kind in RoadUser])


class History:
    """The newest frames of the world, oldest first."""

    def __init__(self) -> None:
        self._frames: deque[WorldFrame] = deque(maxlen=KEPT)

    def add(self, frame: WorldFrame) -> None:
        """Keep a frame; one that does not follow the newest begins a new history (the world was started again)."""
        if self._frames and frame.stamp_ns != self._frames[-1].stamp_ns + PERIOD_NS:
            self._frames.clear()
        self._frames.append(frame)

    def at(self, stamp_ns: int) -> WorldFrame | None:
        """Return the world at a time; None when it is not known."""
        after = bisect_right(self._frames, stamp_ns, key=lambda frame: frame.stamp_ns)
        if not 0 < after < len(self._frames):
            return None
        return at(self._frames[after - 1], self._frames[after], stamp_ns)

    def truth(
        self, now_ns: int, stamps_ns: Ints, reach: float, margin: float, sensors: Sequence[SensorSpec]
    ) -> Truth | None:
        """Return the road users within `reach` metres of the centre at `now_ns`, as they were at n times.

        Those up to `margin` metres further out are among them, as not inside. None when the world is not known.
        `sensors`: those that may see them.
        """
        world = self.at(now_ns)
        if world is None:
            return None
        away = np.hypot(world.position_m[:, 0], world.position_m[:, 1])
        near = away <= reach + margin
        ids = world.id[near]
        position = np.full((len(stamps_ns), len(ids), 2), np.nan)
        speed, heading = (np.full((len(stamps_ns), len(ids)), np.nan) for _ in range(2))
        for stamp in np.unique(stamps_ns):
            rows = stamps_ns == stamp
            position[rows], speed[rows], heading[rows] = self._of(ids, int(stamp))
        groups, inside = _GROUP_OF_KIND[world.kind[near]], away[near] <= reach
        seen, equipped = in_sight(world, sensors)[near], world.equipped[near] > 0
        return Truth(ids, groups, position, speed, heading, inside, seen, equipped)

    def _of(self, ids: Ints, stamp_ns: int) -> tuple[Floats, Floats, Floats]:
        """Return positions (m, 2), speeds (m,) and headings (m,) of road users at a time, NaN where not there."""
        position = np.full((len(ids), 2), np.nan)
        speed, heading = (np.full(len(ids), np.nan) for _ in range(2))
        world = self.at(stamp_ns)
        if world is not None:
            _, to, of = np.intersect1d(ids, world.id, return_indices=True)
            position[to] = world.position_m[of]
            speed[to] = np.hypot(world.velocity_mps[of, 0], world.velocity_mps[of, 1])
            heading[to] = world.heading_deg[of]
        return position, speed, heading
