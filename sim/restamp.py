"""Device bytes of another day with the times of now, so that a recording can stand in for the hardware.

One function a protocol; protocols without times of day (mmWave radars) need none. A shift is a whole number of seconds:
their fractions stay as they were printed. Torn or damaged frames in a stream with checksums are left out, as
their times are unknown; datagrams that are none of the protocol's go through.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

import v2x
from hw import nmea, ubx, utc, video
from hw.gnss import MEASURES
from hw.radio import protocol
from hw.signal import framing, messages
from hw.splitter import Splitter
from v2x import dsmp
from v2x.records.bsm import BasicSafetyMessage

SECOND_NS = 1_000_000_000
_MINUTE_MS = 60_000
_VIDEO_TIME_AT = 16  # octet of a datagram
_WEEK_MS = 7 * 86_400_000
_NANOSECONDS_FROM = 10**15  # the camera's times are milliseconds below
_TIME = re.compile(rb'("time"\s*:\s*)(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)')
_SENTENCES: dict[str, tuple[int, int | None]] = {
    "RMC": (1, 9),
    "GGA": (1, None),
    "GNS": (1, None),
    "GST": (1, None),
    "GLL": (5, None),
}  # fields of time and date

Restamp = Callable[[bytes], bytes]


def restamper(kind: str, shift_ns: int) -> Restamp:
    """Return the function that shifts the times in one device's bytes; the bytes come in any chunking, in order."""
    makers = {"camera-json": _camera, "gnss": _gnss, "gat1743": _signal, "radio-agent": _radio, "video": _video}
    make = makers.get(kind)
    return (lambda data: data) if make is None else make(shift_ns)


def _camera(shift_ns: int) -> Restamp:
    rest = b""

    def shifted(found: re.Match[bytes]) -> bytes:
        value = Decimal(found[2].decode())
        step = Decimal(shift_ns) if value >= _NANOSECONDS_FROM else Decimal(shift_ns) / 1_000_000
        return found[1] + f"{value + step:f}".encode()

    def restamp(data: bytes) -> bytes:
        nonlocal rest
        *lines, rest = (rest + data).split(b"\n")
        return b"".join(_TIME.sub(shifted, line, count=1) + b"\n" for line in lines)

    return restamp


def _video(shift_ns: int) -> Restamp:
    """Shift when a picture was exposed; the layout is that of `hw/video.py`."""

    def restamp(data: bytes) -> bytes:
        if len(data) < _VIDEO_TIME_AT + 8 or data[:5] != video.MAGIC + bytes([video.VERSION]):
            return data
        stamp_ns = int.from_bytes(data[_VIDEO_TIME_AT : _VIDEO_TIME_AT + 8], "little") + shift_ns
        return data[:_VIDEO_TIME_AT] + stamp_ns.to_bytes(8, "little") + data[_VIDEO_TIME_AT + 8 :]

    return restamp


def _gnss(shift_ns: int) -> Restamp:
    splitter = Splitter(MEASURES, Counter())

    def restamp(data: bytes) -> bytes:
        return b"".join(_gnss_frame(frame, shift_ns) for frame in splitter.feed(data, 0))

    return restamp


def _gnss_frame(frame: bytes, shift_ns: int) -> bytes:
    if frame.startswith(ubx.SYNC):
        solution = ubx.parse_nav_pvt(frame)
        return frame if solution is None else _nav_pvt(solution, shift_ns)
    return _sentence(frame, shift_ns) if frame[0] == nmea.START else frame


def _nav_pvt(solution: ubx.NavPvt, shift_ns: int) -> bytes:
    at = utc.from_ns(solution.stamp_ns() + shift_ns - solution.nano)
    return ubx.encode_nav_pvt(
        solution._replace(
            itow=(solution.itow + shift_ns // 1_000_000) % _WEEK_MS,
            year=at.year,
            month=at.month,
            day=at.day,
            hour=at.hour,
            minute=at.minute,
            second=at.second,
        )
    )


def _sentence(sentence: bytes, shift_ns: int) -> bytes:
    """Shift the time of day and the date; the digits of the second's fraction stay as they were."""
    address, *fields = sentence[1 : sentence.rindex(b"*")].decode("ascii").split(",")
    if address[2:] == "ZDA":
        return _zda(address, fields, shift_ns)
    time, date = _SENTENCES.get(address[2:], (None, None))
    if time is None or time > len(fields) or not fields[time - 1][:6].isdecimal():
        return sentence
    day = fields[date - 1] if date and date <= len(fields) else ""
    moment = datetime.strptime((day or "010100") + fields[time - 1][:6], "%d%m%y%H%M%S").replace(tzinfo=UTC)
    moment += timedelta(microseconds=shift_ns // 1000)
    fields[time - 1] = f"{moment:%H%M%S}{fields[time - 1][6:]}"
    if date and day:
        fields[date - 1] = f"{moment:%d%m%y}"
    return nmea.encode(",".join([address, *fields]))


def _zda(address: str, fields: list[str], shift_ns: int) -> bytes:
    """Shift ZDA, whose day, month and year are fields of their own; one without a date stays as it is."""
    time, date = fields[0], fields[1:4]
    if time[:6].isdecimal() and all(each.isdecimal() for each in date):
        moment = datetime.strptime(" ".join([*date, time[:6]]), "%d %m %Y %H%M%S").replace(tzinfo=UTC)
        moment += timedelta(microseconds=shift_ns // 1000)
        fields[:4] = [f"{moment:%H%M%S}{time[6:]}", *f"{moment:%d %m %Y}".split()]
    return nmea.encode(",".join([address, *fields]))


def _signal(shift_ns: int) -> Restamp:
    frames = framing.FrameReader()

    def restamp(data: bytes) -> bytes:
        found = [messages.parse(body) for body in frames.feed(data)]
        later = [message._replace(time_ns=message.time_ns + shift_ns) for message in found]
        return b"".join(framing.encode_frame(messages.encode(message)) for message in later)

    return restamp


def _radio(shift_ns: int) -> Restamp:
    def restamp(data: bytes) -> bytes:
        try:
            if protocol.message_type(data) is protocol.MessageType.RECEIVED:
                frame = protocol.parse_received(data)
                payload = _bsm(frame.payload, shift_ns)
                return protocol.encode_received(frame._replace(time_ns=frame.time_ns + shift_ns, payload=payload))
            status = protocol.parse_status(data)
            return protocol.encode_status(status._replace(time_ns=status.time_ns + shift_ns))
        except protocol.AgentError:
            return data

    return restamp


def _bsm(frame: bytes, shift_ns: int) -> bytes:
    """Shift the time within the minute that a vehicle states; other messages stay as they are."""
    try:
        dsm = dsmp.parse(frame)
        message = v2x.decode(dsm.payload)
        if not isinstance(message, BasicSafetyMessage) or message.sec_mark_ms is None:
            return frame
        later = (message.sec_mark_ms + shift_ns // 1_000_000) % _MINUTE_MS
        return dsmp.frame(dsm.aid, v2x.encode(msgspec.structs.replace(message, sec_mark_ms=later)))
    except v2x.CodecError:
        return frame
