"""The blobs of a foreground: pixels that hang together."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.video.boxes import Grey
from perception.video.canvas import Region
from perception.video.search import LEAST_PX


class Blobs(NamedTuple):
    """The n blobs of a foreground."""

    labels: Ints  # (height, width)
    label: Ints  # (n,)
    box_px: Floats  # (n, 4) px
    area: Ints  # (n,) px2
    seen: Mask  # (n, 4) which edges are not the region's


def blobs_of(solid: Grey, region: Region) -> Blobs:
    """Return the blobs of a foreground (height, width), 255 or 0, that are no specks."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    label = np.flatnonzero(stats[:, 4] >= LEAST_PX)[1:]  # the first one is the road
    box = stats[label, :4].astype(np.float64)
    box[:, 2:] += box[:, :2]
    return Blobs(
        np.asarray(labels),
        label,
        box,
        stats[label, 4],
        np.array([region.inside(each) for each in box], dtype=np.bool_).reshape(-1, 4),
    )
