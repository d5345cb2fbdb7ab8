"""UBX, the binary protocol of u-blox receivers: frames, and the navigation solution NAV-PVT.

B5 62 | class | id | length u16 | payload | CK_A CK_B    little endian; 8-bit Fletcher over class .. payload
"""

from __future__ import annotations

import struct
from itertools import accumulate
from typing import NamedTuple

from hw import utc
from hw.utc import Utc

SYNC = b"\xb5\x62"
NAV_PVT = (0x01, 0x07)
CLASSES = {0x01: "NAV", 0x02: "RXM", 0x05: "ACK", 0x0A: "MON", 0x0D: "TIM", 0x27: "SEC"}
SOLUTIONS = {  # messages with a part of the content of NAV-PVT, by id
    0x01: "POSECEF",
    0x02: "POSLLH",
    0x03: "STATUS",
    0x04: "DOP",
    0x06: "SOL",
    0x11: "VELECEF",
    0x12: "VELNED",
    0x13: "HPPOSECEF",
    0x14: "HPPOSLLH",
    0x20: "TIMEGPS",
    0x21: "TIMEUTC",
    0x22: "CLOCK",
    0x35: "SAT",
    0x61: "EOE",
}
MAX_PAYLOAD = 4096  # octets; the longest in use, RXM-RAWX of 72 signals, has 2320
_HEADER = struct.Struct("<2sBBH")
_NAV_PVT = struct.Struct("<IHBBBBBBIiBBxBiiiiII")  # the beginning that all lengths share
_LENGTHS = (84, 92)  # octets: before protocol 15, and since

# NAV-PVT `valid` and `flags`
DATED = 0b11  # date and time of day
RESOLVED = 0b111  # and no doubt about full seconds: leap seconds are known
FIX_OK = 0b01
DIFFERENTIAL = 0b10
CARRIER_SHIFT = 6  # 0 none, 1 float, 2 fixed


class NavPvt(NamedTuple):
    """NAV-PVT in wire steps; fields of no use for a fixed antenna (speeds, headings) are left out."""

    itow: int  # ms, GPS time of week
    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    valid: int  # bit 0 date, 1 time, 2 fully resolved
    time_accuracy: int  # ns, 1 sigma
    nano: int  # ns, -1e9..1e9, to be added to the second
    fix_type: int  # 0 none, 1 dead reckoning, 2 2D, 3 3D, 4 GNSS and dead reckoning, 5 time only
    flags: int  # bit 0 fix OK, 1 differential, 6-7 carrier solution
    satellites: int
    longitude: int  # 1e-7 deg
    latitude: int  # 1e-7 deg
    height: int  # mm above the ellipsoid
    height_msl: int  # mm above mean sea level
    horizontal_accuracy: int  # mm, 1 sigma
    vertical_accuracy: int  # mm, 1 sigma

    @property
    def dated(self) -> bool:
        """Tell whether date and time of day are known."""
        return self.valid & DATED == DATED

    @property
    def resolved(self) -> bool:
        """Tell whether they are known for sure, leap seconds included."""
        return self.valid & RESOLVED == RESOLVED

    def stamp_ns(self) -> int:
        """Return the time of the solution, ns UTC; ValueError when the fields are no time."""
        return utc.to_ns(Utc(self.year, self.month, self.day, self.hour, self.minute, self.second, self.nano))


def checksum(data: bytes) -> bytes:
    """Return the two octets of the 8-bit Fletcher checksum over class .. payload."""
    return bytes([sum(data) & 0xFF, sum(accumulate(data)) & 0xFF])


def measure(data: bytes) -> int | str:
    """Measure the frame that the bytes begin with (see `hw.splitter.Measure`)."""
    if not SYNC.startswith(data[:2]):
        return "noise"
    if len(data) < _HEADER.size:
        return 0
    _, _, _, length = _HEADER.unpack_from(data)
    end = _HEADER.size + length
    if length > MAX_PAYLOAD:
        return "length"
    if len(data) < end + 2:
        return 0
    if data[end] != sum(data[2:end]) & 0xFF:  # the quick half
        return "checksum"
    return end + 2 if data[end : end + 2] == checksum(data[2:end]) else "checksum"


def encode(kind: tuple[int, int], payload: bytes) -> bytes:
    """Return the frame of a message of (class, id)."""
    body = _HEADER.pack(SYNC, *kind, len(payload)) + payload
    return body + checksum(body[2:])


def encode_nav_pvt(solution: NavPvt) -> bytes:
    """Return the frame of a navigation solution."""
    return encode(NAV_PVT, _NAV_PVT.pack(*solution).ljust(_LENGTHS[-1], b"\0"))


def name(frame: bytes) -> str:
    """Return the name of a good frame's message: NAV-POSLLH, or its class with the id in hexadecimal digits."""
    kind, number = frame[2], frame[3]
    known = SOLUTIONS.get(number) if kind == NAV_PVT[0] else None
    return f"{CLASSES.get(kind, f'{kind:02X}')}-{known or f'{number:02X}'}"


def parse_nav_pvt(frame: bytes) -> NavPvt | None:
    """Return the navigation solution in a good frame, None when it is another message."""
    _, *kind, length = _HEADER.unpack_from(frame)
    if tuple(kind) != NAV_PVT or length not in _LENGTHS:
        return None
    return NavPvt(*_NAV_PVT.unpack_from(frame, _HEADER.size))
