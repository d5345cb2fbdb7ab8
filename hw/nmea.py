"""NMEA 0183 sentences of a GNSS receiver: GGA, GNS, RMC, ZDA, GST of any talker.

$ttSSS,field,...*HH\\r\\n    HH: exclusive or of everything between $ and *, two hexadecimal digits; some say \\r\\r\\n
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import reduce
from operator import xor
from typing import NamedTuple

from hw import utc

START = ord("$")
MAX_LENGTH = 1024  # octets; the standard says 82, receivers go beyond it
_TEXT = re.compile(rb"\$[\x20-\x23\x25-\x7e]*")  # printable, and no second $
_KNOTS_PER_MPS = 3600 / 1852


class Gga(NamedTuple):
    """Position fix. None where a field is empty."""

    of_day_ns: int | None  # ns since midnight UTC
    latitude_deg: float | None  # deg
    longitude_deg: float | None  # deg
    quality: int  # 0 none, 1 GNSS, 2 differential, 4 RTK fixed, 5 RTK float, 6 dead reckoning
    satellites: int | None
    hdop: float | None
    altitude_m: float | None  # m above mean sea level
    separation_m: float | None  # m, geoid above the ellipsoid


class Rmc(NamedTuple):
    """Recommended minimum: position, date and whether the receiver stands by them."""

    of_day_ns: int | None  # ns since midnight UTC
    active: bool
    latitude_deg: float | None  # deg
    longitude_deg: float | None  # deg
    speed_mps: float | None  # m/s
    midnight_ns: int | None  # ns from 1970 to the beginning of the day
    mode: str  # A, D, F, R, P satellite; E dead reckoning; M, S not real; N none; "" before NMEA 2.3


class Gst(NamedTuple):
    """Pseudorange noise statistics, 1 sigma."""

    of_day_ns: int | None  # ns since midnight UTC
    latitude_sd_m: float | None  # m
    longitude_sd_m: float | None  # m


class Zda(NamedTuple):
    """Time and date."""

    of_day_ns: int | None  # ns since midnight UTC
    midnight_ns: int | None  # ns from 1970 to the beginning of the day


class Gns(NamedTuple):
    """Position fix of several systems; all that a GGA says."""

    of_day_ns: int | None  # ns since midnight UTC
    fix: Gga


Sentence = Gga | Gns | Rmc | Zda | Gst


def checksum(text: bytes) -> int:
    """Return the exclusive or of the octets between $ and *."""
    return reduce(xor, text, 0)


def measure(data: bytes) -> int | str:
    """Measure the sentence that the bytes begin with (see `hw.splitter.Measure`)."""
    text = _TEXT.match(data)
    end = text.end() if text else 0
    if end > MAX_LENGTH:
        return "length"
    rest = data[end : end + 3]
    if rest in (b"", b"\r", b"\r\r"):
        return 0
    if not rest.startswith((b"\r\n", b"\n", b"\r\r\n")):
        return "torn"
    if data[end - 3 : end].upper() != b"*%02X" % checksum(data[1 : end - 3]):
        return "checksum"
    return end + rest.index(b"\n") + 1


def encode(text: str) -> bytes:
    """Return the sentence of a text such as `GNGGA,...`."""
    return b"$%s*%02X\r\n" % (text.encode("ascii"), checksum(text.encode("ascii")))


def parse(sentence: bytes) -> Sentence | None:
    """Return the content of a good sentence, None when it is of another kind; ValueError when a field is nonsense."""
    address, *fields = sentence[1 : sentence.rindex(b"*")].decode("ascii").split(",")
    parser = _PARSERS.get(address[2:])
    if parser is None or len(address) != 5:
        return None
    return parser(fields + [""] * (14 - len(fields)))


def _of_day(text: str) -> int | None:
    """Return ns since midnight of `hhmmss.ss`."""
    if not text:
        return None
    whole, _, fraction = text.partition(".")
    if len(whole) != 6 or not (whole + fraction).isdecimal():
        raise ValueError(f"no such time of day: {text}")
    return utc.of_day_ns(int(whole[:2]), int(whole[2:4]), int(whole[4:])) + int(fraction.ljust(9, "0")[:9])


def _midnight(text: str) -> int | None:
    """Return ns from 1970 to the day `ddmmyy` of this century."""
    if not text:
        return None
    if len(text) != 6:
        raise ValueError(f"no such date: {text}")
    return utc.midnight_ns(2000 + int(text[4:]), int(text[2:4]), int(text[:2]))


def _angle(text: str, side: str, limit: int) -> float | None:
    """Return degrees, north and east positive, of `dddmm.mmmm` and its side."""
    if not text:
        return None
    split = text.find(".") - 2 if "." in text else len(text) - 2
    degrees, minutes = int(text[:split]), float(text[split:])
    angle = degrees + minutes / 60
    if not (0 <= angle <= limit and minutes < 60 and side in "NSEW" and len(side) == 1):
        raise ValueError(f"no such angle: {text},{side}")
    return -angle if side in "SW" else angle


def _number(text: str) -> float | None:
    if not text:
        return None
    if not math.isfinite(number := float(text)):
        raise ValueError(f"no number: {text}")
    return number


def _parse_gga(fields: list[str]) -> Gga:
    time, latitude, north, longitude, east, quality, satellites, hdop, altitude, _, separation, *_ = fields
    return Gga(
        of_day_ns=_of_day(time),
        latitude_deg=_angle(latitude, north, 90),
        longitude_deg=_angle(longitude, east, 180),
        quality=int(quality or 0),
        satellites=int(satellites) if satellites else None,
        hdop=_number(hdop),
        altitude_m=_number(altitude),
        separation_m=_number(separation),
    )


def _parse_rmc(fields: list[str]) -> Rmc:
    time, status, latitude, north, longitude, east, knots, _, date, _, _, mode, *_ = fields
    speed = _number(knots)
    return Rmc(
        of_day_ns=_of_day(time),
        active=status == "A",
        latitude_deg=_angle(latitude, north, 90),
        longitude_deg=_angle(longitude, east, 180),
        speed_mps=None if speed is None else speed / _KNOTS_PER_MPS,
        midnight_ns=_midnight(date),
        mode=mode,
    )


def _parse_gst(fields: list[str]) -> Gst:
    time, _, _, _, _, latitude_sd, longitude_sd, *_ = fields
    return Gst(_of_day(time), _number(latitude_sd), _number(longitude_sd))


def _parse_gns(fields: list[str]) -> Gns:
    time, *place, modes, satellites, hdop, altitude, separation = fields[:10]
    quality = max((_QUALITY.get(mode, "0") for mode in modes), key=_BEST.index, default="0")
    gga = _parse_gga([time, *place, quality, satellites, hdop, altitude, "M", separation, "M", "", ""])
    return Gns(gga.of_day_ns, gga)


def _parse_zda(fields: list[str]) -> Zda:
    time, day, month, year, *_ = fields
    known = day and month and year
    return Zda(_of_day(time), utc.midnight_ns(int(year), int(month), int(day)) if known else None)


_QUALITY = {"A": "1", "P": "1", "D": "2", "R": "4", "F": "5", "E": "6"}  # GNS modes as GGA's quality
_BEST = ["0", "6", "1", "2", "5", "4"]
_PARSERS: dict[str, Callable[[list[str]], Sentence]] = {
    "GGA": _parse_gga,
    "GNS": _parse_gns,
    "RMC": _parse_rmc,
    "ZDA": _parse_zda,
    "GST": _parse_gst,
}
