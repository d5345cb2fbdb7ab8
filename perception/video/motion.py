"""The detector that needs no model: blobs of what is not road, taken apart into bodies."""

from __future__ import annotations

import numpy as np

from perception.video.blobs import Cutter
from perception.video.boxes import Bodies, Mask, Picture
from perception.video.fit import Fitter
from perception.video.foreground import Foreground
from perception.video.settings import MotionSettings


class Motion:
    """Finds what moves, or has moved and now stands, on the road of one camera."""

    def __init__(self, fitter: Fitter, region: Mask, settings: MotionSettings, rate_hz: float) -> None:
        """`region`: of the reduced picture, where road users can be seen; `rate_hz`: of the pictures."""
        rows, columns = (np.flatnonzero(region.any(axis=axis)) for axis in (1, 0))
        self._window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        self._foreground = Foreground(region[self._window], settings, rate_hz)
        self._cutter = Cutter(fitter, (int(columns[0]), int(rows[0])), fitter.view.size[0] / region.shape[1])

    def look(self, picture: Picture) -> Bodies | None:
        """Return who is in the picture (of the region's size); None while the road is learned."""
        solid = self._foreground.find(np.ascontiguousarray(picture[self._window]))
        return None if solid is None else self._cutter.bodies(solid)
