"""All devices of a site opened for some seconds, without a daemon: which data come from each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hw.detail import NOTHING, Detail
from hw.device import Device, DeviceHealth, build
from hw.rounds import Ports, Rounds
from hw.tape import Round
from hw.timescale import Timescale
from perception.objects import Detections, Fix, Measurement
from rsu.core import folders
from rsu.site.config import Config
from rsu.site.video import VideoSettings
from rsu.video.source import Mailbox, Shot, SourceReader

_LOOK_S = 0.02
_NO_PICTURE = Detail("no picture in {seconds:g} s", "{seconds:g} s 内无图像")
_OTHER_SHAPE = Detail(
    "pictures of {got_width} x {got_height}, image_px says {width} x {height}",
    "图像为 {got_width} x {got_height}，image_px 为 {width} x {height}",
)
_NO_FIX = Detail("no fix yet", "尚无定位")


class HeardDevice(NamedTuple):
    """The data of one device."""

    name: str
    kind: str
    state: str  # as in `hw.device.DeviceHealth`
    rate_hz: float  # of measurements, or of pictures
    octets: int
    measurements: dict[str, int]  # by type
    road_users: int  # in lists of them, in all
    fault: Detail  # empty: none
    fix: Fix | None = None  # the newest

    @property
    def ok(self) -> bool:
        """Whether all is as expected."""
        return self.state == "ok" and not self.fault.en

    def record(self) -> dict[str, Any]:
        """Return it for a program."""
        place = None if self.fix is None else [self.fix.latitude_deg, self.fix.longitude_deg, self.fix.valid]
        return self._asdict() | {"fault": self.fault.en, "fix": place, "ok": self.ok}


class _LiveDevices:
    """The devices of a site, and the data of each."""

    def __init__(self, config: Config, run: Path) -> None:
        self._clock = Timescale()
        self.devices: dict[str, Device] = {}
        self.octets: Counter[str] = Counter()
        self.types: dict[str, Counter[str]] = {}
        self.users: Counter[str] = Counter()
        self.fixes: dict[str, Fix] = {}
        for name, entry in config.site.devices.items():
            if entry.video is None:
                self.devices[name] = build(name, entry.kind, config.drivers[name], run, self._clock)
                self.types[name] = Counter()

    def listen(self, seconds: float) -> None:
        """Serve all devices for so long."""
        rounds, until = Rounds(self.devices), time.monotonic() + seconds
        while time.monotonic() < until:
            tape: list[Round] = []
            ports = Ports(list(self.devices.values()), _LOOK_S, self._clock, self._clock.look().correction_ns)
            for one in rounds.serve(ports, tape):
                self._note(one)
            for read in (read for each in tape for read in each.reads):
                self.octets[read.device] += len(read.data)

    def _note(self, one: Measurement) -> None:
        self.types[one.device][type(one).__name__] += 1
        if isinstance(one, Detections):
            self.users[one.device] += len(one.position_m)
        elif isinstance(one, Fix):
            self.fixes[one.device] = one

    def health(self, name: str) -> DeviceHealth:
        """Return how a device is now."""
        return self.devices[name].health(self._clock())

    def close(self) -> None:
        """Give the ports back."""
        for device in self.devices.values():
            device.close()


def listen(config: Config, run: Path, seconds: float) -> list[HeardDevice]:
    """Open all devices of a site for some seconds. AlreadyRunningError: a daemon has them; OSError: no run folder."""
    with folders.claim(run):
        cameras = {name: each.video for name, each in config.site.devices.items() if each.video is not None}
        readers = {name: _Pictures(settings) for name, settings in cameras.items()}
        listener = _LiveDevices(config, run)
        try:
            listener.listen(seconds)
        finally:
            listener.close()
            for reader in readers.values():
                reader.stop()
        seen = {name: reader.heard(name, seconds) for name, reader in readers.items()}
        return [seen.get(name) or _heard(listener, name) for name in config.site.devices]


def _heard(listener: _LiveDevices, name: str) -> HeardDevice:
    health, fix = listener.health(name), listener.fixes.get(name)
    fault = Detail(health.error or "", health.error or "")
    if not health.error and fix is not None and not fix.valid:
        fault = _NO_FIX
    return HeardDevice(
        name=name,
        kind=health.kind,
        state=health.state,
        rate_hz=health.rate_hz,
        octets=listener.octets[name],
        measurements=dict(listener.types[name]),
        road_users=listener.users[name],
        fault=fault,
        fix=fix,
    )


class _Pictures:
    """The pictures of one video camera."""

    def __init__(self, settings: VideoSettings) -> None:
        self._settings = settings
        self._mailbox = Mailbox()
        self._reader = SourceReader(settings.source, self._mailbox)
        self._reader.start()

    def stop(self) -> None:
        """Ask for the end; the thread ends with its next picture."""
        self._reader.stop()

    def heard(self, name: str, seconds: float) -> HeardDevice:
        """Return the account of its pictures."""
        shot = self._mailbox.take(0.0)
        count = self._mailbox.passed_over + (shot is not None)
        fault = NOTHING if shot else self._missing(seconds)
        if shot is not None:
            fault = next(self._shape(shot), NOTHING)
        state = "degraded" if shot and fault.en else "ok" if shot else "lost"
        return HeardDevice(name, "video", state, count / seconds, 0, {"pictures": count}, 0, fault)

    def _missing(self, seconds: float) -> Detail:
        error = self._reader.error
        return Detail(error, error) if error else _NO_PICTURE.of(seconds=seconds)

    def _shape(self, shot: Shot) -> Iterator[Detail]:
        """Yield that a stream has another shape than the picture of its model."""
        (width, height), (got_width, got_height) = self._settings.image_px, shot.size
        shape = (got_width * height) / max(1, got_height * width)
        if got_width and not self._settings.stretched and not 0.98 < shape < 1.02:
            yield _OTHER_SHAPE.of(got_width=got_width, got_height=got_height, width=width, height=height)
