"""Percentiles of an endless stream in bounded memory."""

from __future__ import annotations

import numpy as np

from perception.objects import Floats


class Histogram:
    """Counts in bins of equal width from 0 up; values outside count in the first or last bin."""

    def __init__(self, width: float, bins: int) -> None:
        self._width = width
        self._counts = np.zeros(bins, dtype=np.int64)

    def add(self, values: Floats) -> None:
        """Count values; NaN is not one."""
        bins = np.floor(values[~np.isnan(values)] / self._width).astype(np.int64)
        np.add.at(self._counts, np.clip(bins, 0, len(self._counts) - 1), 1)

    def percentile(self, percent: float) -> float | None:
        """Return the middle of the bin that holds the percentile; None of nothing."""
        total = np.cumsum(self._counts)
        if not total[-1]:
            return None
        place = int(np.searchsorted(total, percent / 100 * total[-1]))
        return round((place + 0.5) * self._width, 6)
