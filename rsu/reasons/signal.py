"""The gate's reasons about the signal controller, and about the content of SPAT."""

from __future__ import annotations

from hw.modality import Gives
from rsu.reasons.words import Reason, Words


class SignalReason(Reason):
    """Faults of the signal controller's reports."""

    NO_SIGNAL = Words(
        "no-signal",
        "the signal controller has not reported yet",
        "check its cable, address and port; the region and number in the site file must be its own",
        "信号机尚未上报",
        "检查线缆、地址和端口；站点文件中的区域号和设备号须与信号机一致",
        by=Gives.SIGNALS,
    )
    SIGNAL_STALE = Words(
        "signal-stale",
        "the last report of the signal controller is old; its lights are continued from the plan and marked",
        "check the cable and the load of the signal controller's network",
        "信号机最近一次上报已陈旧；其状态按配时推算并已标注",
        "检查信号机网络的线缆与负载",
        by=Gives.SIGNALS,
    )
    SIGNAL_UNAVAILABLE = Words(
        "signal-unavailable",
        "the signal controller sends no reports; all phases are broadcast as unavailable",
        "check the signal controller, its cable and its network",
        "信号机无上报；所有相位按不可用发送",
        "检查信号机、线缆和网络",
        by=Gives.SIGNALS,
    )
    SIGNAL_LOST = Words(
        "signal-lost",
        "the signal controller has sent no new report for so long that SPAT is silent",
        "check the signal controller, its cable and its network",
        "信号机长时间无上报",
        "检查信号机、线缆和网络",
        by=Gives.SIGNALS,
    )
    SIGNAL_FROZEN = Words(
        "signal-frozen",
        "the reports of the signal controller arrive, but their content does not change",
        "restart the signal controller's communication module",
        "信号机重复上报，内容不再变化",
        "重启信号机的通信模块",
    )
    LAMP_MISSING = Words(
        "lamp-missing",
        "a lamp of the site file is not in the reports of the signal controller; its phase is unavailable",
        "compare the lamp numbers of the site file with those that the signal controller reports",
        "信号机上报中缺少站点文件中的灯组，该相位不可用",
        "核对站点文件中的灯组编号与信号机上报的编号",
        after=("signal-frozen", "signal-lost"),
    )
    LAMP_FROZEN = Words(
        "lamp-frozen",
        "a countdown of the signal controller stands still; its phase is unavailable",
        "if it lasts, have the signal controller checked",
        "信号机倒计时停滞，该相位不可用",
        "若持续出现，检查信号机",
    )
    LAMP_MISMATCH = Words(
        "lamp-mismatch",
        "a lamp is reported twice, or with another angle or type than in the site file; its phase is unavailable",
        "compare signal.lamps of the site file with the lamps at the crossing and at the signal controller",
        "灯组重复上报，或其角度、类型与站点文件不符，该相位不可用",
        "现场核对站点文件 signal.lamps 与路口和信号机的灯组",
    )
    NO_SIGNAL_PLAN = Words(
        "no-signal-plan",
        "the plan of the signal controller lacks some lamps; of these only the current light is announced",
        "have the signal controller send its plan (GA/T 1743 object 0301)",
        "信号机配时方案不全，部分灯组仅发布当前灯色",
        "使信号机上报配时方案（GA/T 1743 对象 0301）",
        by=Gives.SIGNALS,
        after=("plan-mismatch", "lamp-missing", "lamp-mismatch"),
    )
    PLAN_MISMATCH = Words(
        "plan-mismatch",
        "the plan of the signal controller does not agree with its reports and is not used",
        "if it lasts, have the signal controller send the plan that it runs",
        "信号机配时方案与上报不符，未予采用",
        "若持续出现，使信号机上报正在运行的方案",
    )
    COUNTDOWN_JUMP = Words(
        "countdown-jump",
        "a countdown of the signal controller jumped; the end times of that phase are uncertain for 5 s",
        "if it lasts, have the signal controller's firmware and plan checked",
        "信号机倒计时跳变，该相位结束时刻 5 s 内不确定",
        "若持续出现，检查信号机固件和配时方案",
    )
    IMPOSSIBLE_SEQUENCE = Words(
        "impossible-sequence",
        "a phase changed in an impossible order, such as green to red without yellow; it is unavailable for a cycle",
        "compare the lamps at the crossing with the phases of the site file; have the signal controller checked",
        "相位灯色变化不可能（如绿灯直接变红灯），一个周期内不可用",
        "现场核对灯色与站点文件的相位；检查信号机",
    )
    IMPOSSIBLE_DURATION = Words(
        "impossible-duration",
        "a light lasted shorter or longer than signal.limits allow; its phase is unavailable",
        "compare signal.limits of the site file with the signal controller's plan",
        "灯色持续时间超出限值，该相位不可用",
        "核对站点文件 signal.limits 与信号机配时方案",
    )
    IMPOSSIBLE_COUNTDOWN = Words(
        "impossible-countdown",
        "a countdown jumped again and again, or is longer than its light may last; its phase is unavailable",
        "have the signal controller checked; look for a second one that reports under its address",
        "倒计时反复跳变或过长，该相位不可用",
        "检查信号机；排查是否有另一台以其地址上报",
    )
    CONFLICTING_WINDOWS = Words(
        "conflicting-windows",
        "conflicting phases would be green together, now or as announced; they are unavailable",
        "have the signal controller's plan checked; phases that may meet stand in signal.no_conflicts of the site file",
        "冲突相位将同时为绿灯（当前或预告），均不可用",
        "检查信号机配时方案；允许同时放行的相位写入站点文件 signal.no_conflicts",
    )
    CONFLICTING_GREENS = Words(
        "conflicting-greens",
        "the signal controller reported conflicting greens; SPAT is silent until an engineer releases it",
        "compare the lamps at the crossing with the phases of site file and lane map; then `rsu signal release`",
        "信号机显示冲突绿灯，SPAT 静默，待人工确认",
        "现场核对灯色与站点文件、车道地图的相位，然后执行 `rsu signal release`",
    )


# while one of these holds, no light of the signal may be shown or used
NO_LIGHTS = frozenset(
    {
        SignalReason.NO_SIGNAL,
        SignalReason.SIGNAL_STALE,
        SignalReason.SIGNAL_UNAVAILABLE,
        SignalReason.SIGNAL_LOST,
        SignalReason.CONFLICTING_GREENS,
    }
)
# reasons against the controller; that it has not spoken yet, or not of its plan, is none
DOUBTS = frozenset(SignalReason) - {
    SignalReason.NO_SIGNAL,
    SignalReason.NO_SIGNAL_PLAN,
    SignalReason.PLAN_MISMATCH,
}
