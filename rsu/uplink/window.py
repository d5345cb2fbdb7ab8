"""Which waiting records of one stream are sent when, towards the platform. Pure; time comes in.

A stream is one kind of record and one class. `Window` is for records that must arrive: go-back-N with probes. At most
`size` records are sent and not acknowledged. Without any acknowledgement for the time-out, one record is sent again as
a probe, the oldest first, at intervals that double, each time the next one, so that a record which the platform never
takes holds up nothing for ever. Once the platform answers, everything not acknowledged follows. So lost
acknowledgements cost at most `size` duplicates and the probes.

`LiveWindow` is for states that the next record supersedes: each is sent once, at once, whether others are acknowledged
or not (the platform may be there and only its answers lost), and the spool gives up the oldest. In a silence the newest
is the probe. Once the platform answers, the waiting records follow.

A record that the platform passed over (it acknowledged one sent later) is sent again on its own, the time-out after it
was sent last, and then at intervals that double: the answers to other records say nothing about this one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rsu.uplink.record import Range
from rsu.uplink.spool import Waiting

_MAX_TIMEOUT = 32  # times the first one


@dataclass(slots=True)
class _Sent:
    boot: str
    seq: int
    at_ns: int  # last time
    timeout_ns: int
    passed: bool = False  # one sent later is acknowledged


class Window:
    """The sender's memory of records under way; the spool holds the records."""

    def __init__(self, size: int, timeout_ns: int) -> None:
        """Begin with nothing under way."""
        self._size = size
        self._first_timeout_ns = timeout_ns
        self.restart()

    def restart(self) -> None:
        """Begin again from the oldest record: the connection is new."""
        self._timeout_ns = self._first_timeout_ns
        self._silent = False  # nothing came for the time-out
        self._cursor = 0  # id of the record sent last
        self._forget()

    def _forget(self) -> None:
        self._flight: dict[int, _Sent] = {}  # by id, in the order sent last
        self._since_ns: int | None = None  # last progress while something is under way

    def _timed_out(self, now_ns: int) -> bool:
        return self._since_ns is not None and now_ns - self._since_ns >= self._timeout_ns

    def place(self, now_ns: int) -> tuple[int, int]:
        """Return the range that may be sent now: records after this id, at most so many."""
        if self._timed_out(now_ns):
            self._timeout_ns = min(2 * self._timeout_ns, _MAX_TIMEOUT * self._first_timeout_ns)
            self._cursor = self._cursor if self._silent else 0
            self._silent = True
            self._forget()
        room = (1 if self._silent else self._size) - len(self._flight)
        return self._cursor, max(0, room)

    def overdue(self, now_ns: int) -> list[int]:
        """Return the ids of records to send again now, besides those that `place` allows; all are under way already."""
        return [
            number for number, sent in self._flight.items() if sent.passed and now_ns - sent.at_ns >= sent.timeout_ns
        ]

    def sent(self, waiting: Waiting, now_ns: int) -> None:
        """Note that a record was given to the connection, for the first time or again."""
        before = self._flight.pop(waiting.id, None)
        timeout_ns = self._first_timeout_ns
        if before is not None:
            timeout_ns = min(2 * before.timeout_ns, _MAX_TIMEOUT * self._first_timeout_ns)
        self._flight[waiting.id] = _Sent(waiting.record.boot, waiting.record.seq, now_ns, timeout_ns)
        self._cursor = max(self._cursor, waiting.id)
        if self._since_ns is None or before is not None:
            self._since_ns = now_ns  # no probe before a record sent again had its time

    def gone(self, number: int) -> None:
        """Note that the spool no longer has a record, which may be under way."""
        self._flight.pop(number, None)
        if not self._flight:
            self._since_ns = None

    def skip(self, number: int) -> None:
        """Note that a record cannot be sent; the spool will give it up."""
        self._cursor = max(self._cursor, number)
        self.gone(number)

    def nothing_follows(self) -> None:
        """Note that no record waits after the cursor: probes begin again with the oldest."""
        if self._silent and not self._flight:
            self._cursor = 0

    def acknowledged(self, ranges: Iterable[Range], now_ns: int) -> None:
        """Note the records that the platform holds or refuses."""
        held = list(ranges)
        progress = False
        for number, sent in reversed(list(self._flight.items())):
            if any(sent.boot == numbers.boot and numbers.first <= sent.seq <= numbers.last for numbers in held):
                del self._flight[number]
                progress = True
            else:
                sent.passed |= progress
        if progress:
            if self._silent:
                self._resume()
            self._timeout_ns = self._first_timeout_ns
            self._since_ns = now_ns if self._flight else None

    def _resume(self) -> None:
        """Begin again from the oldest record after a silence: records forgotten meanwhile are unknown now."""
        self.restart()


class LiveWindow(Window):
    """The same for live records; `size` is how many of them the spool keeps."""

    def place(self, now_ns: int) -> tuple[int, int]:
        """Return the range that may be sent now: all records not sent yet."""
        return self._cursor, self._size

    def overdue(self, now_ns: int) -> list[int]:
        """Return the ids of the records to send again now; in a silence, the newest as a probe."""
        numbers = super().overdue(now_ns)
        if self._timed_out(now_ns):
            self._silent, self._since_ns = True, now_ns
            self._timeout_ns = min(2 * self._timeout_ns, _MAX_TIMEOUT * self._first_timeout_ns)
            numbers = sorted({*numbers, max(self._flight)})
        return numbers

    def sent(self, waiting: Waiting, now_ns: int) -> None:
        """Note that a record was given to the connection; records that the spool must have given up are forgotten."""
        super().sent(waiting, now_ns)
        while len(self._flight) > self._size:
            del self._flight[next(iter(self._flight))]

    def nothing_follows(self) -> None:
        """Note that no record waits after the cursor: nothing is sent again for that."""

    def _resume(self) -> None:
        """End a silence: all that the spool still has is under way, and the records passed over are overdue."""
        self._silent = False
