"""Which publications make up a record that only the broker acknowledges (PUBACK). Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rsu.uplink.record import SpooledRecord


class Receipts:
    """The publications under way on one connection, by their packet id."""

    def __init__(self) -> None:
        self._record: dict[int, SpooledRecord] = {}
        self._open: dict[tuple[str, int], set[int]] = {}  # boot and number -> those that the broker has not taken

    def given(self, record: SpooledRecord, ids: Iterable[int]) -> None:
        """Note that a record was published, for the first time or again: the newest publications count."""
        key = record.boot, record.seq
        for number in self._open.pop(key, ()):
            self._record.pop(number, None)
        self._open[key] = set(ids)
        for number in self._open[key]:
            self._record[number] = record

    def taken(self, number: int) -> SpooledRecord | None:
        """Note a PUBACK; return the record of which it was the last one."""
        record = self._record.pop(number, None)
        if record is None:
            return None
        left = self._open[record.boot, record.seq]
        left.discard(number)
        if left:
            return None
        del self._open[record.boot, record.seq]
        return record
