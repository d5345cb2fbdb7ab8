"""How UTC and free-running time part over minutes: the rate, and the least delayed solutions."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

_EVERY_NS = 1_000_000_000
_SAMPLES = 60
_RECENT = 20  # samples
_LEAST = 5  # samples; fewer say nothing
_MAD = 1.4826  # standard deviation of normal errors over their median
_SPREAD_NS = 100_000  # smallest spread of an offset: the time that reading the clock takes


class UtcOffset(NamedTuple):
    """UTC less steady time, by one solution; an unknown delay makes it smaller."""

    receipt_ns: int
    offset_ns: int
    accuracy_ns: int  # as the receiver claims


class Rate(NamedTuple):
    """A rate and its standard deviation, parts per million."""

    ppm: float
    sd_ppm: float


class Drift:
    """The slope of the offsets over the last minute, the least delayed one of every second."""

    def __init__(self) -> None:
        self.rate: Rate | None = None  # None while too little is known
        self._samples: deque[UtcOffset] = deque(maxlen=_SAMPLES)
        self._second = 0  # that of the newest sample

    def add(self, one: UtcOffset) -> None:
        """Take an offset."""
        second = one.receipt_ns // _EVERY_NS
        if not self._samples or second != self._second:
            self.rate = self._slope() if len(self._samples) >= _LEAST else None
            self._samples.append(one)
            self._second = second
        elif one.offset_ns > self._samples[-1].offset_ns:
            self._samples[-1] = one

    def restart(self) -> None:
        """Forget: the offset has jumped."""
        self._samples.clear()
        self.rate = None

    def least_delayed(self) -> UtcOffset | None:
        """Return the largest offset of the last 20 s."""
        recent = [self._samples[index] for index in range(-min(_RECENT, len(self._samples)), 0)]
        return max(recent, key=lambda each: each.offset_ns, default=None)

    def _slope(self) -> Rate:
        """Return the median of the slopes between any two samples (Theil, Sen): some may have been delayed."""
        begin = self._samples[0]
        at = np.array([each.receipt_ns - begin.receipt_ns for each in self._samples], dtype=np.float64)
        offset = np.array([each.offset_ns - begin.offset_ns for each in self._samples], dtype=np.float64)
        first, second = np.triu_indices(len(at), 1)
        slope = float(np.median((offset[second] - offset[first]) / (at[second] - at[first])))
        rest = offset - slope * at
        spread = max(_MAD * float(np.median(np.abs(rest - np.median(rest)))), _SPREAD_NS)
        return Rate(slope * 1e6, spread / float(np.std(at)) / len(at) ** 0.5 * 1e6)
