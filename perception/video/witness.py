"""The foreground as a witness of road users that a network has found: whether a road user stands in a box.

Parts of a box that a screen hides say nothing.
"""

from __future__ import annotations

import cv2
import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.video.boxes import Grey, Picture
from perception.video.clarity import Brightness, Clarity
from perception.video.foreground import Foreground
from perception.video.motion import BLIND_S
from perception.video.overlap import alone
from perception.video.screens import Screens
from perception.video.settings import MotionSettings
from perception.video.sight import Sight
from perception.video.windows import bounds

REDUCED = 2  # pixels of the picture in one of the foreground: shares of boxes need no finer one
FILLED, EMPTY = 0.3, 0.12  # share of a box that is foreground: from FILLED on a road user stands there; below none
SOMEBODY, NOBODY = 2.5, -3.5  # evidence of either, log-odds a second
IN_SIGHT = 0.15  # share of a box that no screen hides, below which the foreground says nothing


class Witness:
    """The foreground of one camera, and the screens that it has shown."""

    def __init__(self, region: Mask, settings: MotionSettings, rate_hz: float, road: Picture | None) -> None:
        """`region` (height, width): part that is looked at; `rate_hz`, `road` (height, width, 3): as `Both`."""
        self._window = bounds(region)
        region = np.ascontiguousarray(region[self._window][::REDUCED, ::REDUCED])
        self._foreground = Foreground(region, settings, rate_hz, road)
        self._brightness, self._clarity, self._blind_s = Brightness(region), Clarity(region), 0.0
        self.sight = Sight.SEES  # or why motion cannot be told; while the road is learned, by the light alone
        self._screens = Screens(region.shape)
        self._before: Grey | None = None  # the same of the picture before
        self._ones: Grey | None = None  # 1 where foreground is; None while the road is learned, or not seen well

    @property
    def road(self) -> Picture | None:
        """The learned picture of the empty road, as far as it is looked at; None while it is learned."""
        return self._foreground.road

    def look(self, picture: Picture, seconds: float) -> None:
        """Look at the next picture, so many seconds after the one before."""
        size = self._screens.mask.shape[::-1]
        window = cv2.resize(np.ascontiguousarray(picture[self._window]), size, interpolation=cv2.INTER_AREA)
        found = self._foreground.find(window)
        self._before, self._ones = self._ones, None
        if found is None:
            self.sight = self._brightness.judge(window)
            return
        self.sight = self._clarity.judge(window, found[1], seconds)
        if self.sight is Sight.SEES:
            self._blind_s = 0.0
            self._ones = cv2.threshold(found[0], 0, 1, cv2.THRESH_BINARY)[1]
            return
        self._blind_s += seconds
        if self._blind_s > BLIND_S:
            self._blind_s = 0.0
            self._foreground.begin_again()

    def evidence(self, box: Floats, clear: Mask) -> Floats:
        """Return the evidence (n,) for road users in boxes (n, 4) px, log-odds a second; 0 without foreground.

        Foreground in the box of a road user that the network sees clearly, `clear` (n,), is no evidence for others.
        """
        if self._ones is None or not len(box):
            return np.zeros(len(box))
        place, ones = self._place(box), self._ones.copy()
        whole = total(ones, place)
        for (left, top), (right, bottom) in place[clear].tolist():
            ones[top:bottom, left:right] = 0
        area = np.maximum(np.prod(place[:, 1] - place[:, 0], axis=1), 1)
        open_px = area - total(self._screens.mask, place)
        share = np.where(clear, whole, total(ones, place)) / np.maximum(open_px, 1)
        said = np.select([share > FILLED, share < EMPTY], [SOMEBODY, NOBODY], 0.0)
        return np.where(open_px > IN_SIGHT * area, said, 0.0)

    def learn(self, box: Floats, shift: Floats) -> None:
        """Let road users in boxes (n, 4) px, moved by `shift` (n, 2) px, show where screens are."""
        if self._ones is None:
            return
        rows = alone(box)
        moved = np.hypot(*shift[rows].T) / np.maximum(box[rows, 2] - box[rows, 0], 1.0)
        self._screens.learn(self._ones, self._place(box[rows]), moved)

    def hidden(self, box: Floats) -> Floats:
        """Return the shares (n,) of boxes (n, 4) px that screens hide."""
        place = self._place(box)
        return np.asarray(total(self._screens.mask, place) / np.maximum(np.prod(place[:, 1] - place[:, 0], axis=1), 1))

    def shown(self, shape: tuple[int, ...]) -> Grey:
        """Return where in a picture, of this height and width, road users can be seen: 1, else 0."""
        shown = np.ones(shape, np.uint8)
        if self._ones is not None:
            height, width = shown[self._window].shape
            visible = cv2.subtract(self._ones, self._screens.mask)
            shown[self._window] = cv2.resize(visible, (width, height), interpolation=cv2.INTER_NEAREST)
        return shown

    def screened(self, pixels: Floats) -> Mask:
        """Return at which pixels (..., 2) a screen is."""
        return self._at(self._screens.mask, pixels)

    def shows(self, before: Floats, now: Floats) -> Mask:
        """Return for which pixels (..., 2) foreground was in the picture before, and is now; all where unknown."""
        shown = np.ones(before.shape[:-1], np.bool_)
        for mask, pixels in ((self._before, before), (self._ones, now)):
            if mask is not None:
                shown &= self._at(mask, pixels) & ~self.screened(pixels)
        return shown

    def _at(self, mask: Grey, pixels: Floats) -> Mask:
        """Return at which pixels (..., 2) a mask (height, width) is not 0."""
        column, row = np.moveaxis(np.floor((pixels - self._corner) / REDUCED).astype(int), -1, 0)
        inside = (column >= 0) & (row >= 0) & (column < mask.shape[1]) & (row < mask.shape[0])
        return np.asarray(inside & (mask[np.where(inside, row, 0), np.where(inside, column, 0)] > 0))

    @property
    def _corner(self) -> Floats:
        """The window's left and top (2,) px."""
        return np.array([self._window[1].start, self._window[0].start], dtype=np.float64)

    def _place(self, box: Floats) -> Ints:
        """Return boxes (n, 4) px as places (n, 2, 2), left and top, right and bottom, in the window."""
        size = self._screens.mask.shape[::-1]
        return np.asarray(np.clip(np.round((box.reshape(-1, 2, 2) - self._corner) / REDUCED).astype(int), 0, size))


def total(ones: Grey, place: Ints) -> Floats:
    """Return the number (n,) of pixels in places (n, 2, 2) px that are 1, not 0."""
    summed = cv2.integral(ones)
    (left, top), (right, bottom) = place.transpose(1, 2, 0)
    inside = summed[bottom, right] - summed[top, right] - summed[bottom, left] + summed[top, left]
    return np.asarray(inside, dtype=np.float64)
