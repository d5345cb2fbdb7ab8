"""The process of one video camera: pictures in, road users on the road out, as datagrams for the station's driver.

Sending never waits: a datagram that the station does not take is lost. A camera that sees nothing is told about once a
second, and the station counts it as lost when that has lasted.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
import threading
import time
from pathlib import Path

import cv2
import structlog

from hw import video
from hw.video import VideoInboxSettings as InboxSettings
from perception.sensor import Sensor
from rsu.bus.records import Progress
from rsu.bus.sockets import Publisher
from rsu.bus.topics import VIDEO
from rsu.recording import standin
from rsu.site.config import Config
from rsu.site.video import VideoSettings
from rsu.video.camera import CameraPipeline, lanes_of
from rsu.video.kept import EVERY_S, FIRST_S, KeptRoad
from rsu.video.source import Mailbox, Shot, SourceReader
from rsu.video.still import StillAnswer, StillDesk

_LOOK_S = 0.25
_PROGRESS_S = 0.5
_SILENT_S = 1.5  # without a picture
_TELL_S = 1.0  # how often it is said that the camera sees nothing
_log = structlog.get_logger()


class DatagramSender:
    """Datagrams to the station; never waits."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

    def send(self, data: bytes) -> None:
        """Send, if the station takes it."""
        with contextlib.suppress(OSError):
            self._socket.sendto(data, self._path)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


class VideoLoop:
    """Everything that one step of the process touches."""

    def __init__(self, name: str, config: Config, run: Path, data: Path) -> None:
        device, inbox = config.site.devices[name], config.drivers[name]
        assert device.video is not None and isinstance(inbox, InboxSettings)
        sensor = next(sensor for sensor in config.site.sensors if sensor.device == name)
        self._name, self._process = name, VIDEO + name
        self._run, self._stood_in, self._asked_s = run, False, float("-inf")
        self._bus = Publisher(run, self._process)
        self._sender = DatagramSender(run / inbox.inbox)
        self._kept = KeptRoad(data / f"road-{name}.npz", _key(device.video, sensor))
        self._keep_s = time.monotonic() + FIRST_S
        self._first = KeptRoad(data / f"view-{name}.npz", _key(device.video, sensor), forever=True)
        now_ns = time.time_ns()
        first = self._first.load(now_ns)
        self._first_kept = first is not None
        lanes = lanes_of(config.lane_map, sensor)
        self._camera = CameraPipeline(device.video, sensor, lanes, self._kept.load(now_ns), first)
        self._stills = StillDesk(run, name)
        self._newest: Shot | None = None
        self._mailbox = Mailbox()
        self._reader = SourceReader(device.video.source, self._mailbox)
        self._period_ns = round(1e9 / device.video.source.rate_hz)
        self._looked_ns = 0  # stamp of the newest picture that was looked at
        self._came_s = time.monotonic()  # the newest picture
        self._said: tuple[int, str] | None = None  # state and words that were told last
        self._told_s = self._progress_s = float("-inf")
        self._steps = 0
        self._reader.start()

    def step(self) -> None:
        """Look at the newest picture, if there is one and it is time for it."""
        shot = self._mailbox.take(_LOOK_S)
        now_s = time.monotonic()
        self._live(now_s)
        self._newest = shot or self._newest
        self._lend()
        if shot is None and now_s - self._came_s < _SILENT_S:
            return
        if shot is not None:
            self._came_s = now_s
            if 0 <= shot.stamp_ns - self._looked_ns < 0.75 * self._period_ns:
                return
            self._looked_ns = shot.stamp_ns
        view = self._camera.view(shot, self._reader.error)
        if not self._is_played(now_s):
            self._tell(view, now_s)

    def _lend(self) -> None:
        """Give the newest picture to a calibration that asks for it."""
        if self._stills.order() is not None:
            newest = self._newest
            self._stills.answer(StillAnswer(newest.stamp_ns, newest.jpeg()) if newest else StillAnswer(0, b""))

    def _is_played(self, now_s: float) -> bool:
        """Return whether a recording stands in for the camera, whose word it has then."""
        if now_s - self._asked_s >= _TELL_S:
            self._asked_s, before = now_s, self._stood_in
            self._stood_in = self._name in standin.played(self._run)
            if self._stood_in != before:
                _log.info("camera", stood_in=self._stood_in)
                self._said = None
        return self._stood_in

    def _live(self, now_s: float) -> None:
        """Keep the learned road, and give a sign of life, when it is time for that."""
        if now_s >= self._keep_s:
            self._keep_s = now_s + EVERY_S
            self._keep()
        if now_s - self._progress_s >= _PROGRESS_S:
            self._steps, self._progress_s = self._steps + 1, now_s
            self._bus.publish(f"progress.{self._process}", Progress(self._process, time.time_ns(), self._steps))

    def _tell(self, view: video.VideoView, now_s: float) -> None:
        """Send the station the road users that were seen, and now and then that the camera sees nothing."""
        said = (view.state, view.words)
        if said != self._said:
            _log.info("camera", sight=video.STATES[view.state].en, why=view.words)
        elif view.state and now_s - self._told_s < _TELL_S:
            return
        self._said, self._told_s = said, now_s
        self._sender.send(self._camera.datagram(view, self._mailbox.passed_over))

    def _keep(self) -> None:
        """Keep the learned road for the next start; a disk that takes nothing costs only that."""
        try:
            if (road := self._camera.road) is not None:
                self._kept.save(road, time.time_ns())
            if (first := self._camera.aimed) is not None and not self._first_kept:
                self._first.save(first, time.time_ns())
                self._first_kept = True
        except OSError as error:
            _log.warning("road not kept", why=str(error))

    def close(self) -> None:
        """End the reader, give the sockets back."""
        self._keep()
        self._reader.stop()
        self._stills.close()
        self._sender.close()
        self._bus.close()


def _key(settings: VideoSettings, sensor: Sensor) -> str:
    """Return a digest of the settings on which a camera's picture of the road depends."""
    told = settings.model_dump_json() + sensor.model_dump_json()
    return hashlib.sha256(told.encode()).hexdigest()


def run(config: Config, run: Path, data: Path, stop: threading.Event, name: str) -> None:
    """Run the camera of a device until `stop`."""
    cv2.setNumThreads(1)
    loop = VideoLoop(name, config, run, data)
    _log.info("camera runs", device=name)
    try:
        while not stop.is_set():
            loop.step()
    finally:
        loop.close()
