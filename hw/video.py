"""Driver of video cameras: each camera's own process (`rsu/video/`) sends one datagram a picture on a local socket.

Layout, little endian, no padding:

    "RSUV"  version u8 = 2  state u8  objects u16  sequence u32  passed over u32  time u64 (ns UTC, of exposure)
    (bit 7 of `state`: the objects are doubtful, since the empty road is not known for sure yet)
    then each object: kind u8 (RoadUser)  confidence f32  position 2 x f32 (m, sensor frame)
    covariance 3 x f32 (m2: xx, xy, yy)  size 3 x f32 (m)  box 4 x f32 (px: left, top, right, bottom)
    number u32 (kept from picture to picture, also after the road user was hidden; 0: none)
    then, where `state` is not 0, more about it in words: UTF-8, at most 300 octets

`passed over` counts the pictures that came and were not looked at, since the process began. Where `state` is not 0
(`STATES`) no measurement comes of it, but in the states `BADLY` of the road users that a network finds: a partial one.
"""

from __future__ import annotations

import struct
from typing import ClassVar

import msgspec
import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from hw.clock import SourceClock
from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port
from hw.intake import USABLE, Intake
from hw.modality import CAMERA, Modality
from hw.video_rows import ROW, possible
from perception.objects import Detections, Floats, Ints, Measurement

MAGIC, VERSION = b"RSUV", 2
STATES = (
    Detail("sees", "工作正常"),
    Detail("learning the road", "正在学习路面"),
    Detail("too dark or covered", "过暗或被遮挡"),
    Detail("picture frozen", "画面冻结"),
    Detail("no picture", "无图像"),
    Detail("pictures of another shape", "图像形状不符"),
    Detail("too dark to see motion", "过暗，无法检测运动"),
    Detail("dazzled", "强光眩目"),
    Detail("restless picture: shake, rain, snow or changing light", "画面不稳：抖动、雨雪或光线突变"),
    Detail("view has moved", "视野已移动"),
)
# texts of the camera's process
NOT_OPENED = Detail("not opened yet", "尚未打开")
WAITS = Detail("opened, waits for the first key picture", "已打开，等待首个关键帧")
ENDED = Detail("ended after {} pictures", "{} 幅图像后结束")
ENDED_SOON = Detail("ended after 1 picture", "1 幅图像后结束")
NO_SUCH = Detail("there is no {}", "{} 不存在")
NO_STREAM = Detail("the stream cannot be opened", "视频流无法打开")
NOT_OPENABLE = Detail("{} cannot be opened", "{} 无法打开")
SILENT_CAMERA = Detail("the camera is silent", "摄像机没有图像输出")
NOT_UNPACKED = Detail("the received data cannot be unpacked", "收到的数据无法解码")
SIZES = Detail("pictures are {} x {}, image_px is {} x {}: {}", "图像为 {} x {}，image_px 为 {} x {}：{}")
MOVED_BY = Detail(
    "by {} px, turned by {} degrees: aim the camera again, or calibrate it (rsu calibrate camera)",
    "偏移 {} px，旋转 {} 度：请重新对准摄像机，或重新标定 (rsu calibrate camera)",
)
TURNED = Detail("turned by 90 degrees", "旋转了 90 度")
OTHER_ASPECT = Detail(
    "not the same shape. Set the camera to stream that shape, or give image_px and the camera's model of "
    "this stream, or stretched: true where the whole view is squeezed into it",
    "形状不同。请将摄像机设为该形状，或按此码流给出 image_px 和摄像机模型；整个视野被压缩时设 stretched: true",
)
DETAILS = (
    *(*STATES, NOT_OPENED, WAITS, ENDED, ENDED_SOON, NO_SUCH, NO_STREAM, NOT_OPENABLE),
    *(SILENT_CAMERA, NOT_UNPACKED, SIZES, MOVED_BY, TURNED, OTHER_ASPECT),
)
TOO_DARK, FROZEN, NO_PICTURE, OTHER_SHAPE, VIEW_MOVED = 2, 3, 4, 5, 9
BADLY = range(6, 9)  # in the states `BADLY` some road users may be seen
LONGEST_WORDS, MAX_OBJECTS = 300, 256
_HEADER = struct.Struct("<4sBBHIIQ")
_DOUBTFUL, _LATEST_NS = 0x80, 1 << 63
LONGEST_AGE_MS, MOST_AHEAD_MS = 10_000, 100  # of a picture's time, by the clock of this very box


