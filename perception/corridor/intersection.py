"""Covariance intersection: two estimates of one road user whose errors depend on each other in an unknown way.

P^-1 = w A^-1 + (1 - w) B^-1 (Julier, Uhlmann 1997), w such that det P is least. Whatever the two have in common, a
vehicle's own report that both boxes heard among it, P is no smaller than the error if A and B are not.
"""

from __future__ import annotations

import numpy as np

from perception.corridor.estimates import TrackStates, image, inverted, log_determinant
from perception.objects import Floats

_STEPS = 24  # of the golden section: w to within 1e-5
_GOLDEN = (5.0**0.5 - 1.0) / 2.0


def intersect(first: TrackStates, second: TrackStates) -> TrackStates:
    """Return the common estimates of n road users, of two estimates each."""
    one, other = inverted(first.covariance), inverted(second.covariance)
    share = best_share(one, other)
    covariance = inverted(share * one + (1.0 - share) * other)
    about = share * image(one, first.state) + (1.0 - share) * image(other, second.state)
    return TrackStates(image(covariance, about), covariance)


def best_share(one: Floats, other: Floats) -> Floats:
    """Return the shares w (n,) of the first information (4, 4, n), 0..1, that make the determinant greatest.

    Its logarithm is concave in w, so that the golden section finds the maximum.
    """
    low, high = np.zeros(one.shape[-1]), np.ones(one.shape[-1])
    for _ in range(_STEPS):
        inner = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        left, right = (log_determinant(share * one + (1.0 - share) * other) for share in inner)
        low, high = np.where(left < right, inner[0], low), np.where(left < right, high, inner[1])
    share: Floats = (low + high) / 2.0
    return share
