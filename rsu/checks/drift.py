"""How fast UTC and steady time part: the rate at which an undisciplined clock is wrong while GNSS is lost."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

_EVERY_NS = 1_000_000_000
_SAMPLES = 120
_LEAST = 5  # samples; fewer say nothing
_SPREAD_NS = 100_000  # of an offset at least: what reading the clock costs


class Rate(NamedTuple):
    """A rate and its standard deviation, parts per million."""

    ppm: float
    sd_ppm: float


class Drift:
    """The slope of (UTC - steady time) over the last two minutes, once a second."""

    def __init__(self) -> None:
        self.rate: Rate | None = None  # None while too little is known
        self._samples: deque[tuple[int, int]] = deque(maxlen=_SAMPLES)  # (steady, UTC - steady), ns

    def add(self, at_ns: int, offset_ns: int) -> None:
        """Take the offset that was true at a time."""
        if not self._samples or at_ns - self._samples[-1][0] >= _EVERY_NS:
            self._samples.append((at_ns, offset_ns))
            self.rate = self._slope() if len(self._samples) >= _LEAST else None

    def restart(self) -> None:
        """Forget: the offset has jumped."""
        self._samples.clear()
        self.rate = None

    def _slope(self) -> Rate:
        begin_ns, first_ns = self._samples[0]
        table = np.array([(at - begin_ns, offset - first_ns) for at, offset in self._samples], dtype=np.float64)
        at, offset = (table - table.mean(axis=0)).T
        square = float(at @ at)
        slope = float(at @ offset) / square
        spread = max(float(np.std(offset - slope * at)), _SPREAD_NS)
        return Rate(slope * 1e6, spread / square**0.5 * 1e6)
