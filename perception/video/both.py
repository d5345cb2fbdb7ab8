"""Network and motion together: the network finds road users a few times a second; in between their boxes are followed.

The foreground, which differs from the empty road, is the second witness. A network box with a low score keeps a road
user that had a high score before. A road user that the network misses is held for up to `HELD_S` where its box has
foreground. Not reported are road users in doubt whose box overlaps with another box, and road users that came in at
the picture's edge less than `NEW_S` ago.
"""

from __future__ import annotations

import cv2
import numpy as np

from perception.objects import Floats, Mask
from perception.video.boxes import Bodies, Grey, Picture
from perception.video.clarity import Clarity
from perception.video.flow import shifts
from perception.video.followed import Followed
from perception.video.foreground import Foreground
from perception.video.motion import BLIND_S
from perception.video.network import NetworkBoxes
from perception.video.onnx import Onnx
from perception.video.overlap import alike, covered
from perception.video.settings import MotionSettings
from perception.video.sight import Sight
from perception.video.windows import bounds

EVERY_S = 0.25  # between two looks of the network
FAINT = 0.6  # share of the sure score; network boxes from this score on keep a road user that is known
FILLED = 0.3  # share of a box that is foreground, from which on a road user stands there
HELD_S = 1.0  # longest time for which a road user is held that the network misses
DOUBT_S = 0.2  # a road user that the network has missed for longer is in doubt
CROWDED, COVERED = 0.45, 0.6  # IoU with another box; share that a nearer box covers
CLEAR = 0.4  # share that a nearer box covers, from which on the motion seen in a box is that of the nearer road user
EDGE = 0.015  # of the picture's width: a box nearer to the edge may be cut
NEW_S = 0.7  # a road user at the edge that is known for less is still coming in, and not wholly in the picture


class Both:
    """The detector by network and motion of one camera."""

    def __init__(
        self, onnx: Onnx, sure: float, region: Mask, settings: MotionSettings, rate_hz: float, road: Picture | None
    ) -> None:
        """`onnx`: the network, which gives faint boxes too; `sure`: score from which on a box begins a road user.

        `region` (height, width), `settings`, `rate_hz`, `road`: as `Motion` has them.
        """
        self._onnx, self._sure = onnx, sure
        self._window = bounds(region)
        self._foreground = Foreground(region[self._window], settings, rate_hz, road)
        self._clarity, self._blind_s = Clarity(region[self._window]), 0.0
        self._users = Followed.new(NetworkBoxes(np.zeros((0, 4)), np.zeros(0, np.int64), np.zeros(0)))
        self._grey: Grey | None = None
        self._stamp_ns = self._looked_ns = 0

    doubtful = False
    sight = Sight.SEES  # always: a network finds no boxes in a picture in which nothing can be seen

    @property
    def road(self) -> Picture | None:
        """The learned picture of the empty road, of the looked-at part only; None while it is learned."""
        return self._foreground.road

    def look(self, picture: Picture, stamp_ns: int) -> Bodies:
        """Return the road users in the picture."""
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        seconds = float(np.clip((stamp_ns - self._stamp_ns) / 1e9, 0.01, 1.0))
        solid = self._witness(np.ascontiguousarray(picture[self._window]), seconds)
        users = self._moved(grey, seconds)
        if stamp_ns - self._looked_ns >= EVERY_S * 1e9:
            self._looked_ns = stamp_ns
            users, others = users.told(self._onnx.find(picture))
            counts = (others.score >= self._sure) | (self._filled(solid, others.box) > FILLED)
            users = users.joined(Followed.new(others.of(counts)))
        held = (self._filled(solid, users.found.box) > FILLED) & (users.unseen_s < HELD_S)
        users = users.of(held | (users.unseen_s < 1.5 * EVERY_S))
        self._users, self._grey, self._stamp_ns = users, grey, stamp_ns
        return self._onnx.bodies(users.found.of(self._shown(users, grey)))

    def _witness(self, window: Picture, seconds: float) -> Grey | None:
        """Return the foreground (height, width), 255 or 0; None: the road is being learned, or motion is unclear."""
        found = self._foreground.find(window)
        if found is None:
            return None
        if self._clarity.judge(window, found[1], seconds) is Sight.SEES:
            self._blind_s = 0.0
            return found[0]
        self._blind_s += seconds
        if self._blind_s > BLIND_S:
            self._blind_s = 0.0
            self._foreground.begin_again()
        return None

    def _moved(self, grey: Grey, seconds: float) -> Followed:
        """Return the road users where the optical flow since the last picture has moved their boxes."""
        users = self._users
        if self._grey is None:
            return users
        shift, seen = shifts(self._grey, grey, users.found.box)
        return users.moved(shift, seen & (covered(users.found.box) < CLEAR), seconds)

    def _filled(self, solid: Grey | None, box: Floats) -> Floats:
        """Return the share (n,) of boxes (n, 4) px that is foreground; 0 without a foreground."""
        if solid is None:
            return np.zeros(len(box))
        total = cv2.integral(cv2.threshold(solid, 0, 1, cv2.THRESH_BINARY)[1])
        corner = [self._window[1].start, self._window[0].start]
        place = np.round(box.reshape(-1, 2, 2) - corner).astype(int)
        (left, top), (right, bottom) = np.clip(place, 0, solid.shape[::-1]).transpose(1, 2, 0)
        inside = total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left]
        return np.asarray(inside / np.maximum((right - left) * (bottom - top), 1))

    def _shown(self, users: Followed, grey: Grey) -> Mask:
        """Return which road users (n,) are reported."""
        box, (height, width) = users.found.box, grey.shape
        inside = np.concatenate([box[:, :1], width - box[:, 2:3], height - box[:, 3:]], axis=1).min(
            axis=1, initial=width
        )
        doubt = (users.found.score < self._sure) | (users.unseen_s > DOUBT_S)
        other = alike(box, box) - np.eye(len(box))
        crowded = (other.max(axis=1, initial=0.0) > CROWDED) | (covered(box) > COVERED)
        comes_in = (inside < EDGE * width) & (users.known_s < NEW_S)
        return np.asarray((users.best >= self._sure) & (inside > 0) & ~comes_in & ~(doubt & crowded))
