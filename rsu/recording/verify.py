"""Is a recording whole and unchanged? Its seal and checksums say where it is not; its tape, whether ticks are missing.

Every byte is covered: those before the seal by the seal's hashes of sections, the seal by the checksum of the data
section, the rest by the checksum of the summary.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from mcap.opcode import Opcode
from mcap.records import ChunkIndex, DataEnd, McapRecord, Metadata, MetadataIndex
from mcap.stream_reader import StreamReader

from hw.detail import Detail
from rsu.bus.tape import Tape
from rsu.core import progress
from rsu.recording import words
from rsu.recording.errors import DamagedError
from rsu.recording.reader import BROKEN
from rsu.recording.writer import SEAL, SELF, seal_digest

_MAGIC = b"\x89MCAP0\r\n"
_FOOTER = 9 + 20 + len(_MAGIC)
_DATA_END = 9 + 4
_HEAD = struct.Struct("<BQ")  # of a record: kind, length of the rest
_SECTION = re.compile(r"(\d{1,15})\+(\d{1,15})")  # name of a section in the seal: first byte, length


class Problem(NamedTuple):
    """Something wrong with a recording, and where."""

    kind: str  # changed, unsealed, unreadable, missing, mid-run, unused
    place: str
    text: str

    def __str__(self) -> str:
        """Format for people."""
        return f"{self.place}: {self.text}"

    def told(self, language: str) -> str:
        """Return kind, place and text in a language."""
        kind = words.KINDS[self.kind].told(language)
        return (": " if language == "en" else "：").join([kind, *(words.told(text, language) for text in self[1:])])


class ChangedError(DamagedError):
    """A recording that cannot be begun with, because it was changed; carries where."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        en, zh = (
            (f"{path}: {each.told('en')}" for each in problems),
            (f"{path}：{each.told('zh')}" for each in problems),
        )
        super().__init__(Detail("\n".join(en), "\n".join(zh)))
        self.path, self.problems = path, problems

    def __reduce__(self) -> tuple[type[ChangedError], tuple[Path, list[Problem]]]:
        """Come through to another process as it is."""
        return type(self), (self.path, self.problems)


class _Ending(NamedTuple):
    """The part behind the sections of a sealed recording."""

    seal_at: int
    seal_end: int
    summary_at: int
    sections: dict[str, str]
    times: dict[int, tuple[int, int]]  # first byte of a chunk -> its first and last time


def clock(time_ns: int) -> str:
    """Return a time in UTC to the millisecond."""
    return f"{datetime.fromtimestamp(time_ns // 10**9, UTC):%Y-%m-%dT%H:%M:%S}.{time_ns // 10**6 % 1000:03}Z"


def integrity(path: Path) -> list[Problem]:
    """Return where bytes are not those that were written."""
    data = path.read_bytes()
    if data and _MAGIC not in (data[: len(_MAGIC)], data[-len(_MAGIC) :]):
        return [Problem("unreadable", words.BYTE.say(0), words.NO_MCAP.en)]
    try:
        ending, behind = _ending(data), []
    except BROKEN as error:
        found = _sought(data)
        if isinstance(found, Problem):
            return [found]
        ending = found
        behind = [_changed(ending.summary_at, len(data), words.INDEX.say(_said(error)))]
    if ending.sections.pop(SELF, None) != seal_digest(ending.sections):
        return [_changed(ending.seal_at, ending.seal_end, words.SEAL.en), *behind]
    return [*(list(_sections(data, ending)) or _rest(data, ending)), *behind]


def _changed(begin: int, end: int, text: str, times: tuple[int, int] | None = None) -> Problem:
    """Return the finding on the bytes from `begin` up to, not including, `end`. `times`: of their ticks."""
    place = words.BYTES.say(begin, end - 1)
    if times is not None:
        place = words.BYTES_WHEN.say(begin, end - 1, *map(clock, times))
    return Problem("changed", place, text)


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _ending(data: bytes) -> _Ending:
    """Find seal and index from the end. One of BROKEN: they are not there, or not as written."""
    if data[-len(_MAGIC) :] != _MAGIC:
        raise ValueError(words.LAST_BYTES.en)
    (summary_at,) = struct.unpack_from("<Q", data, len(data) - _FOOTER + 9)
    crc_at = len(data) - len(_MAGIC) - 4
    if zlib.crc32(data[summary_at:crc_at]) != int.from_bytes(data[crc_at : crc_at + 4], "little"):
        raise ValueError(words.CHECKSUM.en)
    summary = list(_records_from(data, summary_at))
    place = next(each for each in summary if isinstance(each, MetadataIndex) and each.name == SEAL)
    times = {
        each.chunk_start_offset: (each.message_start_time, each.message_end_time)
        for each in summary
        if isinstance(each, ChunkIndex)
    }
    try:
        sections = _metadata(data, place.offset).metadata
    except BROKEN:
        sections = {}  # the index is good, so it is the seal that was changed
    return _Ending(place.offset, place.offset + place.length, summary_at, sections, times)


