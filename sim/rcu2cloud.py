"""A cloud control platform of RCU2CLOUD as the bench has it: frames taken apart field by field, answers to them.

A transcription of its own, as tables of name, width in octets and range; numbers are big endian.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sim.fields import Misfit
from sim.openv2x_standard import HeardTopic

OBJS, EVENT, STATUS, BEAT = 121, 123, 129, 141
_VERSIONS = {OBJS: 12, EVENT: 4, STATUS: 3, BEAT: 1}
_NAMES = {OBJS: "OBJS", EVENT: "EVENT", STATUS: "STATUS", BEAT: "HEARTBEAT"}
_MS = (1_500_000_000_000, 4_102_444_800_000)
_ANY8, _ANY16, _ANY32 = (0, 255), (0, 65_535), (0, 2**32 - 1)
_TYPES = {
    *range(21),
    *range(24, 27),
    *range(28, 34),
    36,
    37,
    38,
    40,
    *range(56, 60),
    *range(235, 239),
    *range(240, 256),
}


class UInt(NamedTuple):
    """A number on the line."""

    name: str
    octets: int
    range: tuple[int, int]
    codes: frozenset[int] = frozenset()  # others are none; empty: the range alone


class Letters(NamedTuple):
    """A text of a fixed number of octets; zeros fill it up."""

    name: str
    octets: int
    empty: bool = False  # may be empty


_HEAD = (UInt("channelId", 1, (1, 255)), Letters("rcuId", 8))
_PLACE = (UInt("longitude", 4, (0, 1_800_000_001)), UInt("latitude", 4, (0, 900_000_001)))
_GNSS = UInt("gnssType", 1, (0, 3))
OBJS_HEAD = (
    *_HEAD, UInt("deviceType", 1, (0, 4)), Letters("deviceId", 11, True), UInt("timestampOfDevOut", 8, _MS),
    UInt("timestampOfDetIn", 8, _MS), UInt("timestampOfDetOut", 8, _MS), _GNSS, UInt("targetsNum", 2, _ANY16),
)  # fmt: skip
OBJECT = (
    Letters("uuid", 16), UInt("objId", 2, _ANY16), UInt("type", 1, _ANY8, frozenset(_TYPES)),
    UInt("status", 1, _ANY8), UInt("len", 2, (0, 10_000)), UInt("width", 2, (0, 10_000)),
    UInt("height", 2, (0, 10_000)), *_PLACE, UInt("locEast", 4, _ANY32), UInt("locNorth", 4, _ANY32),
    UInt("posConfidence", 1, _ANY8), UInt("elevation", 4, _ANY32), UInt("elevConfidence", 1, _ANY8),
    UInt("speed", 2, _ANY16), UInt("speedConfidence", 1, _ANY8), UInt("speedEast", 2, _ANY16),
    UInt("speedEastConfidence", 1, _ANY8), UInt("speedNorth", 2, _ANY16), UInt("speedNorthConfidence", 1, _ANY8),
    UInt("heading", 4, _ANY32), UInt("headConfidence", 1, _ANY8), UInt("accelVert", 2, _ANY16),
    UInt("accelVertConfidence", 1, _ANY8), UInt("trackedTimes", 4, _ANY32), UInt("histLocNum", 2, (0, 0)),
    UInt("predLocNum", 2, (0, 0)), UInt("laneId", 2, _ANY16), UInt("filterInfoType", 1, (0, 0)),
    UInt("lenplateNum", 1, (0, 0)), UInt("plateType", 1, _ANY8), UInt("plateColor", 1, _ANY8),
    UInt("objColor", 1, _ANY8), UInt("functionTimestamp", 8, _MS), UInt("deviceNum", 1, (0, 0)),
)  # fmt: skip
EVENT_HEAD = (
    *_HEAD, UInt("eventType", 1, (0, 32)), UInt("confidence", 1, _ANY8), *_PLACE, _GNSS,
    UInt("timestamp", 8, _MS), Letters("eventId", 16), UInt("extsLen", 2, (0, 0)), UInt("targetIdsLen", 1, _ANY8),
)  # fmt: skip
DEVICE = (UInt("id", 1, _ANY8), Letters("deviceId", 11), UInt("status", 1, (0, 1)))
Table = tuple[UInt | Letters, ...]


class ShortFrameError(Exception):
    """The frame ends within a field."""


class FrameBody:
    """The body of a frame, read from its begin; faults are collected."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self.faults: list[Misfit] = []

    def read(self, table: Table, where: str = "") -> dict[str, Any]:
        """Read the fields of a table."""
        found: dict[str, Any] = {}
        for field in table:
            octets = self._data[self._at : self._at + field.octets]
            if len(octets) < field.octets:
                raise ShortFrameError(field.name)
            self._at += field.octets
            found[field.name] = value = _value(field, octets)
            self.faults += [Misfit(f"{where}{field.name}", what) for what in _faults(field, value)]
        return found

    def ends(self) -> None:
        """Note octets after the last field."""
        if self._at < len(self._data):
            self.faults.append(Misfit("", f"{len(self._data) - self._at} octets after the last field"))


