"""Reading recordings: ticks in their order, the files that the station was made from, what can be read of a cut one."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import zstandard
from mcap.exceptions import McapError
from mcap.records import Attachment, Channel, McapRecord, Message, Metadata
from mcap.stream_reader import StreamReader

from rsu.recording.errors import DamagedError, NotARecordingError
from rsu.recording.tick import RAW, REPORT, SENT, TICK, Entry, from_entries
from rsu.recording.writer import ABOUT
from rsu.records import Tape

_MAX_RECORD = 256 << 20
# what the MCAP reader lets escape from bytes that are no MCAP (any more)
BROKEN = (
    McapError,
    ValueError,
    struct.error,
    zlib.error,
    zstandard.ZstdError,
    KeyError,
    StopIteration,
    OverflowError,
    MemoryError,
)


class Start(NamedTuple):
    """What stands at the beginning of a recording."""

    about: dict[str, str]
    files: dict[str, bytes]  # the site file and what it names, by path from the site file's folder


def records(file: IO[bytes]) -> Iterator[McapRecord]:
    """Yield the records of an MCAP file, checksums of chunks compared. DamagedError: it does not go on from there."""
    reader = StreamReader(file, validate_crcs=True, record_size_limit=_MAX_RECORD)
    try:
        yield from reader.records
    except BROKEN as error:
        raise DamagedError(f"byte {file.tell()}: {str(error) or type(error).__name__}") from error


def start(path: Path) -> Start:
    """Return what a recording is of. NotARecordingError: it is none."""
    about: dict[str, str] | None = None
    files: dict[str, bytes] = {}
    try:
        with path.open("rb") as file:
            for record in records(file):
                if isinstance(record, Metadata) and record.name == ABOUT:
                    about = record.metadata
                elif isinstance(record, Attachment):
                    files[record.name] = record.data
                elif isinstance(record, Channel | Message):
                    break
    except DamagedError as error:
        raise NotARecordingError(f"{path}: {error}") from error
    if about is None or "site" not in about:
        raise NotARecordingError(f"{path}: not a recording of this software")
    return Start(about, files)


def messages(path: Path) -> Iterator[tuple[Entry, int]]:
    """Yield every message in the order of writing, with its sequence number. DamagedError as `records`."""
    topics: dict[int, str] = {}
    with path.open("rb") as file:
        for record in records(file):
            if isinstance(record, Channel):
                topics[record.id] = record.topic
            elif isinstance(record, Message):
                if record.channel_id not in topics:
                    raise DamagedError(f"byte {file.tell()}: a message of no channel")
                yield Entry(topics[record.channel_id], record.log_time, record.data), record.sequence


def ticks(*paths: Path) -> Iterator[Tape]:
    """Yield the ticks of recordings that follow each other. DamagedError as `records`."""
    for path in paths:
        entries: list[Entry] = []
        for entry, _ in messages(path):
            if entry.topic.startswith((RAW, SENT, REPORT)):
                entries.append(entry)
            elif entry.topic == TICK:
                try:
                    yield from_entries([*entries, entry])
                except ValueError as error:
                    raise DamagedError(f"{path}: {error}") from error
                entries.clear()
