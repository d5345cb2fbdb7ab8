"""Octets of devices in virtual time: of an emulator in the recorded world, or of the process that looks at a camera."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import Protocol

import msgspec
import numpy as np

from hw import video
from perception.objects import RoadUser
from sim import recorded
from sim.bench import Bench
from sim.frames import PERIOD_NS, WorldFrame
from tests.rsu.recording.virtual import EPOCH_NS, VirtualDevice

LONGEST = 600  # frames
PICTURE_NS = 200_000_000


class Said(Protocol):
    """The octets a device writes and reads."""

    def says(self, now_ns: int) -> list[tuple[str, bytes]]:
        """Return (port, message) of now; asked in order of time."""

    def hears(self, port: str, data: bytes, now_ns: int) -> None:
        """Take octets of the driver."""

    def suffer(self, fault: str | None) -> None:
        """Have a fault from now on."""


@cache
def _world() -> list[WorldFrame]:
    frames = islice(recorded.frames(), LONGEST)
    return [msgspec.structs.replace(each, stamp_ns=EPOCH_NS - PERIOD_NS + each.stamp_ns) for each in frames]


class OfEmulator:
    """An emulator of the bench file."""

    def __init__(self, name: str, bench: Bench, ports: list[str]) -> None:
        self._device = VirtualDevice(name, bench, ports)
        self._frames = iter(_world())
        for frame in islice(self._frames, 3):  # a period ahead, as the world is published
            self._device.runner.add_frame(frame)

    def says(self, now_ns: int) -> list[tuple[str, bytes]]:
        if now_ns % PERIOD_NS == 0:
            self._device.runner.add_frame(next(self._frames))
        return [(read.port, read.data) for read in self._device.reads(now_ns, cut=False)]

    def hears(self, port: str, data: bytes, now_ns: int) -> None:
        self._device.hear(port, data, now_ns)

    def suffer(self, fault: str | None) -> None:
        self._device.runner.suffer(fault)


class OfVideo:
    """The process of a video camera, which sees one car that drives by."""

    def __init__(self) -> None:
        self._number = 0

    def says(self, now_ns: int) -> list[tuple[str, bytes]]:
        if now_ns % PICTURE_NS:
            return []
        self._number += 1
        noise = np.random.default_rng(self._number).normal(0, 0.05, 2)
        place = np.array([[60.0 - self._number % 200 * 0.2, 3.0]]) + noise
        view = video.VideoView(
            stamp_ns=now_ns - 60_000_000, sequence=self._number, kind=np.array([RoadUser.CAR]),
            confidence=np.array([0.9]), position_m=place, covariance_m2=np.eye(2)[None],
            size_m=np.array([[4.5, 1.8, 1.5]]), box_px=np.array([[400.0, 200.0, 460.0, 240.0]]), number=np.array([1]),
        )  # fmt: skip
        return [("pictures", video.encode(view))]

    def hears(self, port: str, data: bytes, now_ns: int) -> None:
        pass

    def suffer(self, fault: str | None) -> None:
        pass
