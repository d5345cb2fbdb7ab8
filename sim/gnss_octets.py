"""The sentences and the frame of a u-blox receiver, transcribed from NMEA 0183 and UBX apart from the driver."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_GPS_EPOCH = datetime(1980, 1, 6, tzinfo=UTC)
_LEAP = timedelta(seconds=18)  # GPS time is ahead of UTC by so much
_WEEK_MS = 7 * 86_400_000
_NAV_PVT = 92  # octets of payload, since protocol 15


class Solution(NamedTuple):
    """A receiver's solution of one epoch."""

    stamp_ns: int  # UTC
    fixed: bool  # the receiver trusts it
    latitude_deg: float
    longitude_deg: float
    height_m: float  # above the ellipsoid
    separation_m: float  # of geoid and ellipsoid
    horizontal_m: float  # 1 sigma, as are those below
    vertical_m: float
    time_ns: int
    satellites: int
    hdop: float

    @property
    def moment(self) -> datetime:
        """Return the second in which it was."""
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=self.stamp_ns // 1_000_000_000)

    @property
    def time_of_day(self) -> str:
        """Return `hhmmss.ss`."""
        return f"{self.moment:%H%M%S}.{self.stamp_ns // 10_000_000 % 100:02d}"

    @property
    def place(self) -> str:
        """Return latitude and longitude as the fields of a sentence, of the steps of 1e-7 deg in NAV-PVT."""
        return f"{angle(round(self.latitude_deg, 7), 'NS', 2)},{angle(round(self.longitude_deg, 7), 'EW', 3)}"


def rmc(solution: Solution) -> bytes:
    """Return the sentence RMC; the antenna stands still."""
    status, mode = ("A", "A") if solution.fixed else ("V", "N")
    return _sentence(f"GNRMC,{solution.time_of_day},{status},{solution.place},0.000,,{solution.moment:%d%m%y},,,{mode}")


def gga(solution: Solution) -> bytes:
    """Return the sentence GGA."""
    above_sea_m = round(solution.height_m - solution.separation_m, 3)
    quality = f"{solution.fixed:d},{solution.satellites:02d},{solution.hdop:.2f}"
    heights = f"{above_sea_m:.1f},M,{solution.separation_m:.1f},M"
    return _sentence(f"GNGGA,{solution.time_of_day},{solution.place},{quality},{heights},,")


def nav_pvt(solution: Solution) -> bytes:
    """Return the frame NAV-PVT: fields by their places, those of no use for a fixed antenna 0."""
    moment = solution.moment
    payload = bytearray(_NAV_PVT)

    def put(at: int, octets: int, value: int) -> None:
        payload[at : at + octets] = value.to_bytes(octets, "little", signed=value < 0)

    since = moment + timedelta(milliseconds=solution.stamp_ns // 1_000_000 % 1000) - _GPS_EPOCH + _LEAP
    put(0, 4, since // timedelta(milliseconds=1) % _WEEK_MS)
    put(4, 2, moment.year)
    payload[6:11] = moment.month, moment.day, moment.hour, moment.minute, moment.second
    payload[11] = 0b111  # date and time are known, leap seconds too
    put(12, 4, solution.time_ns)
    put(16, 4, solution.stamp_ns % 1_000_000_000)
    payload[20], payload[21] = (3, 1) if solution.fixed else (0, 0)
    payload[23] = solution.satellites
    put(24, 4, round(solution.longitude_deg * 1e7))
    put(28, 4, round(solution.latitude_deg * 1e7))
    put(32, 4, round(solution.height_m * 1e3))
    put(36, 4, round((solution.height_m - solution.separation_m) * 1e3))
    put(40, 4, round(solution.horizontal_m * 1e3))
    put(44, 4, round(solution.vertical_m * 1e3))
    return _frame(0x01, 0x07, bytes(payload))


def angle(angle_deg: float, sides: str, digits: int) -> str:
    """Return `dddmm.mmmmm,side`."""
    steps = round(abs(angle_deg) * 60e5)  # of 1e-5 minutes
    degrees, rest = divmod(steps, 60 * 100_000)
    return f"{degrees:0{digits}d}{rest // 100_000:02d}.{rest % 100_000:05d},{sides[angle_deg < 0]}"


def _sentence(text: str) -> bytes:
    """Return a sentence with its checksum: the exclusive or of the octets between $ and *."""
    check = 0
    for octet in text.encode():
        check ^= octet
    return f"${text}*{check:02X}\r\n".encode()


def _frame(kind: int, number: int, payload: bytes) -> bytes:
    """Return a UBX frame with its two sums (RFC 1145) over all from the class on."""
    body = bytes([kind, number]) + len(payload).to_bytes(2, "little") + payload
    first = second = 0
    for octet in body:
        first = (first + octet) % 256
        second = (second + first) % 256
    return b"\xb5\x62" + body + bytes([first, second])
