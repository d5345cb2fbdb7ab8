"""Slow position error of a GNSS antenna: effect of satellites, atmosphere and reflections over seconds to minutes."""

from __future__ import annotations

import numpy as np

from perception.objects import Floats

WAVES = 4
SHORTEST_S, LONGEST_S = 15.0, 180.0


class Wander:
    """A smooth random walk around zero, known at any time: for each axis a sum of slow waves."""

    def __init__(self, random: np.random.Generator, axis_sd_m: float) -> None:
        self._amplitude = axis_sd_m * np.sqrt(2 / WAVES)
        self._rate = 2 * np.pi / random.uniform(SHORTEST_S, LONGEST_S, (2, WAVES))  # rad/s
        self._phase = random.uniform(0, 2 * np.pi, (2, WAVES))

    def at(self, stamp_ns: int) -> Floats:
        """Return the error (2,) in metres east, north."""
        seconds = stamp_ns / 1e9 % 86_400  # the error jumps at midnight rather than to lose its digits
        error: Floats = self._amplitude * np.sin(self._rate * seconds + self._phase).sum(axis=1)
        return error
