"""Points of an xWRL6432, TLV 301: integers in units that the list itself states, SNR and noise beside each point.

    0   f32  unit of x, y, z, m            16  u16  points of major motion
    4   f32  unit of doppler, m/s          18  u16  points of minor motion
    8   f32  unit of SNR, dB               20  points: i16 x, y, z, doppler; u8 SNR, noise
    12  f32  unit of noise, dB

Little endian. Source: MMWAVE-L-SDK 5, motion and presence detection.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEAD = struct.Struct("<4f2H")
POINT = np.dtype([("position", "<i2", 3), ("doppler", "<i2"), ("snr", "u1"), ("noise", "u1")])


def unpacked(
    payload: bytes, points: np.dtype[Any], side_info: np.dtype[Any]
) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Return the points (m, m/s) and their side info (0.1 dB); None when the numbers of points or the units are wrong.

    `points`, `side_info`: the records to return, as `hw.radar.ti_frames.LAYOUTS` has them.
    """
    if len(payload) < HEAD.size:
        return None
    length, speed, snr, noise, major, minor = HEAD.unpack_from(payload)
    count = major + minor
    if len(payload) != HEAD.size + count * POINT.itemsize or not all(0 < unit < 10 for unit in (length, speed)):
        return None
    rows = np.frombuffer(payload, POINT, count, HEAD.size)
    cloud, beside = np.zeros(count, points), np.zeros(count, side_info)
    cloud["position"], cloud["doppler"] = rows["position"] * length, rows["doppler"] * speed
    decibels = np.stack([rows["snr"] * snr, rows["noise"] * noise]) * 10
    beside["snr"], beside["noise"] = np.nan_to_num(decibels).clip(-32768, 32767).round()
    return cloud, beside
