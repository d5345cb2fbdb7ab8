"""A box's tracks on the wire between boxes: msgpack, arrays as (dtype, shape, octets), positions about its reference.

The reader trusts no octet of a neighbour: everything is checked before it is used.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from hw.detail import Detail
from perception.corridor.shared import SharedTracks
from perception.geo import Reference, to_site, to_wgs84
from perception.objects import RoadUser, decode_array, encode_array

VERSION = 1
MOST = 1500  # road users
FAR_M = 20_000.0  # farther from its own reference no box sees
FAST_MPS = 100.0
MOST_VARIANCE = 1e6  # of a figure of a state
CLOCKS_NS = 10_000_000_000  # between the times of a message: a track's age, and clocks of boxes that gave identities
_SHAPES: dict[str, tuple[str, tuple[int, ...]]] = {
    "id": ("<i8", ()),
    "stamp_ns": ("<i8", ()),
    "position_m": ("<f8", (2,)),
    "velocity_mps": ("<f8", (2,)),
    "covariance": ("<f8", (4, 4)),
    "size_m": ("<f8", (3,)),
    "kind": ("<i8", ()),
    "global_id": ("<i8", ()),
    "since_ns": ("<i8", ()),
    "travelled_m": ("<f8", ()),
}

FORM = Detail("not of this form: {}", "格式不符：{}")
OTHER_VERSION = Detail("version {}, this box knows {}", "版本为 {}，本设备支持 {}")
IMPLAUSIBLE = Detail("implausible {}", "{} 的值不合理")


class TracksMessage(msgspec.Struct, frozen=True, eq=False):
    """One message."""

    version: int
    sent_ns: int  # UTC of the sender
    latitude_deg: float  # reference of the sender's site frame
    longitude_deg: float
    elevation_m: float
    tracks: SharedTracks


_encoder = msgspec.msgpack.Encoder(enc_hook=encode_array)


def _checked_array(kind: type, value: Any) -> Any:
    """Hook for msgspec: an array of numbers, or ValueError."""
    if not (isinstance(value, list) and len(value) == 3 and value[0] in ("<i8", "<f8")):
        raise ValueError("array")
    return decode_array(kind, value)


_decoder = msgspec.msgpack.Decoder(TracksMessage, dec_hook=_checked_array)


def encode(tracks: SharedTracks, reference: Reference, sent_ns: int) -> bytes:
    """Return the message of tracks in the site frame of a reference."""
    place = reference.latitude_deg, reference.longitude_deg, reference.elevation_m
    return _encoder.encode(TracksMessage(VERSION, sent_ns, *place, tracks))


def decode(octets: bytes) -> TracksMessage:
    """Return a neighbour's message. ValueError: it is none, or says something that cannot be."""
    try:
        message = _decoder.decode(octets)
    except (msgspec.MsgspecError, ValueError, TypeError) as error:
        raise ValueError(FORM.of(error)) from error
    if message.version != VERSION:
        raise ValueError(OTHER_VERSION.of(message.version, VERSION))
    wrong = next((name for name in _SHAPES if not _fits(message.tracks, name)), None) or _implausible(message)
    if wrong is not None:
        raise ValueError(IMPLAUSIBLE.of(wrong))
    return message


def _fits(tracks: SharedTracks, name: str) -> bool:
    """Return whether a column has its type and shape, and nothing but numbers."""
    column, (kind, shape) = getattr(tracks, name), _SHAPES[name]
    fits = column.dtype.str == kind and column.shape == (len(tracks.id), *shape) and len(column) <= MOST
    return fits and bool(np.isfinite(column).all())


def _implausible(message: TracksMessage) -> str | None:
    """Return the figure that cannot be; None: all can."""
    tracks = message.tracks
    spread = tracks.covariance.diagonal(axis1=1, axis2=2)
    place = abs(message.latitude_deg) <= 89.0 and abs(message.longitude_deg) <= 180.0 and abs(message.elevation_m) < 1e4
    first_ns, last_ns = message.sent_ns - CLOCKS_NS, message.sent_ns + CLOCKS_NS
    plausible = {
        "reference": place,
        "stamp_ns": ((tracks.stamp_ns >= first_ns) & (tracks.stamp_ns <= last_ns)).all(),
        "since_ns": (tracks.since_ns <= last_ns).all(),
        "position_m": (np.abs(tracks.position_m) < FAR_M).all(),
        "velocity_mps": (np.abs(tracks.velocity_mps) < FAST_MPS).all(),
        "covariance": ((spread > 0.0) & (spread < MOST_VARIANCE)).all() and _positive(tracks),
        "size_m": ((tracks.size_m > 0.0) & (tracks.size_m < 100.0)).all(),
        "kind": ((tracks.kind >= 0) & (tracks.kind < len(RoadUser))).all(),
        "id": (tracks.id > 0).all() and len(np.unique(tracks.id)) == len(tracks),
        "global_id": (tracks.global_id >= 0).all(),
        "travelled_m": (tracks.travelled_m >= 0.0).all(),
    }
    return next((name for name, fine in plausible.items() if not fine), None)


def _positive(tracks: SharedTracks) -> bool:
    """Return whether all covariances are symmetric and positive."""
    covariance = tracks.covariance
    symmetric = np.allclose(covariance, covariance.transpose(0, 2, 1), rtol=1e-6, atol=1e-9)
    return symmetric and bool((np.linalg.eigvalsh(covariance) > 0.0).all())


def in_frame(message: TracksMessage, reference: Reference) -> SharedTracks:
    """Return the tracks in the site frame of a reference. Over 1 km, north turns by 0.01 deg: that is left out."""
    theirs = Reference(message.latitude_deg, message.longitude_deg, message.elevation_m)
    east, north = message.tracks.position_m.T
    place = to_site(*to_wgs84(east, north, theirs), reference)
    return msgspec.structs.replace(message.tracks, position_m=np.column_stack(place))
