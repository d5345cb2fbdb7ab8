"""Road users that the bench's sensors can see, by true mounts, fields of view, and bodies in between."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.bench import Bench, RadarSpec, SensorSpec
from sim.frames import WorldFrame
from sim.radar import SLOW_MPS
from sim.sensing import visible


def sensors(bench: Bench) -> list[SensorSpec]:
    """Return the cameras and radars of a bench; those that show pictures look where the others look, too."""
    return [spec for spec in bench.emulators.values() if isinstance(spec, SensorSpec)]


def in_sight(frame: WorldFrame, specs: Sequence[SensorSpec]) -> NDArray[np.bool_]:
    """Return which road users (n,) any of the sensors can see; radars hardly see standing ones."""
    moves = np.hypot(frame.velocity_mps[:, 0], frame.velocity_mps[:, 1]) >= SLOW_MPS
    seen = np.zeros(len(frame.id), dtype=np.bool_)
    for spec in specs:
        rows = visible(frame, spec)
        seen[rows[moves[rows]] if isinstance(spec, RadarSpec) else rows] = True
    return seen
