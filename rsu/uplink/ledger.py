"""Records sent to the platform and its answers: an answer counts only for records sent and not yet answered.

A record is known by the kind under which it travelled, boot and numbers, exactly as it was sent. A range is taken when
records that were sent fill it without a hole; one number more, another kind or boot, and all of it is stray. So no
answer, wrong by mistake or by malice, frees a record that the platform never got. Pure.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

from rsu.uplink.dialect import HELD, NOT_NOW, Answer
from rsu.uplink.record import Range, SpooledRecord

UNKNOWN, REPEATED, UNREADABLE = "unknown", "repeated", "unreadable"  # kinds of stray answers
_REMEMBERED = 20_000  # records sent; of older ones an answer comes too late: they are sent again


class RecordRefusal(NamedTuple):
    """A record that the platform will not take."""

    numbers: Range
    text: str


class Sum(NamedTuple):
    """The result of answers."""

    held: list[Range]  # records that may go
    refused: list[RecordRefusal]
    kinds: set[str]  # under which records travelled that had an answer of use


class _SentRecord:
    __slots__ = ("answered", "first")

    def __init__(self, first: int) -> None:
        self.first = first
        self.answered = False


_BOOTS = 64

_Key = tuple[str, str, int]  # kind under which it travelled, boot, last number


class Ledger:
    """The memory of one process: over connections, not over restarts."""

    def __init__(self) -> None:
        self.stray: Counter[str] = Counter()
        self._sent: OrderedDict[_Key, _SentRecord] = OrderedDict()
        self._boots: OrderedDict[str, None] = OrderedDict()

    def sent(self, way: str, record: SpooledRecord) -> None:
        """Note that a record was given to a connection. `way`: the kind under which it travels."""
        key = way, record.boot, record.seq
        before = self._sent.pop(key, None)
        self._sent[key] = _SentRecord(record.first) if before is None or before.first != record.first else before
        self._boots[record.boot] = None
        for memory, size in ((self._sent, _REMEMBERED), (self._boots, _BOOTS)):
            if len(memory) > size:
                memory.popitem(last=False)

    def sum(self, answers: Iterable[Answer]) -> Sum:
        """Take answers; return which records they free and which are refused."""
        total = Sum([], [], set())
        for answer in answers:
            keys = self._named(answer)
            new = [key for key in keys if not self._sent[key].answered]
            if not new:
                self.stray[REPEATED if keys else UNKNOWN] += 1
                continue
            total.kinds.add(answer.kind)
            if answer.code != NOT_NOW:
                self._settle(answer, new, total)
        return total

    def _settle(self, answer: Answer, keys: Iterable[_Key], total: Sum) -> None:
        for key in keys:
            sent = self._sent[key]
            sent.answered = True
            numbers = Range(key[1], sent.first, key[2])
            if answer.code == HELD:
                total.held.append(numbers)
            else:
                total.refused.append(RecordRefusal(numbers, answer.text or f"error code {answer.code}"))

    def _named(self, answer: Answer) -> list[_Key]:
        """Return the records that an answer names; empty: it names something that was not sent so."""
        boot = answer.boot if answer.boot is not None else self._boot_of(answer)
        keys: list[_Key] = []
        last = answer.last
        while boot is not None and last >= answer.first:
            key = answer.kind, boot, last
            if key not in self._sent:
                return []
            keys.append(key)
            last = self._sent[key].first - 1
        return keys if last == answer.first - 1 else []

    def _boot_of(self, answer: Answer) -> str | None:
        """Return the one boot in which such a number waits for its answer; None: there is none, or several."""
        found = [(boot, self._sent.get((answer.kind, boot, answer.last))) for boot in self._boots]
        waiting = [boot for boot, sent in found if sent is not None and not sent.answered]
        return waiting[0] if len(waiting) == 1 else None
