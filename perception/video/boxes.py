"""The results of a detector in a picture, and the contract of a detector."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from cv2.typing import MatLike

from perception.objects import Floats, Ints, Mask
from perception.video.sight import Sight

Picture = MatLike  # (height, width, 3), 8 bits: blue, green, red
Grey = MatLike  # (height, width), 8 bits


class Boxes(NamedTuple):
    """n road users in one picture, rows aligned. Pixels of the full picture, edges at the outer side of its pixels."""

    box_px: Floats  # (n, 4) px: left, top, right, bottom; y down
    seen: Mask  # (n, 4) whether an edge is the road user's own, not cut by the picture or by a road user before it
    kind: Ints  # (n,) perception.objects.RoadUser, UNKNOWN where the detector cannot tell
    confidence: Floats  # (n,) 0..1, of the kind


class Bodies(NamedTuple):
    """n road users on the road, sensor frame, rows aligned."""

    position_m: Floats  # (n, 2) m, centre
    covariance_m2: Floats  # (n, 2, 2) m2
    size_m: Floats  # (n, 3) m: length, width, height
    heading_rad: Floats  # (n,) rad from x to y, of the long axis; ahead and behind are alike
    kind: Ints  # (n,) RoadUser
    confidence: Floats  # (n,) 0..1, of the kind
    misfit: Floats  # (n,) squared residuals in sigmas, of pixels and sizes; about 3 where all is well
    box_px: Floats  # (n, 4) px, of the fitted body
    number: Ints  # (n,) that the road user keeps from picture to picture, also after it was hidden; 0: none

    def of(self, rows: Mask | Ints) -> Bodies:
        """Return some of them, by rows (k,) or a mask (n,)."""
        return Bodies(
            self.position_m[rows],
            self.covariance_m2[rows],
            self.size_m[rows],
            self.heading_rad[rows],
            self.kind[rows],
            self.confidence[rows],
            self.misfit[rows],
            self.box_px[rows],
            self.number[rows],
        )


class Detector(Protocol):
    """Finds road users in the pictures of one camera, given one after another."""

    @property
    def doubtful(self) -> bool:
        """Whether its bodies are doubtful: it may find road users where there are none."""

    @property
    def sight(self) -> Sight:
        """Why the last `look` returned None, or may have missed road users; SEES where neither is so."""

    def look(self, picture: Picture, stamp_ns: int) -> Bodies | None:
        """Return the road users in a picture, which may be smaller than the full one; None: see `sight`."""
