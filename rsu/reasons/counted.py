"""Reasons under which input is counted as not used, in both languages: those of devices, and of the station's parts.

The English text is the name of the counter; `{}` are figures. A part of the station stands before a colon.
"""

from __future__ import annotations

from functools import lru_cache

from hw import counted, detail
from hw.detail import Detail
from rsu.reasons.signal import SignalReason

ROWS = (
    *(Detail("signal", "信号灯"), Detail("fusion", "融合"), Detail("clock", "时钟"), Detail("air", "空口")),
    Detail("misbehaviour", "异常行为"),
    # signal
    Detail("lamp of another place or type", "灯组的位置或类型不符"),
    Detail("lamp told of twice", "灯组重复上报"),
    *(Detail(f"phase {{}} {reason}", f"相位 {{}} {reason.words.text_zh}") for reason in SignalReason),
    # fusion
    Detail("clock set back", "时钟回拨"),
    Detail("unknown device", "设备未知"),
    Detail("future", "时间超前"),
    Detail("late", "到达过迟"),
    Detail("outside the field of view", "超出视场"),
    Detail("too many tracks", "航迹过多"),
    Detail("no id left", "编号用尽"),
    # clock
    Detail("leap-second", "闰秒"),
    Detail("clock-step", "时钟跳变"),
    Detail("clock-slew", "时钟正被调整"),
    Detail("gnss-leap-seconds", "GNSS 闰秒变化"),
    Detail("gnss-time-jump", "GNSS 时间跳变"),
    Detail("gnss-week-rollover", "GNSS 周数翻转"),
    # air
    Detail("other service", "其他业务"),
    Detail("{} ignored", "忽略 {}"),
    Detail("sender not trusted", "发送方不可信"),
    Detail("too often", "过于频繁"),
    Detail("too short", "过短"),
    Detail("no DSMP", "不是 DSMP"),
    Detail("AID of frame and radio differ", "帧与射频单元的 AID 不一致"),
    Detail("too many", "过多"),
    Detail("too many vehicles", "车辆过多"),
    Detail("no time to look", "来不及处理"),
    Detail("BSM without place or time", "BSM 无位置或时间"),
    Detail("DecodeError", "无法解码"),
    # offences
    Detail("wrong-service", "业务与 AID 不符"),
    Detail("undecodable", "无法解码"),
    Detail("too-often", "过于频繁"),
    Detail("stale", "时间与接收时刻不符"),
    Detail("repeated", "重复或乱序"),
    Detail("replayed", "重放"),
    Detail("too-far", "位置过远"),
    Detail("impossible", "速度或尺寸不可能"),
    Detail("jump", "位置跳变"),
    Detail("acceleration", "加速度不可能"),
    Detail("speed-mismatch", "速度与位移不符"),
    Detail("heading-mismatch", "航向与位移不符"),
    Detail("two-senders", "同一标识来自两个射频单元"),
    Detail("many-ids", "同一射频单元使用多个标识"),
    Detail("same-motion", "多个标识运动完全相同"),
    Detail("not-there", "传感器未见该车"),
    Detail("not recorded", "未记录"),
    # messages that do not travel as they are
    Detail("{}-not-encoded", "{} 未能编码"),
    Detail("out of range", "超出取值范围"),
    Detail("no number", "非数值"),
    Detail("not in this edition", "本版标准中不存在"),
)


def words(name: str) -> Detail:
    """Return the name of a counter in both languages; one without a row stands for itself."""
    return Detail(name, _chinese(name))


@lru_cache(maxsize=1024)
def _chinese(name: str) -> str:
    return detail.chinese(name, (*ROWS, *counted.ROWS))
