"""The detector that needs no model: blobs of what is not road, taken apart into bodies."""

from __future__ import annotations

import numpy as np

from perception.objects import Mask
from perception.video.boxes import Bodies, Picture
from perception.video.cutter import Cutter
from perception.video.fit import Fitter
from perception.video.foreground import Foreground
from perception.video.settings import MotionSettings


class Motion:
    """Finds what moves, or has moved and now stands, on the road of one camera."""

    def __init__(
        self, fitter: Fitter, region: Mask, settings: MotionSettings, rate_hz: float, road: Picture | None = None
    ) -> None:
        """`region`: of the reduced picture, where road users can be seen; `rate_hz`: of the pictures.

        `road`: what `road` was in an earlier run, if that is known.
        """
        self._stamp_ns = 0
        rows, columns = (np.flatnonzero(region.any(axis=axis)) for axis in (1, 0))
        self._window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        self._foreground = Foreground(region[self._window], settings, rate_hz, road)
        self._cutter = Cutter(
            fitter, region[self._window], (int(columns[0]), int(rows[0])), fitter.view.size[0] / region.shape[1]
        )

    @property
    def road(self) -> Picture | None:
        """The learned picture of the empty road, as far as it is looked at; None while it is learned."""
        return self._foreground.road

    @property
    def doubtful(self) -> bool:
        """Whether the empty road is not known for sure yet."""
        return self._foreground.doubtful

    def look(self, picture: Picture, stamp_ns: int) -> Bodies | None:
        """Return who is in the picture (of the region's size); None while the road is learned."""
        foreground = self._foreground.find(np.ascontiguousarray(picture[self._window]))
        after_s = float(np.clip((stamp_ns - self._stamp_ns) / 1e9, 0.01, 1.0))
        self._stamp_ns = stamp_ns
        return None if foreground is None else self._cutter.bodies(*foreground, after_s)
