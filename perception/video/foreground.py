"""Road users by their motion: the difference from the learned picture of the empty road (MOG2), without shadows.

Zivkovic, "Improved adaptive Gaussian mixture model for background subtraction", 2004, as OpenCV has it. Road users that
stand are kept out of the learned picture for `stopped_s`, so that a stopped vehicle does not fade; where a road user
leaves that was there from the beginning, the road is learned at once.
"""

from __future__ import annotations

import cv2
import numpy as np

from perception.objects import Mask
from perception.video.boxes import Grey, Picture
from perception.video.settings import MotionSettings

SHADOW = 127  # MOG2's own value
VARIANCES = 20.0  # squared distance from the background, in variances, at which a pixel is another thing
LEAST_VARIANCE = 8.0  # squared grey levels: of light that changes faster than it is learned
LEARN_EVERY = 5  # pictures
RELEARN = 0.9  # learning rate where a ghost is; 1 would make MOG2 forget everything
STILL = 4.0  # grey levels between pictures, mean: a real road user's change is larger when it moves
GHOST_CONTRAST = 0.75  # of the outline: less now than in the learned picture
BRIDGE = np.ones((21, 1), np.uint8)  # glass and shaded sides look like shadow, but have bright parts above and below
CLOSE = np.ones((5, 5), np.uint8)
AROUND = np.ones((5, 5), np.uint8)
PRIMED = 8  # times that a road known from before is shown
CHANGED = 0.4  # share of the region that is foreground in the first picture: that is another road, or another light


class Foreground:
    """Finds the pixels that are not road in the pictures of one camera, given one after another."""

    def __init__(self, region: Mask, settings: MotionSettings, rate_hz: float, road: Picture | None = None) -> None:
        """`region` (height, width): where road users can be seen; pictures are of this size.

        `road`: as learned before, so that nothing has to be learned; not used where the first picture contradicts it.
        """
        self._region = region.astype(np.uint8) * 255
        self._model = _model(settings)
        tick_s = LEARN_EVERY / rate_hz
        self._rate = 1 - float(np.exp(-tick_s / settings.learn_s))
        self._longest = round(settings.stopped_s / tick_s)
        self._warm_up = round(settings.warm_up_s * rate_hz)
        self._sure = round(settings.sure_after_s * rate_hz)
        self._pictures = 0
        self._light = 1.0  # of the last tick, relative to the learned picture
        self._age = np.zeros(region.shape, np.uint16)  # for how many ticks something has been there
        self._before = np.zeros((*region.shape, 3), np.uint8)  # the picture at the last tick
        self._settings = settings
        self._is_told = road is not None and road.shape[:2] == region.shape  # and not yet seen
        if road is not None and self._is_told:
            for shown in range(1, PRIMED + 1):
                self._model.apply(road, None, 1 / shown)
            self._pictures = max(self._warm_up, self._sure)

    @property
    def road(self) -> Picture | None:
        """The learned picture of the empty road; None while it is learned."""
        return self._model.getBackgroundImage() if self._pictures > self._warm_up else None

    @property
    def doubtful(self) -> bool:
        """Whether the learned road may still show a road user that stood there from the beginning."""
        return self._pictures <= self._sure

    def find(self, picture: Picture) -> tuple[Grey, Grey] | None:
        """Return the foreground (height, width), 255 or 0, and that with shadows; None while the road is learned."""
        self._pictures += 1
        if self._pictures <= self._warm_up:
            self._model.apply(picture, None, 2 / (self._pictures + 1))
            return None
        picture = cv2.convertScaleAbs(picture, alpha=1 / self._light)
        found = self._model.apply(picture, None, 0)
        cv2.bitwise_and(found, self._region, found)
        solid = _solid(found)
        if self._is_told and self._is_another(solid):
            return None
        if self._pictures % LEARN_EVERY == 0:
            self._learn(picture, solid, cv2.bitwise_not(cv2.dilate(found, AROUND)))
        return solid, found

    def _is_another(self, solid: Grey) -> bool:
        """Compare the road that was told with the first picture; begin to learn if they do not fit."""
        self._is_told = False
        another = cv2.countNonZero(solid) > CHANGED * cv2.countNonZero(self._region)
        if another:
            self.begin_again()
        return another

    def begin_again(self) -> None:
        """Forget the road, and learn it from the next pictures."""
        self._model, self._pictures, self._light = _model(self._settings), 0, 1.0

    def _learn(self, picture: Picture, solid: Grey, road: Grey) -> None:
        """Learn the road where no road user is, and where a ghost of one is."""
        learned = self._model.getBackgroundImage()
        self._light *= _mean(picture, road) / _mean(learned, road)
        ghosts = self._ghosts(picture, learned, solid)
        if ghosts.any():
            self._model.apply(picture, 255 - ghosts, None, RELEARN)
        self._before = picture.copy()
        users = cv2.dilate(cv2.bitwise_and(solid, cv2.bitwise_not(ghosts)), AROUND)
        self._age += 1
        self._age[users == 0] = 0
        users[self._age > self._longest] = 0
        self._model.apply(picture, users, None, self._rate)

    def _ghosts(self, picture: Picture, learned: Picture, solid: Grey) -> Grey:
        """Return the blobs that stand still and whose outline shows in the learned picture, not in `picture`."""
        ghosts = np.zeros_like(solid)
        moved = cv2.cvtColor(cv2.absdiff(picture, self._before), cv2.COLOR_BGR2GRAY)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
        for label, (left, top, width, height, area) in enumerate(stats[1:], 1):
            place = slice(max(0, top - 3), top + height + 3), slice(max(0, left - 3), left + width + 3)
            blob = (labels[place] == label).astype(np.uint8)
            if area < 30 or cv2.mean(moved[place], blob)[0] > STILL:
                continue
            if _contrast(picture[place], blob) < GHOST_CONTRAST * _contrast(learned[place], blob):
                ghosts[place][cv2.dilate(blob, AROUND) > 0] = 255
        return ghosts


def _model(settings: MotionSettings) -> cv2.BackgroundSubtractorMOG2:
    model = cv2.createBackgroundSubtractorMOG2(500, VARIANCES, True)
    model.setShadowThreshold(settings.shadow)
    model.setVarMin(LEAST_VARIANCE)
    return model


def _mean(picture: Picture, where: Grey) -> float:
    """Return the mean grey level of the places where `where` is not 0, at least 1."""
    return max(1.0, sum(cv2.mean(picture, where)[:3]) / 3)


def _solid(found: Grey) -> Grey:
    """Return MOG2's foreground without shadows, noise and holes."""
    _, solid = cv2.threshold(found, SHADOW, 255, cv2.THRESH_BINARY)
    solid = cv2.medianBlur(solid, 3)
    bridged = cv2.bitwise_and(cv2.morphologyEx(solid, cv2.MORPH_CLOSE, BRIDGE), found)
    solid = cv2.bitwise_or(solid, cv2.threshold(bridged, 0, 255, cv2.THRESH_BINARY)[1])
    return cv2.morphologyEx(solid, cv2.MORPH_CLOSE, CLOSE)


def _contrast(picture: Picture, blob: Grey) -> float:
    """Return how strongly a picture changes along a blob's outline, relative to the whole place."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    across, down = (cv2.convertScaleAbs(cv2.Sobel(grey, cv2.CV_16S, *order)) for order in ((1, 0), (0, 1)))
    strength = cv2.add(across, down)
    ring = cv2.morphologyEx(blob, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return float(cv2.mean(strength, ring)[0] / (cv2.mean(strength)[0] + 1.0))
