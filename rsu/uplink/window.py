"""Which waiting records of one kind are sent when, towards the platform: go-back-N with probes. Pure; time comes in.

At most `size` records are sent and not acknowledged. Without any acknowledgement for the time-out, one record is sent
again as a probe, the oldest first, at intervals that double, each time the next one, so that a record which the
platform never takes holds up nothing for ever. Once the platform answers, everything not acknowledged follows. So lost
acknowledgements cost at most `size` duplicates and the probes.
"""

from __future__ import annotations

from collections.abc import Iterable

from rsu.uplink.envelope import Range
from rsu.uplink.spool import Waiting

_MAX_TIMEOUT = 32  # times the first one


class Window:
    """The sender's memory of what is under way; the spool holds the records."""

    def __init__(self, size: int, timeout_ns: int) -> None:
        """Begin with nothing under way."""
        self._size = size
        self._first_timeout_ns = timeout_ns
        self.restart()

    def restart(self) -> None:
        """Begin again from the oldest record: the connection is new."""
        self._timeout_ns = self._first_timeout_ns
        self._probing = False
        self._cursor = 0  # id of the record sent last
        self._forget()

    def _forget(self) -> None:
        self._flight: dict[tuple[str, int], None] = {}  # (boot, seq), in the order sent
        self._since_ns: int | None = None  # last progress while something is under way

    def place(self, now_ns: int) -> tuple[int, int]:
        """Return what may be sent now: records after this id, at most so many."""
        if self._since_ns is not None and now_ns - self._since_ns >= self._timeout_ns:
            self._timeout_ns = min(2 * self._timeout_ns, _MAX_TIMEOUT * self._first_timeout_ns)
            self._cursor = self._cursor if self._probing else 0
            self._probing = True
            self._forget()
        room = (1 if self._probing else self._size) - len(self._flight)
        return self._cursor, max(0, room)

    def sent(self, waiting: Waiting, now_ns: int) -> None:
        """Note that a record was given to the connection."""
        self._flight[waiting.record.boot, waiting.record.seq] = None
        self._cursor = waiting.id
        if self._since_ns is None:
            self._since_ns = now_ns

    def nothing_follows(self) -> None:
        """Note that no record waits after the cursor: probes begin again with the oldest."""
        if self._probing and not self._flight:
            self._cursor = 0

    def acknowledged(self, ranges: Iterable[Range], now_ns: int) -> None:
        """Note what the platform holds."""
        before = len(self._flight)
        for numbers in ranges:
            self._flight = {
                (boot, seq): None
                for boot, seq in self._flight
                if boot != numbers.boot or not numbers.first <= seq <= numbers.last
            }
        if len(self._flight) < before:
            if self._probing:
                self.restart()
            self._timeout_ns = self._first_timeout_ns
            self._since_ns = now_ns if self._flight else None
