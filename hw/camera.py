"""Driver of smart cameras that send their detections as JSON lines, over TCP (the camera is the server).

One object a line, UTF-8, ended by a line feed, at most 256 KiB, one line a frame even when nothing is seen:

    {"v": 1, "camera": "north", "seq": 4711, "time": 1795391999913.25, "objects": [
     {"id": 17, "class": "car", "confidence": 0.93, "position": [41.2, -3.5], "sd": [0.7, 0.4]},
     {"id": 18, "class": "pedestrian", "confidence": 0.71, "box": [812, 340, 851, 455]}]}

    v           always 1
    camera      name, for people
    seq         counts frames; the same number again is the same frame again
    time        when the image was exposed, UTC: milliseconds since 1970, or nanoseconds (from 1e15 on)
    objects     one road user each, located by a position, a box or both; unknown keys are left out
      id          the camera's own number of the target, 0 or more
      class       car, truck, bus, motorcycle, bicycle, pedestrian or unknown
      confidence  0..1
      position    [x, y] m, centre on the road plane, sensor frame: x forward along the boresight, y left
      sd          [x, y] m, 1 sigma of the position
      velocity    [x, y] m/s, sensor frame
      size        [length, width, height] m
      box         [left, top, right, bottom] px, y down

Further keys are ignored, and objects beyond 256. A line or an object that cannot be used costs only itself; a value out
of its range costs only its field.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from hw import camera_lines
from hw.camera_lines import (
    MAX_LINE,
    MAX_OBJECTS,
    PLACE,
    UNREADABLE,
    Objects,
    decode,
    explain,
    objects,
)
from hw.clock import SourceClock
from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import USABLE, Intake
from hw.lines import Lines
from hw.modality import CAMERA, Modality
from perception.objects import Detections, Measurement

LINES_AT_ONCE = 64  # that are looked at; more in one read is no camera
BURST = 10  # frames that may come at once, after a pause of the network
DIAGONAL = np.eye(2)
NANOSECONDS_FROM = 1e15
FARTHEST_NS = 1e19  # no clock gets there, and beyond it floats become infinite
RESTARTED = 1000  # a larger step of the frame number is not that many lost frames


class CameraSettings(DeviceSettings):
    """Where the camera is and how far its clock is believed."""

    link: Endpoint
    latency_ms: float = Field(60.0, ge=0, le=2000, description="usual time from exposure to receipt")
    min_interval_ms: int = Field(20, ge=0, le=1000, description="frames that keep coming faster than this are dropped")
    rate_hz: float = Field(
        10.0, gt=0, le=100, description="frames a second that the camera sends; half of it is a fault"
    )
    clock_past_ms: int = Field(1000, ge=0, le=60_000, description="older than usual by this: the clock is wrong")
    clock_future_ms: int = Field(30, ge=0, le=60_000, description="newer than usual by this: the clock is wrong")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class JsonCamera:
    """One camera.

    Counters: `line` (lines that are not of the format), `long-line` (bytes of lines beyond the limit), `object`,
    `unplaced` and `class` (objects that are not of the format, without a usable position or box, of no known class),
    `field` (values out of their range), `too-many-objects` (objects beyond the limit), `objects` (frames of which most
    objects cannot be used: they tell nothing), `duplicate`, `gap` (frames that did not come), `too-fast` (frames
    dropped because they keep coming faster than the site file allows), and those of `SourceClock`: a frame whose time
    is not believed is stamped with its receipt less the usual latency.
    """

    Settings: ClassVar[type[DeviceSettings]] = CameraSettings
    modality: ClassVar[Modality] = CAMERA
    details: ClassVar[tuple[Detail, ...]] = camera_lines.DETAILS
    ways: ClassVar[tuple[Way, ...]] = ("tcp",)
    correction_ns = 0

    def __init__(self, name: str, settings: CameraSettings) -> None:
        self.name = name
        self.counters = Intake()
        self.error: str | None = None
        self.nominal_hz = settings.rate_hz
        self._latency_ns = round(settings.latency_ms * 1e6)
        self._interval_ns = settings.min_interval_ms * 1_000_000
        self._due_ns = 0  # when as many frames as came would have come, one an interval
        self._clock = SourceClock(settings.clock_past_ms, settings.clock_future_ms, self.counters)
        self._lines = Lines(MAX_LINE, self.counters)
        self._sequence: int | None = None

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Forget the half line."""
        self._lines.reset()
        self._sequence = None
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Return nothing: the camera speaks by itself."""
        return []

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes, return one measurement for each new line that they complete."""
        lines = self._lines.feed(data)
        if excess := lines[LINES_AT_ONCE:]:
            self.counters.refuse("too-fast", excess[0], len(excess))
        found = (self._frame(line, receipt_ns) for line in lines[:LINES_AT_ONCE])
        return [frame for frame in found if frame is not None]

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why input was refused, None: nothing that this driver knows."""
        return explain(reason, sample)

    def _frame(self, text: bytes, receipt_ns: int) -> Detections | None:
        try:
            line = decode(text)
        except UNREADABLE:
            self.counters.refuse("line", text)
            return None
        if not self._is_new(line.seq, text) or not self._is_in_time(receipt_ns, text):
            return None
        found = objects(line)
        for refused in found.refused:
            self.counters.note(*refused)
        if len(found.kind) < USABLE * min(len(line.objects), MAX_OBJECTS):
            self.counters.refuse("objects", found.refused[-1][1])
            return None
        time_ns = line.time if line.time >= NANOSECONDS_FROM else line.time * 1e6
        utc_ns = round(min(max(time_ns, -FARTHEST_NS), FARTHEST_NS))
        stamp_ns = self._clock.judge(utc_ns, receipt_ns - self._latency_ns, self.correction_ns)
        return self._detections(found, stamp_ns, receipt_ns)

    def _is_new(self, sequence: int, text: bytes) -> bool:
        missing = 0 if self._sequence is None else sequence - self._sequence - 1
        if missing == -1:
            self.counters.note("duplicate", text)
            return False
        if 0 < missing < RESTARTED:
            self.counters["gap"] += missing
        self._sequence = sequence
        return True

    def _is_in_time(self, receipt_ns: int, text: bytes) -> bool:
        """Return whether the frame comes within the rate; by our clock, because the camera's may say anything."""
        limit_ns = receipt_ns + (BURST - 1) * self._interval_ns
        if self._due_ns > limit_ns:
            self._due_ns = min(self._due_ns, limit_ns + self._interval_ns)  # farther only in recordings that step back
            self.counters.note("too-fast", text)
            return False
        self._due_ns = max(self._due_ns, receipt_ns) + self._interval_ns
        return True

    def _detections(self, found: Objects, stamp_ns: int, receipt_ns: int) -> Detections:
        table = found.table
        return Detections(
            device=self.name,
            stamp_ns=stamp_ns,
            receipt_ns=receipt_ns,
            position_m=table[:, PLACE["position"]],
            covariance_m2=table[:, PLACE["sd"], None] ** 2 * DIAGONAL,
            velocity_mps=table[:, PLACE["velocity"]],
            velocity_variance_m2ps2=np.full(len(table), np.nan),
            box_px=table[:, PLACE["box"]],
            size_m=table[:, PLACE["size"]],
            kind=found.kind,
            confidence=table[:, PLACE["confidence"].start],
            source_id=found.source_id,
        )
