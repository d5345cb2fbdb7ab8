"""A video camera in virtual time: pictures drawn of the world, and the product's own eye that looks at them.

The work of a process of its own on the box is done here between two rounds: unpack, look, tell the station.
"""

from __future__ import annotations

import numpy as np

from hw.tape import LinkState, Read
from rsu.site.config import Config
from rsu.video.camera import CameraPipeline, lanes_of
from rsu.video.source import Shot
from sim import bench
from sim.emulate import Runner, make_emulator

LOOK_NS = 40_000_000  # from a picture's receipt to that of its detections, about as on the bench
MS = 1_000_000


class _Film:
    """The emulator's HTTP port: pictures wait to be looked at."""

    byte_ns = 0.0

    def __init__(self) -> None:
        self.pictures: list[bytes] = []

    def descriptors(self) -> list[int]:
        return []

    def read(self, descriptor: int) -> list[bytes]:
        return []

    def write(self, data: bytes) -> None:
        self.pictures.append(data)

    def close(self) -> None:
        pass


class VirtualVideo:
    """One emulated camera and its eye on the port of its device."""

    def __init__(self, name: str, made: bench.Bench, site: Config) -> None:
        self.name = name
        settings = site.site.devices[name].video
        assert settings is not None
        sensor = next(each for each in site.site.sensors if each.device == name)
        self._eye = CameraPipeline(settings, sensor, lanes_of(site.lane_map, sensor))
        self._latency_ns = round(settings.source.latency_ms * MS)
        self._film = _Film()
        self.runner = Runner(make_emulator(made, name), {"http": self._film})
        self._waiting: list[Read] = []

    def hear(self, port: str, data: bytes, now_ns: int) -> None:
        """Take the driver's octets: none."""

    def reads(self, now_ns: int, cut: bool) -> list[Read]:
        """Return its process's octets of now."""
        self.runner.step(now_ns)
        for packed in self._film.pictures:
            shot = Shot(now_ns - self._latency_ns, np.frombuffer(packed, np.uint8))
            data = self._eye.datagram(self._eye.view(shot, None))
            self._waiting.append(Read(self.name, "pictures", now_ns + LOOK_NS, data))
        self._film.pictures.clear()
        due = [read for read in self._waiting if read.receipt_ns <= now_ns]
        self._waiting = self._waiting[len(due) :]
        return [] if cut else due

    def links(self, cut: bool) -> list[LinkState]:
        """Return how its link is."""
        return [LinkState(self.name, "pictures", 1, not cut, not cut, "silent" if cut else None, {})]
