"""From when to when a certificate is valid: its PEM file read as far as that (RFC 5280 4.1, DER)."""

from __future__ import annotations

import re
import ssl
from calendar import timegm
from pathlib import Path
from typing import NamedTuple

_BLOCK = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_SEQUENCE, _VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18


class Validity(NamedTuple):
    """Seconds since 1970, UTC."""

    begin_s: float
    end_s: float


def of_file(path: Path) -> list[Validity]:
    """Return the validity of every certificate in a PEM file. OSError; ValueError: it holds something else."""
    text = path.read_text("ascii", "replace")
    return [of_der(ssl.PEM_cert_to_DER_cert(block)) for block in _BLOCK.findall(text)]


def of_peer(connection: object) -> str | None:
    """Return the end of the other side's certificate as OpenSSL prints it; None: no TLS, or it has shown none."""
    if not isinstance(connection, ssl.SSLSocket | ssl.SSLObject):
        return None
    return str((connection.getpeercert() or {}).get("notAfter", "")) or None


def of_der(data: bytes) -> Validity:
    """Return the validity of one certificate. ValueError: this is none."""
    try:
        body = _value(_value(data, 0, _SEQUENCE), 0, _SEQUENCE)
        at = _end(body, 0) if body[0] == _VERSION else 0
        for _ in ("serialNumber", "signature", "issuer"):
            at = _end(body, at)
        times = _value(body, at, _SEQUENCE)
        return Validity(_time_s(times, 0), _time_s(times, _end(times, 0)))
    except IndexError:
        raise ValueError("a certificate that ends too early") from None


def _lengths(data: bytes, at: int) -> tuple[int, int]:
    """Return where the content of an element begins and ends."""
    short = data[at + 1]
    if short < 0x80:
        return at + 2, at + 2 + short
    count = short & 0x7F
    begin = at + 2 + count
    return begin, begin + int.from_bytes(data[at + 2 : begin], "big")


def _end(data: bytes, at: int) -> int:
    return _lengths(data, at)[1]


def _value(data: bytes, at: int, tag: int) -> bytes:
    if data[at] != tag:
        raise ValueError(f"no certificate: element {data[at]:#x} where {tag:#x} belongs")
    begin, end = _lengths(data, at)
    if end > len(data):
        raise IndexError
    return data[begin:end]


def _time_s(data: bytes, at: int) -> float:
    tag = data[at]
    if tag not in (_UTC_TIME, _GENERALIZED_TIME):
        raise ValueError(f"no certificate: element {tag:#x} where a time belongs")
    text = _value(data, at, tag).decode("ascii")
    match = re.fullmatch("([0-9]{2,4}?)([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z", text)
    if match is None:
        raise ValueError(f"no certificate: the time {text!r}")
    year, month, day, hour, minute, second = map(int, match.groups())
    if tag == _UTC_TIME:
        year += 1900 if year >= 50 else 2000
    return float(timegm((year, month, day, hour, minute, second)))
