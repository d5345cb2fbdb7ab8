"""Driver of a GNSS receiver on a serial line that sends UBX NAV-PVT, NMEA sentences or both; it is only listened to.

One fix per epoch. NAV-PVT is preferred: it says whether leap seconds are known and how good time and place are. Where
there is none, RMC, GGA or GNS of one epoch give the fix, each alone where there is no more, GST its accuracy, RMC or
ZDA the date. RTCM3 corrections and other messages are stepped over.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from hw import nmea, rtcm, ubx
from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.fix import NOT_VALID, Epochs, from_nmea, from_ubx
from hw.intake import Intake
from hw.modality import GNSS, Modality
from hw.nmea import Sentence
from hw.splitter import Measure, Splitter
from hw.ubx import NavPvt
from hw.utc import NS, weeks_off
from perception.objects import Fix, Measurement

MEASURES: dict[int, Measure] = {ubx.SYNC[0]: ubx.measure, nmea.START: nmea.measure, rtcm.PREAMBLE: rtcm.measure}
UBX_PREFERRED_NS = 2 * NS  # so long after a NAV-PVT, sentences give no fix
SAME_EPOCH_NS = NS // 50
NO_FIX_NS = 5 * NS  # a receiver that sends for so long without a message about a fix is not set up for this driver
MOST_NAMED = 4  # UBX messages

NO_FIX = Detail("no fix", "无定位")
NO_DATE = Detail("no date yet", "尚无日期")
NO_LEAP_SECONDS = Detail("leap seconds are not known yet", "闰秒尚未知")
WEEKS_OFF = Detail(
    "its date is off by {} weeks: its firmware is too old to count them", "日期偏差 {} 周：固件过旧，无法正确计周"
)
NOTHING_OF_A_FIX = Detail(
    "says nothing of a fix: let it send NAV-PVT, or RMC and GGA", "未输出定位结果：请设置其输出 NAV-PVT，或 RMC 与 GGA"
)
NO_PVT = Detail(
    "sends UBX {}, but no NAV-PVT: enable NAV-PVT (class 01, id 07) on this port, "
    "or NMEA RMC and GGA where the receiver is older than NAV-PVT",
    "输出了 UBX {}，但没有 NAV-PVT：请在该端口启用 NAV-PVT (class 01, id 07)，或启用 NMEA 的 RMC 与 GGA",
)
DETAILS = (NO_PVT, NO_FIX, NO_DATE, NO_LEAP_SECONDS, WEEKS_OFF, NOTHING_OF_A_FIX)


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
    cannot be), `repeated-epoch` (the same epoch again, as in two protocols), `incomplete` (sentences of an epoch that
    lack RMC, GGA and GNS), `unused` (good frames of other kinds).
    """

    Settings: ClassVar[type[DeviceSettings]] = GnssSettings
    modality: ClassVar[Modality] = GNSS
    details: ClassVar[tuple[Detail, ...]] = DETAILS
    ways: ClassVar[tuple[Way, ...]] = ("serial", "tcp")
    correction_ns = 0

    def __init__(self, name: str, settings: GnssSettings) -> None:
        self.name = name
        self.counters = Intake()
        self.nominal_hz = settings.rate_hz
        self.error: str | None = None  # reason why its solutions are not used
        self._splitter = Splitter(MEASURES, self.counters)
        self._epochs = Epochs(self.counters)
        self._itow: int | None = None  # of the newest NAV-PVT
        self._ubx_until_ns = 0
        self._nmea_stamp_ns = 0  # of the newest fix that came from sentences
        self._doubt: str | None = None  # about the time of the newest solution
        self._silent_since_ns: int | None = None  # of all that it says, nothing was a fix
        self._ubx_names: dict[str, None] = {}  # of the UBX messages since then that are none either, as they came

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Forget the half-read message."""
        self._splitter.reset()
        self._epochs = Epochs(self.counters)
        self._silent_since_ns = None
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Return nothing: the receiver speaks by itself."""
        return []

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return the fixes that are complete."""
        fixes = [fix for frame in self._splitter.feed(data, receipt_ns) for fix in self._fixes(frame, receipt_ns)]
        if fixes:
            self._silent_since_ns, self.error = None, self._fault(fixes[-1])
            self._ubx_names.clear()
        elif self._silent_since_ns is None:
            self._silent_since_ns = receipt_ns
        elif receipt_ns - self._silent_since_ns > NO_FIX_NS:
            self.error = self._no_fix_words()
        return list(fixes)

    def _no_fix_words(self) -> str:
        """Return the advice for a receiver that never sends a fix: the messages that it should send."""
        if not self._ubx_names:
            return NOTHING_OF_A_FIX.en
        return NO_PVT.say(", ".join(self._ubx_names))

    def _fault(self, fix: Fix) -> str | None:
        """Tell why a fix is of no use."""
        utc_ns = fix.receipt_ns + self.correction_ns
        if (fix.valid or fix.time_only) and (weeks := weeks_off(fix.stamp_ns, utc_ns)):
            return WEEKS_OFF.say(f"{weeks:+d}")
        if fix.valid or fix.time_only:
            return None
        return self._doubt if fix.kind not in NOT_VALID and self._doubt else NO_FIX.en

    def _fixes(self, frame: bytes, receipt_ns: int) -> list[Fix]:
        try:
            message = _parse(frame)
            if isinstance(message, NavPvt):
                return self._from_ubx(message, receipt_ns)
            if message is not None:
                return self._from_nmea(message, receipt_ns)
            self.counters["unused"] += 1
            if frame[0] == ubx.SYNC[0] and len(self._ubx_names) < MOST_NAMED:
                self._ubx_names[ubx.name(frame)] = None
        except ValueError:
            self.counters.refuse("value", frame)
        return []

    def _from_ubx(self, solution: NavPvt, receipt_ns: int) -> list[Fix]:
        fix = from_ubx(self.name, solution, receipt_ns)
        self._ubx_until_ns = receipt_ns + UBX_PREFERRED_NS
        if solution.itow == self._itow or abs(fix.stamp_ns - self._nmea_stamp_ns) < SAME_EPOCH_NS:
            self.counters["repeated-epoch"] += 1
            return []
        self._itow = solution.itow
        self._doubt = None if solution.resolved else NO_LEAP_SECONDS.en if solution.dated else NO_DATE.en
        return [fix]

    def _from_nmea(self, sentence: Sentence, receipt_ns: int) -> list[Fix]:
        epochs = self._epochs.add(sentence, receipt_ns)
        if receipt_ns < self._ubx_until_ns:
            return []
        fixes = [from_nmea(self.name, epoch) for epoch in epochs]
        for epoch, fix in zip(epochs, fixes, strict=True):
            self._nmea_stamp_ns = fix.stamp_ns
            self._doubt = NO_DATE.en if epoch.midnight_ns is None else None
        return fixes


def _parse(frame: bytes) -> NavPvt | Sentence | None:
    """Return the content of a good frame, None when it is of no use here; ValueError when a field is nonsense."""
    if frame[0] == ubx.SYNC[0]:
        return ubx.parse_nav_pvt(frame)
    return nmea.parse(frame) if frame[0] == nmea.START else None
