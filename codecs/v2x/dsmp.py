"""Network layer of C-V2X: adaptation layer and DSMP header (YD/T 3707, GB/T 31024.3).

octets
    1       adaptation layer protocol type, 4 = DSMP
    1       bits 7..5 version 0, bit 4 extensions follow, bits 3..0 reserved
    0 or n  extensions: number of elements (1), then each: id (1), length (1), content
    1 or 2  AID, p-encoded: 0..127 in one octet, 128..16511 in two as AID + 0x7F80
    2       payload length, big endian
    n       payload
"""

from __future__ import annotations

from typing import NamedTuple

from v2x.errors import DecodeError, EncodeError

MAX_LENGTH = 1400  # octets, header included: default of the conformance tests; senders refuse more, receivers drop it
MAX_AID = 0x3FFF + 0x80

_DSMP = 4
_EXTENDED = 0x10
_TWO_OCTETS = 0x7F80  # added by p-encoding to an AID above 127


class Dsm(NamedTuple):
    """A short message: application id and payload."""

    aid: int
    payload: bytes


def frame(aid: int, payload: bytes, limit: int = MAX_LENGTH) -> bytes:
    """Return the octets for the radio; EncodeError for an AID out of range or more than `limit` octets in all."""
    if not 0 <= aid <= MAX_AID:
        raise EncodeError(f"expected 0..{MAX_AID}, got {aid}", "aid")
    code = bytes([aid]) if aid < 0x80 else (aid + _TWO_OCTETS).to_bytes(2)
    length = 2 + len(code) + 2 + len(payload)
    if length > limit:
        raise EncodeError(f"{length} octets, the limit is {limit}", "payload")
    return bytes([_DSMP, 0]) + code + len(payload).to_bytes(2) + payload


def parse(data: bytes, limit: int = MAX_LENGTH) -> Dsm:
    """Return AID and payload, extensions skipped; DecodeError for anything that is not one whole DSM."""
    if len(data) > limit:
        raise DecodeError(f"{len(data)} octets, the limit is {limit}")
    try:
        aid, start = _aid(data, _header(data))
        length = data[start] << 8 | data[start + 1]
    except IndexError:
        raise DecodeError("header cut off") from None
    payload = data[start + 2 :]
    if len(payload) != length:
        raise DecodeError(f"{len(payload)} octets of payload, the header says {length}")
    return Dsm(aid, payload)


def pppp(priority: int) -> int:
    """Return the ProSe per-packet priority (1 highest .. 8) of a DSM priority (255 highest .. 0)."""
    return 8 - priority // 32


def _header(data: bytes) -> int:
    """Check protocol and version; return the index behind the extensions."""
    if data[0] != _DSMP:
        raise DecodeError(f"adaptation layer protocol type {data[0]}, expected {_DSMP} (DSMP)")
    if data[1] >> 5:
        raise DecodeError(f"DSMP version {data[1] >> 5}, expected 0")
    if not data[1] & _EXTENDED:
        return 2
    index = 3
    for _ in range(data[2]):
        index += 2 + data[index + 1]
    return index


def _aid(data: bytes, index: int) -> tuple[int, int]:
    """Return the AID at `index`, and the index behind it."""
    first = data[index]
    if first < 0x80:
        return first, index + 1
    if first >= 0xC0:
        raise DecodeError(f"AID begins with the reserved octet {first:02x}")
    return (first << 8 | data[index + 1]) - _TWO_OCTETS, index + 2
