"""Which way motor vehicles head where: along the lane that they are in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from perception.objects import Floats

LANE_M = 1.8  # from its centre line, still in the lane
STEP_M = 2.0


class Lanes:
    """The lanes in one camera's sensor frame."""

    def __init__(self, lines: Sequence[Floats]) -> None:
        """`lines`: centre lines (k, 2) m, k points each."""
        self._begin = np.concatenate([np.zeros((0, 2)), *(line[:-1] for line in lines)])
        self._along = np.concatenate([np.zeros((0, 2)), *(line[1:] for line in lines)]) - self._begin

    def places(self) -> Floats:
        """Return places (n, 2) along all lanes, `STEP_M` apart."""
        counts = np.ceil(np.hypot(*self._along.T) / STEP_M).astype(int)
        piece = np.repeat(np.arange(len(counts)), counts)
        number = np.arange(len(piece)) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.asarray(self._begin[piece] + self._along[piece] * (number / counts[piece])[:, None])

    def heading(self, place: Floats) -> Floats:
        """Return the direction (n,) rad from x to y of the lane at places (n, 2); NaN where no lane is."""
        if not len(self._begin):
            return np.full(len(place), np.nan)
        square = np.maximum((self._along**2).sum(axis=1), 1e-9)
        away = place[:, None] - self._begin  # (n, pieces, 2)
        share = np.clip((away * self._along).sum(axis=2) / square, 0, 1)
        off = np.hypot(*np.moveaxis(away - share[..., None] * self._along, -1, 0))
        nearest = np.argmin(off, axis=1)
        direction = np.arctan2(self._along[nearest, 1], self._along[nearest, 0])
        return np.where(off[np.arange(len(place)), nearest] < LANE_M, direction, np.nan)
