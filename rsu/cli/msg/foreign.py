"""Likely formats of octets that are no message of ours: other regions' messages, outer layers, other files.

Each form is told by constants and by lengths that must agree with the number of octets, so that noise rarely has one;
still it is a likeness, and said as such. Sources: SAE J2735 (MessageFrame in UPER: message id of two octets, length
determinant, content), IEEE 1609.3 (WSM), IEEE 1609.2 (security envelope), ETSI EN 302 636-4-1 (GeoNetworking), EN 302
636-5-1 and TS 103 248 (BTP and its ports), TS 102 894-2 (ItsPduHeader), YD/T 3707 (DSM).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hw.detail import Detail
from rsu.cli.msg import words
from v2x import KINDS

_J2735 = {
    18: "MapData", 19: "SPAT", 20: "BasicSafetyMessage", 21: "CommonSafetyRequest", 22: "EmergencyVehicleAlert",
    23: "IntersectionCollision", 24: "NMEAcorrections", 25: "ProbeDataManagement", 26: "ProbeVehicleData",
    27: "RoadSideAlert", 28: "RTCMcorrections", 29: "SignalRequestMessage", 30: "SignalStatusMessage",
    31: "TravelerInformation", 32: "PersonalSafetyMessage", 33: "RoadSafetyMessage",
}  # fmt: skip
_ITS = {
    1: "DENM", 2: "CAM", 3: "POI", 4: "SPATEM", 5: "MAPEM", 6: "IVIM", 9: "SREM", 10: "SSEM", 12: "SAEM",
    13: "RTCMEM", 14: "CPM", 16: "VAM",
}  # fmt: skip
_BTP_PORTS = {
    2001: "CAM", 2002: "DENM", 2003: "MAPEM", 2004: "SPATEM", 2005: "SAEM", 2006: "IVIM", 2007: "SREM", 2008: "SSEM",
    2009: "CPM", 2018: "VAM",
}  # fmt: skip
# octets of the extended header by header type, and by subtype where it counts (EN 302 636-4-1, clause 9.8)
_EXTENDED = {1: 24, 2: 48, 3: 44, 4: 44, 5: 28}
_COMMON, _SECURED = 1, 2  # next header of the basic header
_DSMP, _WSMP = 4, 3
_DATA, _SIGNED = 0x80, 0x81  # content of the security envelope: as it is, signed

# beginning of a file -> its format, and the tool that reads it
_FILES: Mapping[bytes, Detail] = {
    b"\x89MCAP0\r\n": words.RECORDING,
    b"#ROSBAG V2.0": words.ROS_BAG,
    b"SQLite format 3": words.SQLITE,
    b"RIFF": words.AVI,
    b"\x1aE\xdf\xa3": words.MATROSKA,
    b"\x89PNG": words.PNG,
    b"\xff\xd8\xff": words.JPEG,
    b"\x1f\x8b\x08": words.GZIP,
    b"\x28\xb5\x2f\xfd": words.ZSTANDARD,
    b"PK\x03\x04": words.ZIP,
    b"%PDF": words.PDF,
}
_MP4 = b"ftyp"  # behind the length of the first box


def file_kind(first: bytes) -> str | None:
    """Return the kind of file that begins with these octets, and advice; None: it may hold messages."""
    if first[4:8] == _MP4:
        return words.MP4.en
    return next((kind.en for beginning, kind in _FILES.items() if first.startswith(beginning)), None)


def likeness(data: bytes) -> str | None:
    """Return the likely format of octets that no codec of ours accepts; None: unknown."""
    for form in (_dsm, _j2735, _wsm, _geonetworking, _envelope, _its):
        try:
            if (found := form(data)) is not None:
                return found
        except IndexError:
            continue
    return None


def _dsm(data: bytes) -> str | None:
    """A DSM whose length is not that of its payload: cut off, or with octets behind it."""
    aid, start = (data[2], 3) if data[2] < 0x80 else (int.from_bytes(data[2:4]) - 0x7F80, 4)
    if data[0] != _DSMP or data[1] or aid not in KINDS:
        return None
    says, has = int.from_bytes(data[start : start + 2]), len(data) - start - 2
    row = words.MISSING_OCTETS if says > has else words.MORE_OCTETS
    return row.say(aid, KINDS[aid], abs(says - has)) if says != has else None


def _j2735(data: bytes) -> str | None:
    number, (length, start) = int.from_bytes(data[:2]), _length(data, 2)
    if number not in _J2735 or start + length != len(data):
        return None
    return words.J2735.say(_J2735[number], number, length)


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Return a length determinant of one or two octets (X.691, 11.9), and the index behind it."""
    return (data[at], at + 1) if data[at] < 0x80 else ((data[at] & 0x3F) << 8 | data[at + 1], at + 2)


def _wsm(data: bytes) -> str | None:
    """A short message of IEEE 1609.3, version 3; its content where that is known."""
    if data[0] & 0xF7 != _WSMP:
        return None
    at = 1
    if data[0] & 0x08:  # elements: number, then id, length, content
        at, number = 2, data[1]
        for _ in range(number):
            at += 2 + data[at + 1]
    if data[at] != 0:  # TPID: PSID and nothing else
        return None
    octets = next(n for n, most in enumerate((0x80, 0xC0, 0xE0, 0xF0), 1) if data[at + 1] < most)  # p-encoding
    at += 1 + octets
    length, start = _length(data, at)
    psid = data[at - octets : at].hex()
    if start + length != len(data):
        return None
    return words.WSM.say(psid, _inside(data[start:]))


def _envelope(data: bytes) -> str | None:
    """A security envelope of IEEE 1609.2, version 3; of unsecured data its content."""
    if data[0] != 3 or data[1] not in (_DATA, _SIGNED):
        return None
    if data[1] == _SIGNED:
        return words.SIGNED.en
    wide = data[2] & 0x7F if data[2] >= 0x80 else 0  # octets of the length, where it is 128 or more (X.696, 8.6)
    start = 3 + wide
    length = int.from_bytes(data[3:start]) if wide else data[2]
    if start + length != len(data):
        return None
    return words.UNSECURED.say(_inside(data[start:]))


def _geonetworking(data: bytes) -> str | None:
    """A packet of GeoNetworking, version 0 or 1: basic header, then the common header or a security envelope."""
    version, following = data[0] >> 4, data[0] & 15
    if version > 1 or following not in (_COMMON, _SECURED) or data[1] or len(data) < 12:
        return None
    if following == _SECURED:
        return words.SECURED_GEO.en if data[4] in (2, 3) else None
    kind, payload = data[5] >> 4, int.from_bytes(data[8:10])
    start = 12 + _EXTENDED.get(kind, len(data))
    if start + payload != len(data) or data[11]:
        return None
    port = int.from_bytes(data[start : start + 2]) if data[4] >> 4 in (1, 2) and payload >= 4 else 0
    name = f"{port} ({_BTP_PORTS[port]})" if port in _BTP_PORTS else str(port)
    return words.GEO_PORT.say(name) if port else words.GEO.en


def _its(data: bytes) -> str | None:
    """A message with ItsPduHeader: protocol version, message id, station id; no length says more."""
    if data[0] not in (1, 2) or data[1] not in _ITS or len(data) < 8:
        return None
    station = int.from_bytes(data[2:6])
    return words.ITS.say(_ITS[data[1]], data[0], station)


def _inside(data: bytes) -> str:
    forms: tuple[Callable[[bytes], str | None], ...] = (_envelope, _j2735, _its)
    return next((words.INSIDE.say(found) for form in forms if data and (found := form(data)) is not None), "")