class VideoView(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One picture's result, rows aligned; as `Detections`, sensor frame."""

    stamp_ns: int  # of exposure
    sequence: int = 0
    state: int = 0  # in STATES
    doubtful: bool = False  # the camera does not know the empty road for sure yet
    words: str = ""  # more about it
    passed_over: int = 0
    kind: Ints  # (n,)
    confidence: Floats  # (n,)
    position_m: Floats  # (n, 2)
    covariance_m2: Floats  # (n, 2, 2)
    size_m: Floats  # (n, 3)
    box_px: Floats  # (n, 4)
    number: Ints  # (n,) 0: none


def encode(view: VideoView) -> bytes:
    """Return the datagram; objects beyond `MAX_OBJECTS` are left out."""
    rows = np.zeros(min(len(view.kind), MAX_OBJECTS), ROW)
    for name in ("kind", "confidence", "position_m", "size_m", "box_px", "number"):
        rows[name] = getattr(view, name)[:MAX_OBJECTS]
    rows["covariance_m2"] = view.covariance_m2[:MAX_OBJECTS][:, (0, 0, 1), (0, 1, 1)]
    numbers = len(rows), view.sequence & 0xFFFFFFFF, view.passed_over & 0xFFFFFFFF, view.stamp_ns
    words = view.words.encode()[:LONGEST_WORDS] if view.state else b""
    return _HEADER.pack(MAGIC, VERSION, view.state | _DOUBTFUL * view.doubtful, *numbers) + rows.tobytes() + words


def exposed_ns(datagram: bytes) -> int | None:
    """Return when a picture was exposed, ns UTC; None where the datagram is not of the format."""
    return int(_HEADER.unpack_from(datagram)[-1]) if _HEADER.size <= len(datagram) and datagram[:4] == MAGIC else None


class VideoInboxSettings(DeviceSettings):
    """The socket to which the camera's process sends its datagrams."""

    rate_hz: float = Field(2.0, gt=0, le=60, description="pictures a second that are looked at; half of it is a fault")
    inbox: str = Field("", pattern=r"^[A-Za-z0-9._-]*$", validate_default=True)  # local socket in the run folder

    @field_validator("inbox", mode="after")
    @classmethod
    def _named_like_the_device(cls, inbox: str, info: ValidationInfo) -> str:
        return inbox or f"{(info.context or {}).get('device', 'camera')}.video"

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"pictures": Port(Endpoint(local=self.inbox), self.silence_ms)}


class Video:
    """One video camera.

    Counters: `frame` (datagrams not of the format), `object` (objects with values that cannot be), `duplicate`, `gap`
    (results that did not come), `passed-over` (pictures that were not looked at), one for each state but the first.
    """

    Settings: ClassVar[type[DeviceSettings]] = VideoInboxSettings
    modality: ClassVar[Modality] = CAMERA
    details: ClassVar[tuple[Detail, ...]] = DETAILS
    correction_ns = 0

    def __init__(self, name: str, settings: VideoInboxSettings) -> None:
        self.name = name
        self.counters, self.nominal_hz = Intake(), settings.rate_hz
        self._clock = SourceClock(LONGEST_AGE_MS, MOST_AHEAD_MS, self.counters)
        self.error: str | None = None
        self._sequence: int | None = None
        self._passed_over = 0

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Expect any number next."""
        self._sequence = None
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Return nothing: the camera speaks by itself."""
        return []

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take a datagram, return the road users that were seen."""
        view = self._parse(data)
        if view is None:
            self.counters.refuse("frame", data)
            return []
        if view.sequence == self._sequence:
            self.counters.note("duplicate", data)
            return []
        self._follow(view)
        self.error = ": ".join(filter(None, (STATES[view.state].en, view.words))) if view.state else None
        if view.state:
            self.counters[STATES[view.state].en.replace(" ", "-")] += 1
            if view.state not in BADLY or not len(view.kind):
                self.counters.accepted += 1
                return []
        return [self._detections(view, receipt_ns)]

    def _follow(self, view: VideoView) -> None:
        missing = 0 if self._sequence is None else view.sequence - self._sequence - 1
        if 0 < missing < 1000:  # more is a process that began again
            self.counters["gap"] += missing
        if 0 < view.passed_over - self._passed_over < 1000:
            self.counters["passed-over"] += view.passed_over - self._passed_over
        self._sequence, self._passed_over = view.sequence, view.passed_over

    def _parse(self, data: bytes) -> VideoView | None:
        """Return a datagram's content without impossible objects; None when it is not of the format."""
        if len(data) < _HEADER.size:
            return None
        magic, version, state, count, sequence, passed_over, stamp_ns = _HEADER.unpack_from(data)
        doubtful, state = bool(state & _DOUBTFUL), state & ~_DOUBTFUL
        words = data[_HEADER.size + count * ROW.itemsize :]
        whole = len(data) >= _HEADER.size + count * ROW.itemsize and count <= MAX_OBJECTS and stamp_ns < _LATEST_NS
        whole &= len(words) <= (LONGEST_WORDS if state else 0)
        if (magic, version) != (MAGIC, VERSION) or state >= len(STATES) or not whole:
            return None
        rows = np.frombuffer(data, ROW, count, _HEADER.size)
        good = possible(rows)
        if wrong := count - int(np.count_nonzero(good)):
            self.counters.note("object", rows[~good].tobytes(), wrong)
            if count - wrong < USABLE * count:
                return None
        rows = rows[good]
        return VideoView(
            stamp_ns=stamp_ns,
            sequence=sequence,
            state=state,
            doubtful=doubtful,
            words="".join(c if c.isprintable() else "?" for c in words.decode(errors="replace")),
            passed_over=passed_over,
            kind=rows["kind"].astype(np.int64),
            number=rows["number"].astype(np.int64),
            covariance_m2=rows["covariance_m2"][:, (0, 1, 1, 2)].reshape(-1, 2, 2).astype(np.float64),
            **{name: rows[name].astype(np.float64) for name in ("confidence", "position_m", "size_m", "box_px")},
        )

    def _detections(self, view: VideoView, receipt_ns: int) -> Detections:
        count = len(view.kind)
        return Detections(
            device=self.name,
            stamp_ns=self._clock.judge(view.stamp_ns, receipt_ns, self.correction_ns),
            receipt_ns=receipt_ns,
            position_m=view.position_m,
            covariance_m2=view.covariance_m2,
            velocity_mps=np.full((count, 2), np.nan),
            velocity_variance_m2ps2=np.full(count, np.nan),
            box_px=view.box_px,
            size_m=view.size_m,
            kind=view.kind,
            confidence=view.confidence,
            source_id=view.number - 1,
            numbered=True,
            doubtful=view.doubtful,
            partial=view.state != 0,
        )
