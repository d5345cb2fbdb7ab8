"""Driver of cameras that detect road users by themselves and send them as ONVIF metadata over RTSP.

The stream is opened over TCP, the camera's port 554. Each frame is one `Detections` of boxes in the image, of an empty
road too, stamped with the camera's own time where that can be believed, else with its receipt less `latency_ms`. Where
the boxes stand on the road says the camera's model in the site file.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from hw.clock import SourceClock
from hw.credential import PasswordFile, first_line
from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import Intake
from hw.modality import CAMERA, Modality
from hw.onvif import rtsp
from hw.onvif.metadata import MetadataStream, OnvifFrame, frames
from hw.onvif.rtsp import RtspClient
from hw.radar.tracks import detections
from perception.objects import Measurement

EXPLAINED = {
    "document": Detail("metadata that is no XML of ONVIF", "元数据不是 ONVIF 的 XML"),
    "packet": Detail("packets that are none of RTP", "并非 RTP 的数据包"),
    "answer": Detail(
        "answers that are none of RTSP: another port, or another device", "并非 RTSP 的应答：端口或设备不符"
    ),
}


class OnvifSettings(DeviceSettings):
    """Where the camera is, its stream, and the size of the picture that the model in `sensors` is for."""

    link: Endpoint
    path: str = Field(
        pattern=r"^/[\x21-\x7e]*$", max_length=200, description="of the stream with metadata at the camera"
    )
    user: str = Field("", description="user name at the camera; none: no login")
    password_file: PasswordFile = Field(
        None, description="file whose first line is the password; a bare name: in /etc/rsu/credentials"
    )
    image_px: tuple[int, int] = Field(description="width and height of the picture that the model in `sensors` is for")
    least_likelihood: float = Field(0.3, ge=0, le=1, description="of a class; objects less sure are left out")
    latency_ms: float = Field(150.0, ge=0, le=2000, description="usual time from the exposure to receipt")
    rate_hz: float = Field(5.0, gt=0, le=60, description="frames a second; half of it is a fault")
    clock_past_ms: int = Field(1000, ge=0, le=60_000, description="older than usual by this: the clock is wrong")
    clock_future_ms: int = Field(100, ge=0, le=60_000, description="newer than usual by this: the clock is wrong")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class OnvifCamera:
    """One camera.

    Counters: `answer`, `packet`, `torn`, `document` (input refused), `objects` (left out: no road users, no box, too
    unsure, too many), and those of `SourceClock`.
    """

    Settings: ClassVar[type[DeviceSettings]] = OnvifSettings
    modality: ClassVar[Modality] = CAMERA
    details: ClassVar[tuple[Detail, ...]] = (*rtsp.DETAILS, *EXPLAINED.values())
    ways: ClassVar[tuple[Way, ...]] = ("tcp",)
    correction_ns = 0

    def __init__(self, name: str, settings: OnvifSettings) -> None:
        self.name = name
        self.counters = Intake()
        self.nominal_hz = settings.rate_hz
        self._settings = settings
        self._latency_ns = round(settings.latency_ms * 1e6)
        url = f"rtsp://{settings.link.tcp}{settings.path}"
        self._client = RtspClient(url, settings.user, first_line(settings.password_file), self.counters)
        self._documents = MetadataStream(self.counters)
        self._clock = SourceClock(settings.clock_past_ms, settings.clock_future_ms, self.counters)

    @property
    def error(self) -> str | None:
        """The reason why the camera plays nothing; None: it does."""
        return self._client.error

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Ask for the stream."""
        self._client.reset()
        self._documents.reset()
        return self.due(now_ns)

    def due(self, now_ns: int) -> list[Send]:
        """Return the next request of the dialogue."""
        request = self._client.due(now_ns)
        return [("link", request)] if request else []

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return one measurement for each frame that they complete."""
        documents = (self._documents.feed(packet) for packet in self._client.feed(data, receipt_ns))
        return [found for each in documents if each is not None for found in self._found(each, receipt_ns)]

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why input was refused; None: nothing that this driver knows."""
        return EXPLAINED[reason].en if reason in EXPLAINED else None

    def _found(self, document: bytes, receipt_ns: int) -> list[Measurement]:
        try:
            found = frames(document, self._settings.image_px, self._settings.least_likelihood)
        except (ValueError, RecursionError):
            self.counters.refuse("document", document)
            return []
        if not found:  # events, positions of the camera
            self.counters.accepted += 1
        return [self._detections(frame, document, receipt_ns) for frame in found]

    def _detections(self, frame: OnvifFrame, document: bytes, receipt_ns: int) -> Measurement:
        if frame.dropped:
            self.counters.note("objects", document, frame.dropped)
        stamp_ns = receipt_ns - self._latency_ns
        if frame.utc_ns is not None:
            stamp_ns = self._clock.judge(frame.utc_ns, stamp_ns, self.correction_ns)
        return detections(self.name, stamp_ns, receipt_ns, frame.users)
