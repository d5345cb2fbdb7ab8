"""Is a recording whole and unchanged? Its seal and checksums say where it is not; its tape, whether ticks are missing.

Every byte is covered: those before the seal by the seal's hashes of sections, the seal by the checksum of the data
section, what follows by the checksum of the summary.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from mcap.records import ChunkIndex, DataEnd, McapRecord, Metadata, MetadataIndex
from mcap.stream_reader import StreamReader

from rsu.recording.reader import BROKEN
from rsu.recording.writer import SEAL, SELF, seal_digest
from rsu.records import Tape

_MAGIC = b"\x89MCAP0\r\n"
_FOOTER = 9 + 20 + len(_MAGIC)
_DATA_END = 9 + 4


class Problem(NamedTuple):
    """Something wrong with a recording, and where."""

    kind: str  # changed, unsealed, unreadable, missing, mid-run
    place: str
    text: str

    def __str__(self) -> str:
        """Format for people."""
        return f"{self.place}: {self.text}"


class _Ending(NamedTuple):
    """What stands behind the sections of a sealed recording."""

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
    try:
        ending = _ending(data)
        if ending.sections.pop(SELF, None) != seal_digest(ending.sections):
            return [_seal_problem(ending)]
        return list(_sections(data, ending)) or list(_rest(data, ending))
    except BROKEN as error:
        return [Problem("unsealed", f"byte {len(data)}", f"no intact seal at the end ({error}): cut, or changed there")]


def _ending(data: bytes) -> _Ending:
    """Find seal and index from the end. One of BROKEN: they are not there, or not as written."""
    (summary_at,) = struct.unpack_from("<Q", data, len(data) - _FOOTER + 9)
    crc_at = len(data) - len(_MAGIC) - 4
    if zlib.crc32(data[summary_at:crc_at]) != int.from_bytes(data[crc_at : crc_at + 4], "little"):
        raise ValueError("the summary's checksum differs")
    summary = list(_records_from(data, summary_at))
    place = next(each for each in summary if isinstance(each, MetadataIndex) and each.name == SEAL)
    seal = next(_records_from(data, place.offset))
    if not isinstance(seal, Metadata):
        raise ValueError("another record stands in the seal's place")
    times = {
        each.chunk_start_offset: (each.message_start_time, each.message_end_time)
        for each in summary
        if isinstance(each, ChunkIndex)
    }
    return _Ending(place.offset, place.offset + place.length, summary_at, seal.metadata, times)


def _records_from(data: bytes, at: int) -> Iterator[McapRecord]:
    return StreamReader(io.BytesIO(data[at:]), skip_magic=True).records


def _sections(data: bytes, ending: _Ending) -> Iterator[Problem]:
    at = 0
    for name, digest in ending.sections.items():
        begin, length = map(int, name.split("+"))
        if begin != at:
            yield Problem("changed", f"bytes {at} to {begin - 1}", "not under the seal")
        at = begin + length
        if hashlib.sha256(data[begin:at]).hexdigest() != digest:
            times = ending.times.get(begin)
            when = f", {clock(times[0])} to {clock(times[1])}" if times else ""
            yield Problem("changed", f"bytes {begin} to {at - 1}{when}", "not as recorded")
    if at != ending.seal_at:
        yield Problem("changed", f"bytes {at} to {ending.seal_at - 1}", "not under the seal")


def _rest(data: bytes, ending: _Ending) -> Iterator[Problem]:
    """Compare what no section covers: the seal, and the end of the data section."""
    at = ending.summary_at - _DATA_END
    end = next(_records_from(data, at), None) if data[at : at + 9] == b"\x0f\x04" + bytes(7) else None
    good = isinstance(end, DataEnd) and end.data_section_crc == zlib.crc32(data[:at]) and at == ending.seal_end
    if not good:
        yield _seal_problem(ending)


def _seal_problem(ending: _Ending) -> Problem:
    return Problem("changed", f"bytes {ending.seal_at} to {ending.summary_at - 1}", "the seal is not as recorded")


class Continuity:
    """Finds where ticks are missing: from there on outputs cannot be compared bit for bit."""

    def __init__(self) -> None:
        self._seed, self._due = b"", 0

    def check(self, tape: Tape) -> Iterator[Problem]:
        """Take the next tick and yield what is missing before it."""
        if tape.seed != self._seed:
            self._seed, self._due = tape.seed, 0
            if tape.seq:
                text = f"begins {tape.seq} ticks after the start of the station"
                yield Problem("mid-run", clock(tape.outcome.now_ns), text)
                self._due = tape.seq
        if tape.seq != self._due:
            text = f"ticks {self._due} to {tape.seq - 1} were never recorded"
            yield Problem("missing", f"before {clock(tape.outcome.now_ns)}", text)
        self._due = tape.seq + 1


def continuity(tapes: Iterable[Tape]) -> Iterator[Problem]:
    """Yield where ticks are missing in a recording."""
    order = Continuity()
    for tape in tapes:
        yield from order.check(tape)
