"""Pictures as RTP packets (RFC 3550) and their session description: JPEG (RFC 2435), H.264 (RFC 6184)."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from typing import Protocol

CLOCK_HZ, SSRC = 90_000, 0x52535543
FRAGMENT = 1400  # bytes of a picture in one packet
_SOF0, _DQT, _SOS = 0xC0, 0xDB, 0xDA
_JPEG_TYPE, _H264_TYPE = 26, 96  # RTP payload types
_SLICE_KEY, _SPS, _PPS, _DELIMITER = 5, 7, 8, 9  # NAL unit types, ITU-T H.264, table 7-1
_FU_A = 28
_SESSION = "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=camera\r\nt=0 0\r\na=control:*\r\n"
_START = b"\0\0\1"


class Codec(Protocol):
    """How the pictures of one stream are carried."""

    description: str  # SDP

    def packets(self, picture: bytes, sequence: int, stamp: int) -> list[bytes]:
        """Return the packets of one picture, the last one marked; `stamp` in units of CLOCK_HZ."""


class Jpeg:
    """Every picture for itself: baseline JPEG of three components, standard Huffman tables, no restarts."""

    description = f"{_SESSION}m=video 0 RTP/AVP {_JPEG_TYPE}\r\na=control:track\r\n"

    def packets(self, picture: bytes, sequence: int, stamp: int) -> list[bytes]:
        """Return the packets of a JPEG.

        Each has the main JPEG header (RFC 2435, 3.1): offset u24, type (0: 4:2:2, 1: 4:2:0), Q = 255 (tables are
        sent), width / 8, height / 8; the first one the quantisation tables, too (3.1.8).
        """
        tables, kind, width, height, scan = b"", 0, 0, 0, b""
        at = 2
        while not scan:
            marker, length = picture[at + 1], struct.unpack_from(">H", picture, at + 2)[0]
            body = picture[at + 4 : at + 2 + length]
            if marker == _DQT:
                tables += b"".join(body[begin + 1 : begin + 65] for begin in range(0, len(body), 65))
            elif marker == _SOF0:
                height, width = struct.unpack_from(">HH", body, 1)
                kind = 1 if body[7] == 0x22 else 0
            elif marker == _SOS:
                scan = picture[at + 2 + length : -2]
            at += 2 + length
        out: list[bytes] = []
        for offset in range(0, len(scan), FRAGMENT):
            piece = scan[offset : offset + FRAGMENT]
            head = _head(_JPEG_TYPE, sequence + len(out), stamp, offset + FRAGMENT >= len(scan))
            main = struct.pack(">IBBBB", offset, kind, 255, width // 8, height // 8)
            out.append(head + main + (struct.pack(">HH", 0, len(tables)) + tables if not offset else b"") + piece)
        return out


class H264:
    """Pictures that build on each other between key pictures. `parameters`: the stream's SPS and PPS, Annex B."""

    def __init__(self, parameters: bytes) -> None:
        sets = [unit for unit in nal_units(parameters) if _kind(unit) in (_SPS, _PPS)]
        told = ",".join(base64.b64encode(unit).decode() for unit in sets)
        self.description = (
            f"{_SESSION}m=video 0 RTP/AVP {_H264_TYPE}\r\na=rtpmap:{_H264_TYPE} H264/{CLOCK_HZ}\r\n"
            f"a=fmtp:{_H264_TYPE} packetization-mode=1;sprop-parameter-sets={told}\r\na=control:track\r\n"
        )

    def packets(self, picture: bytes, sequence: int, stamp: int) -> list[bytes]:
        """Return the packets of an access unit, Annex B: single NAL units, and long ones in fragments (FU-A, 5.8)."""
        payloads = [part for unit in nal_units(picture) for part in _fragments(unit)]
        return [
            _head(_H264_TYPE, sequence + number, stamp, number == len(payloads) - 1) + payload
            for number, payload in enumerate(payloads)
        ]


def nal_units(stream: bytes) -> list[bytes]:
    """Return the NAL units of a byte stream (ITU-T H.264, Annex B)."""
    return [part.rstrip(b"\0") for part in stream.split(_START)[1:]]


def access_units(stream: bytes) -> list[bytes]:
    """Return the pictures of a byte stream in which each begins with a delimiter."""
    units: list[bytes] = []
    for unit in nal_units(stream):
        if _kind(unit) == _DELIMITER:
            units.append(b"")
        units[-1] += b"\0" + _START + unit
    return units


def is_key(picture: bytes) -> bool:
    """Return whether a picture, Annex B, can be shown without those before it."""
    return any(_kind(unit) == _SLICE_KEY for unit in nal_units(picture))


def _kind(unit: bytes) -> int:
    return unit[0] & 31


def _fragments(unit: bytes) -> Iterator[bytes]:
    """Yield a NAL unit whole where it is short, else in FU-A payloads."""
    if len(unit) <= FRAGMENT:
        yield unit
        return
    body = unit[1:]
    for offset in range(0, len(body), FRAGMENT):
        ends = (0x80 if offset == 0 else 0) | (0x40 if offset + FRAGMENT >= len(body) else 0)
        yield bytes([unit[0] & 0xE0 | _FU_A, ends | _kind(unit)]) + body[offset : offset + FRAGMENT]


def _head(kind: int, sequence: int, stamp: int, last: bool) -> bytes:
    return struct.pack(">BBHII", 0x80, 0x80 * last | kind, sequence & 0xFFFF, stamp & 0xFFFFFFFF, SSRC)
