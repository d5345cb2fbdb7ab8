"""The empty road as a camera's process has learned it, kept over a restart: then it sees from the first picture on.

One file for each camera in the data folder, written whole or not at all. It shows no road users but those that have
stood for minutes. It is used for `KEPT_S` only, since light changes, and only for the same camera, pose and settings.
The first picture of a calibration, which the view must show, is kept as well, for as long as the calibration holds.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from perception.video.boxes import Picture

KEPT_S = 1800.0
FIRST_S, EVERY_S = 60.0, 600.0  # after the start, and between two writings: flash memory wears


class KeptRoad(NamedTuple):
    """One camera's file. `key` changes with everything that the picture depends on."""

    path: Path
    key: str
    forever: bool = False  # of a calibration: the picture that the view must show

    def load(self, now_ns: int) -> Picture | None:
        """Return the road if it is known well enough."""
        try:
            with self.path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                fresh = self.forever or 0 <= now_ns - int(kept["stamp_ns"]) <= KEPT_S * 1e9
                if str(kept["key"]) != self.key or not fresh:
                    return None
                road: Picture = kept["road"]
        except (OSError, ValueError, KeyError, EOFError, zlib.error, zipfile.BadZipFile):
            return None  # none yet, or damaged: it is learned again
        return road if road.dtype == np.uint8 and road.ndim == 3 else None

    def save(self, road: Picture, now_ns: int) -> None:
        """Replace the file. OSError: it cannot be written."""
        part = self.path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez_compressed(file, road=road, key=np.array(self.key), stamp_ns=np.array(now_ns))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)
