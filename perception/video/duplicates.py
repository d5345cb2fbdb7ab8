"""One box for each road user: overlapping boxes of one class, of all motor vehicles; riders with their cycles."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, Ints, RoadUser

MOTOR = (RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS)  # networks take one for the other, and say both
RIDDEN = (RoadUser.BICYCLE, RoadUser.MOTORCYCLE)
ON_IT = 0.3  # smallest share of a person's box that lies in the box of the cycle it rides


def single(box: Floats, kind: Ints, score: Floats, overlap: float) -> tuple[Floats, Ints, Floats]:
    """Return boxes (k, 4), kinds and scores of each road user once, the best first.

    A box that overlaps a better one by more than `overlap` (IoU) is dropped. A bicycle or motorcycle with a rider has
    the box of both.
    """
    if not len(box):
        return box, kind, score
    group = np.where(np.isin(kind, MOTOR), int(RoadUser.CAR), kind)
    apart = box + (group * (np.ptp(box) + 1.0))[:, None]  # no box of one group touches those of another
    sides = np.column_stack([apart[:, :2], apart[:, 2:] - apart[:, :2]])
    kept = np.asarray(cv2.dnn.NMSBoxes(sides.tolist(), score.tolist(), 0.0, overlap), dtype=np.intp).reshape(-1)
    box, kind, score = box[kept].copy(), kind[kept], score[kept]
    walks = np.ones(len(box), dtype=np.bool_)
    for ridden in np.flatnonzero(np.isin(kind, RIDDEN)):
        rider = _rider(box, (kind == RoadUser.PEDESTRIAN) & walks, box[ridden])
        if rider is not None:
            walks[rider] = False
            box[ridden] = [*np.minimum(box[ridden, :2], box[rider, :2]), *np.maximum(box[ridden, 2:], box[rider, 2:])]
    return box[walks], kind[walks], score[walks]


def _rider(box: Floats, people: NDArray[np.bool_], ridden: Floats) -> int | None:
    """Return the row of the person that rides the cycle in a box (4,): above it, and with most of its box in it."""
    corner, other = np.maximum(box[:, :2], ridden[:2]), np.minimum(box[:, 2:], ridden[2:])
    shared = np.prod(np.maximum(other - corner, 0), axis=1) / np.prod(box[:, 2:] - box[:, :2], axis=1)
    middle = (box[:, 0] + box[:, 2]) / 2
    sits = people & (shared > ON_IT) & (middle > ridden[0]) & (middle < ridden[2]) & (box[:, 1] < ridden[1])
    return int(np.argmax(np.where(sits, shared, -1.0))) if sits.any() else None
