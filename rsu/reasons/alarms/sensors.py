"""Alarms of the view of the road and of the weather."""

from __future__ import annotations

from hw.detail import Detail
from rsu.reasons.alarm import Alarm, Level
from rsu.reasons.sensors import SensorReason
from rsu.reasons.weather import WeatherReason
from rsu.reasons.words import Reason

_DEVICE = Detail("see the alarm of the device itself", "见该设备自身的告警")
_OK = Detail("all cameras and radars are ok", "所有摄像机和雷达恢复正常")

ROWS: dict[Reason, Alarm] = {
    SensorReason.SENSOR_LOST: Alarm(Level.MAJOR, _DEVICE, _OK),
    SensorReason.SENSOR_NOT_UNDERSTOOD: Alarm(Level.MAJOR, _DEVICE, _OK),
    SensorReason.SENSOR_FROZEN: Alarm(Level.MAJOR, _DEVICE, _OK),
    SensorReason.SENSOR_DEGRADED: Alarm(Level.MAJOR, _DEVICE, _OK),
    SensorReason.NO_SENSORS: Alarm(
        Level.CRITICAL,
        Detail("power or switch of the sensors is out", "传感器供电或交换机中断"),
        Detail("one camera or radar is working", "至少一台摄像机或雷达恢复工作"),
    ),
    WeatherReason.WEATHER_LOST: Alarm(
        Level.MAJOR,
        _DEVICE,
        Detail("all weather sensors are ok", "所有气象传感器恢复正常"),
    ),
}
