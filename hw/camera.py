"""Driver of smart cameras that send their detections as JSON lines, over TCP (the camera is the server).

One object a line, UTF-8, ended by a line feed, at most 256 KiB, one line a frame even when nothing is seen:

    {"v": 1, "camera": "north", "seq": 4711, "time": 1795391999913.25, "objects": [
     {"id": 17, "class": "car", "confidence": 0.93, "position": [41.2, -3.5], "sd": [0.7, 0.4]},
     {"id": 18, "class": "pedestrian", "confidence": 0.71, "box": [812, 340, 851, 455]}]}

    v           always 1
    camera      name, for people
    seq         counts frames; the same number again is the same frame again
    time        when the image was exposed, UTC: milliseconds since 1970, or nanoseconds (from 1e15 on)
    objects     one road user each, located by a position, a box or both; what the camera does not know is left out
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

from collections import Counter
from itertools import accumulate
from typing import Annotated, ClassVar

import msgspec
import numpy as np
from msgspec import Meta
from pydantic import Field

from hw.clock import SourceClock
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port
from perception.objects import Detections, Floats, Measurement, Modality, RoadUser

MAX_LINE = 256 * 1024
MAX_OBJECTS = 256
BURST = 10  # frames that may come at once, after a pause of the network
DIAGONAL = np.eye(2)
NANOSECONDS_FROM = 1e15
FARTHEST_NS = 1e19  # no clock gets there, and beyond it floats become infinite
RESTARTED = 1000  # a larger step of the frame number is not that many lost frames
KINDS = {kind.name.lower(): kind for kind in RoadUser}
RANGES = {  # of a field's numbers, and how many those are
    "confidence": (0.0, 1.0, 1),
    "position": (-1000.0, 1000.0, 2),
    "sd": (0.001, 100.0, 2),
    "velocity": (-100.0, 100.0, 2),
    "size": (0.05, 60.0, 3),
    "box": (-1e5, 1e5, 4),
}
WIDTHS = [width for _, _, width in RANGES.values()]
LOWEST, HIGHEST = (np.repeat([limits[side] for limits in RANGES.values()], WIDTHS) for side in (0, 1))
ENDS = accumulate(WIDTHS)
PLACE = {name: slice(end - RANGES[name][2], end) for name, end in zip(RANGES, ENDS, strict=True)}  # in a row
UNKNOWN = (np.nan,) * max(WIDTHS)

Pair = tuple[float, float]
Triple = tuple[float, float, float]
Box = tuple[float, float, float, float]


class Seen(msgspec.Struct):
    """One road user as the line says it."""

    id: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    kind: str = msgspec.field(name="class", default="unknown")
    confidence: float | None = None
    position: Pair | None = None
    sd: Pair | None = None
    velocity: Pair | None = None
    size: Triple | None = None
    box: Box | None = None


class Line(msgspec.Struct):
    """One frame; its objects are decoded one by one."""

    v: Annotated[int, Meta(ge=1, le=1)]
    seq: int
    time: float
    objects: list[msgspec.Raw]
    camera: str = ""


_LINE = msgspec.json.Decoder(Line)
_SEEN = msgspec.json.Decoder(Seen)


class CameraSettings(DeviceSettings):
    """Where the camera is and how far its clock is believed."""

    link: Endpoint
    latency_ms: float = Field(60.0, ge=0, le=2000, description="usual time from exposure to receipt")
    min_interval_ms: int = Field(20, ge=0, le=1000, description="frames that keep coming faster than this are dropped")
    clock_past_ms: int = Field(1000, ge=0, le=60_000, description="older than usual by this: the clock is wrong")
    clock_future_ms: int = Field(30, ge=0, le=60_000, description="newer than usual by this: the clock is wrong")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class JsonCamera:
    """One camera.

    Counters: `line` (lines that are not of the format), `long-line` (bytes of lines beyond the limit), `object`,
    `unplaced` and `class` (objects that are not of the format, without a usable position or box, of no known class),
    `field` (values out of their range), `too-many-objects` (objects beyond the limit), `duplicate`, `gap` (frames that
    did not come), `too-fast` (frames dropped because they keep coming faster than the site file allows), and those of
    `SourceClock`: a frame whose time is not believed is stamped with its receipt less the usual latency.
    """

    Settings: ClassVar[type[DeviceSettings]] = CameraSettings
    modality: ClassVar[Modality] = Modality.CAMERA
    correction_ns = 0

    def __init__(self, name: str, settings: CameraSettings) -> None:
        self.name = name
        self.counters: Counter[str] = Counter()
        self.error: str | None = None
        self._latency_ns = round(settings.latency_ms * 1e6)
        self._interval_ns = settings.min_interval_ms * 1_000_000
        self._due_ns = 0  # when as many frames as came would have come, one an interval
        self._clock = SourceClock(settings.clock_past_ms, settings.clock_future_ms, self.counters)
        self._rest = b""
        self._skipping = False  # inside a line that is too long
        self._sequence: int | None = None

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Forget the half line."""
        self._rest, self._skipping, self._sequence = b"", False, None
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Return nothing: the camera speaks by itself."""
        return []

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes, return one measurement for each new line that they complete."""
        found = (self._frame(line, receipt_ns) for line in self._lines(data) if line.strip())
        return [frame for frame in found if frame is not None]

    def _lines(self, data: bytes) -> list[bytes]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if self._skipping and lines:
            del lines[0]  # the end of a line that was too long
            self._skipping = False
        fitting = [line for line in lines if len(line) <= MAX_LINE]
        if self._skipping or len(self._rest) > MAX_LINE:
            self._count("long-line", 1 - self._skipping)
            self._rest, self._skipping = b"", True
        self._count("long-line", len(lines) - len(fitting))
        return fitting

    def _count(self, reason: str, times: int) -> None:
        if times:
            self.counters[reason] += times

    def _frame(self, text: bytes, receipt_ns: int) -> Detections | None:
        try:
            line = _LINE.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.counters["line"] += 1
            return None
        if not self._is_new(line.seq) or not self._is_in_time(receipt_ns):
            return None
        time_ns = line.time if line.time >= NANOSECONDS_FROM else line.time * 1e6
        utc_ns = round(min(max(time_ns, -FARTHEST_NS), FARTHEST_NS))
        stamp_ns = self._clock.judge(utc_ns, receipt_ns - self._latency_ns, self.correction_ns)
        return self._detections(self._objects(line), stamp_ns, receipt_ns)

    def _is_new(self, sequence: int) -> bool:
        missing = 0 if self._sequence is None else sequence - self._sequence - 1
        if missing == -1:
            self.counters["duplicate"] += 1
            return False
        self._count("gap", missing if 0 < missing < RESTARTED else 0)
        self._sequence = sequence
        return True

    def _is_in_time(self, receipt_ns: int) -> bool:
        """Return whether the frame comes within the rate; by our clock, because the camera's may say anything."""
        limit_ns = receipt_ns + (BURST - 1) * self._interval_ns
        if self._due_ns > limit_ns:
            self._due_ns = min(self._due_ns, limit_ns + self._interval_ns)  # farther only in recordings that step back
            self.counters["too-fast"] += 1
            return False
        self._due_ns = max(self._due_ns, receipt_ns) + self._interval_ns
        return True

    def _objects(self, line: Line) -> list[Seen]:
        found = []
        self._count("too-many-objects", max(0, len(line.objects) - MAX_OBJECTS))
        for raw in line.objects[:MAX_OBJECTS]:
            try:
                found.append(_SEEN.decode(raw))
            except (msgspec.DecodeError, UnicodeDecodeError):
                self.counters["object"] += 1
        return found

    def _detections(self, objects: list[Seen], stamp_ns: int, receipt_ns: int) -> Detections:
        table = np.array([_row(seen) for seen in objects], dtype=float).reshape(-1, len(LOWEST))
        self._refuse(table)
        self._count("class", sum([seen.kind not in KINDS for seen in objects]))
        unplaced = np.isnan(table[:, PLACE["position"].start]) & np.isnan(table[:, PLACE["box"].start])
        if unplaced.any():
            self._count("unplaced", int(unplaced.sum()))
            table = table[~unplaced]
            objects = [seen for seen, lost in zip(objects, unplaced.tolist(), strict=True) if not lost]
        return Detections(
            device=self.name,
            stamp_ns=stamp_ns,
            receipt_ns=receipt_ns,
            position=table[:, PLACE["position"]],
            covariance=table[:, PLACE["sd"], None] ** 2 * DIAGONAL,
            velocity=table[:, PLACE["velocity"]],
            velocity_variance=np.full(len(objects), np.nan),
            box=table[:, PLACE["box"]],
            size=table[:, PLACE["size"]],
            kind=np.array([KINDS.get(seen.kind, RoadUser.UNKNOWN) for seen in objects], dtype=np.int64),
            confidence=table[:, PLACE["confidence"].start],
            source_id=np.array([-1 if seen.id is None else seen.id for seen in objects], dtype=np.int64),
        )

    def _refuse(self, table: Floats) -> None:
        """Make unknown what cannot be: values out of their range, boxes turned over."""
        box = table[:, PLACE["box"]]
        inverted = (box[:, :2] >= box[:, 2:]).any(axis=1)
        outside = (table < LOWEST) | (table > HIGHEST)
        if outside.any() or inverted.any():
            for name, columns in PLACE.items():
                refused = outside[:, columns].any(axis=1) | (inverted & (name == "box"))
                table[refused, columns] = np.nan
                self._count("field", int(refused.sum()))


def _row(seen: Seen) -> tuple[float, ...]:
    """Return the numbers of an object in the order of RANGES, NaN where it does not say."""
    return (
        np.nan if seen.confidence is None else seen.confidence,
        *(seen.position or UNKNOWN[:2]),
        *(seen.sd or UNKNOWN[:2]),
        *(seen.velocity or UNKNOWN[:2]),
        *(seen.size or UNKNOWN[:3]),
        *(seen.box or UNKNOWN),
    )
