"""The road users of the last picture that were surely told apart, and where they should be in this one.

Road users who meet, or stop one behind the other, become one blob. Who they are is known from before.
"""

from __future__ import annotations

import numpy as np

from perception.objects import Floats, Ints
from perception.video.boxes import Bodies

SAME_M = 1.5  # between where one should be and where it is, at most
SMOOTH = 0.4  # share of a new step in the mean one
_ALONG = np.array([-1.2, -0.8, -0.5, -0.25, 0.0, 0.25, 0.5, 0.8, 1.2])
_ACROSS = np.array([-0.3, 0.0, 0.3])
_STEPS = np.array([[a, b] for a in _ALONG for b in _ACROSS])
NEAR = np.abs(_STEPS).sum(axis=1)  # m, of the places that are tried around the expected one


class Memory:
    """What one camera saw in its last picture."""

    def __init__(self) -> None:
        self._bodies: Bodies | None = None
        self._step = np.zeros((0, 2))  # m from one picture to the next

    @property
    def states(self) -> Floats:
        """The bodies (n, 5: x, y, length, width, height) where they should be now."""
        if self._bodies is None:
            return np.zeros((0, 5))
        return np.concatenate([self._bodies.position + self._step, self._bodies.size], axis=1)

    @property
    def headings(self) -> Floats:
        """Their headings (n,) rad."""
        return np.zeros(0) if self._bodies is None else self._bodies.heading

    @property
    def kinds(self) -> Ints:
        """Their classes (n,)."""
        return np.zeros(0, np.int64) if self._bodies is None else self._bodies.kind

    def tries(self, row: int) -> Floats:
        """Return the states (m, 5) around the expected one that are worth a try."""
        ahead = np.array([np.cos(self.headings[row]), np.sin(self.headings[row])])
        turn = np.array([ahead, [-ahead[1], ahead[0]]])
        states = np.repeat(self.states[row][None], len(_STEPS), axis=0)
        states[:, :2] += _STEPS @ turn
        return states

    def keep(self, bodies: Bodies) -> None:
        """Remember these, and how far they came."""
        before, step = self.states[:, :2], np.zeros((len(bodies.position), 2))
        if len(before) and len(step):
            off = np.hypot(*np.moveaxis(bodies.position[:, None] - before, -1, 0))
            same = off.argmin(axis=1)
            known = off[np.arange(len(off)), same] < SAME_M
            step[known] = (self._step[same] + SMOOTH * (bodies.position - before[same]))[known]
        self._bodies, self._step = bodies, step
