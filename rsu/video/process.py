"""The process of one video camera: pictures in, road users on the road out, as datagrams for the station's driver.

Sending never waits: what the station does not take is gone. A camera that sees nothing is told about once a second, and
the station counts it as lost when that has lasted.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import structlog

from hw import video
from hw.video import VideoSettings as InboxSettings
from perception.sensing.scan import rotation_of
from perception.sensor import Sensor
from perception.video.boxes import Bodies, Detector, Picture
from perception.video.eye import Eye, Glance, region_of
from perception.video.fit import Fitter
from perception.video.health import Sight
from perception.video.lanes import Lanes
from perception.video.motion import Motion
from perception.video.onnx import RUNTIMES, Onnx
from perception.video.settings import MotionSettings
from perception.video.view import View
from rsu.bus import Publisher
from rsu.daemon.processes import VIDEO
from rsu.records import Progress
from rsu.site.config import Config
from rsu.site.lanemap import LaneMapFile
from rsu.video.kept import EVERY_S, FIRST_S, KeptRoad
from rsu.video.settings import VideoSettings
from rsu.video.source import Mailbox, Reader

_LOOK_S = 0.25
_PROGRESS_S = 0.5
_TELL_S = 1.0  # how often it is said that the camera sees nothing
_log = structlog.get_logger()


class Camera:
    """From pictures to datagrams."""

    def __init__(self, settings: VideoSettings, sensor: Sensor, lanes: Lanes, road: Picture | None = None) -> None:
        """`road`: as an earlier run learned it."""
        assert sensor.camera is not None, "checked with the site"
        self._road = road
        self._motion: Motion | None = None
        self._settings, self._sensor = settings, sensor
        view = View(sensor.camera, sensor.mount, settings.image_px)
        self._fitter = Fitter(view, lanes, told=settings.onnx is not None)
        self._eye: Eye | None = None  # made for the first picture's size
        self._shape: tuple[int, ...] = ()
        self._sequence = 0

    def look(self, picture: Picture, stamp_ns: int) -> Glance:
        """Return what a picture shows."""
        if self._eye is None or picture.shape != self._shape:
            self._shape = picture.shape
            self._eye = Eye(self._detector(picture), self._sensor.field_of_view)
        return self._eye.look(picture, stamp_ns)

    @property
    def road(self) -> Picture | None:
        """The empty road as learned; None while it is not known."""
        return None if self._motion is None else self._motion.road

    def datagram(self, glance: Glance, stamp_ns: int, passed_over: int) -> bytes:
        """Return what the station is told of it."""
        bodies = glance.bodies or _nobody()
        self._sequence += 1
        return video.encode(
            video.View(
                stamp_ns=stamp_ns,
                sequence=self._sequence,
                state=int(glance.sight),
                passed_over=passed_over,
                kind=bodies.kind,
                confidence=bodies.confidence,
                position=bodies.position,
                covariance=bodies.covariance,
                size=bodies.size,
                box=bodies.box,
            )
        )

    def _detector(self, picture: Picture) -> Detector:
        settings = self._settings
        if (onnx := settings.onnx) is not None:
            model = RUNTIMES[onnx.runtime](onnx.model, onnx.threads)
            return Onnx(self._fitter, model, onnx.kinds(), onnx.least_confidence, onnx.overlap)
        height, width = picture.shape[:2]
        region = region_of(self._fitter.view, self._sensor.field_of_view, settings.region_px, width, height)
        motion = settings.motion or MotionSettings()
        self._motion = Motion(self._fitter, region, motion, settings.source.rate_hz, self._road)
        return self._motion


def _nobody() -> Bodies:
    return Bodies(
        np.zeros((0, 2)), np.zeros((0, 2, 2)), np.zeros((0, 3)), np.zeros(0), np.zeros(0, np.int64), np.zeros(0),
        np.zeros(0), np.zeros((0, 4)),
    )  # fmt: skip


class Sender:
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


class Loop:
    """Everything that one step of the process touches."""

    def __init__(self, name: str, config: Config, run: Path, data: Path) -> None:
        device, inbox = config.site.devices[name], config.drivers[name]
        assert device.video is not None and isinstance(inbox, InboxSettings)
        sensor = next(sensor for sensor in config.site.sensors if sensor.device == name)
        self._process = VIDEO + name
        self._bus = Publisher(run, self._process)
        self._sender = Sender(run / inbox.inbox)
        self._kept = KeptRoad(data / f"road-{name}.npz", _key(device.video, sensor))
        self._keep_s = time.monotonic() + FIRST_S
        road = self._kept.load(time.time_ns())
        self._camera = Camera(device.video, sensor, lanes_of(config.lane_map, sensor), road)
        self._mailbox = Mailbox()
        self._reader = Reader(device.video.source, self._mailbox)
        self._period_ns = round(1e9 / device.video.source.rate_hz)
        self._looked_ns = 0  # stamp of the newest picture that was looked at
        self._sight: Sight | None = None
        self._told_s = self._progress_s = float("-inf")
        self._steps = 0
        self._reader.start()

    def step(self) -> None:
        """Look at the newest picture, if there is one and it is time for it."""
        shot = self._mailbox.take(_LOOK_S)
        now_s = time.monotonic()
        if now_s >= self._keep_s:
            self._keep_s = now_s + EVERY_S
            self._keep()
        if now_s - self._progress_s >= _PROGRESS_S:
            self._steps, self._progress_s = self._steps + 1, now_s
            self._bus.publish(f"progress.{self._process}", Progress(self._process, time.time_ns(), self._steps))
        if shot is None or 0 <= shot.stamp_ns - self._looked_ns < 0.75 * self._period_ns:
            return
        picture = shot.picture()
        if picture is None:
            return
        self._looked_ns = shot.stamp_ns
        glance = self._camera.look(picture, shot.stamp_ns)
        if glance.sight is not self._sight:
            _log.info("camera", sight=video.STATES[glance.sight])
            self._sight = glance.sight
        if glance.sight is Sight.SEES or now_s - self._told_s >= _TELL_S:
            self._told_s = now_s
            self._sender.send(self._camera.datagram(glance, shot.stamp_ns, self._mailbox.passed_over))

    def _keep(self) -> None:
        """Keep the learned road for the next start; a disk that takes nothing costs only that."""
        if (road := self._camera.road) is not None:
            try:
                self._kept.save(road, time.time_ns())
            except OSError as error:
                _log.warning("road not kept", why=str(error))

    def close(self) -> None:
        """End the reader, give the sockets back."""
        self._keep()
        self._reader.stop()
        self._sender.close()
        self._bus.close()


def _key(settings: VideoSettings, sensor: Sensor) -> str:
    """Return a digest of what a camera's picture of the road depends on."""
    told = settings.model_dump_json() + sensor.model_dump_json()
    return hashlib.sha256(told.encode()).hexdigest()


def lanes_of(lane_map: LaneMapFile, sensor: Sensor) -> Lanes:
    """Return the lanes of motor vehicles in the sensor's frame."""
    turn, place = rotation_of(sensor.mount), [sensor.mount.east_m, sensor.mount.north_m]
    inward = [lane for node in lane_map.nodes for link in node.links for lane in link.lanes if lane.type == "vehicle"]
    outward = [lane for road in lane_map.exits for lane in road.lanes if lane.type != "bike"]
    lines = [*(lane.points for lane in inward), *(lane.points for lane in outward)]
    return Lanes([(np.array(line) - place) @ turn for line in lines])


def run(name: str, config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    """Run the camera of a device until `stop`."""
    cv2.setNumThreads(1)
    loop = Loop(name, config, run, data)
    _log.info("camera runs", device=name)
    try:
        while not stop.is_set():
            loop.step()
    finally:
        loop.close()
