"""Road users by a neural network: its boxes as bodies on the road; boxes of impossible size or place are dropped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.video.boxes import Bodies, Boxes, Picture
from perception.video.clarity import Brightness
from perception.video.fit import Fitter
from perception.video.network import Network, NetworkBoxes, box_within
from perception.video.overlap import feet_hidden
from perception.video.plausible import plausible
from perception.video.screens import Screened
from perception.video.sight import Sight
from perception.video.windows import PictureWindow

BELOW = 0.1  # share of its height under a box, where a screen shows that it hides the feet


class Onnx:
    """The detector of one camera."""

    def __init__(self, fitter: Fitter, network: Network, region: Mask, windows: Sequence[PictureWindow]) -> None:
        """`region` (height, width): where in pictures road users can be; `windows`: the first one holds all of it."""
        self._fitter, self._network, self._region, self._windows = fitter, network, region, windows
        self._brightness = Brightness(region)
        self.sight = Sight.SEES

    doubtful = False

    def look(self, picture: Picture, stamp_ns: int) -> Bodies:
        """Return the road users in the picture."""
        self.sight = self._brightness.judge(picture)
        return self.bodies(self.find(picture))

    def find(self, picture: Picture) -> NetworkBoxes:
        """Return the boxes of the road users in the picture."""
        return self._network.find(picture, self._windows)

    def bodies(self, found: NetworkBoxes) -> Bodies:
        """Return the bodies of boxes that stand in the region and have a possible size."""
        return self.standing(found, _no_screen)[0]

    def standing(self, found: NetworkBoxes, screened: Screened) -> tuple[Bodies, Ints]:
        """Return the same bodies, and the rows (k,) of their boxes. `screened`: at which pixels a screen is."""
        row = np.flatnonzero(self._in_region(found))
        boxes = self._boxes(found.of(row), screened)
        bodies = self._fitter.fit(boxes)
        good = plausible(self._fitter.view, boxes, bodies)
        return bodies.of(good), row[good]

    def _in_region(self, found: NetworkBoxes) -> Mask:
        """Return which boxes (n,) stand, by the middle of their lower edge, in the region."""
        height, width = self._region.shape
        column = np.clip((found.box_px[:, 0] + found.box_px[:, 2]) / 2, 0, width - 1).astype(int)
        row = np.clip(found.box_px[:, 3] - 1, 0, height - 1).astype(int)
        inside: Mask = self._region[row, column]
        return inside

    def _boxes(self, found: NetworkBoxes, screened: Screened) -> Boxes:
        """Return boxes in px of the full picture."""
        seen = box_within(found.box_px, self._windows[0])
        seen[:, 3] &= ~(feet_hidden(found.box_px) | screened(_below(found.box_px)))
        full = found.box_px * (self._fitter.view.size[0] / self._region.shape[1]) - 0.5
        return Boxes(full, seen, found.kind, found.score)


def _below(box: Floats) -> Floats:
    """Return the pixels (n, 2) under the middles of the lower edges of boxes (n, 4)."""
    return np.column_stack([(box[:, 0] + box[:, 2]) / 2, box[:, 3] + BELOW * (box[:, 3] - box[:, 1])])


def _no_screen(pixels: Floats) -> Mask:
    """Return that no screen is at pixels (..., 2): False for each (...,)."""
    return np.zeros(pixels.shape[:-1], dtype=np.bool_)
