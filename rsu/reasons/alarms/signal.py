"""Alarms of the signal controller."""

from __future__ import annotations

from hw.detail import Detail
from rsu.reasons.alarm import Alarm, Level
from rsu.reasons.signal import SignalReason

_LINE = Detail(
    "cable or network down, signal controller off, its sender not set to this box",
    "线缆或网络中断，信号机断电，或其上报地址未指向本机",
)
_CONTROLLER = Detail(
    "fault of the signal controller, or a second one under its address", "信号机故障，或另一台信号机使用其地址"
)
_REPORTS = Detail("a new report of the signal controller", "信号机恢复上报")
_AGREES = Detail("reports and site file agree", "上报与站点文件一致")
_CYCLE = Detail("a cycle without the fault", "一个周期内不再出现")

ROWS: dict[SignalReason, Alarm] = {
    SignalReason.NO_SIGNAL: Alarm(Level.CRITICAL, _LINE, _REPORTS),
    SignalReason.SIGNAL_STALE: Alarm(
        Level.MAJOR, Detail("reports are lost or delayed on the network", "上报在网络中丢失或延迟"), _REPORTS
    ),
    SignalReason.SIGNAL_UNAVAILABLE: Alarm(Level.MAJOR, _LINE, _REPORTS),
    SignalReason.SIGNAL_LOST: Alarm(Level.CRITICAL, _LINE, _REPORTS),
    SignalReason.SIGNAL_FROZEN: Alarm(
        Level.MAJOR,
        Detail("the signal controller's communication module hangs", "信号机通信模块死机"),
        Detail("reports whose content changes", "上报内容恢复变化"),
    ),
    SignalReason.LAMP_MISSING: Alarm(
        Level.MAJOR,
        Detail("lamp number wrong in the site file, or not reported", "站点文件灯组号有误，或未上报该灯组"),
        _AGREES,
    ),
    SignalReason.LAMP_FROZEN: Alarm(Level.MAJOR, _CONTROLLER, Detail("the countdown runs again", "倒计时恢复变化")),
    SignalReason.LAMP_MISMATCH: Alarm(
        Level.MAJOR,
        Detail("angle or type wrong in the site file, or lamps set up twice", "站点文件角度或类型有误，或灯组重复配置"),
        _AGREES,
    ),
    SignalReason.NO_SIGNAL_PLAN: Alarm(
        Level.MINOR,
        Detail("the signal controller sends no plan, or not of all lamps", "信号机不上报配时方案，或方案不含全部灯组"),
        Detail("a plan of all lamps", "收到包含全部灯组的方案"),
    ),
    SignalReason.PLAN_MISMATCH: Alarm(
        Level.MINOR,
        Detail(
            "the plan sent is not the one that runs, or actuation lengthens it",
            "上报的方案并非当前运行的方案，或受感应控制延长",
        ),
        Detail("plan and reports agree over a cycle", "一个周期内方案与上报一致"),
    ),
    SignalReason.COUNTDOWN_JUMP: Alarm(
        Level.MINOR,
        Detail("change of plan, adaptive or manual control", "方案切换、自适应或手动控制"),
        Detail("5 s without a jump", "5 s 内无跳变"),
    ),
    SignalReason.IMPOSSIBLE_SEQUENCE: Alarm(Level.MAJOR, _CONTROLLER, _CYCLE),
    SignalReason.IMPOSSIBLE_DURATION: Alarm(
        Level.MAJOR,
        Detail(
            "signal.limits too narrow for the plan, or the controller hangs",
            "signal.limits 限值与方案不符，或信号机死机",
        ),
        _CYCLE,
    ),
    SignalReason.IMPOSSIBLE_COUNTDOWN: Alarm(Level.MAJOR, _CONTROLLER, _CYCLE),
    SignalReason.CONFLICTING_WINDOWS: Alarm(
        Level.MAJOR,
        Detail(
            "a pair that may meet is not in signal.no_conflicts, or a wrong plan",
            "允许同时放行的相位未写入 signal.no_conflicts，或方案有误",
        ),
        Detail("no conflicting phases are green or announced so", "冲突相位不再同时为绿灯或预告为绿灯"),
    ),
    SignalReason.CONFLICTING_GREENS: Alarm(
        Level.CRITICAL,
        Detail("phases of the site file are swapped, or the controller is defective", "站点文件相位对调，或信号机故障"),
        Detail("an engineer's `rsu signal release`", "人工执行 `rsu signal release`"),
    ),
}
