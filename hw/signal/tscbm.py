"""Driver of a signal controller that pushes NTCIP traffic signal controller broadcast messages (TSCBM), over UDP.

Layout (V2X-Hub and a real packet; big endian, 241 or 245 octets):

    0     1  CD
    1     1  number of blocks, 16
    2   208  16 blocks: number (1), then in 0.1 s, FFFF unknown, the least and the most time to the next change of
             the vehicle phase (2 + 2), of the pedestrian phase (2 + 2), of the overlap (2 + 2)
    210  22  11 bit maps of 16, bit 0 is number 1: vehicle red, yellow, green; don't walk, pedestrian clearance, walk;
             overlap red, yellow, green; phases that flash, overlaps that flash
    232   9  status, time base action, discontinuity, sequence, hour, minute, second (1 each), millisecond (2)
    241   4  pedestrian calls and detections; may be left out

Its clock is not used: real ones stand or are wrong. Reports are stamped with their receipt. The controller tells no
plan; a countdown is told where its least and its most time are the same.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from pydantic import Field

from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import Intake
from hw.modality import SIGNAL, Modality
from hw.utc import NS
from perception.objects import Lamp, Measurement, SignalState

PEDESTRIAN, OVERLAP = 100, 200  # added to the number of a phase or overlap: the number of its lamp
ROUND, CROSSWALK = 4, 8  # GA/T 1743 lamp types
OVERTAKEN_NS = NS // 2  # a lower sequence number within this time came late; later, the controller began anew
_HEAD, _BLOCKS = 0xCD, 16
_LENGTHS = (241, 245)
_BLOCK = struct.Struct(">B6H")
_MAPS = struct.Struct(">11H")
_MAPS_AT = 2 + _BLOCKS * _BLOCK.size
_SEQUENCE_AT = _MAPS_AT + _MAPS.size + 3
_UNKNOWN = 0xFFFF

EXPLAINED = {
    "head": Detail("no TSCBM: it begins with CD 10", "不是 TSCBM：应以 CD 10 开头"),
    "length": Detail("a TSCBM of another version: it has 241 or 245 octets", "其他版本的 TSCBM：应为 241 或 245 字节"),
    "blocks": Detail("a TSCBM of another version: its blocks are 1 to 16", "其他版本的 TSCBM：相位块应为 1 至 16"),
}


class TscbmSettings(DeviceSettings):
    """Where the messages arrive, and the directions of approaches, which the messages do not tell."""

    link: Endpoint
    rate_hz: float = Field(10.0, gt=0, le=20, description="reports a second that the controller sends; half is a fault")
    angles_deg: dict[int, int] = Field(
        {}, description="lamp number: direction of its approach, clockwise from north; 0 where it is not given"
    )

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class _Kind(NamedTuple):
    """Where a kind of lamps stands in the message."""

    offset: int  # of its lamp numbers
    type: int
    times: int  # index of its least time in a block
    maps: tuple[tuple[str, int], ...]  # colour, index of its bit map
    flash: int | None  # index of the bit map of those that flash


_KINDS = (
    _Kind(0, ROUND, 1, (("red", 0), ("yellow", 1), ("green", 2)), 9),
    _Kind(PEDESTRIAN, CROSSWALK, 3, (("red", 3), ("flashing-green", 4), ("green", 5)), None),
    _Kind(OVERLAP, ROUND, 5, (("red", 6), ("yellow", 7), ("green", 8)), 10),
)


class Tscbm:
    """A controller's datagrams to signal states. Lamp n: vehicle phase n; 100 + n: its pedestrians; 200 + n: overlap n.

    Counters: `head`, `length`, `blocks` (datagrams of another format), `duplicate`, `reordered`, `repeated` (the same
    octets again), `colour` (lamps with two colours at once).
    """

    Settings: ClassVar[type[DeviceSettings]] = TscbmSettings
    modality: ClassVar[Modality] = SIGNAL
    details: ClassVar[tuple[Detail, ...]] = tuple(EXPLAINED.values())
    ways: ClassVar[tuple[Way, ...]] = ("udp",)
    correction_ns = 0

    def __init__(self, name: str, settings: TscbmSettings) -> None:
        self.name = name
        self.counters = Intake()
        self.nominal_hz = settings.rate_hz
        self.error: str | None = None
        self._angles_deg = settings.angles_deg
        self._last = b""
        self._last_ns = 0

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Start afresh."""
        self._last = b""
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Return nothing: the controller pushes."""
        return []

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take one datagram."""
        if (reason := _why_not(data)) is not None:
            self.counters.refuse(reason, data)
            return []
        passed_ns, repeated = receipt_ns - self._last_ns, data == self._last
        if self._last and passed_ns < OVERTAKEN_NS and _is_older(data, self._last):
            self.counters["reordered"] += 1
            return []
        if repeated and passed_ns < NS / self.nominal_hz / 2:
            self.counters["duplicate"] += 1
            return []
        self._last, self._last_ns = data, receipt_ns
        if repeated:
            self.counters["repeated"] += 1
        lamps = list(self._lamps(data))
        return [
            SignalState(device=self.name, stamp_ns=receipt_ns, receipt_ns=receipt_ns, lamps=lamps, repeated=repeated)
        ]

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why a datagram was refused; None: nothing that this driver knows."""
        return EXPLAINED[reason].en if reason in EXPLAINED else None

    def _lamps(self, data: bytes) -> Iterator[Lamp]:
        """Yield the lamps that the controller has: those with any colour."""
        maps = _MAPS.unpack_from(data, _MAPS_AT)
        for kind in _KINDS:
            for index in range(_BLOCKS):
                shown = [colour for colour, bits in kind.maps if maps[bits] >> index & 1]
                if not shown:
                    continue
                flashes = kind.flash is not None and maps[kind.flash] >> index & 1
                colour = "unknown" if len(shown) > 1 else f"flashing-{shown[0]}" if flashes else shown[0]
                if colour == "unknown":
                    self.counters["colour"] += 1
                number, times = kind.offset + index + 1, _BLOCK.unpack_from(data, 2 + index * _BLOCK.size)
                left_s = _countdown(times[kind.times], times[kind.times + 1])
                yield Lamp(number, self._angles_deg.get(number, 0), kind.type, colour, left_s)


def _why_not(data: bytes) -> str | None:
    """Return why a datagram is none of this format; None: it is."""
    if data[:2] != bytes((_HEAD, _BLOCKS)):
        return "head"
    if len(data) not in _LENGTHS:
        return "length"
    numbers = data[2 : _MAPS_AT : _BLOCK.size]
    return None if numbers == bytes(range(1, _BLOCKS + 1)) else "blocks"


def _is_older(data: bytes, last: bytes) -> bool:
    """Tell whether a report was sent before the last one: by the sequence number, modulo 256."""
    return (last[_SEQUENCE_AT] - data[_SEQUENCE_AT]) % 256 in range(1, 64)


def _countdown(least: int, most: int) -> float | None:
    """Return the seconds to the next change; None: not known. Times of 0 are those of phases without a timer."""
    return least / 10 if least == most and least not in (0, _UNKNOWN) else None
