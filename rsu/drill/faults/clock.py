"""F16 to F21: time and place."""

from __future__ import annotations

from pathlib import Path

from hw.detail import Detail
from rsu.drill.acts import emulated, unplugged
from rsu.drill.clocks import clock, fake_clock
from rsu.drill.fault import Fault, device, either, message
from rsu.reasons.place import NO_UTC, PlaceReason

_SILENT = Detail(
    "messages with a time silent until UTC is known again; no frame with a wrong second",
    "带时间的消息静默，直到 UTC 恢复；无秒值错误的帧",
)
_REFERENCE = "latitude_deg: 22.5431000, longitude_deg: 114.0579000"
_AS_GCJ02 = "latitude_deg: 22.5404217, longitude_deg: 114.0629862"  # the same place as map services draw it


def _gcj02(configs: Path) -> None:
    site = configs / "demo.yaml"
    text = site.read_text(encoding="utf-8")
    assert _REFERENCE in text
    site.write_text(text.replace(_REFERENCE, _AS_GCJ02), encoding="utf-8")


ROWS = [
    Fault(
        "F16", "the GNSS receiver is lost", "GNSS 信号丢失",
        Detail("named; time held over with growing uncertainty", "告警；守时，不确定度随时间增大"),
        unplugged("gnss"), device("gnss"), notice_s=4.0,
    ),
    Fault(
        "F16b", "the GNSS receiver has no solution any more", "GNSS 无定位解",
        Detail("named; time held over", "告警；守时"),
        emulated("gnss", fault="no-fix"), device("gnss"), notice_s=4.0,
    ),
    Fault(
        "F17", "the receiver's time is known to 1 s only", "GNSS 授时精度降至 1 秒", _SILENT,
        emulated("gnss", fault="coarse-time"), message("spat", *NO_UTC), notice_s=4.0,
        recover_s=15.0, gap_s=None, off_air=("spat", "rsm"),
    ),
    Fault(
        "F18", "the system clock steps by 1 s", "系统时钟跳变 1 秒", _SILENT,
        clock("+1"), message("spat", *NO_UTC), notice_s=2.5, recover_s=20.0,
        gap_s=None, environment=fake_clock,
    ),
    Fault(
        "F18b", "the system clock steps back by 60 s", "系统时钟后跳 60 秒",
        Detail(_SILENT.en + "; every link stays up", _SILENT.zh + "；设备连接不中断"),
        clock("-60"), message("spat", *NO_UTC), notice_s=2.5, recover_s=20.0,
        gap_s=None, environment=fake_clock,
    ),
    Fault(
        "F18c", "the system clock shows TAI: 37 s ahead", "系统时钟误为 TAI（快 37 秒）", _SILENT,
        clock("+37"), message("spat", *NO_UTC), notice_s=2.5, recover_s=20.0,
        gap_s=None, environment=fake_clock,
    ),
    Fault(
        "F19", "GNSS dates are off by 1024 weeks", "GNSS 周数翻转（偏差 1024 周）", _SILENT,
        emulated("gnss", fault="week-rollover"),
        either(device("gnss"), message("spat", PlaceReason.NO_TIME)), notice_s=4.0, recover_s=15.0,
        gap_s=None,
    ),
    Fault(
        "F19b", "the receiver does not know the leap seconds", "接收机闰秒未知（快 18 秒）", _SILENT,
        emulated("gnss", fault="leap-unknown"), message("spat", *NO_UTC), notice_s=4.0,
        recover_s=15.0, gap_s=None,
    ),
    Fault(
        "F20", "GNSS reports a position 200 m away", "GNSS 位置欺骗（偏移 200 米）",
        Detail("all messages silent within 70 s", "70 s 内全部消息静默"),
        emulated("gnss", fault="spoofed"), message("map", PlaceReason.POSITION_MISMATCH), notice_s=70.0, hold_s=20.0,
        recover_s=70.0, gap_s=None, off_air=("spat", "rsm", "map"),
    ),
    Fault(
        "F21", "the site file's reference point is in GCJ-02", "站点参考点为 GCJ-02 坐标",
        Detail("named; never on air", "告警；绝不播发"),
        None, message("map", PlaceReason.SITE_IN_GCJ02), notice_s=60.0, hold_s=20.0, gap_s=None, prepare=_gcj02,
    ),
]  # fmt: skip
