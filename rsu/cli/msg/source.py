"""Where `rsu msg` finds messages, and their outer layers.

A source is hex, `-` or a file. A file's kind is seen by its first octets: a capture (pcap, pcapng: the UDP
payloads); text, one message a line, as hex, as a line of a device log (`hw/bytelog.py`) or as a JSON object; else one
message as it is. A JSON object has the octets as `hex`, or a `type` and a `value` in wire units.

A message may come as it is (UPER), inside a DSM, or inside a datagram of the radio's agent; the outer layers are told
apart by their own checks: magic and lengths.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

from hw import system
from hw.bytelog import from_lines
from hw.detail import Detail
from hw.radio.protocol import (
    AgentError,
    MessageType,
    ReceivedFrame,
    Transmit,
    message_type,
    parse_received,
    parse_transmit,
)
from rsu.cli.common.language import spoken
from rsu.cli.msg import foreign, words
from rsu.cli.msg.pcap import CaptureError, datagrams, is_capture
from rsu.core.errors import NotReachableError
from v2x import DEFAULT_PROFILE, DecodeError, EncodeError, Profile, dsmp
from v2x.schema import encode_value
from v2x.values import Json, from_json

STDIN = "-"
_NO_SOURCE = Detail(
    "{source}: neither hex nor a file that can be read ({reason})", "{source}：既非十六进制，也非可读的文件（{reason}）"
)
_PCAPNG_FIRST_LINE = b"\n"
_UTF_8, _UTF_16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")  # marks with which Windows begins text files


class Found(NamedTuple):
    """Octets from a source: which and where in it, when captured (ns UTC, None: not said), and why there are none."""

    place: str
    time_ns: int | None
    data: bytes
    error: str | None = None


class Layers(NamedTuple):
    """A message without its outer layers, and these layers."""

    agent: ReceivedFrame | Transmit | None
    dsm: dsmp.Dsm | None
    message: bytes


def unwrap(data: bytes) -> Layers | None:
    """Return the message inside; None for a datagram of the agent that carries none (hello, status)."""
    agent: ReceivedFrame | Transmit | None = None
    try:
        kind = message_type(data)
        if kind in (MessageType.HELLO, MessageType.STATUS):
            return None
        agent = parse_received(data) if kind is MessageType.RECEIVED else parse_transmit(data)
        data = agent.payload
    except AgentError:
        pass  # not of the agent
    try:
        dsm = dsmp.parse(data)
    except DecodeError:
        return Layers(agent, None, data)
    return Layers(agent, dsm, dsm.payload)


def found(source: str, profile: Profile | None) -> Iterator[Found]:
    """Yield the messages of a source, stdin if it is `-`. NotReachableError: the file cannot be read."""
    if source == STDIN and sys.stdin.isatty():
        print(words.FROM_TERMINAL.told(spoken()), file=sys.stderr)
    yield from read(source, sys.stdin.buffer, profile or DEFAULT_PROFILE)


def read(source: str, stdin: BinaryIO, profile: Profile = DEFAULT_PROFILE) -> Iterator[Found]:
    """Yield the messages of a source; `profile` is that of JSON values. NotReachableError: the file cannot be read."""
    if source == STDIN:
        yield from _named("stdin", _stream(stdin, profile))
    elif is_hex(source):
        yield Found("argument", None, bytes.fromhex(source))
    else:
        try:
            with Path(source).open("rb") as stream:
                yield from _named(source, _stream(stream, profile))
        except (OSError, ValueError) as error:  # ValueError: no path at all
            raise NotReachableError(_NO_SOURCE.of(source=source[:80], reason=system.said(error))) from error


def _named(name: str, messages: Iterator[Found]) -> Iterator[Found]:
    """Say in the place of each message which source it is in."""
    for one in messages:
        yield one._replace(place=f"{name}: {one.place}" if one.place else name)


def is_hex(text: str) -> bool:
    """Return whether a text is hex, of one octet at least."""
    try:
        return bool(bytes.fromhex(text))
    except ValueError:
        return False


def _stream(stream: BinaryIO, profile: Profile) -> Iterator[Found]:
    first = stream.readline().removeprefix(_UTF_8)
    if first == _PCAPNG_FIRST_LINE:
        first += stream.readline()
    if first.startswith(_UTF_16):
        yield Found("", None, b"", words.UTF_16.en)
    elif (kind := foreign.file_kind(first)) is not None:
        yield Found("", None, b"", kind)
    elif is_capture(first):
        yield from _capture(first + stream.read())
    elif first.isascii() and _is_text(first):
        yield from _text(chain(io.BytesIO(first), stream), profile)
    elif data := first + stream.read():
        yield Found("", None, data)


def _is_text(line: bytes) -> bool:
    return line.decode("ascii").strip().isprintable()


def _capture(data: bytes) -> Iterator[Found]:
    packets = enumerate(datagrams(data), 1)
    try:
        for number, found in packets:
            yield Found(f"datagram {number}", found.time_ns, found.payload)
    except CaptureError as error:
        yield Found("", None, b"", words.CAPTURE.say(error))


def _text(lines: Iterator[bytes], profile: Profile) -> Iterator[Found]:
    for number, line in enumerate(lines, 1):
        place = f"line {number}"
        text = line.decode("utf-8", errors="replace").strip()
        if not text or text.startswith("#"):
            continue
        try:
            if text.startswith("{"):
                yield Found(place, *_json(text, profile))
            elif " " in text and not is_hex(text):
                (entry,) = from_lines([text])
                yield Found(place, entry.receipt_ns, entry.data)
            else:
                yield Found(place, None, bytes.fromhex(text))
        except (ValueError, RecursionError, EncodeError) as error:
            reason = str(error) if text.startswith("{") else words.NO_LINE.en
            yield Found(place, None, b"", reason)


def _json(text: str, profile: Profile) -> tuple[int | None, bytes]:
    """Return time and octets of a JSON object."""
    match json.loads(text):
        case {"hex": str(octets), **more}:
            time_ns = more.get("time_ns")
            return (time_ns if isinstance(time_ns, int) else None), bytes.fromhex(octets)
        case {"type": str(), "value": _} as message:
            return None, encode_value(from_json(pair(message), profile), profile)
    raise ValueError('expected {"hex": ...} or {"type": ..., "value": ...}')


def pair(message: Json) -> Json:
    """Return [name, value] of {"type": name, "value": value}; the value may be that pair already.

    A message in the frame's extension (phase II) may be called by its own name: "SensorSharingMsg" for "msgFrameExt".
    """
    match message:
        case {"type": str(name), "value": [str(inner), value]} if name == inner:
            return [name, value]
        case {"type": str(name), "value": [_, {"value": [str(inner), _]} as value]} if name == inner:
            return ["msgFrameExt", value]
        case {"type": str(name), "value": {"value": [str(inner), _]} as value} if name == inner:
            return ["msgFrameExt", value]
        case {"type": str(name), "value": dict(value)}:
            return [name, value]
    raise EncodeError('expected {"type": name, "value": {...}}')
