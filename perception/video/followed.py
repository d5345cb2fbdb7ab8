"""The road users that are followed in the picture between two looks of a network, and how surely each exists.

Sureness is the log-odds of existence, 0 where a network gives a box with exactly the score that counts. Each look of
the network, and each foreground, is evidence for or against it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from perception.objects import Floats, Ints, Mask
from perception.video.appearance import mixed, unlike
from perception.video.network import NetworkBoxes
from perception.video.overlap import alike, covered

SAME = 0.3  # IoU of a box with where it is expected, at least
SMOOTH = 0.5  # share of a new speed in the mean one
CLEAR = 0.6  # share of the score that counts, from which on a box gives the place of a road user
AGAIN = 1.0  # log-odds of a box in the expected place, beyond those of its score
STAYS = 0.4  # log-odds, at least, for a road user that had a sure score before: partly hidden, it has a low score
MISSED = 2.0  # log-odds against a road user in the open without a box
HIDDEN = 0.1  # share of it that counts at least, for a road user that is hidden
LOST = 0.5  # share of a box that screens hide, from which on a network finds hardly any road user
MOST, NEWEST, LEAST = 4.0, -1.0, -2.0  # log-odds: at most; of a new road user, and of a known one, at least
WELL_S, LASTS_S = 1.0, 1.0  # a road user that was seen for so long is kept for so long where it is not seen any more
LOOKS = 0.7  # worth of the same looks, beside the IoU, where boxes of several road users overlap
WHOLE, NEWER = 0.15, 0.15  # share hidden up to which looks are learned; share that the newest has in them
NEAR_SURE = 0.02  # scores count as no nearer to 0 and 1


class Followed(NamedTuple):
    """n road users, rows aligned."""

    found: NetworkBoxes  # boxes now; class and score of the network's last box
    best: Floats  # (n,) highest score so far
    known_s: Floats  # (n,) since the network saw it first
    unseen_s: Floats  # (n,) since the network saw it clearly
    speed_pxps: Floats  # (n, 2) px a second
    odds: Floats  # (n,) log-odds of existence
    look: Floats  # (n, appearance.LENGTH) as `appearance.looks`
    number: Ints  # (n,) 0: none yet

    @staticmethod
    def new(found: NetworkBoxes, look: Floats, sure: float) -> Followed:
        """Return road users that the network sees for the first time.

        `look` (n, LENGTH): as `appearance.looks`; `sure`: score that counts.
        """
        count = len(found.score)
        odds, none = log_odds(found.score, sure), np.zeros(count)
        new = Followed(
            found, found.score.copy(), none, none, np.zeros((count, 2)), odds, look, np.zeros(count, np.int64)
        )
        return new.of(odds >= NEWEST)

    def of(self, rows: Mask | Ints) -> Followed:
        """Return some of them, by rows (k,) or a mask (n,)."""
        return Followed._make([self.found.of(rows), *(column[rows] for column in self[1:])])

    def without(self, rows: Ints) -> Followed:
        """Return all but the rows (k,)."""
        return self.of(np.setdiff1d(np.arange(len(self.odds)), rows))

    def moved(self, shift: Floats, seen: Mask, seconds: float) -> Followed:
        """Return them a while later. `shift` (n, 2) px, where that was `seen`; the others go on as before."""
        shift = np.where(seen[:, None], shift, self.speed_pxps * seconds)
        speed = np.where(seen[:, None], self.speed_pxps + SMOOTH * (shift / seconds - self.speed_pxps), self.speed_pxps)
        found = self.found._replace(box_px=self.found.box_px + np.tile(shift, 2))
        return self._replace(
            found=found, known_s=self.known_s + seconds, unseen_s=self.unseen_s + seconds, speed_pxps=speed
        )

    def told(self, said: NetworkBoxes, look: Floats, sure: float, hidden: Floats) -> Followed:
        """Return the road users, old and new, after a look of the network.

        `look` (m, LENGTH): of its boxes; `sure`: score that counts; `hidden` (n,): shares of the road users' boxes
        that screens hide.
        """
        agree = alike(self.found.box_px, said.box_px)
        worth = np.where(agree > SAME, agree + LOOKS * (1.0 - unlike(self.look, look)), 0.0)
        rows, columns = linear_sum_assignment(-worth)
        good = worth[rows, columns] > 0.0
        rows, columns = rows[good], columns[good]
        score = self.found.score.copy()
        score[rows] = said.score[columns]
        in_sight = (1.0 - covered(self.found.box_px)) * np.clip(1.0 - hidden / LOST, 0.0, 1.0)
        odds = self.odds - MISSED * np.maximum(in_sight, HIDDEN)
        odds[rows] = self.odds[rows] + log_odds(score[rows], sure) + AGAIN
        odds[rows] = np.where(self.best[rows] >= sure, np.maximum(odds[rows], self.odds[rows] + STAYS), odds[rows])
        clear = score[rows] >= CLEAR * sure
        rows, columns, seen = rows[clear], columns[clear], columns
        box, kind, unseen_s = self.found.box_px.copy(), self.found.kind.copy(), self.unseen_s.copy()
        box[rows], kind[rows], unseen_s[rows] = said.box_px[columns], said.kind[columns], 0.0
        looked = self.look.copy()
        whole = (covered(said.box_px[columns]) < WHOLE) & (hidden[rows] < WHOLE)
        looked[rows[whole]] = mixed(looked[rows[whole]], look[columns[whole]], NEWER)
        known = self._replace(
            found=NetworkBoxes(box, kind, score),
            best=np.maximum(self.best, score),
            unseen_s=unseen_s,
            odds=odds,
            look=looked,
        )
        others = np.setdiff1d(np.arange(len(said.score)), seen)
        return known.joined(Followed.new(said.of(others), look[others], sure))

    def believed(self, evidence: Floats, sure: float) -> Followed:
        """Return the road users after evidence (n,), log-odds, without those that exist no more.

        No road user ends in the middle of a picture: one that was known well is kept for a while.
        """
        lasts = self.lasting(sure)
        odds = np.clip(self.odds + evidence, np.where(lasts, NEWEST, -np.inf), MOST)
        return self._replace(odds=odds).of(odds > LEAST)

    def lasting(self, sure: float) -> Mask:
        """Return which road users (n,) were known well, and were seen lately; `sure`: score that counts."""
        well = (self.best >= sure) & (self.known_s - self.unseen_s > WELL_S)
        return np.asarray(well & (self.unseen_s < LASTS_S))

    def joined(self, other: Followed) -> Followed:
        """Return all of both."""
        found = NetworkBoxes(*(np.concatenate(pair) for pair in zip(self.found, other.found, strict=True)))
        return Followed._make([found, *(np.concatenate(pair) for pair in zip(self[1:], other[1:], strict=True))])


def log_odds(score: Floats, sure: float) -> Floats:
    """Return the log-odds (n,) of scores (n,), less those of the score that counts."""
    share = np.clip(np.append(score, sure), NEAR_SURE, 1.0 - NEAR_SURE)
    logit = np.log(share / (1.0 - share))
    odds: Floats = logit[:-1] - logit[-1]
    return odds
