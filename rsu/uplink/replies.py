"""Messages under way on a stream whose answers name them by a key, and no record. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

from rsu.uplink.record import SpooledRecord


class Replies:
    """The messages of one connection without an answer: of one key the oldest is answered first."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, deque[SpooledRecord]] = defaultdict(deque)
        self._open: dict[tuple[str, int], int] = {}  # boot and number -> messages without an answer

    def given(self, record: SpooledRecord, keys: Sequence[str]) -> None:
        """Note that a record was sent, for the first time or again: the newest messages count."""
        number = record.boot, record.seq
        if number in self._open:
            for waiting in self._waiting.values():
                for _ in range(waiting.count(record)):
                    waiting.remove(record)
        self._open[number] = len(keys)
        for key in keys:
            self._waiting[key].append(record)

    def taken(self, key: str) -> SpooledRecord | None:
        """Note an answer; return the record of which it was the last one."""
        waiting = self._waiting.get(key)
        if not waiting:
            return None
        record = waiting.popleft()
        if not waiting:
            del self._waiting[key]
        number = record.boot, record.seq
        self._open[number] -= 1
        if self._open[number]:
            return None
        del self._open[number]
        return record
