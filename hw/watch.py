"""Whether a device is understood: the rate of its accepted data against its nominal rate, and its refused data."""

from __future__ import annotations

from collections import deque
from typing import Literal, NamedTuple

from hw.detail import Detail
from hw.utc import NS

State = Literal["starting", "ok", "degraded", "frozen", "blind", "not-understood", "lost"]

WINDOW_NS = 3 * NS  # over which rates are counted
MEMORY_NS = 10 * NS  # a sender silent for so long begins anew
LEAST, ENOUGH = 0.5, 0.6  # shares of the nominal rate: degraded under the first, until it has the second
REFUSED, ACCEPTABLE = 0.2, 0.1  # shares of refused messages: degraded over the first, until it is down to the second
FEW = 3  # refused messages that prove nothing


LOSSES = Detail("{} of {} messages refused", "{1} 条报文中有 {0} 条被拒")
SHORTAGE = Detail("{} of {} measurements a second", "每秒测量 {0} 次，应为 {1} 次")


class _ReadResult(NamedTuple):
    """The result of one read."""

    receipt_ns: int
    measured: int
    accepted: int  # measurements and other messages
    refused: int


class DeviceWatch:
    """Keeps the account of one device."""

    def __init__(self, patience_ns: int) -> None:
        """`patience_ns`: how long it may be heard without anything being understood."""
        self._patience_ns = patience_ns
        self._heard: deque[_ReadResult] = deque()
        self._measured = self._accepted = self._refused = 0  # sums over `_heard`
        self._is_short = self._is_lossy = False
        self._last_ns = 0  # when it was heard last
        self._strange_since_ns: int | None = None  # first bytes after the data accepted last
        self._steady_since_ns: int | None = None  # accepted for the first time after a silence

    def hear(self, receipt_ns: int, measured: int, accepted: int, refused: int) -> None:
        """Enter the result of a read."""
        if receipt_ns - self._last_ns > MEMORY_NS:
            self._strange_since_ns = None
        if receipt_ns - self._last_ns > max(WINDOW_NS, self._patience_ns):
            self._steady_since_ns = None
        self._last_ns = receipt_ns
        self._heard.append(_ReadResult(receipt_ns, measured, accepted, refused))
        self._measured += measured
        self._accepted += accepted
        self._refused += refused
        if accepted:
            self._strange_since_ns = None
            self._steady_since_ns = receipt_ns if self._steady_since_ns is None else self._steady_since_ns
        elif self._strange_since_ns is None:
            self._strange_since_ns = receipt_ns

    def rate_hz(self, now_ns: int) -> float:
        """Return the rate of measurements over the last seconds."""
        self._forget(now_ns)
        if self._measured < 2:
            return 0.0
        first_ns = next(heard.receipt_ns for heard in self._heard if heard.measured)
        last_ns = next(heard.receipt_ns for heard in reversed(self._heard) if heard.measured)
        return (self._measured - 1) * NS / (last_ns - first_ns) if last_ns > first_ns else 0.0

    def is_strange(self, now_ns: int) -> bool:
        """Tell whether it is heard and nothing is understood."""
        since_ns = self._strange_since_ns
        return since_ns is not None and now_ns - since_ns >= self._patience_ns and now_ns - self._last_ns < MEMORY_NS

    @property
    def is_new(self) -> bool:
        """Whether it is heard and nothing was accepted yet."""
        return self._steady_since_ns is None and self._strange_since_ns is not None

    def losses(self, now_ns: int) -> str | None:
        """Return in words that a large share of its data is refused."""
        self._forget(now_ns)
        refused, total = self._refused, self._refused + self._accepted
        self._is_lossy = refused > max(FEW, (ACCEPTABLE if self._is_lossy else REFUSED) * total)
        return LOSSES.say(refused, total) if self._is_lossy else None

    def shortage(self, now_ns: int, nominal_hz: float) -> str | None:
        """Return the shortage of measurements in words. `nominal_hz`: rate that is expected; 0: any rate is enough."""
        since_ns = self._steady_since_ns
        if since_ns is None or now_ns - since_ns < WINDOW_NS or now_ns - self._last_ns > WINDOW_NS:
            self._is_short = False
            return None
        self._forget(now_ns)
        rate_hz = self._measured * NS / WINDOW_NS
        self._is_short = rate_hz < (ENOUGH if self._is_short else LEAST) * nominal_hz
        return SHORTAGE.say(f"{rate_hz:.1f}", f"{nominal_hz:g}") if self._is_short else None

    def _forget(self, now_ns: int) -> None:
        """Drop results from before the window."""
        while self._heard and self._heard[0].receipt_ns <= now_ns - WINDOW_NS:
            old = self._heard.popleft()
            self._measured -= old.measured
            self._accepted -= old.accepted
            self._refused -= old.refused
