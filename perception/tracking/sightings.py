"""The detections of the rounds since the last cycle, and the tracks that took them: the base of a road user's story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints
from perception.sensing.scan import Scan


class Sighting(NamedTuple):
    """The detections of one device at one time."""

    device: str
    stamp_ns: int
    position_m: Floats  # (n, 2) m, site frame, as the device says: its known errors are still in it
    track: Ints  # (n,) number of the track that took it, 0: none, or one that is not confirmed


class SightingLog:
    """Collects them."""

    def __init__(self) -> None:
        self._rounds: list[tuple[Scan, Ints]] = []

    def clear(self) -> None:
        """Forget the rounds before this cycle."""
        self._rounds.clear()

    def add(self, scan: Scan, numbers: Ints, detection: Ints) -> None:
        """Take a round; numbers (k,): of the tracks that took the detections (k,) of the scan."""
        if not len(scan):
            return
        track = np.zeros(len(scan), np.int64)
        track[detection] = numbers
        self._rounds.append((scan, track))

    def found(self, devices: Sequence[str], radios: Sequence[str]) -> Iterator[Sighting]:
        """Yield them by device and time; the names of sensors by column, and of radios by index."""
        for scan, track in self._rounds:
            key = np.array((scan.sensor, scan.radio, scan.stamp_ns))
            new = np.logical_or.reduce(key[:, 1:] != key[:, :-1])  # a device's rows follow each other
            starts, place = [0, *(new.nonzero()[0] + 1).tolist()], scan.position_m.T
            origins = key[:, starts].T.tolist()
            for (sensor, radio, stamp_ns), (first, end) in zip(origins, pairwise((*starts, len(scan))), strict=True):
                name = devices[sensor] if sensor < len(devices) else radios[radio]
                yield Sighting(name, stamp_ns, place[first:end], track[first:end])
