"""The readable part of a recording that was cut or changed: every chunk that is whole, wherever it stands."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from mcap.data_stream import ReadDataStream
from mcap.opcode import Opcode
from mcap.records import Channel, Chunk, Message
from mcap.stream_reader import breakup_chunk

from rsu.core import progress
from rsu.recording import words
from rsu.recording.reader import BROKEN
from rsu.recording.tick import RAW, Entry

_MAGIC = b"\x89MCAP0\r\n"
_HEAD = struct.Struct("<BQ")  # of a record: kind, length of the rest


def messages(path: Path, lost: list[str]) -> Iterator[tuple[Entry, int] | None]:
    """Yield messages with their sequence numbers, None where some cannot be read; add to `lost` where and why."""
    with path.open("rb") as file:
        topics = {one.id: one.topic for one in _channels(file)}
        for at, chunk in _of(file, Opcode.CHUNK, lost):
            try:
                records = breakup_chunk(Chunk.read(ReadDataStream(io.BytesIO(chunk))), validate_crc=True)
            except BROKEN as error:
                lost.append(f"{words.BYTES.say(at, at + _HEAD.size + len(chunk) - 1)}: {error or type(error).__name__}")
                yield None
                continue
            for record in records:
                if isinstance(record, Channel):
                    topics[record.id] = record.topic
                elif isinstance(record, Message) and record.channel_id in topics:
                    yield Entry(topics[record.channel_id], record.log_time, record.data), record.sequence
                elif isinstance(record, Message):
                    yield None  # its channel was told in a chunk that cannot be read


def devices(path: Path) -> set[str]:
    """Return the devices that a recording has bytes of, by the index at its end; none where there is no index."""
    with path.open("rb") as file:
        topics = [one.topic for one in _channels(file)]
    return {topic.removeprefix(RAW).split("/")[0] for topic in topics if topic.startswith(RAW)}


def _channels(file: IO[bytes]) -> Iterator[Channel]:
    """Yield the channels that are told once more behind the chunks."""
    for _, content in _of(file, Opcode.CHANNEL, []):
        try:
            yield Channel.read(ReadDataStream(io.BytesIO(content)))
        except BROKEN:
            continue


def _of(file: IO[bytes], wanted: int, lost: list[str]) -> Iterator[tuple[int, bytes]]:
    """Yield place and content of the records of one kind, up to the last whole one."""
    end, at = file.seek(0, io.SEEK_END), len(_MAGIC)
    while at + _HEAD.size <= end:
        file.seek(at)
        opcode, length = _HEAD.unpack(file.read(_HEAD.size))
        behind = at + _HEAD.size + length
        if behind > end:
            break
        progress.tell("reading", at, end)
        if opcode == wanted:
            yield at, file.read(length)
        if opcode == Opcode.FOOTER:
            progress.tell("reading", end, end)
            return
        at = behind
    lost.append(f"{words.BYTE.say(at)}: {words.ENDS_INSIDE.en}")
