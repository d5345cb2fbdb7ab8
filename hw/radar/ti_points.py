"""Lists of points of TI mmWave radars that are not written in metres: in integers of stated units, or in angles.

TLV 301, of an xWRL6432
    0   f32  unit of x, y, z, m            16  u16  points of major motion
    4   f32  unit of doppler, m/s          18  u16  points of minor motion
    8   f32  unit of SNR, dB               20  points: i16 x, y, z, doppler; u8 SNR, noise
    12  f32  unit of noise, dB
TLV 1020, compressed: f32 units of elevation and azimuth, rad, doppler, m/s, range, m, SNR; then points: i8 elevation,
    azimuth; i16 doppler; u16 range, SNR
TLV 1000, spherical: points of f32 range m, azimuth rad, elevation rad, doppler m/s

Little endian; azimuth right +, elevation up +. Sources: MMWAVE-L-SDK 5; parsers of the Radar Toolbox.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hw.radar.ti_types import COMPRESSED_POINTS, LOW_POWER_POINTS

HEAD = struct.Struct("<4f2H")
POINT = np.dtype([("position", "<i2", 3), ("doppler", "<i2"), ("snr", "u1"), ("noise", "u1")])
COMPRESSED_HEAD = struct.Struct("<5f")
COMPRESSED = np.dtype([("elevation", "i1"), ("azimuth", "i1"), ("doppler", "<i2"), ("range", "<u2"), ("snr", "<u2")])
SPHERICAL = np.dtype([("range", "<f4"), ("azimuth", "<f4"), ("elevation", "<f4"), ("doppler", "<f4")])
CLOUD = np.dtype([("position", "<f4", 3), ("doppler", "<f4")])  # m, m/s
BESIDE = np.dtype([("snr", "<i2"), ("noise", "<i2")])  # 0.1 dB

Table = NDArray[Any]


def unpacked(kind: int, payload: bytes) -> tuple[Table, Table | None] | None:
    """Return the points (`CLOUD`) and their side info (`BESIDE`) or None; None when numbers or units are wrong."""
    if kind == LOW_POWER_POINTS:
        return _low_power(payload)
    if kind == COMPRESSED_POINTS:
        return _compressed(payload)
    return None if len(payload) % SPHERICAL.itemsize else (_cloud(np.frombuffer(payload, SPHERICAL)), None)


def _low_power(payload: bytes) -> tuple[Table, Table] | None:
    if len(payload) < HEAD.size:
        return None
    length, speed, snr, noise, major, minor = HEAD.unpack_from(payload)
    count = major + minor
    if len(payload) != HEAD.size + count * POINT.itemsize or not all(0 < unit < 10 for unit in (length, speed)):
        return None
    rows = np.frombuffer(payload, POINT, count, HEAD.size)
    cloud, beside = np.zeros(count, CLOUD), np.zeros(count, BESIDE)
    cloud["position"], cloud["doppler"] = rows["position"] * length, rows["doppler"] * speed
    decibels = np.stack([rows["snr"] * snr, rows["noise"] * noise]) * 10
    beside["snr"], beside["noise"] = np.nan_to_num(decibels).clip(-32768, 32767).round()
    return cloud, beside


def _compressed(payload: bytes) -> tuple[Table, Table] | None:
    if len(payload) < COMPRESSED_HEAD.size or (len(payload) - COMPRESSED_HEAD.size) % COMPRESSED.itemsize:
        return None
    units = COMPRESSED_HEAD.unpack_from(payload)
    if not all(0 < unit < 10 for unit in units):
        return None
    rows = np.frombuffer(payload, COMPRESSED, offset=COMPRESSED_HEAD.size)
    angles, beside = np.zeros(len(rows), SPHERICAL), np.zeros(len(rows), BESIDE)
    for name, unit in zip(("elevation", "azimuth", "doppler", "range"), units, strict=False):
        angles[name] = rows[name] * unit
    with np.errstate(divide="ignore"):  # of a ratio of 0
        beside["snr"] = (100 * np.log10(rows["snr"] * units[4])).clip(-32768, 32767).round()
    return _cloud(angles), beside


def _cloud(angles: Table) -> Table:
    """Return points (`SPHERICAL`) in metres; angles that are no numbers give none."""
    cloud = np.zeros(len(angles), CLOUD)
    with np.errstate(invalid="ignore"):
        level = angles["range"] * np.cos(angles["elevation"])
        right, forward = level * np.sin(angles["azimuth"]), level * np.cos(angles["azimuth"])
        up = angles["range"] * np.sin(angles["elevation"])
    cloud["position"], cloud["doppler"] = np.column_stack([right, forward, up]), angles["doppler"]
    return cloud
