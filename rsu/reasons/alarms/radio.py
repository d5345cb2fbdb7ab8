"""Alarms of the radio and its channel."""

from __future__ import annotations

from hw.detail import Detail
from rsu.reasons.alarm import Alarm, Level
from rsu.reasons.radio import RadioReason

ROWS: dict[RadioReason, Alarm] = {
    RadioReason.RADIO_LOST: Alarm(
        Level.CRITICAL,
        Detail("radio off, network down, its agent not running", "射频单元断电、网络中断，或其代理程序未运行"),
        Detail("the radio answers", "射频单元恢复应答"),
    ),
    RadioReason.ONE_RADIO_LOST: Alarm(
        Level.MAJOR,
        Detail("that radio is off, or its network is down", "该射频单元断电，或其网络中断"),
        Detail("all radios answer", "全部射频单元恢复应答"),
    ),
    RadioReason.RADIO_FAULT: Alarm(
        Level.MAJOR,
        Detail(
            "no synchronisation with GNSS, antenna, temperature, wrong parameters",
            "未与 GNSS 同步、天线、温度，或参数有误",
        ),
        Detail("the radio reports no fault", "射频单元不再报告异常"),
    ),
    RadioReason.CHANNEL_BUSY: Alarm(
        Level.MINOR,
        Detail("many vehicles, or a neighbouring unit that sends too often", "车辆密集，或邻近设备发送过频"),
        Detail("channel busy ratio below the limit", "信道忙比恢复到限值以下"),
    ),
    RadioReason.SHARE_FULL: Alarm(
        Level.WARNING,
        Detail("dense traffic", "交通密集"),
        Detail("all road users fit the share", "全部交通参与者在份额之内"),
    ),
    RadioReason.MAP_SILENT: Alarm(
        Level.CRITICAL,
        Detail("see the alarm that silences MAP", "见使 MAP 静默的告警"),
        Detail("MAP is on air", "MAP 恢复发送"),
    ),
}
