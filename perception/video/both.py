"""Network and motion together: the network finds road users a few times a second; in between their boxes are followed.

The foreground, which differs from the empty road, is the second witness. Every look of the network and every foreground
changes the log-odds with which a road user exists (see `followed`). A network box with a low score keeps a road user
that had a high score before, and so does foreground in its box that no surer box covers. Not reported are road users
in doubt whose box overlaps with another box or whose body stands where a surer one does, and road users that came in
at the picture's edge less than `NEW_S` ago. Where another road user or a screen (see `screens`) hides a part of
one, little or no foreground, or no box, is weaker evidence.
"""

from __future__ import annotations

import cv2
import numpy as np

from perception.objects import Mask
from perception.video.appearance import LENGTH, looks
from perception.video.boxes import Bodies, Grey, Picture
from perception.video.flow import shifts
from perception.video.followed import Followed
from perception.video.network import EDGE_PX, NetworkBoxes
from perception.video.numbers import Numbers
from perception.video.onnx import Onnx
from perception.video.overlap import alike, covered
from perception.video.settings import MotionSettings
from perception.video.sight import Sight
from perception.video.witness import Witness

EVERY_S = 0.13  # between two looks of the network, at least: every picture of 7 a second, every other one of 10
FAINT = 0.4  # share of the sure score; network boxes from this score on count for a road user that is known
TOLD = 1.0  # log-odds of existence from which on a road user is reported
FADES = 0.35  # log-odds a second that are lost without evidence
DOUBT_S = 0.2  # a road user that the network has not seen clearly for longer is in doubt
SAME = 0.6  # IoU of two boxes of one road user
CROWDED, COVERED = 0.45, 0.6  # IoU with another box; share that a nearer one covers
CLEAR = 0.4  # share that a nearer box covers, from which on the motion seen in a box is that of the nearer road user
TOGETHER_M, TOUCH = 1.0, 0.05  # distance of two bodies and IoU of their boxes at which the one in doubt is a double
EDGE = 0.015  # of the picture's width: a box nearer to the edge may be cut
NEW_S = 0.7  # a road user at the edge that is known for less is still coming in, and not wholly in the picture


class Both:
    """The detector of one camera."""

    def __init__(
        self, onnx: Onnx, sure: float, region: Mask, settings: MotionSettings, rate_hz: float, road: Picture | None
    ) -> None:
        """`onnx`: finds boxes from `FAINT` on; `sure`: score that counts; `rate_hz`: of the pictures.

        `region` (height, width): part of the picture that is looked at; `road` (height, width, 3): kept empty road.
        """
        self._onnx, self._sure = onnx, sure
        self._witness = Witness(region, settings, rate_hz, road)
        self._numbers = Numbers()
        nobody = NetworkBoxes(np.zeros((0, 4)), np.zeros(0, np.int64), np.zeros(0))
        self._users = Followed.new(nobody, np.zeros((0, LENGTH)), sure)
        self._grey: Grey | None = None
        self._stamp_ns = self._looked_ns = 0

    doubtful = False

    @property
    def sight(self) -> Sight:
        """Why the picture shows less than usual: the network finds some road users even so."""
        return self._witness.sight

    @property
    def road(self) -> Picture | None:
        """The learned picture of the empty road, as far as it is looked at; None while it is learned."""
        return self._witness.road

    def look(self, picture: Picture, stamp_ns: int) -> Bodies:
        """Return the road users in the picture."""
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        seconds = float(np.clip((stamp_ns - self._stamp_ns) / 1e9, 0.01, 1.0))
        self._witness.look(picture, seconds)
        users = self._moved(grey, seconds)
        if stamp_ns - self._looked_ns >= EVERY_S * 1e9:
            self._looked_ns = stamp_ns
            said = self._onnx.find(picture)
            hidden = self._witness.hidden(users.found.box_px)
            users = users.told(said, looks(picture, said.box_px, self._witness.shown(grey.shape)), self._sure, hidden)
        clear = (users.unseen_s < EVERY_S) & (users.found.score >= self._sure)
        evidence = self._witness.evidence(users.found.box_px, clear)
        known = users.of(users.lasting(self._sure))
        self._witness.learn(known.found.box_px, known.speed_pxps * seconds)
        users = single(users.believed((evidence - FADES) * seconds, self._sure))
        shown = np.flatnonzero(self._shown(users, grey))
        bodies, row = self._onnx.standing(users.found.of(shown), self._witness.screened)
        again = twice(bodies, users.of(shown[row]), self._sure)
        row = shown[row]
        numbered = users.number > 0
        users = self._numbers.given(users, row[~again], stamp_ns)
        bodies = bodies._replace(number=users.number[row])
        over = np.flatnonzero(numbered & (users.number == 0))
        before, self._users = self._users, users.without(np.union1d(row[again], over))
        self._numbers.ended(before, self._users, stamp_ns)
        self._grey, self._stamp_ns = grey, stamp_ns
        return bodies.of(~again & ~np.isin(row, over))

    def _moved(self, grey: Grey, seconds: float) -> Followed:
        users = self._users
        if self._grey is None:
            return users
        shift, seen = shifts(self._grey, grey, users.found.box_px, self._witness.shows)
        return users.moved(shift, seen & (covered(users.found.box_px) < CLEAR), seconds)

    def _shown(self, users: Followed, grey: Grey) -> Mask:
        """Return which of the road users (n,) can be reported."""
        box, (height, width) = users.found.box_px, grey.shape
        aside = np.minimum(box[:, 0], width - box[:, 2])
        comes_in = (np.minimum(aside, height - box[:, 3]) < EDGE * width) & (users.known_s < NEW_S)
        other = alike(box, box) - np.eye(len(box))
        crowded = (other.max(axis=1, initial=0.0) > CROWDED) | (covered(box) > COVERED)
        doubt = users.unseen_s > DOUBT_S
        return np.asarray((users.odds > TOLD) & (aside > EDGE_PX) & ~comes_in & ~(doubt & crowded))


def twice(bodies: Bodies, users: Followed, sure: float) -> Mask:
    """Return which road users (n,), the surest first, are in doubt while their body stands where a surer one does."""
    doubt = (users.unseen_s > DOUBT_S) | (users.best < sure)
    gap = np.hypot(*np.moveaxis(bodies.position_m[:, None] - bodies.position_m, -1, 0))
    same = np.tril((gap < TOGETHER_M) & (alike(users.found.box_px, users.found.box_px) > TOUCH), -1)
    return np.asarray(doubt & same.any(axis=1))


def single(users: Followed) -> Followed:
    """Return each road user once, the surest first."""
    users = users.of(np.argsort(-users.odds, kind="stable"))
    same = np.tril(alike(users.found.box_px, users.found.box_px) > SAME, -1)
    kept = np.ones(len(users.odds), dtype=np.bool_)
    for row in range(len(kept)):
        kept[row] = not (same[row] & kept).any()
    return users.of(kept)
