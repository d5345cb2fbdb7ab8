"""How much boxes have in common."""

from __future__ import annotations

import numpy as np

from perception.objects import Floats, Mask


def _shared(first: Floats, second: Floats) -> Floats:
    """Return the areas (n, m) px2 that boxes (n, 4) and (m, 4) have in common."""
    low = np.maximum(first[:, None, :2], second[:, :2])
    high = np.minimum(first[:, None, 2:], second[:, 2:])
    side: Floats = np.maximum(high - low, 0.0)
    shared: Floats = side[..., 0] * side[..., 1]
    return shared


def _area(box: Floats) -> Floats:
    """Return the areas (n,) px2 of boxes (n, 4) px, at least 1e-9, so that they can divide."""
    side = box[:, 2:] - box[:, :2]
    return np.maximum(side[:, 0] * side[:, 1], 1e-9)


def alike(first: Floats, second: Floats) -> Floats:
    """Return the intersections over unions (n, m), 0..1, of boxes (n, 4) px with boxes (m, 4) px."""
    shared = _shared(first, second)
    return np.asarray(shared / (_area(first)[:, None] + _area(second) - shared))


def covered(box: Floats) -> Floats:
    """Return the largest share (n,) of each box (n, 4) px that another box nearer to the camera covers.

    Of two boxes on one road the one whose lower edge is lower in the picture is nearer.
    """
    nearer = box[:, 3] > box[:, 3][:, None] + 1.0
    share: Floats = np.where(nearer, _shared(box, box) / _area(box)[:, None], 0.0).max(axis=1, initial=0.0)
    return share


def feet_hidden(box: Floats) -> Mask:
    """Return of which boxes (n, 4) the middle of the lower edge lies in one that is nearer to the camera."""
    middle, low = (box[:, 0] + box[:, 2]) / 2, box[:, 3]
    across = (middle[:, None] > box[:, 0]) & (middle[:, None] < box[:, 2])
    down = (low[:, None] > box[:, 1]) & (low[:, None] < box[:, 3] - 1.0)
    return np.asarray((across & down).any(axis=1))


def alone(box: Floats) -> Mask:
    """Return which boxes (n, 4) px have nothing in common with any other."""
    return np.asarray((_shared(box, box) > 0.0).sum(axis=1) < 2)
