"""A device's own clock, checked against the time of receipt before it is believed."""

from __future__ import annotations

from collections import Counter

NS_PER_MS = 1_000_000
STUCK_AFTER_NS = 500 * NS_PER_MS


class SourceClock:
    """Judges the time that one device prints on its data.

    Reasons counted: `clock-past`, `clock-future` (further from the receipt than the limits), `clock-stuck` (the same
    time again, 500 ms or more after it was first seen).
    """

    def __init__(self, past_ms: int, future_ms: int, counters: Counter[str]) -> None:
        self._past_ns = past_ms * NS_PER_MS
        self._future_ns = future_ms * NS_PER_MS
        self._counters = counters
        self._last = (0, 0)  # the newest time that the device printed, and when it was first received

    def judge(self, utc_ns: int, receipt_ns: int, correction_ns: int) -> int:
        """Return the device's time (UTC) where it can be believed, else the time of receipt, both steady (ns).

        `correction_ns`: UTC less steady time. Where only one of the device's clock and ours has stepped, they disagree.
        """
        stamp_ns = utc_ns - correction_ns
        fault = self._fault(utc_ns, stamp_ns, receipt_ns)
        if utc_ns != self._last[0]:
            self._last = (utc_ns, receipt_ns)
        if fault is None:
            return stamp_ns
        self._counters[fault] += 1
        return receipt_ns

    def _fault(self, utc_ns: int, stamp_ns: int, receipt_ns: int) -> str | None:
        if utc_ns == self._last[0] and receipt_ns - self._last[1] >= STUCK_AFTER_NS:
            return "clock-stuck"
        if stamp_ns < receipt_ns - self._past_ns:
            return "clock-past"
        if stamp_ns > receipt_ns + self._future_ns:
            return "clock-future"
        return None
