"""The words of the gate's reasons (`rsu.station.gate`)."""

from __future__ import annotations

from perception.objects import Modality
from rsu.reasons.words import Words

_GNSS = (Modality.GNSS,)
_SIGNAL = (Modality.SIGNAL,)
_SENSORS = (Modality.CAMERA, Modality.RADAR, Modality.LIDAR, Modality.LOOP)
_RADIO = (Modality.V2X,)

NORMAL = frozenset({"switched-off", "nothing-to-say"})  # silence for these is no fault

GATE: dict[str, Words] = {
    # time and place
    "no-time": Words(
        "UTC is not known",
        "check the GNSS antenna, its cable and its view of the sky; the system clock needs chrony or the like",
        "UTC 时间未知",
        "检查 GNSS 天线、馈线和对空视野；系统时钟须由 chrony 等校准",
        by=_GNSS,
    ),
    "time-uncertain-50ms": Words(
        "UTC may be wrong by more than 50 ms, the limit of this message",
        "check the GNSS antenna, its cable and its view of the sky",
        "UTC 误差可能超过该消息允许的 50 ms",
        "检查 GNSS 天线、馈线和对空视野",
        by=_GNSS,
    ),
    "time-uncertain-100ms": Words(
        "UTC may be wrong by more than 100 ms, the limit of this message",
        "check the GNSS antenna, its cable and its view of the sky",
        "UTC 误差可能超过该消息允许的 100 ms",
        "检查 GNSS 天线、馈线和对空视野",
        by=_GNSS,
    ),
    "no-position": Words(
        "the position is not known",
        "check the GNSS antenna, its cable and its view of the sky",
        "位置未知",
        "检查 GNSS 天线、馈线和对空视野",
        by=_GNSS,
    ),
    "position-mismatch": Words(
        "GNSS places this box farther from the surveyed point of the site file than is allowed",
        "check that this site file belongs to this box, then the surveyed reference point",
        "GNSS 位置与站点文件中的测量点相差过大",
        "核对站点文件是否属于本设备，再核对基准点的测量值",
    ),
    "site-in-gcj02": Words(
        "the reference point of the site file is in GCJ-02, as map applications give it: hundreds of metres off",
        "survey it in WGS-84",
        "站点文件的基准点为地图应用的 GCJ-02 坐标，偏差数百米",
        "按 WGS-84 重新测量",
    ),
    # signal source
    "no-signal": Words(
        "the signal controller has not reported yet",
        "check its cable, address and port; the region and number in the site file must be its own",
        "信号机尚未上报",
        "检查线缆、地址和端口；站点文件中的区域号和设备号须与信号机一致",
        by=_SIGNAL,
    ),
    "signal-stale": Words(
        "the last report of the signal controller is old; its lights are continued from the plan and marked",
        "check the cable and the load of the signal controller's network",
        "信号机最近一次上报已陈旧；其状态按配时推算并已标注",
        "检查信号机网络的线缆与负载",
        by=_SIGNAL,
    ),
    "signal-unavailable": Words(
        "the signal controller sends no reports; all phases are broadcast as unavailable",
        "check the signal controller, its cable and its network",
        "信号机无上报；所有相位按不可用发送",
        "检查信号机、线缆和网络",
        by=_SIGNAL,
    ),
    "signal-lost": Words(
        "the signal controller has sent no new report for so long that SPAT is silent",
        "check the signal controller, its cable and its network",
        "信号机长时间无上报",
        "检查信号机、线缆和网络",
        by=_SIGNAL,
    ),
    "signal-frozen": Words(
        "the reports of the signal controller arrive, but their content does not change",
        "restart the signal controller's communication module",
        "信号机重复上报，内容不再变化",
        "重启信号机的通信模块",
    ),
    "lamp-missing": Words(
        "a lamp of the site file is not in the reports of the signal controller; its phase is unavailable",
        "compare the lamp numbers of the site file with those that the signal controller reports",
        "信号机上报中缺少站点文件中的灯组，该相位不可用",
        "核对站点文件中的灯组编号与信号机上报的编号",
        after=("signal-frozen", "signal-lost"),
    ),
    "lamp-frozen": Words(
        "a countdown of the signal controller stands still; its phase is unavailable",
        "if it lasts, have the signal controller checked",
        "信号机倒计时停滞，该相位不可用",
        "若持续出现，检查信号机",
    ),
    "lamp-mismatch": Words(
        "a lamp is reported twice, or with another angle or type than in the site file; its phase is unavailable",
        "compare signal.lamps of the site file with the lamps at the crossing and at the signal controller",
        "灯组重复上报，或其角度、类型与站点文件不符，该相位不可用",
        "现场核对站点文件 signal.lamps 与路口和信号机的灯组",
    ),
    "no-signal-plan": Words(
        "the plan of the signal controller lacks some lamps; of these only the current light is announced",
        "have the signal controller send its plan (GA/T 1743 object 0301)",
        "信号机配时方案不全，部分灯组仅发布当前灯色",
        "使信号机上报配时方案（GA/T 1743 对象 0301）",
        by=_SIGNAL,
        after=("plan-mismatch", "lamp-missing", "lamp-mismatch"),
    ),
    "plan-mismatch": Words(
        "the plan of the signal controller does not agree with its reports and is not used",
        "if it lasts, have the signal controller send the plan that it runs",
        "信号机配时方案与上报不符，未予采用",
        "若持续出现，使信号机上报正在运行的方案",
    ),
    "countdown-jump": Words(
        "a countdown of the signal controller jumped; the end times of that phase are uncertain for 5 s",
        "if it lasts, have the signal controller's firmware and plan checked",
        "信号机倒计时跳变，该相位结束时刻 5 s 内不确定",
        "若持续出现，检查信号机固件和配时方案",
    ),
    "impossible-sequence": Words(
        "a phase changed in an impossible order, such as green to red without yellow; it is unavailable for a cycle",
        "compare the lamps at the crossing with the phases of the site file; have the signal controller checked",
        "相位灯色变化不可能（如绿灯直接变红灯），一个周期内不可用",
        "现场核对灯色与站点文件的相位；检查信号机",
    ),
    "impossible-duration": Words(
        "a light lasted shorter or longer than signal.limits allow; its phase is unavailable",
        "compare signal.limits of the site file with the signal controller's plan",
        "灯色持续时间超出限值，该相位不可用",
        "核对站点文件 signal.limits 与信号机配时方案",
    ),
    "impossible-countdown": Words(
        "a countdown jumped again and again, or is longer than its light may last; its phase is unavailable",
        "have the signal controller checked; look for a second one that reports under its address",
        "倒计时反复跳变或过长，该相位不可用",
        "检查信号机；排查是否有另一台以其地址上报",
    ),
    "conflicting-windows": Words(
        "conflicting phases would be green together, now or as announced; they are unavailable",
        "have the signal controller's plan checked; phases that may meet stand in signal.no_conflicts of the site file",
        "冲突相位将同时为绿灯（当前或预告），均不可用",
        "检查信号机配时方案；允许同时放行的相位写入站点文件 signal.no_conflicts",
    ),
    "conflicting-greens": Words(
        "the signal controller reported conflicting greens; SPAT is silent until an engineer releases it",
        "compare the lamps at the crossing with the phases of site file and lane map; then `rsu signal release`",
        "信号机显示冲突绿灯，SPAT 静默，待人工确认",
        "现场核对灯色与站点文件、车道地图的相位，然后执行 `rsu signal release`",
    ),
    # perception
    "sensor-lost": Words(
        "a camera or radar is lost: part of the crossing is not covered",
        "see the device list of `rsu status`",
        "有摄像机或雷达失效，部分区域未被感知",
        "查看 `rsu status` 的设备列表",
        by=_SENSORS,
    ),
    "sensor-not-understood": Words(
        "a camera or radar sends data that cannot be read: part of the crossing is not covered",
        "see the device list of `rsu status`",
        "有摄像机或雷达的数据无法解析，部分区域未被感知",
        "查看 `rsu status` 的设备列表",
        by=_SENSORS,
    ),
    "sensor-frozen": Words(
        "a camera or radar repeats the same content, which is not used",
        "see the device list of `rsu status`",
        "有摄像机或雷达反复发送相同内容，已不采信",
        "查看 `rsu status` 的设备列表",
        by=_SENSORS,
    ),
    "sensor-degraded": Words(
        "a camera or radar delivers less than half of its expected rate, or much of its data is refused",
        "see the device list of `rsu status`",
        "有摄像机或雷达的数据率不足标称值的一半，或大量数据被拒",
        "查看 `rsu status` 的设备列表",
        by=_SENSORS,
    ),
    "no-sensors": Words(
        "no camera and no radar is working",
        "check the sensors' power and network",
        "所有摄像机和雷达均不工作",
        "检查传感器的电源和网络",
        by=_SENSORS,
    ),
    # radio and settings
    "radio-lost": Words(
        "the radio does not answer",
        "check its power, cable, address and port",
        "射频单元无应答",
        "检查其电源、线缆、地址和端口",
        by=_RADIO,
    ),
    "radio-fault": Words(
        "the radio answers, but reports that it does not send correctly",
        "see its error in the device list of `rsu status`",
        "射频单元有应答，但报告发送异常",
        "查看 `rsu status` 设备列表中的错误信息",
        by=_RADIO,
    ),
    "channel-busy": Words(
        "the channel is busy: fewer road users are broadcast in each cycle, those at risk first",
        "look for nearby units that send at a high rate; the limits stand in messages.channel of the site file",
        "信道繁忙，每周期播报的交通参与者减少，优先播报有风险者",
        "查找附近大量发送的设备；限值见站点文件 messages.channel",
        by=_RADIO,
    ),
    "share-full": Words(
        "there are more road users than fit this unit's share of the channel; the rest wait for the next cycle",
        "nothing, unless it lasts: the share stands in messages.channel of the site file",
        "交通参与者超出本单元的信道份额，其余者顺延至下一周期",
        "一般无需处理；若持续出现，份额见站点文件 messages.channel",
    ),
    "switched-off": Words("switched off in the site file", "", "已在站点文件中关闭", ""),
    "nothing-to-say": Words("nothing to announce now", "", "当前无内容可发布", ""),
    "map-silent": Words(
        "MAP is not on air, and this message refers to it",
        "see why MAP is silent",
        "MAP 未发送，而该消息依赖 MAP",
        "查看 MAP 静默的原因",
        after=("no-position", "position-mismatch", "site-in-gcj02", "radio-lost"),
    ),
}
