"""A neighbour's datum and clock against the box's own, from the road users that both see.

A neighbour whose positions lie d beside ours and whose clock is ahead by t sees a road user of velocity v at d - v t
from where we see it. Road users in two directions tell d and t apart. The tracks of one road user err alike for many
looks, and the knowledge fades, since clocks wander.
"""

from __future__ import annotations

import math

import numpy as np

from perception.algebra import apply, inverse, transposed
from perception.corridor.estimates import TrackStates
from perception.corridor.settings import CorridorSettings
from perception.corridor.shared import NeighbourOffset
from perception.objects import Floats

ALIKE = 100.0  # looks at a road user that tell as much as one: its whole way through an overlap
MEMORY_S = 600.0  # after which knowledge has faded to 1/e
LOOK_S = 0.1  # between two looks


class DatumAndClock:
    """The estimate for one neighbour: information form, so that the prior stays when all else has faded."""

    def __init__(self, box: str, settings: CorridorSettings) -> None:
        self._box = box
        datum, clock = settings.datum_sd_m**-2, (settings.clock_sd_ms * 1e-3) ** -2
        self._prior = np.diag([datum, datum, clock])
        self._known = np.zeros((3, 3))
        self._about = np.zeros(3)
        self._shared = 0
        self._solve()

    def learn(self, own: TrackStates, neighbour: TrackStates) -> None:
        """Take n road users that both see, as the neighbour says it: not corrected."""
        kept = math.exp(-LOOK_S / MEMORY_S)
        self._known, self._about = kept * self._known, kept * self._about
        self._shared = own.state.shape[1]
        if self._shared:
            certainty = inverse((own.covariance + neighbour.covariance)[:2, :2]) / ALIKE
            away = neighbour.state[:2] - own.state[:2]
            self._add(certainty, away, own.state[2:])
        self._solve()

    def _add(self, certainty: Floats, away: Floats, velocity: Floats) -> None:
        """Add n looks: certainty (2, 2, n) of the differences away (2, n) m at velocities (2, n) m/s."""
        weighted, drift = apply(certainty, away), apply(certainty, velocity)
        self._known[:2, :2] += certainty.sum(axis=2)
        self._known[:2, 2] -= drift.sum(axis=1)
        self._known[2, :2] = self._known[:2, 2]
        self._known[2, 2] += (velocity * drift).sum()
        self._about += [*weighted.sum(axis=1), -(velocity * weighted).sum()]

    def _solve(self) -> None:
        """Find the estimate and its covariance, by cofactors."""
        a, b, c = self._prior + self._known
        cofactors = np.array([np.cross(b, c), np.cross(c, a), np.cross(a, b)])
        self._covariance = cofactors / (a * cofactors[0]).sum()
        self._estimate = (self._covariance * self._about).sum(axis=1)

    def corrected(self, neighbour: TrackStates) -> TrackStates:
        """Return the neighbour's estimates of n road users in the box's datum and time, as sure as the offset is."""
        state, covariance = neighbour.state.copy(), neighbour.covariance.copy()
        velocity, spread = state[2:], self._covariance
        state[:2] -= self._estimate[:2, None] - velocity * self._estimate[2]
        mixed = spread[:2, 2, None] * velocity[:, None]
        covariance[:2, :2] += spread[:2, :2, None] + spread[2, 2] * velocity[:, None] * velocity
        covariance[:2, :2] -= mixed + transposed(mixed)
        return TrackStates(state, covariance)

    def view(self) -> NeighbourOffset:
        """Return the estimate for people."""
        east, north, clock = self._estimate.tolist()
        spread = np.sqrt(self._covariance.diagonal()).tolist()
        return NeighbourOffset(
            box=self._box,
            east_m=east,
            north_m=north,
            clock_ms=clock * 1e3,
            datum_sd_m=max(spread[:2]),
            clock_sd_ms=spread[2] * 1e3,
            shared=self._shared,
        )
