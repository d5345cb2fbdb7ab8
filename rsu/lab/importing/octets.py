"""Frames of others as the bytes of a device of ours, so that a replay runs the drivers too.

Objects become lines of a smart camera (`hw/camera.py`), reflections frames of a mmWave radar without a tracker
(`hw/radar/ti_frames.py`), positions NAV-PVT of a GNSS receiver (`hw/ubx.py`).
"""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

import msgspec
import numpy as np

from hw import utc
from hw.detail import Detail
from hw.radar.ti import TiSettings
from hw.radar.ti_cli import read_profile
from hw.radar.ti_frames import LAYOUTS, encode
from hw.radar.ti_frames import TiFrame as TiFrame
from hw.radar.ti_types import POINTS
from hw.ubx import FIX_OK, RESOLVED, NavPvt, encode_nav_pvt
from rsu.lab.importing.frames import DeviceBytes, FixAt, ForeignError, Frame, Points, ScanObjects
from rsu.site.config import Config

MAX_POINTS = 4000  # the room of a radar's frame
_GPS_EPOCH_NS = utc.midnight_ns(1980, 1, 6)
_LEAP_NS = 18_000_000_000  # GPS time is ahead of UTC
_FIX_ACCURACY_M = 5.0  # of a receiver that does not say
_KINDS = {ScanObjects: "camera-json", Points: "ti-mmwave", FixAt: "gnss"}
_NAMES = {
    ScanObjects: Detail("objects", "目标"),
    Points: Detail("reflections", "反射点"),
    FixAt: Detail("positions", "定位"),
}
_ANOTHER_KIND = Detail(
    "is a {kind}",
    "在站点文件中是 {kind}",
)
_NOT_THERE = Detail(
    "is not there",
    "不在站点文件中",
)
_UNFIT = Detail(
    '{place}: {what} become those of a {kind}, but "{device}" {there} in the site file: '
    "name another device in the mapping, or put one into the site file",
    '{place}：{what}应归于 {kind} 设备，但 "{device}" {there}：请在映射中改用其他设备，或在站点文件中加入一个',
)

_TRACKS = Detail(
    "{device}: its profile has trackingCfg on; reflections need one without",
    "{device}：其配置文件启用了 trackingCfg；点云须使用未启用的配置",
)


class Octets(NamedTuple):
    """Bytes of one port."""

    port: str
    data: bytes


class Encoder:
    """The devices of a site, as they would have said it."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._numbers: Counter[str] = Counter()

    def encode(self, frame: Frame) -> Octets:
        """Return a frame's bytes. ForeignError: the site's device is of another kind."""
        if isinstance(frame, DeviceBytes):
            return Octets(frame.port, frame.data)
        self._check(frame)
        self._numbers[frame.device] += 1
        number = self._numbers[frame.device]
        if isinstance(frame, ScanObjects):
            line = {"v": 1, "camera": frame.device, "seq": number, "time": frame.stamp_ns, "objects": frame.seen}
            return Octets("link", msgspec.json.encode(line) + b"\n")
        if isinstance(frame, FixAt):
            return Octets("link", fix(frame))
        return Octets("data", _radar(frame, number))

    def _check(self, frame: ScanObjects | Points | FixAt) -> None:
        device, kind = self._config.site.devices.get(frame.device), _KINDS[type(frame)]
        if device is None or device.kind != kind:
            there = _ANOTHER_KIND.of(kind=device.kind) if device else _NOT_THERE
            what = _NAMES[type(frame)]
            raise ForeignError(_UNFIT.of(place=frame.place, what=what, kind=kind, device=frame.device, there=there))
        settings = self._config.drivers[frame.device]
        if isinstance(settings, TiSettings) and read_profile(settings.profile).tracks:
            raise ForeignError(_TRACKS.of(device=frame.device))


def _radar(frame: Points, number: int) -> bytes:
    rows = np.zeros(min(len(frame.points_m), MAX_POINTS), LAYOUTS[POINTS])
    forward, left, up = frame.points_m[:MAX_POINTS].T
    rows["position"] = np.column_stack([-left, forward, up])
    rows["doppler"] = frame.doppler_mps[:MAX_POINTS]
    return encode(TiFrame(number, 0, {POINTS: rows}))


def fix(frame: FixAt) -> bytes:
    """Return the NAV-PVT of a position."""
    time = utc.from_ns(frame.stamp_ns)
    accuracy = _FIX_ACCURACY_M if math.isnan(frame.accuracy_m) else frame.accuracy_m
    height = 0.0 if math.isnan(frame.height_m) else frame.height_m
    return encode_nav_pvt(
        NavPvt(
            itow=(frame.stamp_ns - _GPS_EPOCH_NS + _LEAP_NS) // 1_000_000 % (7 * 86_400_000),
            year=time.year,
            month=time.month,
            day=time.day,
            hour=time.hour,
            minute=time.minute,
            second=time.second,
            valid=RESOLVED,
            time_accuracy=1000,
            nano=time.nanosecond,
            fix_type=3,
            flags=FIX_OK,
            satellites=10,
            longitude=round(frame.longitude_deg * 1e7),
            latitude=round(frame.latitude_deg * 1e7),
            height=round(height * 1e3),
            height_msl=round(height * 1e3),
            horizontal_accuracy=round(accuracy * 1e3),
            vertical_accuracy=round(accuracy * 1e3),
        )
    )
