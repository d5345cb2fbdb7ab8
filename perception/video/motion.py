"""The detector that needs no neural network: blobs that are not road, taken apart into bodies of road users."""

from __future__ import annotations

import numpy as np

from perception.objects import Mask
from perception.video.boxes import Bodies, Picture
from perception.video.clarity import Clarity
from perception.video.cutter import Cutter
from perception.video.fit import Fitter
from perception.video.foreground import Foreground
from perception.video.settings import MotionSettings
from perception.video.sight import Sight

BLIND_S = 30.0  # after so long without sight the road is learned anew: it may look different for good


class Motion:
    """Finds the road users that move, or have moved and now stand, on the road of one camera."""

    def __init__(
        self, fitter: Fitter, region: Mask, settings: MotionSettings, rate_hz: float, road: Picture | None = None
    ) -> None:
        """`region` (height, width): pixels of the reduced picture in which road users can be seen.

        `rate_hz`: of the pictures; `road`: the picture that the property `road` gave in an earlier run, if any.
        """
        self._stamp_ns, self._blind_s = 0, 0.0
        self.sight = Sight.LEARNING
        rows, columns = (np.flatnonzero(region.any(axis=axis)) for axis in (1, 0))
        self._window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        self._foreground = Foreground(region[self._window], settings, rate_hz, road)
        self._clarity = Clarity(region[self._window])
        self._cutter = Cutter(
            fitter, region[self._window], (int(columns[0]), int(rows[0])), fitter.view.size[0] / region.shape[1]
        )

    @property
    def road(self) -> Picture | None:
        """The learned picture of the empty road, of the looked-at part only; None while it is learned."""
        return self._foreground.road

    @property
    def doubtful(self) -> bool:
        """Whether the empty road is not known for sure yet."""
        return self._foreground.doubtful

    def look(self, picture: Picture, stamp_ns: int) -> Bodies | None:
        """Return the road users in a picture (height, width, 3) of the region's size; None: see `sight`."""
        window = np.ascontiguousarray(picture[self._window])
        foreground = self._foreground.find(window)
        after_s = float(np.clip((stamp_ns - self._stamp_ns) / 1e9, 0.01, 1.0))
        self._stamp_ns = stamp_ns
        if foreground is None:
            self.sight = Sight.LEARNING
            return None
        self.sight = self._clarity.judge(window, foreground[1], after_s)
        if self.sight is Sight.SEES:
            self._blind_s = 0.0
            return self._cutter.bodies(*foreground, after_s)
        self._blind_s += after_s
        if self._blind_s > BLIND_S:
            self._blind_s = 0.0
            self._foreground.begin_again()
        return None
