"""The road users in one video camera's pictures, as datagrams for the station."""

from __future__ import annotations

import time

import msgspec
import numpy as np

from hw import video
from hw.video import VideoView
from perception.objects import Mask
from perception.sensing.scan import rotation_of
from perception.sensor import Sensor
from perception.video.aim import FOLLOWED_SHARE, MOVED_SHARE, Aim, followed
from perception.video.both import FAINT, Both
from perception.video.boxes import Bodies, Detector, Picture
from perception.video.eye import Eye, Glance, region_of
from perception.video.fit import Fitter
from perception.video.lanes import Lanes
from perception.video.motion import Motion
from perception.video.network import Network
from perception.video.onnx import Onnx
from perception.video.runtimes import RUNTIMES
from perception.video.settings import MotionSettings
from perception.video.shape import misfit, straightened
from perception.video.sight import Sight
from perception.video.view import CameraView
from perception.video.windows import windows_of
from rsu.site.lanemap import LaneMapFile
from rsu.site.video import OnnxSettings, VideoSettings
from rsu.video.source import Shot

_NOBODY = Bodies(
    np.zeros((0, 2)), np.zeros((0, 2, 2)), np.zeros((0, 3)), np.zeros(0), np.zeros(0, np.int64), np.zeros(0),
    np.zeros(0), np.zeros((0, 4)), np.zeros(0, np.int64),
)  # fmt: skip


class CameraPipeline:
    """From pictures to datagrams for the station."""

    def __init__(
        self,
        settings: VideoSettings,
        sensor: Sensor,
        lanes: Lanes,
        road: Picture | None = None,
        aimed: Picture | None = None,
    ) -> None:
        """`road`: as an earlier run learned it; `aimed`: the first picture of this calibration."""
        assert sensor.camera is not None, "checked with the site"
        self._road, self._aim = road, Aim(aimed)
        self._learns: Motion | Both | None = None
        self._settings, self._sensor = settings, sensor
        view = CameraView(sensor.camera, sensor.mount, settings.image_px)
        self._lanes = lanes
        self._fitter = Fitter(view, lanes, told=settings.onnx is not None)
        self._eye: Eye | None = None  # made for the first picture's size
        self._shape: tuple[int, ...] = ()
        self._sequence = 0

    def look(self, picture: Picture, stamp_ns: int) -> Glance:
        """Return the road users in a picture."""
        if self._eye is None or picture.shape != self._shape:
            self._shape = picture.shape
            self._eye = Eye(self._detector(picture), self._sensor.field_of_view)
        return self._eye.look(picture, stamp_ns)

    def view(self, shot: Shot | None, error: str | None) -> VideoView:
        """Return the datagram of a picture; without a picture, with the source's error."""
        if shot is None:
            return _blind(video.NO_PICTURE, error or video.SILENT_CAMERA.en, time.time_ns())
        model = self._settings.image_px
        if (why := misfit(shot.size, model, self._settings.stretched)) is not None:
            row = video.TURNED if why == "turned" else video.OTHER_ASPECT
            return _blind(video.OTHER_SHAPE, video.SIZES.say(*shot.size, *model, row.en), shot.stamp_ns)
        if (picture := shot.picture()) is None:
            return _blind(video.NO_PICTURE, video.NOT_UNPACKED.en, shot.stamp_ns)
        return self._aimed(straightened(picture, model), shot.stamp_ns)

    def _aimed(self, picture: Picture, stamp_ns: int) -> VideoView:
        """Return the datagram of a picture, if the camera looks where it looked at first."""
        shift = self._aim.check(picture, stamp_ns)
        if shift is None or not shift.is_beyond(MOVED_SHARE):
            glance = self.look(picture, stamp_ns)
            if glance.sight is Sight.SEES and not glance.doubtful:
                self._aim.learn(picture)
            return _told(glance, stamp_ns)
        if self._settings.follow_view and not shift.is_beyond(FOLLOWED_SHARE):
            return _told(self.look(followed(picture, shift), stamp_ns), stamp_ns)
        words = video.MOVED_BY.say(f"{shift.moved_share * self._settings.image_px[0]:.0f}", f"{shift.turn_deg:+.1f}")
        return _blind(video.VIEW_MOVED, words, stamp_ns)

    def datagram(self, view: VideoView, passed_over: int = 0) -> bytes:
        """Return the next datagram for the station. `passed_over`: pictures not looked at since the start."""
        self._sequence += 1
        return video.encode(msgspec.structs.replace(view, sequence=self._sequence, passed_over=passed_over))

    @property
    def road(self) -> Picture | None:
        """The empty road as learned; None while it is not known."""
        return None if self._learns is None else self._learns.road

    @property
    def aimed(self) -> Picture | None:
        """The picture that the view must show; None while there is none."""
        return self._aim.first

    def _detector(self, picture: Picture) -> Detector:
        settings = self._settings
        height, width = picture.shape[:2]
        region = region_of(self._fitter.view, self._sensor.field_of_view, settings.region_px, width, height)
        rate_hz = settings.source.rate_hz
        if settings.onnx is None:
            self._learns = Motion(self._fitter, region, settings.motion or MotionSettings(), rate_hz, self._road)
            return self._learns
        sure = settings.onnx.least_confidence
        if settings.motion is None:
            return self._onnx(settings.onnx, region, sure)
        self._learns = Both(
            self._onnx(settings.onnx, region, FAINT * sure), sure, region, settings.motion, rate_hz, self._road
        )
        return self._learns

    def _onnx(self, settings: OnnxSettings, region: Mask, least: float) -> Onnx:
        """Return the network's detector. `least`: score that it says."""
        model = RUNTIMES[settings.runtime](settings.model, settings.threads)
        network = Network(model, settings.kinds(), least, settings.overlap)
        return Onnx(self._fitter, network, region, windows_of(region, self._fitter.view, self._lanes, network.size))


def _told(glance: Glance, stamp_ns: int) -> VideoView:
    bodies = glance.bodies or _NOBODY
    return VideoView(
        stamp_ns=stamp_ns,
        state=int(glance.sight),
        doubtful=glance.doubtful,
        kind=bodies.kind,
        confidence=bodies.confidence,
        position_m=bodies.position_m,
        covariance_m2=bodies.covariance_m2,
        size_m=bodies.size_m,
        box_px=bodies.box_px,
        number=bodies.number,
    )


def _blind(state: int, words: str, stamp_ns: int) -> VideoView:
    return msgspec.structs.replace(_told(Glance(Sight.BLIND, None), stamp_ns), state=state, words=words)


def lanes_of(lane_map: LaneMapFile, sensor: Sensor) -> Lanes:
    """Return the lanes of motor vehicles in the sensor's frame."""
    turn, place = rotation_of(sensor.mount), [sensor.mount.east_m, sensor.mount.north_m]
    inward = [lane for node in lane_map.nodes for link in node.links for lane in link.lanes if lane.type == "vehicle"]
    outward = [lane for road in lane_map.exits for lane in road.lanes if lane.type != "bike"]
    lines = [*(lane.points for lane in inward), *(lane.points for lane in outward)]
    return Lanes([(np.array(line) - place) @ turn for line in lines])