def _value(field: UInt | Letters, octets: bytes) -> Any:
    return int.from_bytes(octets, "big") if isinstance(field, UInt) else octets


def _faults(field: UInt | Letters, value: Any) -> Iterator[str]:
    if isinstance(field, Letters):
        text = value.rstrip(b"\0")
        if not (text or field.empty) or not (text.isascii() and text.decode("ascii", "replace").isprintable()):
            yield f"expected {field.octets} ASCII characters, got {value!r}"
    elif not field.range[0] <= value <= field.range[1] or (field.codes and value not in field.codes):
        yield f"expected {field.range[0]}..{field.range[1]}, got {value}"


def _objs(octets: FrameBody) -> dict[str, Any]:
    head = octets.read(OBJS_HEAD)
    return head | {"targets": [octets.read(OBJECT, f"targets[{n}].") for n in range(head["targetsNum"])]}


def _event(octets: FrameBody) -> dict[str, Any]:
    head = octets.read(EVENT_HEAD)
    return head | {"targets": [octets.read((Letters("id", 16),), f"ids[{n}].") for n in range(head["targetIdsLen"])]}


def _status(octets: FrameBody) -> dict[str, Any]:
    found = octets.read((*_HEAD, UInt("status", 2, (0, 3))))
    for kind in ("cameras", "radars", "lidars"):
        count = octets.read((UInt(kind, 1, _ANY8),))[kind]
        found[kind] = [octets.read(DEVICE, f"{kind}[{n}].") for n in range(count)]
    return found


def _beat(octets: FrameBody) -> dict[str, Any]:
    return {}


_READERS = {OBJS: _objs, EVENT: _event, STATUS: _status, BEAT: _beat}


class Cloud:
    """The platform's side of one connection. Pure."""

    def __init__(self) -> None:
        self._buffer = b""

    def take(self, data: bytes) -> tuple[list[tuple[str, HeardTopic]], bytes]:
        """Take octets; return the messages in them, and the octets of the answers."""
        self._buffer += data
        heard: list[tuple[str, HeardTopic]] = []
        answers = b""
        while len(self._buffer) >= 12:
            if self._buffer[0] != 0xF2:
                heard.append(("", HeardTopic("", "", None, [Misfit("", "a frame does not begin with F2")])))
                self._buffer = b""
                break
            end = 12 + int.from_bytes(self._buffer[1:4], "big")
            if len(self._buffer) < end:
                break
            frame, self._buffer = self._buffer[:end], self._buffer[end:]
            one = read(frame)
            heard.append((one.kind, one))
            answers += _answer(frame, one)
        return heard, answers


def read(frame: bytes) -> HeardTopic:
    """Return the content of a whole frame and its faults."""
    kind, version = frame[4], frame[5]
    ms, minutes = int.from_bytes(frame[6:8], "big"), int.from_bytes(frame[8:12], "big")
    if kind not in _READERS:
        return HeardTopic("", "", None, [Misfit("", f"no frame of a box has the type {kind}")])
    octets = FrameBody(frame[12:])
    if version != _VERSIONS[kind]:
        octets.faults.append(Misfit("version", f"expected {_VERSIONS[kind]}, got {version}"))
    if ms >= 60_000 or not _MS[0] <= minutes * 60_000 <= _MS[1]:
        octets.faults.append(Misfit("time", f"expected minutes since 1970 and ms below 60000, got {minutes}, {ms}"))
    try:
        content = _READERS[kind](octets)
        octets.ends()
    except ShortFrameError as error:
        content = {}
        octets.faults.append(Misfit(str(error), "the frame ends too early"))
    rcu = content.get("rcuId", b"").rstrip(b"\0").decode("ascii", "replace")
    return HeardTopic(_NAMES[kind], rcu, content, octets.faults)


def _answer(frame: bytes, heard: HeardTopic) -> bytes:
    """Return the answer to a frame: none to OBJS, and none to one with faults."""
    kind = frame[4]
    if heard.faults or kind not in (EVENT, STATUS, BEAT):
        return b""
    body = heard.content["eventId"] if kind == EVENT else b""
    version = 1 if kind == BEAT else 3
    return bytes([0xF2]) + len(body).to_bytes(3, "big") + bytes([kind + 1, version]) + frame[6:12] + body
