"""Framing of GA/T 1743-2020: SLIP (RFC 1055) with a delimiter at both ends, and a CRC-16 at the end of the body.

C0 | body, CRC u16 little endian; C0 -> DB DC, DB -> DB DD | C0

Radars that frame their messages so have another CRC (`hw/radar/c0_frames.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hw.intake import refuse

Crc = Callable[[bytes], int]  # of the octets of a body, 16 bits

END = b"\xc0"
MAX_FRAME = 8192  # octets on the wire
MOST = 256  # stretches between delimiters in bytes that came at once; more are no controller's
_ESCAPE, _ESCAPED_ESCAPE, _ESCAPED_END = b"\xdb", b"\xdb\xdd", b"\xdb\xdc"
_POLYNOMIAL = 0x8005  # CRC-16, init 0xFFFF, most significant bit first, no final exclusive or


def _table_entry(octet: int) -> int:
    crc = octet << 8
    for _ in range(8):
        crc = (crc << 1 ^ (_POLYNOMIAL if crc & 0x8000 else 0)) & 0xFFFF
    return crc


_TABLE = tuple(_table_entry(octet) for octet in range(256))


def crc16(data: bytes) -> int:
    """Return the CRC of a body before escaping."""
    crc = 0xFFFF
    for octet in data:
        crc = (crc << 8 & 0xFF00) ^ _TABLE[crc >> 8 ^ octet]
    return crc


def encode_frame(body: bytes, crc: Crc = crc16) -> bytes:
    """Return the frame around a body."""
    checked = body + crc(body).to_bytes(2, "little")
    return END + checked.replace(_ESCAPE, _ESCAPED_ESCAPE).replace(END, _ESCAPED_END) + END


class FrameReader:
    """Bytes in any chunking, datagrams too, to the bodies of good frames.

    Every stretch between two delimiters is tried, so that a torn frame takes no good one with it. Counters: `checksum`
    (damaged or torn), `length`.
    """

    def __init__(self, counters: Counter[str] | None = None, crc: Crc = crc16) -> None:
        self._counters = Counter() if counters is None else counters
        self._crc = crc
        self._rest = b""

    def reset(self) -> None:
        """Forget the half-read frame."""
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes and return the bodies that are complete."""
        *stretches, rest = (self._rest + data).split(END)
        if len(rest) > MAX_FRAME:
            refuse(self._counters, "length", rest)
            rest = b""
        self._rest = rest
        if excess := stretches[MOST:]:
            refuse(self._counters, "length", excess[0], len(excess))
        bodies = (self._body(stretch) for stretch in stretches[:MOST] if stretch)
        return [body for body in bodies if body is not None]

    def _body(self, stretch: bytes) -> bytes | None:
        checked = stretch.replace(_ESCAPED_END, END).replace(_ESCAPED_ESCAPE, _ESCAPE)
        body, crc = checked[:-2], checked[-2:]
        if len(checked) > 2 and crc == self._crc(body).to_bytes(2, "little"):
            return body
        refuse(self._counters, "checksum", stretch)
        return None
