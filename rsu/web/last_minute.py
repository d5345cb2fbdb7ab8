"""The records of the last minute as they came over the bus, decoded only for a story."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from rsu.bus.sockets import decoded

TOPICS = ("snapshot", "seen", "sent", "processes")
KEPT_NS = 60_000_000_000
_MOST_OCTETS = 48 << 20


class PastRecord(NamedTuple):
    """One record."""

    number: int  # 1.., in the order of receipt
    received_ns: int  # monotonic
    topic: str
    payload: bytes

    def record(self) -> msgspec.Struct:
        """Return it decoded."""
        return decoded(self.topic, self.payload)


class LastMinute:
    """Holds at most a minute."""

    def __init__(self) -> None:
        self._kept: deque[PastRecord] = deque()
        self._octets = self._number = 0

    def put(self, topic: str, payload: bytes, now_ns: int) -> None:
        """Take the next record of one of `TOPICS`, received at `now_ns` (monotonic)."""
        self._number += 1
        self._kept.append(PastRecord(self._number, now_ns, topic, payload))
        self._octets += len(payload)
        while now_ns - self._kept[0].received_ns > KEPT_NS or self._octets > _MOST_OCTETS:
            self._octets -= len(self._kept.popleft().payload)

    def after(self, number: int) -> list[PastRecord]:
        """Return the records after one that was seen before, the oldest first."""
        if not self._kept:
            return []
        skipped = max(0, number + 1 - self._kept[0].number)
        return [self._kept[place] for place in range(skipped, len(self._kept))]

    def newest(self, topic: str) -> Iterator[PastRecord]:
        """Yield the records of a topic, the newest first."""
        return (each for each in reversed(self._kept) if each.topic == topic)
