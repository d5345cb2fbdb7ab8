"""The gate's reasons of cameras, radars and the like."""

from __future__ import annotations

from hw.modality import Gives
from rsu.reasons.words import Reason, Words


class SensorReason(Reason):
    """Faults of the view of the road."""

    SENSOR_LOST = Words(
        "sensor-lost",
        "a camera or radar is lost: part of the crossing is not covered",
        "see the device list of `rsu status`",
        "有摄像机或雷达失效，部分区域未被感知",
        "查看 `rsu status` 的设备列表",
        by=Gives.ROAD_USERS,
    )
    SENSOR_NOT_UNDERSTOOD = Words(
        "sensor-not-understood",
        "a camera or radar sends data that cannot be read: part of the crossing is not covered",
        "see the device list of `rsu status`",
        "有摄像机或雷达的数据无法解析，部分区域未被感知",
        "查看 `rsu status` 的设备列表",
        by=Gives.ROAD_USERS,
    )
    SENSOR_FROZEN = Words(
        "sensor-frozen",
        "a camera or radar repeats the same content, which is not used",
        "see the device list of `rsu status`",
        "有摄像机或雷达反复发送相同内容，已不采信",
        "查看 `rsu status` 的设备列表",
        by=Gives.ROAD_USERS,
    )
    SENSOR_DEGRADED = Words(
        "sensor-degraded",
        "a camera or radar delivers less than half of its expected rate, or much of its data is refused",
        "see the device list of `rsu status`",
        "有摄像机或雷达的数据率不足标称值的一半，或大量数据被拒",
        "查看 `rsu status` 的设备列表",
        by=Gives.ROAD_USERS,
    )
    NO_SENSORS = Words(
        "no-sensors",
        "no camera and no radar is working",
        "check the sensors' power and network",
        "所有摄像机和雷达均不工作",
        "检查传感器的电源和网络",
        by=Gives.ROAD_USERS,
    )
