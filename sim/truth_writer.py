"""The world's truth as files: CSV, gzipped, one for ten minutes, the newest few kept.

    stamp_ns,id,class,east_m,north_m,speed_mps,heading_deg,length_m,width_m,height_m

A row is one road user in one frame; units and frame as in `WorldFrame`.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from perception.objects import RoadUser
from sim.frames import WorldFrame

HEAD = "stamp_ns,id,class,east_m,north_m,speed_mps,heading_deg,length_m,width_m,height_m\n"
FILE_NS = 600_000_000_000
KEPT = 36  # files: six hours
FLUSH_FRAMES = 10
_KINDS = [kind.name.lower() for kind in RoadUser]


class TruthWriter:
    """Writes frames into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._file: gzip.GzipFile | None = None
        self._begun_ns = self._frames = 0

    def write(self, frame: WorldFrame) -> None:
        """Add a frame."""
        if self._file is None or not 0 <= frame.stamp_ns - self._begun_ns < FILE_NS:
            self._open(frame.stamp_ns)
        assert self._file is not None
        self._file.write(rows(frame).encode())
        self._frames += 1
        if self._frames % FLUSH_FRAMES == 0:
            self._file.flush()  # a reader meanwhile has all but the last second

    def close(self) -> None:
        """End the file."""
        if self._file is not None:
            self._file.close()

    def _open(self, stamp_ns: int) -> None:
        self.close()
        self._begun_ns = stamp_ns
        self._file = gzip.GzipFile(self._folder / f"{stamp_ns}.csv.gz", "wb", compresslevel=6)
        self._file.write(HEAD.encode())
        for old in sorted(self._folder.glob("*.csv.gz"))[:-KEPT]:
            old.unlink()


def rows(frame: WorldFrame) -> str:
    """Return the rows of a frame."""
    speed = np.hypot(frame.velocity_mps[:, 0], frame.velocity_mps[:, 1])
    numbers = np.column_stack([frame.position_m, speed, frame.heading_deg, frame.size_m]).round(3).tolist()
    return "".join(
        f"{frame.stamp_ns},{number},{_KINDS[kind]},{','.join(map(str, values))}\n"
        for number, kind, values in zip(frame.id.tolist(), frame.kind.tolist(), numbers, strict=True)
    )
