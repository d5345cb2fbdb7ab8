"""Driver of track radars whose messages are framed by C0 (CitRadar and its like), over UDP or TCP.

Each list of targets (0301) is one `Detections`, of an empty road too, stamped with the radar's own time where that can
be believed, else with its receipt less `latency_ms`. Registrations and heartbeats are acknowledged; passages, status,
flow, events and points are passed over and counted.
"""

from __future__ import annotations

from typing import ClassVar

from hw.clock import SourceClock
from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Way
from hw.intake import Intake
from hw.modality import RADAR, Modality
from hw.radar import c0_frames as frames
from hw.radar.geographic import SPEEDS, GeographicSettings, GeoTarget, GeoTracks
from hw.radar.tracks import detections
from hw.signal.framing import FrameReader, encode_frame
from perception.objects import Measurement

EXPLAINED = {
    "message": Detail("messages of another version or layout", "报文的版本或格式不同"),
    "targets": Detail(
        "targets that lie nowhere near `origin`: is it the place that was set in the radar, in WGS-84?",
        "目标远离 `origin`：请核对其是否为雷达中设置的位置（WGS-84）",
    ),
}


class C0Radar:
    """One radar.

    Counters: `checksum`, `length` (frames), `message` (other versions and layouts), `targets` (lists that tell
    nothing), `unplaced`, `unsure` (targets), `unused` (messages of other objects), and those of `SourceClock`.
    """

    Settings: ClassVar[type[DeviceSettings]] = GeographicSettings
    modality: ClassVar[Modality] = RADAR
    details: ClassVar[tuple[Detail, ...]] = tuple(EXPLAINED.values())
    ways: ClassVar[tuple[Way, ...]] = ("udp", "tcp")
    correction_ns = 0

    def __init__(self, name: str, settings: GeographicSettings) -> None:
        self.name = name
        self.counters = Intake()
        self.nominal_hz = settings.rate_hz
        self.error: str | None = None
        self._latency_ns = round(settings.latency_ms * 1e6)
        self._mps = SPEEDS[settings.speed_unit]
        self._reader = FrameReader(self.counters, frames.crc16)
        self._clock = SourceClock(settings.clock_past_ms, settings.clock_future_ms, self.counters)
        self._tracks = GeoTracks(settings.origin, settings.kinds(), self.counters)
        self._answers: list[Send] = []

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Forget the half-read frame."""
        self._reader.reset()
        self._answers.clear()
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Return the acknowledgements."""
        answers, self._answers = self._answers, []
        return answers

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return one measurement for each list that they complete."""
        found = (self._message(body, receipt_ns) for body in self._reader.feed(data))
        return [one for one in found if one is not None]

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why input was refused; None: nothing that this driver knows."""
        return EXPLAINED[reason].en if reason in EXPLAINED else None

    def _message(self, body: bytes, receipt_ns: int) -> Measurement | None:
        try:
            message = frames.parse(body)
            if message.object == frames.TARGETS and message.operation == frames.REPORT:
                return self._list(*frames.targets(message.content, self._mps), receipt_ns, body)
        except ValueError:
            self.counters.refuse("message", body)
            return None
        self.counters.accepted += 1
        if message.operation == frames.REPORT and message.object in (frames.REGISTER, frames.HEARTBEAT):
            answer = frames.acknowledgement(message, frames.object_octets(body))
            self._answers = [*self._answers[-8:], ("link", encode_frame(answer, frames.crc16))]
        else:
            self.counters["unused"] += 1
        return None

    def _list(self, utc_ns: int, targets: list[GeoTarget], receipt_ns: int, body: bytes) -> Measurement | None:
        tracks = self._tracks.tracks(targets)
        self.error = EXPLAINED["targets"].en if tracks is None else None
        if tracks is None:
            self.counters.refuse("targets", body)
            return None
        stamp_ns = self._clock.judge(utc_ns, receipt_ns - self._latency_ns, self.correction_ns)
        return detections(self.name, stamp_ns, receipt_ns, tracks)
