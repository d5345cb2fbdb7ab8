"""From messages of boxes to answers: read, commit, then acknowledge. No clock, no socket."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from rsu.city.records import KINDS, CityRecord, RecordNumbers, RefusedRecordError, read
from rsu.city.store import CityRefusal, RecordLog

_BAD_PARAMETER, _LONGEST = 1, 128  # errorCode and characters of errorDesc, T/ITS 0117 A.1
_REASONS = 20


class InMessage(NamedTuple):
    """One message from the broker."""

    topic: str  # rscu/BOX/KIND/up
    body: bytes


class CityAnswer(NamedTuple):
    """One acknowledgement for the broker."""

    topic: str
    body: bytes


class Ingest:
    """The way of every record; counts for the page and the metrics."""

    def __init__(self, log: RecordLog) -> None:
        self._log = log
        self.taken: Counter[str] = Counter()  # by kind of record
        self.refused: Counter[str] = Counter()  # by kind of record
        self.reasons: deque[str] = deque(maxlen=_REASONS)  # of the last refusals

    def take(self, messages: Sequence[InMessage], now_ms: int) -> list[CityAnswer]:
        """Return the answers to a batch, which is durable then. NotKeptError: it is to be given again."""
        records, refusals, answers = [], [], _Answers()
        for message in messages:
            box, kind = _place(message.topic)
            try:
                record = read(box, kind, message.body)
            except RefusedRecordError as error:
                refusals.append(CityRefusal(kind if kind in KINDS else "other", f"{message.topic}: {error}"))
                if error.numbers is not None and error.numbers.seq is not None:
                    answers.add(message.topic, error.numbers, str(error)[:_LONGEST] or "refused")
            else:
                records.append((message.topic, record))
        if messages:
            self._log.keep([record for _, record in records], refusals, now_ms)
        for topic, record in records:
            if record.numbers.seq is not None and self._is_whole(record):
                answers.add(topic, record.numbers)
        self._count(records, refusals)
        return list(answers.all())

    def _count(self, records: Sequence[tuple[str, CityRecord]], refusals: Sequence[CityRefusal]) -> None:
        self.taken.update(record.kind for _, record in records)
        self.refused.update(refusal.kind for refusal in refusals)
        self.reasons.extend(refusal.reason for refusal in refusals)

    def _is_whole(self, record: CityRecord) -> bool:
        return record.numbers.parts == 1 or self._log.parts(record) == record.numbers.parts


def _place(topic: str) -> tuple[str, str]:
    """Return box and kind of a topic."""
    parts = topic.split("/")
    return (parts[1], parts[2]) if len(parts) == 4 else ("", topic)


class _Answers:
    """RecordNumbers to be acknowledged, joined to ranges."""

    def __init__(self) -> None:
        self._found: defaultdict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)

    def add(self, topic: str, numbers: RecordNumbers, fault: str = "") -> None:
        assert numbers.seq is not None
        self._found[topic, numbers.boot, fault].append((numbers.first, numbers.seq))

    def all(self) -> Iterable[CityAnswer]:
        by_topic: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
        for (topic, boot, fault), spans in self._found.items():
            told = {"errorCode": _BAD_PARAMETER, "errorDesc": fault} if fault else {}
            by_topic[topic] += [{"bootId": boot, "first": a, "last": b} | told for a, b in joined(spans)]
        for topic, entries in by_topic.items():
            yield CityAnswer(f"{topic}/ack", msgspec.json.encode({"ackList": entries}))


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans (first, last) that touch as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
