"""Alarms of time and place."""

from __future__ import annotations

from hw.detail import Detail
from rsu.reasons.alarm import Alarm, Level
from rsu.reasons.place import PlaceReason

_GNSS = Detail(
    "antenna or its cable damaged or covered, receiver off, jamming", "天线或馈线损坏、被遮挡，接收机断电，或受到干扰"
)
_UTC = Detail("UTC is known within the limit again", "UTC 误差恢复到限值之内")

ROWS: dict[PlaceReason, Alarm] = {
    PlaceReason.NO_TIME: Alarm(
        Level.CRITICAL,
        Detail("no GNSS fix since the start and no time server", "启动以来无 GNSS 定位，且无时间服务器"),
        Detail("UTC is known, from GNSS or a checked time server", "由 GNSS 或可信时间服务器获得 UTC"),
    ),
    PlaceReason.TIME_UNCERTAIN_50MS: Alarm(Level.CRITICAL, _GNSS, _UTC),
    PlaceReason.TIME_UNCERTAIN_100MS: Alarm(Level.CRITICAL, _GNSS, _UTC),
    PlaceReason.NO_POSITION: Alarm(
        Level.CRITICAL, _GNSS, Detail("a position fix, within the limits", "获得符合限值的定位")
    ),
    PlaceReason.POSITION_MISMATCH: Alarm(
        Level.CRITICAL,
        Detail(
            "site file of another crossing, reference point surveyed wrongly, spoofed GNSS",
            "站点文件属于其他路口、基准点测量有误，或 GNSS 受到欺骗",
        ),
        Detail("GNSS agrees with the surveyed point", "GNSS 位置与测量点相符"),
    ),
    PlaceReason.SITE_IN_GCJ02: Alarm(
        Level.CRITICAL,
        Detail("the reference point was copied from a map application", "基准点抄自地图应用"),
        Detail("a site file with a reference point in WGS-84 is in use", "启用基准点为 WGS-84 的站点文件"),
    ),
}
