"""The part of the picture that is looked at: its pixels, those of the full picture, and places on the road."""

from __future__ import annotations

import numpy as np

from perception.objects import Floats
from perception.video.builds import outline
from perception.video.fit import Fitter, Guess


class Raster:
    """One camera's foreground; `px` are its pixels, edges at the outer side."""

    def __init__(self, fitter: Fitter, corner: tuple[int, int], scale: float) -> None:
        """`corner`: left and top of the foreground, `scale`: its pixels' size, in pixels of the full picture."""
        self.fitter = fitter
        self._corner, self._scale = np.array(corner), scale

    def full(self, box: Floats) -> Floats:
        """Return boxes (n, 4) as pixels of the full picture."""
        pixels: Floats = (box.reshape(-1, 2) + self._corner) * self._scale - 0.5
        return pixels.reshape(box.shape)

    def own(self, pixels: Floats) -> Floats:
        """Return pixels (..., 2) of the full picture as px."""
        own: Floats = (pixels + 0.5) / self._scale - self._corner
        return own

    def outlines(self, guess: Guess) -> Floats:
        """Return the corners (n, 16, 2) px of bodies."""
        return self.own(outline(self.fitter.view, guess.build, guess.state_m, guess.heading_rad))

    def moves(self, place: Floats) -> Floats:
        """Return how pixels move with places (n, 2) on the road: (n, 2, 2) px/m."""
        return np.asarray(np.linalg.inv(self.fitter.metres_per_pixel(place)) / self._scale, dtype=np.float64)

    def square(self, place: Floats) -> Floats:
        """Return the pixels (n,) of a square metre that faces the camera at places (n, 2) on the road."""
        away = (place**2).sum(axis=-1) + self.fitter.view.place[2] ** 2
        square: Floats = (self.fitter.view.focal / self._scale) ** 2 / away
        return square

    def square_under(self, box: Floats) -> float:
        """Return the pixels of a square metre that stands at the lower edge of a box (4,)."""
        foot = self.full(np.array([(box[0] + box[2]) / 2, box[3]] * 2))[:2]
        return float(self.square(self.fitter.view.to_road(foot)))
