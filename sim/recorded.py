"""The recorded world: the first two minutes of the live one with its default seed, played in a loop.

`sim/data/world.npz` holds the rows of all frames one after another, the number of rows of each frame and its signal
state. It is written by `python -m sim.record_world`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np

from sim import signals
from sim.frames import WorldFrame
from sim.rows import Rows, frame

PATH = Path(__file__).parent / "data" / "world.npz"
SEED = 7  # of the live world that was recorded, and its default
FRAMES = 1200  # two signal cycles, so that the signals run on smoothly where the recording begins again

Scene = tuple[Rows, str]  # road users and signal state of one frame


def write(path: Path, scenes: list[Scene]) -> None:
    """Write a recording."""
    rows = np.concatenate([users for users, _ in scenes])
    lengths = np.array([len(users) for users, _ in scenes], dtype=np.int32)
    states = np.array([state for _, state in scenes])
    with path.open("wb") as file:
        np.savez_compressed(file, rows=rows.T, lengths=lengths, signals=states)


def read(path: Path) -> list[Scene]:
    """Return the scenes of a recording, in order."""
    with np.load(path) as data:
        users = np.split(data["rows"].T, np.cumsum(data["lengths"])[:-1])
        return list(zip(users, (str(state) for state in data["signals"]), strict=True))


def frames() -> Iterator[WorldFrame]:
    """Yield the recording's frames for ever, each round with new ids; their stamps count from 0."""
    scenes, cycle_s = read(PATH), signals.load().cycle_s
    ids = max(int(rows[:, 0].max(initial=0)) for rows, _ in scenes)
    for number in count():
        rows, state = scenes[number % len(scenes)]
        rows = rows.copy()
        rows[:, 0] += number // len(scenes) * ids
        yield frame(number, rows, state, cycle_s)
