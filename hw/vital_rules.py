"""The alarms of a device's vital figures (`hw/vitals.py`), one row each: figure, thresholds, the figure in words."""

from __future__ import annotations

from typing import NamedTuple

from hw.detail import Detail
from hw.hysteresis import Limit


class VitalRule(NamedTuple):
    """One alarm: its figure, its thresholds, and the figure in words (`{}`; a share is said in per cent)."""

    code: str
    figure: str  # of Vitals
    limit: Limit
    words: Detail

    def say(self, value: float) -> str:
        """Return the figure in words."""
        return self.words.say(f"{value:.0f}" if self.figure.endswith("_ms") else f"{100 * value:.0f}")


RULES = (
    VitalRule(
        "device-slow", "slower_share", Limit(0.5, 0.25),
        Detail("the interval of its stamps is {} % longer than expected", "时间戳间隔比标称值长 {} %"),
    ),
    VitalRule(
        "device-uneven", "uneven_share", Limit(0.3, 0.1),
        Detail(
            "{} % of the intervals between arrivals are outside 50 to 150 % of the expected one",
            "{} % 的到达间隔超出标称值的 50 % 至 150 %",
        ),
    ),
    VitalRule(
        "device-late", "age_ms", Limit(500.0, 300.0),
        Detail("its data are {} ms old on arrival", "数据到达时已过 {} ms"),
    ),
    VitalRule(
        "device-backward", "backward_share", Limit(0.05, 0.01),
        Detail("{} % of its stamps are before the one before", "{} % 的时间戳早于前一时间戳"),
    ),
    VitalRule(
        "device-clock-ahead", "ahead_share", Limit(0.1, 0.02),
        Detail("{} % of its stamps are in the future", "{} % 的时间戳超前"),
    ),
    VitalRule(
        "device-clock-behind", "behind_share", Limit(0.1, 0.02),
        Detail("{} % of its stamps are far in the past", "{} % 的时间戳严重滞后"),
    ),
    VitalRule(
        "device-clock-stuck", "stuck_share", Limit(0.1, 0.02),
        Detail("{} % of its stamps stand still", "{} % 的时间戳停滞"),
    ),
    VitalRule(
        "device-duplicates", "duplicate_share", Limit(0.1, 0.02),
        Detail("{} % of its messages come twice", "{} % 的报文重复"),
    ),
    VitalRule(
        "device-reordered", "reordered_share", Limit(0.05, 0.01),
        Detail("{} % of its messages come out of order", "{} % 的报文乱序"),
    ),
    VitalRule(
        "device-gaps", "missing_share", Limit(0.05, 0.01),
        Detail("{} % of its messages are missing by their numbers", "按序号统计 {} % 的报文缺失"),
    ),
    VitalRule(
        "device-damaged", "damaged_share", Limit(0.05, 0.01),
        Detail("{} % of its messages cannot be read", "{} % 的报文无法解析"),
    ),
    VitalRule(
        "device-line-full", "line_share", Limit(0.9, 0.75),
        Detail("{} % of the capacity of its line is used", "线路容量已占用 {} %"),
    ),
)  # fmt: skip
DETAILS = tuple(rule.words for rule in RULES)
