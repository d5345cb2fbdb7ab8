"""Driver of a GNSS receiver on a serial line that sends UBX NAV-PVT, NMEA sentences or both; it is only listened to.

One fix per epoch. NAV-PVT is preferred: it says whether leap seconds are known and how good time and place are. Where
there is none, RMC and GGA of one epoch give the fix, GST its accuracy. RTCM3 corrections and other messages are
stepped over.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from hw import nmea, rtcm, ubx
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port
from hw.fix import Epochs, from_nmea, from_ubx
from hw.intake import Intake
from hw.nmea import Sentence
from hw.splitter import Measure, Splitter
from hw.ubx import NavPvt
from hw.utc import NS
from perception.objects import Fix, Measurement, Modality

MEASURES: dict[int, Measure] = {ubx.SYNC[0]: ubx.measure, nmea.START: nmea.measure, rtcm.PREAMBLE: rtcm.measure}
UBX_PREFERRED_NS = 2 * NS  # so long after a NAV-PVT, sentences give no fix
SAME_EPOCH_NS = NS // 50


class GnssSettings(DeviceSettings):
    """Where the receiver is."""

    link: Endpoint
    rate_hz: float = Field(1.0, gt=0, le=50, description="solutions a second that the receiver gives; half is a fault")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class Gnss:
    """A receiver's bytes to fixes.

    Counters: `noise` (octets outside of frames), `checksum`, `length`, `torn`, `value` (a good frame with a field that
    cannot be), `duplicate` (the same epoch again), `incomplete` (sentences of an epoch that lack RMC or GGA),
    `unused` (good frames of other kinds).
    """

    Settings: ClassVar[type[DeviceSettings]] = GnssSettings
    modality: ClassVar[Modality] = Modality.GNSS
    correction_ns = 0

    def __init__(self, name: str, settings: GnssSettings) -> None:
        self.name = name
        self.counters = Intake()
        self.nominal_hz = settings.rate_hz
        self.error: str | None = None
        self._splitter = Splitter(MEASURES, self.counters)
        self._epochs = Epochs(self.counters)
        self._itow: int | None = None  # of the newest NAV-PVT
        self._ubx_until_ns = 0
        self._nmea_stamp_ns = 0  # of the newest fix that came from sentences

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Forget what is half read."""
        self._splitter.reset()
        self._epochs = Epochs(self.counters)
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Return nothing: the receiver speaks by itself."""
        return []

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return the fixes that are complete."""
        fixes = (self._fix(frame, receipt_ns) for frame in self._splitter.feed(data, receipt_ns))
        return [fix for fix in fixes if fix is not None]

    def _fix(self, frame: bytes, receipt_ns: int) -> Fix | None:
        try:
            message = _parse(frame)
            if isinstance(message, NavPvt):
                return self._from_ubx(message, receipt_ns)
            if message is not None:
                return self._from_nmea(message, receipt_ns)
            self.counters["unused"] += 1
        except ValueError:
            self.counters.refuse("value", frame)
        return None

    def _from_ubx(self, solution: NavPvt, receipt_ns: int) -> Fix | None:
        fix = from_ubx(self.name, solution, receipt_ns)
        self._ubx_until_ns = receipt_ns + UBX_PREFERRED_NS
        if solution.itow == self._itow or abs(fix.stamp_ns - self._nmea_stamp_ns) < SAME_EPOCH_NS:
            self.counters["duplicate"] += 1
            return None
        self._itow = solution.itow
        return fix

    def _from_nmea(self, sentence: Sentence, receipt_ns: int) -> Fix | None:
        epoch = self._epochs.add(sentence)
        if epoch is None or receipt_ns < self._ubx_until_ns:
            return None
        fix = from_nmea(self.name, epoch, receipt_ns)
        self._nmea_stamp_ns = fix.stamp_ns
        return fix


def _parse(frame: bytes) -> NavPvt | Sentence | None:
    """Return the content of a good frame, None when it is of no use here; ValueError when a field is nonsense."""
    if frame[0] == ubx.SYNC[0]:
        return ubx.parse_nav_pvt(frame)
    return nmea.parse(frame) if frame[0] == nmea.START else None
