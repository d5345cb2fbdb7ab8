"""Whether a box has a possible size for the class that the network says, at the place on the road where it stands.

The box is compared with that of a body of the class's usual size at the same place: a traffic cone is no pedestrian, a
poster of a car no car.
"""

from __future__ import annotations

import numpy as np

from perception.objects import Mask
from perception.video.boxes import Bodies, Boxes
from perception.video.builds import KIND, MOTOR, SIZE, box_of, outline
from perception.video.view import CameraView

# by the box's sides, shares of those of a usual body: a minibus to an articulated one; a child of six to a tall man
SMALLEST_MOTOR, LARGEST_MOTOR = 0.5, 2.0
SMALLEST, LARGEST = 0.6, 1.45
WIDEST = 2.5  # of pedestrians and cyclists: arms, bags, a pushchair


def plausible(view: CameraView, boxes: Boxes, bodies: Bodies) -> Mask:
    """Return which boxes (n,) can be of their class, as far as their edges were seen."""
    build = np.array([np.flatnonzero(kind == KIND)[0] for kind in bodies.kind], dtype=np.int64)
    usual = box_of(outline(view, build, np.concatenate([bodies.position_m, SIZE[build]], axis=1), bodies.heading_rad))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (boxes.box_px[:, 2:] - boxes.box_px[:, :2]) / (usual[:, 2:] - usual[:, :2])  # (n, 2) width, height
    motor = MOTOR[build]
    least = np.where(motor[:, None], SMALLEST_MOTOR, [SMALLEST / WIDEST, SMALLEST])
    most = np.where(motor[:, None], LARGEST_MOTOR, [WIDEST, LARGEST])
    seen = boxes.seen[:, :2] & boxes.seen[:, 2:]
    return np.asarray((((share >= least) | ~seen) & (share <= most)).all(axis=1))