def _sought(data: bytes) -> _Ending | Problem:
    """Find the seal from the beginning, where the index is not as written; else say how far the file goes."""
    whole = len(_MAGIC)
    for opcode, begin, behind in _envelopes(data, whole, len(data)):
        whole = behind
        try:
            if opcode == Opcode.METADATA and (record := _metadata(data, begin)).name == SEAL:
                return _Ending(begin, behind, behind + _DATA_END, record.metadata, {})
        except BROKEN:
            continue  # not the seal, or not any more
    place = words.BYTES.say(whole, len(data) - 1) if whole < len(data) else words.BYTE.say(len(data))
    return Problem("unsealed", place, words.NO_SEAL.en)


def _envelopes(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield each record between two bytes while they follow: its kind, its first byte, and the byte behind it."""
    end = min(end, len(data))  # a part that was cut out makes places of the seal lie behind the end
    while at + _HEAD.size <= end:
        opcode, length = _HEAD.unpack_from(data, at)
        behind = at + _HEAD.size + length
        if behind > end:
            return
        yield opcode, at, behind
        at = behind


def _metadata(data: bytes, at: int) -> Metadata:
    """Return the metadata at a byte. One of BROKEN: there is none."""
    record = next(_records_from(data, at))
    if not isinstance(record, Metadata):
        raise ValueError(words.OTHER_RECORD.en)
    return record


def _records_from(data: bytes, at: int) -> Iterator[McapRecord]:
    return StreamReader(io.BytesIO(data[at:]), skip_magic=True).records


def _sections(data: bytes, ending: _Ending) -> Iterator[Problem]:
    at = 0
    for name, digest in ending.sections.items():
        place = _SECTION.fullmatch(name)
        if place is None:
            yield _changed(ending.seal_at, ending.seal_end, words.SEAL.en)
            return
        begin, length = int(place[1]), int(place[2])
        if begin != at:
            yield _changed(at, begin, words.NOT_SEALED.en)
        at = begin + length
        progress.tell("checking", min(at, len(data)), len(data))
        if hashlib.sha256(data[begin:at]).hexdigest() != digest:
            times = ending.times.get(begin)
            yield _file_within(data, begin, at) or _changed(begin, at, words.NOT_AS_RECORDED.en, times)
    progress.tell("checking", len(data), len(data))
    if at != ending.seal_at:
        yield _changed(at, ending.seal_at, words.NOT_SEALED.en)


def _file_within(data: bytes, begin: int, end: int) -> Problem | None:
    """Return the finding on the one file in a section that is not as recorded; None: another thing is not."""
    for opcode, first, behind in _envelopes(data, begin or len(_MAGIC), end):
        if opcode == Opcode.ATTACHMENT and zlib.crc32(data[first + _HEAD.size : behind - 4]) != int.from_bytes(
            data[behind - 4 : behind], "little"
        ):
            return _changed(first, behind, words.SITE_FILE.en)
    return None


def _rest(data: bytes, ending: _Ending) -> list[Problem]:
    """Compare the part that no section covers: the end of the data section."""
    at = ending.summary_at - _DATA_END
    end = next(_records_from(data, at), None) if data[at : at + 9] == b"\x0f\x04" + bytes(7) else None
    if isinstance(end, DataEnd) and end.data_section_crc == zlib.crc32(data[:at]) and at == ending.seal_end:
        return []
    return [_changed(ending.seal_at, ending.summary_at, words.SEAL.en)]


class Continuity:
    """Finds where ticks are missing: from there on outputs cannot be compared bit for bit."""

    def __init__(self) -> None:
        self._seed, self._due = b"", 0

    def check(self, tape: Tape) -> Iterator[Problem]:
        """Take the next tick and yield the gap before it."""
        if tape.seed != self._seed:
            self._seed, self._due = tape.seed, 0
            if tape.seq:
                yield Problem("mid-run", clock(tape.utc_ns), words.MID_RUN.say(tape.seq))
                self._due = tape.seq
        if tape.seq != self._due:
            text = words.NEVER.say(self._due, tape.seq - 1)
            yield Problem("missing", words.BEFORE.say(clock(tape.utc_ns)), text)
        self._due = tape.seq + 1


def continuity(tapes: Iterable[Tape]) -> Iterator[Problem]:
    """Yield where ticks are missing in a recording."""
    order = Continuity()
    for tape in tapes:
        yield from order.check(tape)
