"""Which waiting records are sent when, towards the platform: go-back-N with a probe. Pure; time comes in.

At most `size` records are sent and not acknowledged. Without any acknowledgement for the time-out, one record, the
oldest, is sent again as a probe, at intervals that double; once the platform answers, everything not acknowledged
follows. So lost acknowledgements cost at most `size` duplicates and the probes.
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
        self._back(probe=False)

    def _back(self, probe: bool) -> None:
        self._probing = probe
        self._flight: dict[tuple[str, int], None] = {}  # (boot, seq), in the order sent
        self._cursor = 0  # id of the record sent last
        self._since_ns: int | None = None  # last progress while something is under way

    def place(self, now_ns: int) -> tuple[int, int]:
        """Return what may be sent now: records after this id, at most so many."""
        if self._since_ns is not None and now_ns - self._since_ns >= self._timeout_ns:
            self._timeout_ns = min(2 * self._timeout_ns, _MAX_TIMEOUT * self._first_timeout_ns)
            self._back(probe=True)
        room = (1 if self._probing else self._size) - len(self._flight)
        return self._cursor, max(0, room)

    def sent(self, waiting: Waiting, now_ns: int) -> None:
        """Note that a record was given to the connection."""
        self._flight[waiting.record.boot, waiting.record.seq] = None
        self._cursor = waiting.id
        if self._since_ns is None:
            self._since_ns = now_ns

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
            self._probing = False
            self._timeout_ns = self._first_timeout_ns
            self._since_ns = now_ns if self._flight else None
