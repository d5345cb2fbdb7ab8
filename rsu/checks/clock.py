"""How well UTC is known here: the system clock against the GNSS receiver (guarantee G3, faults F16-F19).

UTC = steady time + correction (`hw/timescale.py`); the correction is what the system clock says. A GNSS solution says
at `receipt_ns` (steady) that it was `stamp_ns` (UTC): their difference is UTC less steady time, less the receiver's
output delay. The largest one of the last two seconds is that of the least delayed solution. How far it is from the
correction is how wrong the system clock is, whoever moved it.

A step of the system clock makes UTC unknown until a solution that came after it agrees with the system clock. Nothing
sets the clock or corrects a receiver: what does not fit is named, counted and not believed.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from typing import NamedTuple

import structlog
from pydantic import Field

from hw.utc import NS, NS_PER_DAY, from_ns
from perception.objects import Fix
from rsu.checks.drift import Drift
from rsu.site.settings import Settings

WINDOW_NS = 1_900_000_000  # with a tick of 0.1 s the gate closes 2 s after a limit is crossed
STEP_NS = 10_000_000  # smaller changes of the system clock only add to its error
LIMIT_NS = 100_000_000  # worse than this UTC is not known
JUMP_NS = 50_000_000  # GNSS time and steady time part by no more between two solutions
ROLLOVER_NS = 1024 * 7 * NS_PER_DAY  # the week number of GPS has ten bits
_log = structlog.get_logger()


class ClockSettings(Settings):
    """What is known about the receiver's delay and the box's oscillator."""

    gnss_delay_ms: float = Field(15, ge=0, le=1000, description="least time from epoch to last byte received")
    holdover_ppm: float = Field(30, ge=0, le=1000, description="drift of the system clock while GNSS is lost")


class _Offset(NamedTuple):
    receipt_ns: int
    offset_ns: int  # UTC - steady time
    accuracy_ns: int  # as the receiver claims


class _Receiver:
    """The newest solutions of one receiver."""

    def __init__(self) -> None:
        self.drift = Drift()
        self._window: deque[_Offset] = deque()
        self.newest: _Offset | None = None  # the best of the window at the newest solution

    def add(self, one: _Offset) -> int:
        """Take a solution; return by how much GNSS time has jumped against steady time, 0: it has not."""
        before = self.newest
        self._window.append(one)
        while self._window[0].receipt_ns < one.receipt_ns - WINDOW_NS:
            self._window.popleft()
        best = max(self._window, key=lambda each: each.offset_ns)
        self.newest = best._replace(receipt_ns=one.receipt_ns)
        jump_ns = 0 if before is None else best.offset_ns - before.offset_ns
        if before is not None and abs(jump_ns) <= JUMP_NS + (one.receipt_ns - before.receipt_ns) // 1000:
            self.drift.add(one.receipt_ns, best.offset_ns)
            return 0
        self.drift.restart()
        return jump_ns

    def best(self, now_ns: int) -> _Offset | None:
        """Return the least delayed of the solutions that still count."""
        fresh = [each for each in self._window if each.receipt_ns >= now_ns - WINDOW_NS]
        return max(fresh, key=lambda each: each.offset_ns)._replace(receipt_ns=fresh[-1].receipt_ns) if fresh else None


class UtcClock:
    """Bound of the system clock's error, from GNSS solutions.

    Counters: `clock-step`, `leap-second` (of the system clock), `gnss-week-rollover` (dates off by a multiple of 1024
    weeks), `gnss-leap-seconds` (GNSS time jumped by whole seconds), `gnss-time-jump` (by anything else).
    """

    def __init__(self, settings: ClockSettings) -> None:
        self.counters: Counter[str] = Counter()
        self._delay_ns = round(settings.gnss_delay_ms * 1e6)
        self._holdover_ppm = settings.holdover_ppm
        self._receivers: dict[str, _Receiver] = {}
        self._correction_ns = 0
        self._unknown_until_ns: int | None = None  # a solution from then on may say that UTC is known again

    def correct(self, now_ns: int, correction_ns: int) -> None:
        """Take what the system clock says: UTC less steady time at `now_ns`."""
        step_ns = correction_ns - self._correction_ns
        leap = _is_leap_second(now_ns + self._correction_ns, step_ns)
        self._correction_ns = correction_ns
        if abs(step_ns) < STEP_NS:
            return
        self._unknown_until_ns = now_ns + NS if leap else now_ns  # second 60 has no name of its own
        self._name("leap-second" if leap else "clock-step", f"the system clock stepped by {step_ns / 1e9:+.3f} s")

    def update(self, fix: Fix) -> None:
        """Take one GNSS solution; invalid ones say nothing about time."""
        if not fix.valid or self._rolled_over(fix):
            return
        offset_ns = fix.stamp_ns + self._delay_ns - fix.receipt_ns
        receiver = self._receivers.setdefault(fix.device, _Receiver())
        if jump_ns := receiver.add(_Offset(fix.receipt_ns, offset_ns, fix.time_accuracy_ns or 0)):
            whole = abs(jump_ns) > NS // 2 and abs((jump_ns + NS // 2) % NS - NS // 2) < JUMP_NS
            self._name(
                "gnss-leap-seconds" if whole else "gnss-time-jump", f"GNSS time jumped by {jump_ns / 1e9:+.3f} s"
            )
        settled = self._unknown_until_ns is not None and fix.receipt_ns >= self._unknown_until_ns
        if settled and self._error_ns(fix.receipt_ns) <= LIMIT_NS:
            self._unknown_until_ns = None

    def _rolled_over(self, fix: Fix) -> bool:
        """Tell whether a date is off by weeks that the receiver cannot count."""
        off_ns = fix.stamp_ns - fix.receipt_ns - self._correction_ns
        eras = round(off_ns / ROLLOVER_NS)
        if eras == 0 or abs(off_ns - eras * ROLLOVER_NS) > NS_PER_DAY:
            return False
        self._name("gnss-week-rollover", f"GNSS date {_date(fix.stamp_ns)}: off by {eras * 1024} weeks, not used")
        return True

    def _name(self, what: str, text: str) -> None:
        self.counters[what] += 1
        if self.counters[what] == 1:
            _log.warning(what, text=text)

    def uncertainty_ns(self, now_ns: int) -> int | None:
        """Return the bound of |system clock - UTC| in ns, growing while GNSS is lost; None where UTC is not known."""
        if self._unknown_until_ns is not None or not self._receivers:
            return None
        return self._error_ns(now_ns)

    def _error_ns(self, now_ns: int) -> int:
        """Return the worst that any receiver says; of those that are silent, what the last one said."""
        speaking = [(each, best) for each in self._receivers.values() if (best := each.best(now_ns))]
        if not speaking:
            said = [(each, each.newest) for each in self._receivers.values() if each.newest]
            speaking = [max(said, key=lambda pair: pair[1].receipt_ns)]
        return max(self._bound_ns(receiver, one, now_ns) for receiver, one in speaking)

    def _bound_ns(self, receiver: _Receiver, one: _Offset, now_ns: int) -> int:
        rate = receiver.drift.rate
        ppm = self._holdover_ppm if rate is None else max(self._holdover_ppm, abs(rate.ppm) + 2 * rate.sd_ppm)
        grown_ns = round(max(0, now_ns - one.receipt_ns) * ppm * 1e-6)
        return abs(one.offset_ns - self._correction_ns) + one.accuracy_ns + grown_ns

    def conditions(self, now_ns: int) -> Iterator[str]:
        """Yield the gate's reason codes that hold now."""
        uncertainty_ns = self.uncertainty_ns(now_ns)
        if uncertainty_ns is None:
            yield "no-time"
        elif uncertainty_ns > LIMIT_NS:
            yield "time-uncertain-100ms"
        elif uncertainty_ns > LIMIT_NS // 2:
            yield "time-uncertain-50ms"


def _is_leap_second(utc_ns: int, step_ns: int) -> bool:
    """Tell whether a step is the kernel's leap second: one second back where a month ends."""
    at = from_ns(utc_ns)
    midnight = at.day == 1 and utc_ns % NS_PER_DAY < 2 * NS
    return midnight and abs(step_ns + NS) < STEP_NS


def _date(stamp_ns: int) -> str:
    at = from_ns(stamp_ns)
    return f"{at.year:04d}-{at.month:02d}-{at.day:02d}"
