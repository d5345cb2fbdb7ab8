"""The road users that are followed in the picture between two looks of a network."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from perception.objects import Floats, Ints, Mask
from perception.video.network import NetworkBoxes
from perception.video.overlap import alike

SAME = 0.3  # IoU of a box with where it is expected, at least
SMOOTH = 0.5  # share of a new speed in the mean one


class Followed(NamedTuple):
    """n road users, rows aligned."""

    found: NetworkBoxes  # where they are now; kind and score as the network said last
    best: Floats  # (n,) highest score so far
    known_s: Floats  # (n,) since the network saw it first
    unseen_s: Floats  # (n,) since the network saw it last
    speed: Floats  # (n, 2) px a second

    @staticmethod
    def new(found: NetworkBoxes) -> Followed:
        """Return road users that the network sees for the first time."""
        count = len(found.score)
        return Followed(found, found.score.copy(), np.zeros(count), np.zeros(count), np.zeros((count, 2)))

    def of(self, rows: Mask | Ints) -> Followed:
        """Return some of them, by rows (k,) or a mask (n,)."""
        return Followed(self.found.of(rows), self.best[rows], self.known_s[rows], self.unseen_s[rows], self.speed[rows])

    def moved(self, shift: Floats, seen: Mask, seconds: float) -> Followed:
        """Return them a while later. `shift` (n, 2) px, where that was `seen`; the others go on as before."""
        shift = np.where(seen[:, None], shift, self.speed * seconds)
        speed = np.where(seen[:, None], self.speed + SMOOTH * (shift / seconds - self.speed), self.speed)
        found = self.found._replace(box=self.found.box + np.tile(shift, 2))
        return Followed(found, self.best, self.known_s + seconds, self.unseen_s + seconds, speed)

    def told(self, said: NetworkBoxes) -> tuple[Followed, NetworkBoxes]:
        """Return them after a look of the network, and the network's boxes of other road users."""
        agree = alike(self.found.box, said.box)
        rows, columns = linear_sum_assignment(-agree)
        good = agree[rows, columns] > SAME
        rows, columns = rows[good], columns[good]
        box, kind, score = self.found.box.copy(), self.found.kind.copy(), self.found.score.copy()
        best, unseen_s = self.best.copy(), self.unseen_s.copy()
        box[rows], kind[rows], score[rows] = said.box[columns], said.kind[columns], said.score[columns]
        best[rows], unseen_s[rows] = np.maximum(best[rows], score[rows]), 0.0
        others = said.of(np.setdiff1d(np.arange(len(said.score)), columns))
        return self._replace(found=NetworkBoxes(box, kind, score), best=best, unseen_s=unseen_s), others

    def joined(self, other: Followed) -> Followed:
        """Return all of both."""
        found = NetworkBoxes(*(np.concatenate(pair) for pair in zip(self.found, other.found, strict=True)))
        return Followed(found, *(np.concatenate(pair) for pair in zip(self[1:], other[1:], strict=True)))
