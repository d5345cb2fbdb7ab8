"""The road users that were seen in the pictures before, and where they should be in this one.

Road users that meet, or stop one behind the other, become one blob. Their class, size and motion are known
from the pictures before. A hidden road user is remembered for a while.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints, Mask, RoadUser
from perception.video.boxes import Bodies
from perception.video.builds import KIND, SIZE, SPREAD
from perception.video.fit import Guess

SMOOTH_S = 0.46  # time constant of the mean speed
FIRMER, FIRMEST = 0.85, 0.35  # factor on the spread of sizes a picture; smallest share that remains
ODDEST = 2.0  # spreads by which a body's size may differ from its class's
FASTEST_MPS = 40.0
HEADS_MPS, HEADS_LOOKS = 2.0, 4  # a faster road user that was seen so often heads along its velocity


class SeenUsers(NamedTuple):
    """n road users, rows aligned."""

    guess: Guess  # at the time of the last picture
    velocity_mps: Floats  # (n, 2) m/s
    looks: Ints  # (n,) pictures in which it was seen
    solo: Ints  # (n,) pictures in which it was alone and whole
    hidden_s: Floats  # (n,) since it was seen last
    cost: Floats  # (n, builds) cost of each class, squared sigmas

    def of(self, rows: Mask | Ints) -> SeenUsers:
        """Return some of them, by rows (k,) or a mask (n,)."""
        return SeenUsers(
            self.guess.at(rows),
            self.velocity_mps[rows],
            self.looks[rows],
            self.solo[rows],
            self.hidden_s[rows],
            self.cost[rows],
        )

    def after(self, seconds: float) -> Guess:
        """Return where they should be a while later."""
        state = self.guess.state_m.copy()
        state[:, :2] += self.velocity_mps * seconds
        return self.guess._replace(state_m=state)

    def hidden(self, seconds: float) -> SeenUsers:
        """Return them a while later if they were not seen."""
        return self._replace(guess=self.after(seconds), hidden_s=self.hidden_s + seconds)

    def headed(self, heading: Floats) -> Floats:
        """Return the headings (n,) rad of moving road users along their velocities, of the others as given."""
        rolls = self.guess.build != np.flatnonzero(KIND == RoadUser.PEDESTRIAN)[0]
        goes = (np.hypot(*self.velocity_mps.T) > HEADS_MPS) & (self.looks > HEADS_LOOKS) & rolls
        return np.where(goes, np.arctan2(self.velocity_mps[:, 1], self.velocity_mps[:, 0]), heading)

    def seen(self, bodies: Bodies, build: Ints, spread: Floats, whole: Mask, seconds: float) -> SeenUsers:
        """Return them after they were seen as bodies of a build (n,) a while later.

        `spread` (n, 3): of their sizes, as known before; `whole` (n,): every edge was seen.
        """
        moved = (bodies.position_m - self.guess.state_m[:, :2]) / seconds
        share = np.where(self.looks < 2, 1.0, 1.0 - np.exp(-seconds / SMOOTH_S))[:, None]
        velocity = np.where(self.looks[:, None] < 1, 0.0, self.velocity_mps + share * (moved - self.velocity_mps))
        velocity *= np.minimum(1.0, FASTEST_MPS / np.maximum(np.hypot(*velocity.T), 1e-9))[:, None]
        usual, most = SIZE[build], ODDEST * SPREAD[build]
        size = np.clip(bodies.size_m, usual - most, usual + most)
        state = np.concatenate([bodies.position_m, size], axis=1)
        firm = np.maximum(spread * np.where(whole, FIRMER, 1.0)[:, None], FIRMEST * SPREAD[build])
        guess = Guess(build, bodies.heading_rad, state, size, firm)
        return SeenUsers(guess, velocity, self.looks + 1, self.solo + whole, np.zeros(len(build)), self.cost)


def unknown(guess: Guess) -> SeenUsers:
    """Return road users that were not seen before."""
    count = len(guess.build)
    none = np.zeros(count, dtype=np.int64)
    return SeenUsers(guess, np.zeros((count, 2)), none, none.copy(), np.zeros(count), np.zeros((count, len(KIND))))


def nobody() -> SeenUsers:
    """Return no road users."""
    return unknown(Guess(np.zeros(0, np.int64), np.zeros(0), np.zeros((0, 5)), np.zeros((0, 3)), np.zeros((0, 3))))


def joined(first: SeenUsers, second: SeenUsers) -> SeenUsers:
    """Return all of both."""
    rest = (np.concatenate(pair) for pair in zip(first[1:], second[1:], strict=True))
    return SeenUsers(Guess.joined([first.guess, second.guess]), *rest)
