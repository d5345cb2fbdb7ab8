"""Reading recordings: ticks in their order, the files that made the station, the readable part of a cut recording."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Attachment, Channel, Chunk, McapRecord, Message, Metadata
from mcap.stream_reader import get_chunk_data_stream

from hw.detail import Detail
from rsu.bus.tape import Tape
from rsu.core import progress
from rsu.recording.errors import DamagedError, NotARecordingError
from rsu.recording.tick import RAW, REPORT, SENT, TICK, Entry, from_entries
from rsu.recording.writer import ABOUT

_MAX_RECORD = 256 << 20
_MAGIC = b"\x89MCAP0\r\n"
_HEAD = struct.Struct("<BQ")  # of a record: kind, length of the rest
_SPAN = struct.Struct("<QQ")  # at the begin of a chunk: its first and last log time
_MESSAGE = struct.Struct("<HIQQ")  # channel, sequence, log time, publish time
_PARSERS: dict[int, Callable[[ReadDataStream], McapRecord]] = {
    Opcode.ATTACHMENT: Attachment.read,
    Opcode.CHANNEL: Channel.read,
    Opcode.METADATA: Metadata.read,
}
# errors that the MCAP reader raises for bytes that are no MCAP (any more)
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

_NO_RECORDING = Detail(
    "{path}: not a recording of this software",
    "{path}：不是本软件的录制",
)
_NO_CHANNEL = Detail(
    "byte {octet}: a message of no channel",
    "第 {octet} 字节：消息不属于任何通道",
)


class RecordingStart(NamedTuple):
    """The beginning of a recording."""

    about: dict[str, str]
    files: dict[str, bytes]  # the site file and the files that it names, by path from the site file's folder


def records(file: IO[bytes], wanted: Callable[[int, int], bool] | None = None) -> Iterator[McapRecord]:
    """Yield channels, messages, metadata and attachments of an MCAP file, checksums of chunks compared.

    `wanted`: tells by the first and last log time of a chunk whether it is read; None: all are.

    DamagedError: it does not go on from there. The library's reader would take thrice the time, most of it for the
    indexes, which reading from beginning to end does not need.
    """
    at, size = 0, file.seek(0, io.SEEK_END)
    file.seek(0)
    try:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ValueError("not an MCAP file")
        opcode = 0
        while opcode != Opcode.FOOTER:
            at = file.tell()
            progress.tell("reading", at, size)
            opcode, length = _HEAD.unpack(file.read(_HEAD.size))
            if opcode == Opcode.CHUNK and wanted is not None and not wanted(*_SPAN.unpack(file.read(_SPAN.size))):
                file.seek(at + _HEAD.size + length)
                continue
            file.seek(at + _HEAD.size)
            content = file.read(min(length, _MAX_RECORD))
            if len(content) < length:
                raise ValueError("the file ends inside a record")
            if opcode == Opcode.CHUNK:
                yield from _chunk(content)
            elif opcode in _PARSERS:
                yield _PARSERS[opcode](ReadDataStream(io.BytesIO(content)))
    except BROKEN as error:
        raise DamagedError(f"byte {at}: {str(error) or type(error).__name__}") from error
    finally:
        progress.tell("reading", size, size)


def _chunk(content: bytes) -> Iterator[McapRecord]:
    """Yield the channels and messages of a chunk."""
    stream, size = get_chunk_data_stream(Chunk.read(ReadDataStream(io.BytesIO(content))), validate_crc=True)
    data, at = stream.read(size), 0
    while at < len(data):
        opcode, length = _HEAD.unpack_from(data, at)
        begin = at + _HEAD.size
        at = begin + length
        if opcode == Opcode.MESSAGE:
            channel, sequence, log_ns, publish_ns = _MESSAGE.unpack_from(data, begin)
            yield Message(channel, log_ns, data[begin + _MESSAGE.size : at], publish_ns, sequence)
        elif opcode == Opcode.CHANNEL:
            yield Channel.read(ReadDataStream(io.BytesIO(data[begin:at])))


def start(path: Path, torn: bool = False) -> RecordingStart:
    """Return the subject of a recording; of a `torn` one the rest. NotARecordingError: it is none, or torn there."""
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
        if not torn:
            raise NotARecordingError(f"{path}: {error}") from error
    if about is None or "site" not in about:
        raise NotARecordingError(_NO_RECORDING.of(path=path))
    return RecordingStart(about, files)


def note(path: Path, name: str) -> dict[str, str]:
    """Return the metadata of a name from a recording's beginning; empty: it has none there."""
    with path.open("rb") as file:
        for record in records(file):
            if isinstance(record, Metadata) and record.name == name:
                return record.metadata
            if isinstance(record, Message):
                break
    return {}


def messages(path: Path) -> Iterator[tuple[Entry, int]]:
    """Yield every message in the order of writing, with its sequence number. DamagedError as `records`."""
    topics: dict[int, str] = {}
    try:
        with path.open("rb") as file:
            for record in records(file):
                if isinstance(record, Channel):
                    topics[record.id] = record.topic
                elif isinstance(record, Message):
                    if record.channel_id not in topics:
                        raise DamagedError(_NO_CHANNEL.of(octet=file.tell()))
                    yield Entry(topics[record.channel_id], record.log_time, record.data), record.sequence
    except DamagedError as error:
        raise DamagedError(f"{path}: {error}") from error


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
