"""A short time out of a recording, without reading the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mcap.records import Channel, Message

from rsu.recording.reader import records
from rsu.recording.tick import Entry


def window(path: Path, topic: str, begin_ns: int, end_ns: int) -> Iterator[Entry]:
    """Yield the messages of a topic from `begin_ns` to `end_ns` after the recording's begin. DamagedError."""
    first_ns: int | None = None
    channel: int | None = None

    def wanted(first: int, last: int) -> bool:
        nonlocal first_ns
        first_ns = first if first_ns is None else first_ns
        return channel is None or (last >= first_ns + begin_ns and first <= first_ns + end_ns)

    with path.open("rb") as file:
        for record in records(file, wanted):
            if isinstance(record, Channel) and record.topic == topic:
                channel = record.id
            elif isinstance(record, Message) and record.channel_id == channel and first_ns is not None:
                inside = first_ns + begin_ns <= record.log_time <= first_ns + end_ns
                yield from [Entry(topic, record.log_time, record.data)] if inside else []
