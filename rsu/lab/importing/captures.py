"""Files with the bytes of one device as it sent them: the output of a terminal program, `cat /dev/ttyUSB1` or `nc`.

They go to the device's driver as they are, damage included. Times of receipt come from their content: for a GNSS
receiver by the times of its fixes, a smart camera by those of its frames. A TI radar counts frames: they follow each
other by the period of the site's profile, from the mapping's `begin` on.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hw import nmea, ubx
from hw.detail import Detail, placed
from hw.gnss import MEASURES
from hw.nmea import Rmc, Zda
from hw.radar.ti import TiSettings
from hw.radar.ti_cli import read_profile
from hw.radar.ti_headers import MAGIC
from hw.splitter import Splitter
from hw.utc import NS_PER_DAY
from rsu.lab import tables
from rsu.lab.importing.frames import DeviceBytes, ForeignError
from rsu.lab.importing.mapping import StreamSettings
from rsu.site.config import Config

_PIECE = 4096  # octets that a splitter is given at a time
_NUMBER_AT = len(MAGIC) + 12  # of a radar's frame
_LOST = 1000  # frames; a larger step of the number is a radar that was started again
_TIME = re.compile(rb'"time"\s*:\s*([0-9]+(?:\.[0-9]+)?)')
_NANOSECONDS_FROM = 10**15

_NO_TIME = Detail(
    "{path}: no time in it: {missing}",
    "{path}：其中没有时间：{missing}",
)
_NO_BEGIN = Detail(
    "{device}: a radar's frames say no time: say `begin`, when the first one was received",
    "{device}：雷达的帧不含时间：请给出 `begin`，即第一帧的接收时刻",
)
_NO_CHUNKS = Detail(
    "{device}: bytes are read of {readable} and ti-mmwave, not of a {kind}",
    "{device}：可读取 {readable} 和 ti-mmwave 的字节，不能读取 {kind}",
)


class _Chunk(NamedTuple):
    """Octets that were received together."""

    at: int  # of the first one, in the file
    data: bytes
    stamp_ns: int | None  # when they were true; None: as those before


def frames(path: Path, stream: StreamSettings, config: Config) -> Iterator[DeviceBytes]:
    """Yield the bytes with their times. ForeignError: they say none, or are of a device whose bytes are not read."""
    try:
        data = tables.octets_of(path)
    except tables.TableError as error:
        raise ForeignError(placed(path, error)) from error
    kind, port = config.site.devices[stream.device].kind, "link"
    if kind == "ti-mmwave":
        port, chunks = _radar(data, stream, config)
    elif kind in _CHUNKS:
        chunks = _CHUNKS[kind](data)
    else:
        raise ForeignError(_NO_CHUNKS.of(device=stream.device, readable=", ".join(_CHUNKS), kind=kind))
    found = [*chunks]
    stamp_ns = next((each.stamp_ns for each in found if each.stamp_ns is not None), None)
    if stamp_ns is None:
        raise ForeignError(_NO_TIME.of(path=path, missing=_MISSING[kind]))
    for chunk in found:
        stamp_ns = chunk.stamp_ns or stamp_ns
        yield DeviceBytes(stream.device, f"octet {chunk.at}", stamp_ns, None, port, chunk.data)


def _gnss(data: bytes) -> Iterator[_Chunk]:
    """Yield the messages of each epoch."""
    splitter, at, begin, clock = Splitter(MEASURES, Counter()), 0, 0, _Calendar()
    newest: int | None = None
    for start in range(0, len(data), _PIECE):
        for frame in splitter.feed(data[start : start + _PIECE], 0):
            stamp_ns = clock.stamp_ns(frame)
            where = data.index(frame, at)
            if stamp_ns is not None and stamp_ns != newest and at > begin:
                yield _Chunk(begin, data[begin:at], newest)
                begin = at
            newest, at = stamp_ns or newest, where + len(frame)
    yield _Chunk(begin, data[begin:], newest)


class _Calendar:
    """The date of sentences that have a time of day only: that of the last RMC or ZDA."""

    def __init__(self) -> None:
        self._midnight_ns: int | None = None
        self._of_day_ns = 0

    def stamp_ns(self, frame: bytes) -> int | None:
        """Return the time of a message, ns UTC; None: it has none, or no date was told yet."""
        try:
            if frame[0] == ubx.SYNC[0]:
                solution = ubx.parse_nav_pvt(frame)
                return solution.stamp_ns() if solution is not None and solution.dated else None
            sentence = nmea.parse(frame) if frame[0] == nmea.START else None
        except ValueError:
            return None
        if sentence is None or sentence.of_day_ns is None:
            return None
        if isinstance(sentence, Rmc | Zda) and sentence.midnight_ns is not None:
            self._midnight_ns = sentence.midnight_ns
        elif self._midnight_ns is not None and self._of_day_ns - sentence.of_day_ns > NS_PER_DAY // 2:
            self._midnight_ns += NS_PER_DAY
        self._of_day_ns = sentence.of_day_ns
        return None if self._midnight_ns is None else self._midnight_ns + sentence.of_day_ns


def _camera(data: bytes) -> Iterator[_Chunk]:
    """Yield the lines."""
    at = 0
    for line in data.splitlines(keepends=True):
        found = _TIME.search(line)
        value = float(found[1]) if found else None
        if value is not None:
            value = value if value >= _NANOSECONDS_FROM else value * 1e6
        yield _Chunk(at, line, None if value is None or value >= 1 << 63 else round(value))
        at += len(line)


def _radar(data: bytes, stream: StreamSettings, config: Config) -> tuple[str, Iterator[_Chunk]]:
    """Return the port of a radar's frames and the octets received on it."""
    settings = config.drivers[stream.device]
    assert isinstance(settings, TiSettings)
    if stream.begin_ns is None:
        raise ForeignError(_NO_BEGIN.of(device=stream.device))
    chunks = _radar_frames(data, stream.begin_ns, read_profile(settings.profile).period_ns)
    return "data" if settings.data else "cli", chunks


def _radar_frames(data: bytes, begin_ns: int, period_ns: int) -> Iterator[_Chunk]:
    starts = [found.start() for found in re.finditer(re.escape(MAGIC), data)]
    stamp_ns, before = begin_ns, None
    for at, end in zip([0, *starts[1:]], [*starts[1:], len(data)], strict=True) if starts else ():
        magic = starts[0] if at == 0 else at
        head = data[magic + _NUMBER_AT : magic + _NUMBER_AT + 4]
        number = struct.unpack("<I", head)[0] if len(head) == 4 else 0
        if before is not None:
            stamp_ns += period_ns * (number - before if 0 < number - before < _LOST else 1)
        before = number
        yield _Chunk(at, data[at:end], stamp_ns)


_CHUNKS = {"gnss": _gnss, "camera-json": _camera}
_MISSING = {
    "gnss": "expected RMC, ZDA or a dated NAV-PVT",
    "camera-json": 'expected lines of JSON with "time"',
    "ti-mmwave": "expected frames that begin with 02 01 04 03 06 05 08 07",
}
