"""F10 to F15: the signal controller."""

from __future__ import annotations

from hw.detail import Detail
from rsu.drill.acts import emulated, released, unplugged
from rsu.drill.fault import Fault, Sign, device, either, message
from rsu.reasons.signal import SignalReason

_LIMITS = Detail(
    "lights continued from the plan for 2.5 s, marked for 1 s, then unavailable; SPAT silent 5 s later",
    "灯态按配时方案推算 2.5 s，加标记 1 s，随后不可用；再过 5 s SPAT 静默",
)

_ANY = tuple(reason for reason in SignalReason if reason is not SignalReason.NO_SIGNAL)
_OLD = SignalReason.SIGNAL_STALE, SignalReason.SIGNAL_UNAVAILABLE, SignalReason.SIGNAL_LOST


def _told(*reasons: SignalReason) -> Sign:
    return either(message("spat", *reasons), device("signal"))


ROWS = [
    Fault(
        "F10", "the signal controller's cable is out", "信号机断线", _LIMITS,
        unplugged("signal"), message("spat", *_OLD), notice_s=4.0,
        hold_s=12.0, gap_s=None, off_air=("spat",),
    ),
    Fault(
        "F11", "the controller hangs: the same octets again and again", "信号机死机（重复发送同一报文）", _LIMITS,
        emulated("signal", fault="hung"), message("spat", *_ANY), notice_s=5.0, hold_s=15.0, gap_s=None,
        off_air=("spat",), recover_s=70.0,
    ),
    Fault(
        "F11b", "the controller leaves one lamp out", "信号机漏报一个灯组",
        Detail("only that phase becomes unavailable", "仅该相位变为不可用"),
        emulated("signal", fault="lamp-missing"), message("spat", SignalReason.LAMP_MISSING), notice_s=5.0, hold_s=12.0,
        recover_s=70.0,
    ),
    Fault(
        "F11c", "the controller reports no lamp at all", "信号机报文不含灯组", _LIMITS,
        emulated("signal", fault="no-lamps"), _told(*_ANY), notice_s=5.0, hold_s=15.0, gap_s=None, off_air=("spat",),
        recover_s=70.0,
    ),
    Fault(
        "F11d", "the controller's countdowns jump", "信号机倒计时跳变",
        Detail("no exact end of a light on air", "空口不给出确定的灯色结束时刻"),
        emulated("signal", fault="countdown-jump"), message("spat", *_ANY), notice_s=5.0, hold_s=12.0, gap_s=None,
        recover_s=70.0,
    ),
    Fault(
        "F12", "the controller reports green for all phases", "信号机报告全绿（冲突绿灯）",
        Detail("SPAT silent at once, latched until released", "SPAT 立即静默并锁定，直至人工解除"),
        released(emulated("signal", fault="all-green")), message("spat", SignalReason.CONFLICTING_GREENS),
        notice_s=2.5, gap_s=None, off_air=("spat",), recover_s=70.0,
    ),
    Fault(
        "F12b", "a second controller is heard, 0.9 s ahead and all green", "另一信号机冒充（快 0.9 秒、全绿）",
        Detail(
            "the true reports stay in use; nothing of the second controller on air",
            "真实上报继续使用；冒充者的内容不上空口",
        ),
        emulated("signal", fault="forged"), _told(*_ANY), notice_s=5.0, hold_s=12.0, gap_s=None, recover_s=70.0,
    ),
    Fault(
        "F13", "the controller goes to flashing yellow", "信号机黄闪", Detail("no green on air", "空口无绿灯"),
        emulated("signal", fault="flashing"), message("spat", *_ANY), notice_s=6.0, hold_s=15.0, gap_s=None,
        recover_s=70.0,
    ),
    Fault(
        "F13b", "the controller is switched off", "信号机灭灯", Detail("no green on air", "空口无绿灯"),
        emulated("signal", fault="dark"), message("spat", *_ANY), notice_s=6.0, hold_s=15.0, gap_s=None, recover_s=70.0,
    ),
    Fault(
        "F13c", "the controller is under manual control", "信号机手动控制（无倒计时）",
        Detail("no announced end of a light on air", "空口不预告灯色结束时刻"),
        emulated("signal", fault="manual"), message("spat", *_ANY), notice_s=8.0, hold_s=20.0, gap_s=None,
        recover_s=70.0,
    ),
    Fault(
        "F14", "the controller reports a plan that its lamps do not follow", "上报方案与实际灯态不符",
        Detail("every announced time agrees with the lamps", "空口预告的时刻均与实际灯态相符"),
        emulated("signal", fault="other-plan"), message("spat", *_ANY), notice_s=70.0, hold_s=70.0, gap_s=None,
        recover_s=70.0,
    ),
    Fault(
        "F15", "two lamps of the controller are swapped against MAP", "灯组与地图相位接反",
        Detail(
            "the conflict, known from the lane map, never on air; SPAT silent until released",
            "由车道地图得知冲突，绝不播发；SPAT 静默，直至人工解除",
        ),
        released(emulated("signal", fault="swapped")), message("spat", *_ANY), notice_s=60.0, hold_s=30.0,
        gap_s=None,
        recover_s=100.0,
    ),
]  # fmt: skip
