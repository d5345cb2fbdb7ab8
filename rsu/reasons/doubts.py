"""Doubts about the time and about the mounts of sensors, in words of both languages."""

from __future__ import annotations

from hw.detail import Detail

CLOCK_UNSET = Detail("the system clock says {}: set it (chrony, battery)", "系统时钟为 {}：请校时 (chrony、电池)")
CLOCK_STEPPED = Detail(
    "the system clock stepped by {} s: UTC is unknown until GNSS agrees with it",
    "系统时钟跳变 {} s：与 GNSS 一致之前 UTC 未知",
)
CLOCK_AHEAD = Detail(
    "the system clock is {} s ahead of {}: does chrony keep it?", "系统时钟比 {1} 快 {0} s：chrony 是否在校时？"
)
CLOCK_AHEAD_WHOLE = Detail(
    "the system clock is {} s ahead of {}, whole seconds: the receiver lacks leap seconds yet, or the clock is TAI "
    "or GPS time",
    "系统时钟比 {1} 快 {0} s，恰为整秒：接收机尚无闰秒，或时钟为 TAI 或 GPS 时间",
)
CLOCK_DRIFTS = Detail(
    "the system clock drifts by {} ppm against {}: does chrony keep it?",
    "系统时钟相对 {1} 漂移 {0} ppm：chrony 是否在校时？",
)
RECEIVERS_DISAGREE = Detail("{} disagree on UTC", "{} 的 UTC 不一致")
WEEKS_OFF = Detail(
    "{} says {}, {} weeks off: not used; its firmware is too old", "{} 的日期为 {}，偏差 {} 周：不予采用，其固件过旧"
)
OFF_BY = Detail("{} m off", "位置偏差 {} m")
TURNED_BY = Detail("turned by {} deg", "转角偏差 {} 度")
LATE_BY = Detail("{} ms late", "滞后 {} ms")
RIGHT_OF = Detail("sees traffic {} m right of the lanes of {}", "所见车流偏在 {1} 车道右侧 {0} m")
LEFT_OF = Detail("sees traffic {} m left of the lanes of {}", "所见车流偏在 {1} 车道左侧 {0} m")
ACROSS = Detail("sees traffic turned by {} deg against the lanes of {}", "所见车流与 {1} 车道方向相差 {0} 度")
DETAILS = (
    *(CLOCK_UNSET, CLOCK_STEPPED, CLOCK_AHEAD_WHOLE, CLOCK_AHEAD, CLOCK_DRIFTS, RECEIVERS_DISAGREE, WEEKS_OFF),
    *(OFF_BY, TURNED_BY, LATE_BY, RIGHT_OF, LEFT_OF, ACROSS),
)
