"""Modalities: the means by which a device measures. One row each; a driver names its row.

All uses of a device follow from its row: its purpose on a site, which alarm explains which, the source
of a road user in RSM and in the cloud, the letter on the page. A third-party driver names one of these rows, or brings
a row of its own. The numbers are those of T/ITS 0180.1-2021; a dialect with other numbers derives them from `source`.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Gives(StrEnum):
    """Purposes of devices."""

    ROAD_USERS = "road users"
    POSITION = "position and time"
    SIGNALS = "signal states"
    RADIO = "frames of the air"
    SPEEDS = "speeds without places"
    WEATHER = "weather"
    OTHER = "other things"


class Modality(msgspec.Struct, frozen=True, kw_only=True):
    """One means."""

    name: str  # in site files
    en: str  # such a device in a sentence, after "a"
    zh: str
    mark: str  # letter beside the road users that it saw
    gives: Gives
    source: str = "unknown"  # SourceType of the message set (`v2x.records.names.Source`)
    source_type: int = 8  # sourceType of the road users that it saw; 6: microwave other than mmWave, 8: other
    device_type: int = 0  # deviceType; 0: part of the RSCU
    fault_type: int | None = None  # faultType; None: the standard defines none (neither 2, nor 4 and above)


CAMERA = Modality(
    name="camera", en="camera", zh="摄像机", mark="C", gives=Gives.ROAD_USERS,
    source="video", source_type=3, device_type=2, fault_type=0,
)  # fmt: skip
RADAR = Modality(
    name="radar", en="radar", zh="雷达", mark="R", gives=Gives.ROAD_USERS,
    source="microwaveRadar", source_type=5, device_type=3, fault_type=1,
)  # fmt: skip
LIDAR = Modality(
    name="lidar", en="lidar", zh="激光雷达", mark="L", gives=Gives.ROAD_USERS,
    source="lidar", source_type=4, device_type=4, fault_type=3,
)  # fmt: skip
SPEED = Modality(
    name="speed", en="speed detector", zh="测速仪", mark="D", gives=Gives.SPEEDS,
    source="microwaveRadar", source_type=6, device_type=3, fault_type=1,
)  # fmt: skip
LOOP = Modality(
    name="loop", en="loop detector", zh="线圈检测器", mark="I", gives=Gives.ROAD_USERS, source="loop", source_type=7
)
V2X = Modality(  # road users' own reports over the air
    name="v2x", en="radio", zh="射频单元", mark="V", gives=Gives.RADIO, source="v2x", source_type=2, device_type=1
)
SIGNAL = Modality(name="signal", en="signal controller", zh="信号机", mark="S", gives=Gives.SIGNALS, device_type=5)
GNSS = Modality(name="gnss", en="GNSS receiver", zh="GNSS 接收机", mark="G", gives=Gives.POSITION)
WEATHER = Modality(name="weather", en="weather sensor", zh="气象传感器", mark="E", gives=Gives.WEATHER)
OTHER = Modality(name="other", en="device", zh="设备", mark="", gives=Gives.OTHER)

ROWS = (CAMERA, RADAR, LIDAR, SPEED, LOOP, V2X, SIGNAL, GNSS, WEATHER, OTHER)
