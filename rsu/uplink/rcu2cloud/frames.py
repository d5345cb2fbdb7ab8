"""RCU2CLOUD frames: header, OBJS, EVENT, STATUS; all numbers big endian, no padding.

Source: the protocol between roadside computing units and cloud control platforms (part 3 of the test areas' series) as
implementations in the field write it; its printed text is not at hand. A unit whose invalid value is not known has the
one that is met in the field (0 for east and north, elevation, acceleration; confidences 0: not available).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from perception.geo import to_wgs84
from perception.objects import RoadUser
from perception.results import RoadEvent
from rsu.bus.told import DeviceStates, Participants, ToldDevice, ToldUser
from rsu.site.box import Box

START, HEADER = 0xF2, struct.Struct(">B3sBBHI")
OBJS, EVENT, EVENT_REPLY, STATUS, STATUS_REPLY, BEAT, BEAT_REPLY = 121, 123, 124, 129, 130, 141, 142
_VERSION = {OBJS: 0x0C, EVENT: 0x04, STATUS: 0x03, BEAT: 0x01}
_OBJS_HEAD = struct.Struct(">B8sB11sQQQBH")
_OBJ = struct.Struct(">16sHBBHHHIIIIBIBHBHBHBIBHBI")
_OBJ_TAIL = struct.Struct(">HHHBBBBBQB")  # history, prediction, lane, filter; plate, its type, colours; time, devices
_EVENT = struct.Struct(">B8sBBIIBQ16sHB")
_DEVICE = struct.Struct(">B11sB")
_CHANNEL, _FUSED, _WGS84, _TRACKED = 16, 1, 2, 1  # channel of a supplier without a number: reserved
_SIZE_UNKNOWN, _SPEED_UNKNOWN, _HEADING_UNKNOWN, _NONE = 10_000, 0xFFFF, 0xFFFF_FFFF, 0xFF
_TYPE = {
    RoadUser.UNKNOWN: 255,
    RoadUser.CAR: 2,
    RoadUser.TRUCK: 7,
    RoadUser.BUS: 5,
    RoadUser.MOTORCYCLE: 3,
    RoadUser.BICYCLE: 1,
    RoadUser.PEDESTRIAN: 0,
}
_DEVICE_TYPES = (2, 3, 4)  # of T/ITS 0180.1: cameras, radars, lidars, in the order of STATUS
MOST = 0xFFFF  # objects in a frame


def frame(kind: int, stamp_ns: int, body: bytes = b"") -> bytes:
    """Return a frame: its time is in minutes since 1970 and milliseconds, UTC."""
    minutes, ms = divmod(stamp_ns // 1_000_000, 60_000)
    return HEADER.pack(START, len(body).to_bytes(3, "big"), kind, _VERSION[kind], ms, minutes) + body


def rcu(box: Box) -> bytes:
    """Return rcuId, 8 characters that the platform gives: the box's serial number, of a longer one its end."""
    return box.identity.rscu_sn.encode("ascii", "replace")[-8:].ljust(8, b"\0")


def objs(box: Box, stamp_ns: int, told: Participants) -> bytes:
    """Return OBJS: the road users."""
    ms, users = stamp_ns // 1_000_000, told.users[:MOST]
    head = _OBJS_HEAD.pack(_CHANNEL, rcu(box), _FUSED, bytes(11), ms, ms, ms, _WGS84, len(users))
    return frame(OBJS, stamp_ns, head + b"".join(_obj(box, user) for user in users))


def object_id(box: Box, number: int) -> bytes:
    """Return uuid of a road user, 16 characters: the box and the number of its track."""
    name = rcu(box).rstrip(b"\0")
    return name + str(number).zfill(16 - len(name)).encode()


def _obj(box: Box, user: ToldUser) -> bytes:
    size = [_cm(user.length_m), _cm(user.width_m), _cm(user.height_m)]
    speed = min(round(user.speed_mps * 100), _SPEED_UNKNOWN - 1)
    unknown = (_SPEED_UNKNOWN, 0, _SPEED_UNKNOWN, 0)  # speed to east and north
    heading = _HEADING_UNKNOWN if user.heading_deg is None else round(user.heading_deg % 360 * 10_000)
    head = _OBJ.pack(
        object_id(box, user.id), user.id, _TYPE[user.kind], _TRACKED, *size,
        *_place(box, user.east_m, user.north_m), 0, 0, 0, 0, 0, speed, 0, *unknown, heading, 0, 0, 0, 0,
    )  # fmt: skip
    lane = 0 if user.place is None else user.place.lane
    return head + _OBJ_TAIL.pack(0, 0, lane, 0, 0, _NONE, _NONE, _NONE, user.stamp_ns // 1_000_000, 0)


def _cm(metres: float | None) -> int:
    return _SIZE_UNKNOWN if metres is None else min(round(metres * 100), _SIZE_UNKNOWN - 1)


def _place(box: Box, east_m: float, north_m: float) -> tuple[int, int]:
    """Return longitude and latitude in 1e-7 deg; the protocol is for places north and east of 0."""
    latitude, longitude = to_wgs84(east_m, north_m, box.identity.reference)
    return max(0, round(float(longitude) * 1e7)), max(0, round(float(latitude) * 1e7))


def event_id(event: RoadEvent) -> str:
    """Return eventId: the begin in ms and the number of the event, the same from its start to its end."""
    return f"{event.start_ns // 1_000_000:013}{event.id:03}"[-16:]


def event(box: Box, each: RoadEvent, number: int) -> bytes:
    """Return EVENT of one event. `number`: eventType at the platform."""
    ids = [object_id(box, track) for track in each.track_ids[:255]]
    body = _EVENT.pack(
        _CHANNEL, rcu(box), number, round(each.confidence * 100), *_place(box, *each.position_m), _WGS84,
        each.stamp_ns // 1_000_000, event_id(each).encode(), 0, len(ids),
    )  # fmt: skip
    return frame(EVENT, each.stamp_ns, body + b"".join(ids))


def status(box: Box, stamp_ns: int, told: DeviceStates) -> bytes:
    """Return STATUS: the box, and its cameras, radars and lidars (0 on, 1 off)."""
    works = all(device.ok for device in told.devices)
    body = struct.pack(">B8sH", _CHANNEL, rcu(box), 0 if works else 1)
    for number in _DEVICE_TYPES:
        body += _devices([device for device in told.devices if device.modality.device_type == number])
    return frame(STATUS, stamp_ns, body)


def _devices(devices: Sequence[ToldDevice]) -> bytes:
    rows = [
        _DEVICE.pack(number, device.name.encode("ascii", "replace")[-11:], 0 if device.ok else 1)
        for number, device in enumerate(devices[:255])
    ]
    return bytes([len(rows)]) + b"".join(rows)
