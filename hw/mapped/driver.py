"""Drivers of devices that send their road users as JSON, by a mapping (`hw/mapped/mapping.py`).

Over MQTT and UDP a datagram is a message, over TCP a line, in HTTP requests a part of type application/json. Each
message is one `Detections`, of an empty road too, stamped with its own time where that can be believed, else with its
receipt less `latency_ms`. A road user without a usable place or box costs only itself.
"""

from __future__ import annotations

import math
from typing import ClassVar

import msgspec
from pydantic import Field

from hw.clock import SourceClock
from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import USABLE, Intake
from hw.lines import Lines
from hw.mapped.mapping import JsonMapping, MappedReader, Name, Values
from hw.multipart import LONGEST, Documents
from hw.radar.geographic import Origin, Plane, SureTargets, is_possible, size
from hw.radar.tracks import Track, detections
from perception.objects import Measurement

MOST_OBJECTS = 256
BOX: tuple[Name, ...] = ("left_px", "top_px", "right_px", "bottom_px")
EXPLAINED = {
    "message": Detail("messages that are no JSON", "报文不是 JSON"),
    "list": Detail(
        "messages without the list or the time that the mapping names: another version, or another mapping is needed",
        "报文中没有映射所指的列表或时间：版本不同，或须修改映射",
    ),
    "objects": Detail(
        "road users without a place that can be: does the mapping name the right values, is `origin` right?",
        "目标没有可用的位置：请核对映射所指的字段和 `origin`",
    ),
}


class MappedSettings(DeviceSettings):
    """Where the device is, how its messages are read and how far its clock is believed."""

    link: Endpoint
    mapping: JsonMapping
    origin: Origin | None = None
    stands_unsure: bool = Field(False, description="a target counts once its confidence was above 0: 0 means it stands")
    latency_ms: float = Field(100.0, ge=0, le=2000, description="usual time from the measurement to receipt")
    rate_hz: float = Field(10.0, gt=0, le=100, description="lists a second; half of it is a fault")
    clock_past_ms: int = Field(1000, ge=0, le=60_000, description="older than usual by this: the clock is wrong")
    clock_future_ms: int = Field(100, ge=0, le=60_000, description="newer than usual by this: the clock is wrong")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class MappedDriver:
    """One device.

    Counters: `message` (no JSON), `list` (messages without the list or the time), `unplaced` (road users without a
    usable place), `objects` (messages of which most are so: they tell nothing), `too-many-objects`, `unsure`,
    `passed-over` (messages that are not meant), and those of `SourceClock`.
    """

    Settings: ClassVar[type[DeviceSettings]] = MappedSettings
    details: ClassVar[tuple[Detail, ...]] = tuple(EXPLAINED.values())
    ways: ClassVar[tuple[Way, ...]] = ("mqtt", "udp", "tcp", "http")
    correction_ns = 0

    def __init__(self, name: str, settings: MappedSettings) -> None:
        self.name = name
        self.counters = Intake()
        self.nominal_hz = settings.rate_hz
        self.error: str | None = None
        self._latency_ns = round(settings.latency_ms * 1e6)
        self._link = settings.link
        self._lines, self._documents = Lines(LONGEST, self.counters), Documents(self.counters)
        self._reader = MappedReader(settings.mapping)
        self._plane = Plane(settings.origin) if settings.origin else None
        self._sure = SureTargets(self.counters) if settings.stands_unsure else None
        self._clock = SourceClock(settings.clock_past_ms, settings.clock_future_ms, self.counters)

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Forget the half-read message."""
        self._lines.reset()
        self._documents.reset()
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Answer the requests that the device has posted."""
        return [("link", answer) for answer in self._documents.answers()] if self._link.http else []

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return one measurement for each message that they complete."""
        found = (self._message(each, receipt_ns) for each in self._messages(data))
        return [one for one in found if one is not None]

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why input was refused; None: nothing that this driver knows."""
        return EXPLAINED[reason].en if reason in EXPLAINED else None

    def _messages(self, data: bytes) -> list[bytes]:
        if self._link.http:
            return self._documents.feed(data)
        return self._lines.feed(data) if self._link.tcp else [data]

    def _message(self, text: bytes, receipt_ns: int) -> Measurement | None:
        try:
            message = msgspec.json.decode(text)
        except (ValueError, RecursionError):
            self._refuse("message", text)
            return None
        if not self._reader.is_meant(message):
            self.counters.accepted += 1
            self.counters["passed-over"] += 1
            return None
        try:
            utc_ns, objects = self._reader.time_ns(message), self._reader.objects(message)
        except (ValueError, OverflowError):
            self._refuse("list", text)
            return None
        tracks = [track for one in objects[:MOST_OBJECTS] if (track := self._track(self._reader.values(one)))]
        self._note("too-many-objects", text, len(objects) - MOST_OBJECTS)
        self._note("unplaced", text, min(len(objects), MOST_OBJECTS) - len(tracks))
        if len(tracks) < USABLE * len(objects):
            self._refuse("objects", text)
            return None
        return self._detections(tracks, utc_ns, receipt_ns)

    def _detections(self, tracks: list[Track], utc_ns: int | None, receipt_ns: int) -> Measurement:
        stamp_ns = receipt_ns - self._latency_ns
        if utc_ns is not None:
            stamp_ns = self._clock.judge(utc_ns, stamp_ns, self.correction_ns)
        counted = tracks if self._sure is None else self._sure.counted(tracks)
        return detections(self.name, stamp_ns, receipt_ns, counted)

    def _refuse(self, reason: str, text: bytes) -> None:
        self.counters.refuse(reason, text)

    def _note(self, reason: str, text: bytes, count: int) -> None:
        if count > 0:
            self.counters.note(reason, text, count)

    def _track(self, one: Values) -> Track | None:
        """Return one road user; None: neither a place nor a box of it can be."""
        place, velocity = self._place(one), self._velocity(one)
        left, top, right, bottom = (one.number(name) for name in BOX)
        is_boxed = left < right and top < bottom and max(map(abs, (left, top, right, bottom))) < 1e5
        if not is_possible(*place, 0.0):
            place = (math.nan, math.nan)
            if not is_boxed:
                return None
        if not is_possible(0.0, 0.0, math.hypot(*velocity)):
            velocity = (math.nan, math.nan)
        length_m, width_m, height_m = (size(one.number(name)) for name in ("length_m", "width_m", "height_m"))
        confidence = one.number("confidence")
        confidence = confidence if 0 <= confidence <= 1 else math.nan
        box = (left, top, right, bottom) if is_boxed else (math.nan,) * 4
        return Track(one.id, *place, *velocity, one.kind, length_m, width_m, height_m, confidence, box)

    def _place(self, one: Values) -> tuple[float, float]:
        if self._plane is not None and not math.isnan(one.number("longitude_deg")):
            return self._plane.place(one.number("longitude_deg"), one.number("latitude_deg"))
        return one.number("x_m"), one.number("y_m")

    def _velocity(self, one: Values) -> tuple[float, float]:
        if self._plane is not None and not math.isnan(one.number("speed_mps")):
            return self._plane.velocity(abs(one.number("speed_mps")), one.number("heading_deg"))
        return one.number("vx_mps"), one.number("vy_mps")
