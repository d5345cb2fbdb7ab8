"""The gate's reasons of time and place."""

from __future__ import annotations

from hw.modality import Gives
from rsu.reasons.words import Reason, Words


class PlaceReason(Reason):
    """Faults of UTC, or of the position of the box."""

    NO_TIME = Words(
        "no-time",
        "UTC is not known",
        "check the GNSS antenna, its cable and its view of the sky; the system clock needs chrony or the like",
        "UTC 时间未知",
        "检查 GNSS 天线、馈线和对空视野；系统时钟须由 chrony 等校准",
        by=Gives.POSITION,
    )
    TIME_UNCERTAIN_50MS = Words(
        "time-uncertain-50ms",
        "UTC may be wrong by more than 50 ms, the limit of this message",
        "check the GNSS antenna, its cable and its view of the sky",
        "UTC 误差可能超过该消息允许的 50 ms",
        "检查 GNSS 天线、馈线和对空视野",
        by=Gives.POSITION,
    )
    TIME_UNCERTAIN_100MS = Words(
        "time-uncertain-100ms",
        "UTC may be wrong by more than 100 ms, the limit of this message",
        "check the GNSS antenna, its cable and its view of the sky",
        "UTC 误差可能超过该消息允许的 100 ms",
        "检查 GNSS 天线、馈线和对空视野",
        by=Gives.POSITION,
    )
    NO_POSITION = Words(
        "no-position",
        "the position is not known",
        "check the GNSS antenna, its cable and its view of the sky",
        "位置未知",
        "检查 GNSS 天线、馈线和对空视野",
        by=Gives.POSITION,
    )
    POSITION_MISMATCH = Words(
        "position-mismatch",
        "GNSS places this box farther from the surveyed point of the site file than is allowed",
        "check that this site file belongs to this box, then the surveyed reference point",
        "GNSS 位置与站点文件中的测量点相差过大",
        "核对站点文件是否属于本设备，再核对基准点的测量值",
    )
    SITE_IN_GCJ02 = Words(
        "site-in-gcj02",
        "the reference point of the site file is in GCJ-02, as map applications give it: hundreds of metres off",
        "survey it in WGS-84",
        "站点文件的基准点为地图应用的 GCJ-02 坐标，偏差数百米",
        "按 WGS-84 重新测量",
    )


# UTC is not known well enough to be told
NO_UTC = frozenset({PlaceReason.NO_TIME, PlaceReason.TIME_UNCERTAIN_100MS})
