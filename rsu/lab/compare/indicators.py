"""The table of indicators: the figures in which two runs are held against each other, and which way is better."""

from __future__ import annotations

from typing import Literal, NamedTuple

from hw.detail import NOTHING, Detail


class Indicator(NamedTuple):
    """One row of the table."""

    key: str
    group: Detail
    name: Detail
    unit: str
    better: Literal["less", "more", ""]  # "": neither
    matters: float  # a smaller change is none
    digits: int
    meaning: Detail


TRUTH = Detail("Against the truth", "对比真值")
_V2X = Detail("Against vehicles that report their position (BSM)", "对比自报位置的车辆（BSM）")
_USERS, _AIR = Detail("Road users on air", "空口交通参与者"), Detail("Messages", "消息")
INDICATORS = (
    Indicator(
        "gospa_m",
        TRUTH,
        Detail("distance from the truth (GOSPA)", "与真值的距离（GOSPA）"),
        "m",
        "less",
        0.05,
        2,
        Detail(
            "one figure for everything: wrong places, missed and false road users, mean per tick",
            "综合指标：位置误差、漏报与误报，每周期平均",
        ),
    ),
    Indicator(
        "position_p95_m",
        TRUTH,
        Detail("position error, 95 %", "位置误差，95 %"),
        "m",
        "less",
        0.02,
        2,
        Detail(
            "19 of 20 road users on air are nearer than this to where they are",
            "空口上 20 个交通参与者中 19 个的误差小于此值",
        ),
    ),
    Indicator("speed_p95_mps", TRUTH, Detail("speed error, 95 %", "速度误差，95 %"), "m/s", "less", 0.02, 2, NOTHING),
    Indicator(
        "heading_p95_deg",
        TRUTH,
        Detail("heading error, 95 %", "航向误差，95 %"),
        "deg",
        "less",
        0.2,
        1,
        Detail("of those that move", "仅统计移动者"),
    ),
    Indicator(
        "missed",
        TRUTH,
        Detail("missed at once", "同时漏报"),
        "",
        "less",
        0.05,
        2,
        Detail("road users that are there and not on air", "存在但未播发的交通参与者"),
    ),
    Indicator(
        "false",
        TRUTH,
        Detail("false at once", "同时误报"),
        "",
        "less",
        0.05,
        2,
        Detail("road users on air that are not there", "已播发但不存在的交通参与者"),
    ),
    Indicator(
        "id_switches",
        TRUTH,
        Detail("changes of id", "标识切换"),
        "",
        "less",
        0.5,
        0,
        Detail("times that a road user went on under another id", "交通参与者改用其他标识的次数"),
    ),
    Indicator(
        "mota",
        TRUTH,
        Detail("MOTA", "MOTA"),
        "",
        "more",
        0.002,
        3,
        Detail("1 less the shares of missed, false and changed ids", "1 减去漏报、误报与标识切换的比例"),
    ),
    Indicator(
        "idf1",
        TRUTH,
        Detail("IDF1", "IDF1"),
        "",
        "more",
        0.002,
        3,
        Detail("share of a road user's life under one id", "交通参与者的存续期中处于同一标识的比例"),
    ),
    Indicator(
        "hota",
        TRUTH,
        Detail("HOTA", "HOTA"),
        "",
        "more",
        0.002,
        3,
        Detail("found, placed and kept under one id, together", "检出、定位与标识保持的综合"),
    ),
    Indicator(
        "v2x_found",
        _V2X,
        Detail("vehicles found", "检出的车辆"),
        "%",
        "more",
        0.1,
        1,
        Detail("share of the time", "时间占比"),
    ),
    Indicator(
        "v2x_p50_m",
        _V2X,
        Detail("distance from their own position, 50 %", "与自报位置的距离，50 %"),
        "m",
        "less",
        0.05,
        2,
        Detail("their own error is in it, alike for A and B", "含车辆自身误差，对 A 与 B 相同"),
    ),
    Indicator(
        "v2x_p95_m",
        _V2X,
        Detail("distance from their own position, 95 %", "与自报位置的距离，95 %"),
        "m",
        "less",
        0.1,
        2,
        NOTHING,
    ),
    Indicator("v2x_switches", _V2X, Detail("changes of id", "标识切换"), "", "less", 0.5, 0, NOTHING),
    Indicator(
        "agreement_m",
        _USERS,
        Detail("distance of detections from the output on air", "检测结果与空口输出的差距"),
        "m",
        "less",
        0.01,
        2,
        Detail(
            "root mean square over all sensors; sensors that stand wrong disagree",
            "全部传感器的均方根；安装有误的传感器会不一致",
        ),
    ),
    Indicator(
        "objects",
        _USERS,
        Detail("different road users", "不同的交通参与者"),
        "",
        "",
        0.5,
        0,
        Detail("ids on air over the whole run", "全程空口标识数"),
    ),
    Indicator("at_once", _USERS, Detail("at once, mean", "同时存在，平均"), "", "", 0.05, 1, NOTHING),
    Indicator(
        "life_s",
        _USERS,
        Detail("life time, median", "存续时间，中位数"),
        "s",
        "more",
        0.2,
        1,
        Detail("how long an id stays on air", "一个标识在空口持续的时间"),
    ),
    Indicator(
        "short",
        _USERS,
        Detail("shorter than 2 s", "短于 2 s"),
        "",
        "less",
        0.5,
        0,
        Detail("mostly ghosts and pieces of other lives", "多为虚假目标或航迹碎片"),
    ),
    Indicator(
        "wait_p50_ms",
        _AIR,
        Detail("from receipt to air, 50 %", "从接收到播发，50 %"),
        "ms",
        "less",
        2.0,
        0,
        Detail(
            "of the newest measurement in a frame; as replayed, without the time that computing takes",
            "按帧内最新测量；回放值，不含计算时间",
        ),
    ),
    Indicator(
        "wait_p95_ms", _AIR, Detail("from receipt to air, 95 %", "从接收到播发，95 %"), "ms", "less", 2.0, 0, NOTHING
    ),
    Indicator("frames", _AIR, Detail("frames", "帧数"), "", "", 0.5, 0, NOTHING),
    Indicator("octets_per_s", _AIR, Detail("octets a second", "每秒字节数"), "", "", 5.0, 0, NOTHING),
    Indicator("largest", _AIR, Detail("largest frame, octets", "最大帧，字节"), "", "", 0.5, 0, NOTHING),
    Indicator("events", _AIR, Detail("events", "事件数"), "", "", 0.5, 0, NOTHING),
)
