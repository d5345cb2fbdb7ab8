"""Alarms of single devices."""

from __future__ import annotations

from hw.detail import Detail
from rsu.reasons.alarm import Alarm, Level
from rsu.reasons.box import BoxReason
from rsu.reasons.devices import DeviceReason
from rsu.reasons.words import Reason

_MESSAGES = Detail(
    "as `sensor-...` of a camera or radar, `signal-...` of a controller, `radio-...` of a radio, `time-...` of GNSS",
    "摄像机与雷达同 `sensor-...`，信号机同 `signal-...`，射频单元同 `radio-...`，GNSS 同 `time-...`",
)
_NONE = Detail("none: its data are used", "无：其数据仍被采用")
_STAMPED = Detail("none: its data are used, at their time of receipt", "无：其数据按接收时刻采用")
_OK = Detail("its data are accepted again", "其数据恢复被采信")
_LOW = Detail("the figure is below the lower threshold for 5 s", "该指标低于下限持续 5 s")
_CLOCK = Detail("no time server set, or an empty clock battery", "未设时间服务器，或时钟电池耗尽")

ROWS: dict[Reason, Alarm] = {
    BoxReason.DEVICE_LOST: Alarm(
        Level.MAJOR, Detail("power, cable, switch or address", "电源、线缆、交换机或地址"), _OK, _MESSAGES
    ),
    BoxReason.DEVICE_STARTING: Alarm(
        Level.MINOR,
        Detail("the device boots, or its line is open and silent", "设备正在启动，或线路已通但无数据"),
        _OK,
        _MESSAGES,
    ),
    BoxReason.DEVICE_FAULT: Alarm(
        Level.MINOR,
        Detail("told by the device itself", "由设备自身报告"),
        Detail("the device reports no fault", "设备不再报告异常"),
        _NONE,
    ),
    BoxReason.DEVICE_NOT_UNDERSTOOD: Alarm(
        Level.MAJOR,
        Detail("another kind, version or baud rate than in the site file", "类型、版本或波特率与站点文件不符"),
        _OK,
        _MESSAGES,
    ),
    BoxReason.DEVICE_FROZEN: Alarm(
        Level.MAJOR,
        Detail("the device's processing hangs", "设备处理程序死机"),
        Detail("its content changes", "内容恢复变化"),
        _MESSAGES,
    ),
    BoxReason.DEVICE_BLIND: Alarm(
        Level.MAJOR,
        Detail(
            "darkness, glare, dirt, fog, an obstruction, a camera that was turned",
            "黑暗、眩光、污损、浓雾、遮挡，或摄像机被转动",
        ),
        Detail("the device sees again", "设备恢复感知"),
        _MESSAGES,
    ),
    BoxReason.DEVICE_DEGRADED: Alarm(
        Level.MAJOR,
        Detail("overload, loss or damage on the line, ghost targets", "过载、线路丢包或损坏、虚假目标"),
        Detail(
            "half of the rate or more, four fifths of its messages accepted",
            "频率达到标称值一半以上，五分之四的报文被采信",
        ),
        _MESSAGES,
    ),
    DeviceReason.SLOW: Alarm(
        Level.WARNING,
        Detail("measuring rate set otherwise, or the device is overloaded", "测量频率设置不同，或设备过载"),
        _LOW,
        _NONE,
    ),
    DeviceReason.UNEVEN: Alarm(
        Level.WARNING,
        Detail(
            "buffering in a serial server, radio link or switch; processor load",
            "串口服务器、无线链路或交换机缓冲；处理器负载",
        ),
        _LOW,
        _NONE,
    ),
    DeviceReason.LATE: Alarm(
        Level.MINOR,
        Detail(
            "long filters or picture queues in the device, slow network, its clock behind",
            "设备内滤波或图像队列过长、网络缓慢，或其时钟偏慢",
        ),
        _LOW,
        Detail("its road users are older and less certain", "其交通参与者数据更旧、更不确定"),
    ),
    DeviceReason.BACKWARD: Alarm(
        Level.WARNING,
        Detail("its clock is set again and again, or reordered messages", "时钟被反复校正，或报文乱序"),
        _LOW,
        _NONE,
    ),
    DeviceReason.CLOCK_AHEAD: Alarm(Level.WARNING, _CLOCK, _LOW, _STAMPED),
    DeviceReason.CLOCK_BEHIND: Alarm(Level.WARNING, _CLOCK, _LOW, _STAMPED),
    DeviceReason.CLOCK_STUCK: Alarm(Level.WARNING, Detail("the device's clock hangs", "设备时钟停走"), _LOW, _STAMPED),
    DeviceReason.DUPLICATES: Alarm(
        Level.WARNING, Detail("two paths from device to box", "设备到本机存在两条通路"), _LOW, _NONE
    ),
    DeviceReason.REORDERED: Alarm(
        Level.WARNING, Detail("parallel network paths, or a proxy", "并行网络通路或代理"), _LOW, _NONE
    ),
    DeviceReason.GAPS: Alarm(
        Level.MINOR,
        Detail("loss on the network, or the device skips cycles under load", "网络丢包，或设备过载跳过周期"),
        _LOW,
        Detail("its road users are less certain", "其交通参与者数据更不确定"),
    ),
    DeviceReason.DAMAGED: Alarm(
        Level.MINOR,
        Detail(
            "interference, loose contact, baud rate slightly off, another firmware",
            "干扰、接触不良、波特率偏差，或固件不同",
        ),
        _LOW,
        Detail("its road users are less certain", "其交通参与者数据更不确定"),
    ),
    DeviceReason.LINE_FULL: Alarm(
        Level.WARNING, Detail("baud rate too low for so many targets", "波特率过低，目标过多"), _LOW, _NONE
    ),
    DeviceReason.MOVED: Alarm(
        Level.MINOR,
        Detail(
            "wind, works or vandalism on the pole; mount or time offset wrong in the site file",
            "立杆受风、施工或人为影响；站点文件的安装参数或时延有误",
        ),
        Detail(
            "its road users agree with those of the other sensors, or a corrected mount is in use",
            "其目标与其他传感器一致，或已启用修正后的安装参数",
        ),
        Detail("its road users count less in fusion", "其目标在融合中的权重降低"),
    ),
}
