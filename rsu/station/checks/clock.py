"""How well UTC is known here: the system clock against GNSS (guarantee G3, faults F16-F19).

UTC = steady time + correction (`hw/timescale.py`); the correction comes from the system clock. A GNSS solution says
at `receipt_ns` (steady) that it was `stamp_ns` (UTC): their difference is UTC less steady time, less the receiver's
output delay. How far the largest one of the last two seconds is from the correction is how wrong the system clock is,
by any cause. While GNSS is lost the error grows by the observed slewing of the clock, and by a drift that is not
less than the one seen while GNSS spoke.

A step of the system clock makes UTC unknown until a solution that came after it agrees with the system clock. Nothing
sets the clock or corrects a receiver: a reading that does not fit is named, counted and not used. Where the system
clock and GNSS, or two receivers, disagree, it is not known which is right: the error is their difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import structlog

from hw.detail import Detail
from hw.tape import AS_BEGUN, SystemClock
from hw.utc import NS, NS_PER_DAY, from_ns, weeks_off
from perception.objects import Fix
from rsu.bus.snapshot import ClockView
from rsu.reasons import doubts
from rsu.reasons.place import PlaceReason
from rsu.reasons.words import Reason
from rsu.site.clock import ClockSettings
from rsu.station.checks.drift import UtcOffset
from rsu.station.checks.receivers import JUMP_NS, GnssReceiver

STEP_NS = 10_000_000  # smaller changes of the system clock only add to its error
LIMIT_NS = 100_000_000  # worse than this UTC is not known
DRIFT_PPM = 100  # no oscillator drifts more
_TAI_NS = 38 * NS  # it is 37 s ahead of UTC, GPS time 18 s
_MINUTE_NS = 60 * NS
_SHOWN_NS = 10 * NS  # how long a refused date is shown
_log = structlog.get_logger()


class UtcClock:
    """Bound of the system clock's error.

    Counters: `clock-step`, `clock-slew` (it is pushed by more than an oscillator needs), `leap-second` (its steps where
    one was due), `gnss-week-rollover` (dates off by a multiple of 1024 weeks), `gnss-leap-seconds` (GNSS time jumped by
    whole seconds), `gnss-time-jump` (by anything else).
    """

    def __init__(self, settings: ClockSettings) -> None:
        self.counters: Counter[str] = Counter()
        self._delay_ns = round(settings.gnss_delay_ms * 1e6)
        self._holdover_ppm = settings.holdover_ppm
        self._receivers: dict[str, GnssReceiver] = {}
        self._said = AS_BEGUN
        self._known_from_ns: int | None = None  # a solution from then on may say that UTC is known again
        self._step_ns = 0  # the last one
        self._stepped_ns: int | None = None  # when it was
        self._refused: tuple[int, str] | None = None  # when, and why, the last date was not believed
        self._slew = 0, 0  # since which the clock is being pushed, and when it was last

    def correct(self, now_ns: int, said: SystemClock) -> None:
        """Take the system clock's reading at `now_ns`."""
        step_ns = said.correction_ns - self._said.correction_ns
        leap = _is_leap_second(now_ns + self._said.correction_ns, step_ns)
        self._follow(now_ns, said.slewed_ns)
        self._said = said
        if abs(step_ns) >= STEP_NS:
            self._known_from_ns = now_ns
            if leap:  # second 60 has no name of its own; earlier GNSS solutions count seconds differently
                self._known_from_ns += NS
                self._receivers.clear()
            self._step_ns, self._stepped_ns = step_ns, now_ns
            self._name("leap-second" if leap else "clock-step", f"the system clock stepped by {step_ns / 1e9:+.3f} s")

    def _follow(self, now_ns: int, slewed_ns: int) -> None:
        """Log once when the clock begins to be slewed by an amount that matters."""
        before_ns, (begin_ns, moved_ns) = self._said.slewed_ns, self._slew
        if slewed_ns == before_ns:
            return
        if now_ns - moved_ns > NS:
            begin_ns = before_ns
        if abs(before_ns - begin_ns) < STEP_NS <= abs(slewed_ns - begin_ns):
            self._name("clock-slew", f"the system clock is being pushed, by {(slewed_ns - begin_ns) / 1e9:+.3f} s yet")
        self._slew = begin_ns, now_ns

    def update(self, fix: Fix) -> None:
        """Take one GNSS solution; invalid ones say nothing about time, unless they are of time alone."""
        if not (fix.valid or fix.time_only) or self._is_rolled_over(fix):
            return
        offset_ns = fix.stamp_ns + self._delay_ns - fix.receipt_ns + self._said.slewed_ns
        receiver = self._receivers.setdefault(fix.device, GnssReceiver())
        if jump_ns := receiver.add(UtcOffset(fix.receipt_ns, offset_ns, fix.time_accuracy_ns or 0)):
            name = "gnss-leap-seconds" if _is_whole(jump_ns) else "gnss-time-jump"
            self._name(name, f"time of {fix.device} jumped by {jump_ns / 1e9:+.3f} s")
        settled = self._known_from_ns is not None and fix.receipt_ns >= self._known_from_ns
        if settled and self._error_ns(fix.receipt_ns) <= LIMIT_NS:
            self._known_from_ns = None

    def _is_rolled_over(self, fix: Fix) -> bool:
        """Tell whether a date is off by weeks that the receiver cannot count."""
        weeks = weeks_off(fix.stamp_ns, fix.receipt_ns + self._said.correction_ns)
        if not weeks or self._said.unset:
            return False
        text = doubts.WEEKS_OFF.say(fix.device, _date(fix.stamp_ns), f"{weeks:+d}")
        self._name("gnss-week-rollover", text, said=self._refused is not None)
        self._refused = fix.receipt_ns, text
        return True

    def _name(self, what: str, text: str, said: bool = False) -> None:
        """Count a fault, and say it unless it was said."""
        self.counters[what] += 1
        if not said:
            _log.warning(what, text=text)

    def uncertainty_ns(self, now_ns: int) -> int | None:
        """Return the bound of |system clock - UTC| in ns, growing while GNSS is lost; None where UTC is not known."""
        if self._known_from_ns is not None or self._said.unset or not self._receivers:
            return None
        return self._error_ns(now_ns)

    def _heard(self, now_ns: int) -> list[tuple[str, GnssReceiver, UtcOffset]]:
        """Return the receivers' solutions; while all are silent, the last one's."""
        speaking = [(name, each, best) for name, each in self._receivers.items() if (best := each.now(now_ns))]
        if speaking or not self._receivers:
            return speaking
        name, last = max(self._receivers.items(), key=lambda pair: pair[1].heard_ns)
        return [(name, last, last.last)]

    def _ahead_ns(self, one: UtcOffset) -> int:
        """Return by how much the system clock is ahead of UTC."""
        return self._said.correction_ns + self._said.slewed_ns - one.offset_ns

    def _error_ns(self, now_ns: int) -> int:
        """Return the worst that any receiver says, now or by its least delayed solution of late."""
        bounds = []
        for _, receiver, best in self._heard(now_ns):
            rate = receiver.rate_ppm(self._holdover_ppm) * 1e-6
            for one in filter(None, (best, receiver.drift.least_delayed())):
                grown_ns = round(max(0, now_ns - one.receipt_ns) * rate)
                bounds.append(abs(self._ahead_ns(one)) + one.accuracy_ns + grown_ns)
        return max(bounds)

    def conditions(self, now_ns: int) -> Iterator[Reason]:
        """Yield the gate's reason codes that hold now."""
        uncertainty_ns = self.uncertainty_ns(now_ns)
        if uncertainty_ns is None:
            yield PlaceReason.NO_TIME
        elif uncertainty_ns > LIMIT_NS:
            yield PlaceReason.TIME_UNCERTAIN_100MS
        elif uncertainty_ns > LIMIT_NS // 2:
            yield PlaceReason.TIME_UNCERTAIN_50MS

    def view(self, now_ns: int) -> ClockView:
        """Return the state of the time at `now_ns`."""
        heard = self._heard(now_ns)
        ahead = max((self._ahead_ns(one) for _, _, one in heard), key=abs, default=None)
        rates = [rate for _, receiver, _ in heard if (rate := receiver.drift.rate)]
        stepped_ns = self._stepped_ns
        return ClockView(
            ahead_ms=None if ahead is None else round(ahead / 1e6, 3),
            drift_ppm=round(-max((rate.ppm for rate in rates), key=abs), 1) if rates else None,
            holdover_s=round((now_ns - max(each.heard_ns for _, each, _ in heard)) / 1e9, 1) if heard else None,
            steps=self.counters["clock-step"] + self.counters["leap-second"],
            step_ms=None if stepped_ns is None else round(self._step_ns / 1e6, 3),
            step_ns=None if stepped_ns is None else stepped_ns + self._said.correction_ns,
            doubts=list(self._doubts(now_ns)),
            plausible=self._known_from_ns is None and not self._said.unset and abs(ahead or 0) < _MINUTE_NS,
        )

    def _doubts(self, now_ns: int) -> Iterator[str]:
        """Yield the faults of the time, and their remedies, in words."""
        heard = self._heard(now_ns)
        if self._said.unset:
            yield doubts.CLOCK_UNSET.say(_date(now_ns + self._said.correction_ns))
        if self._refused is not None and now_ns - self._refused[0] < _SHOWN_NS:
            yield self._refused[1]
        if self._known_from_ns is not None:
            yield doubts.CLOCK_STEPPED.say(f"{self._step_ns / 1e9:+.3f}")
            return
        for name, receiver, one in heard:
            if abs(ahead_ns := self._ahead_ns(one)) > LIMIT_NS // 2:
                yield _likely(ahead_ns).say(f"{ahead_ns / 1e9:+.3f}", name)
            rate = receiver.drift.rate
            if rate is not None and abs(rate.ppm) - 2 * rate.sd_ppm > DRIFT_PPM:
                yield doubts.CLOCK_DRIFTS.say(f"{-rate.ppm:+.0f}", name)
        if heard and max(one.offset_ns for *_, one in heard) - min(one.offset_ns for *_, one in heard) > LIMIT_NS:
            yield doubts.RECEIVERS_DISAGREE.say(" and ".join(name for name, *_ in heard))


def _is_whole(time_ns: int) -> bool:
    """Tell whether a time is whole seconds, not none, but for the delays of receivers."""
    return abs(time_ns) > NS // 2 and abs((time_ns + NS // 2) % NS - NS // 2) < JUMP_NS


def _likely(ahead_ns: int) -> Detail:
    if not _is_whole(ahead_ns) or abs(ahead_ns) > _TAI_NS:
        return doubts.CLOCK_AHEAD
    return doubts.CLOCK_AHEAD_WHOLE


def _is_leap_second(utc_ns: int, step_ns: int) -> bool:
    """Tell whether a step is the kernel's leap second: one second back where a month ends."""
    first = from_ns(utc_ns).day == 1 and utc_ns % NS_PER_DAY < 2 * NS
    return first and abs(step_ns + NS) < STEP_NS


def _date(stamp_ns: int) -> str:
    at = from_ns(stamp_ns)
    return f"{at.year:04d}-{at.month:02d}-{at.day:02d}"
