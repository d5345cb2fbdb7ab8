"""How well road users keep their identity along the corridor, and how good the fused picture is in the overlaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from perception.corridor.shared import NO_IDENTITY, CorridorTracks
from perception.objects import Floats, Ints, Mask
from perception.results import Tracks
from perception.scoring.assignment import gospa, match
from sim.frames import WorldFrame

NEAR_M = 3.0  # a track nearer is the road user's
CHECK_M = 10.0  # half of the stretch before the pole of a box in which it is asked for the identity


class Kept(NamedTuple):
    """How many road users kept their identity."""

    kept: int
    passed: int


class Identities:
    """The identity that each box gives to each road user as it passes the pole."""

    def __init__(self, centres_m: Sequence[float]) -> None:
        self._centres = list(centres_m)
        self._said: dict[int, dict[int, int]] = defaultdict(dict)  # road user -> box -> identity, NO_IDENTITY: none

    def look(self, box: int, truth: WorldFrame, shift_m: Floats, position_m: Floats, global_id: Ints) -> None:
        """Compare a box's tracks (n, 2), (n,) with the truth, which lies `shift_m` (2,) elsewhere in its datum."""
        near = np.flatnonzero(np.abs(truth.position_m[:, 0] - self._centres[box]) < CHECK_M)
        place = truth.position_m + shift_m
        distance = np.hypot(*(place[:, None] - position_m).transpose(2, 0, 1))
        rows, columns = match(distance, NEAR_M)
        of = dict(zip(rows.tolist(), global_id[columns].tolist(), strict=True))
        for row in near.tolist():
            said = self._said[int(truth.id[row])]
            said[box] = of.get(row, NO_IDENTITY) or said.get(box, NO_IDENTITY)

    def kept(self, first: int, last: int) -> Kept:
        """Return how many of those that passed two boxes had one identity at both."""
        both = [said for said in self._said.values() if first in said and last in said]
        return Kept(sum(said[first] == said[last] != NO_IDENTITY for said in both), len(both))

    def mistaken(self) -> int:
        """Return how many identities two road users had, one after the other."""
        users = defaultdict(set)
        for user, said in self._said.items():
            for number in said.values():
                users[number].add(user)
        return sum(len(each) > 1 for number, each in users.items() if number != NO_IDENTITY)


class Overlap:
    """GOSPA and NEES of one picture on one stretch of road."""

    def __init__(self, begin_m: float, end_m: float) -> None:
        """Stretch from `begin_m` to `end_m` east, as `sim.corridor.layout` counts along the road."""
        self._span = begin_m, end_m
        self._gospa: list[float] = []
        self._nees: list[Floats] = []

    def look(self, truth: WorldFrame, shift_m: Floats, said: Tracks | CorridorTracks, both: Mask | None = None) -> None:
        """Compare a picture with the truth. `both` (n,): rows whose covariance is judged; all if not given."""
        place = truth.position_m + shift_m
        distance = np.hypot(*(place[:, None] - said.position_m).transpose(2, 0, 1))
        rows, columns = match(distance, 5.0)
        here, there = self._inside(truth.position_m), self._inside(said.position_m - shift_m)
        pairs = here[rows]
        alone = int(here.sum() - pairs.sum()) + int(there.sum() - there[columns].sum())
        rows, columns = rows[pairs], columns[pairs]
        self._gospa.append(gospa(distance[rows, columns], alone))
        if both is not None:
            rows, columns = rows[both[columns]], columns[both[columns]]
        away = np.hstack(
            [said.position_m[columns] - place[rows], said.velocity_mps[columns] - truth.velocity_mps[rows]]
        )
        self._nees.append((away * np.linalg.solve(said.covariance[columns], away[:, :, None])[:, :, 0]).sum(axis=1))

    def _inside(self, position_m: Floats) -> Mask:
        inside: Mask = (self._span[0] < position_m[:, 0]) & (position_m[:, 0] < self._span[1])
        return inside

    def gospa(self) -> float:
        """Return the mean, m."""
        return float(np.mean(self._gospa))

    def nees(self) -> float:
        """Return the mean over 4, the number of figures of a state: 1 where covariances are true."""
        return float(np.mean(np.concatenate(self._nees))) / 4.0
