"""The system clock: against GNSS, and by the account of the service that keeps it."""

from __future__ import annotations

from collections.abc import Iterator

from hw.detail import Detail
from rsu.lab.doctor.facts import NotApplicableError, SiteFacts
from rsu.lab.doctor.kernel_clock import KernelClock
from rsu.lab.doctor.probe import Judgement, Margin, Measured, Probe, ProbeGroup, bad, figure, fine, remedy, warn
from rsu.reasons.place import PlaceReason
from rsu.station.checks.clock import DRIFT_PPM, LIMIT_NS

_OFFSET = _BOUND = Margin(LIMIT_NS / 2e6, LIMIT_NS / 1e6, "ms")
_HEARD = Margin(10, 60, "s")
_DRIFT = Margin(DRIFT_PPM / 2, DRIFT_PPM, "ppm")
_STEPS = Margin(1, 10)
_KERNEL = Margin(50, 1000, "ms")

_NO_GNSS = Detail("GNSS has not told the time", "GNSS 尚未给出时间")
_NO_KERNEL = Detail(
    "the kernel tells the service nothing; run `rsu doctor` in a shell", "内核不向服务提供；请在终端中执行 `rsu doctor`"
)
_KEPT = Detail("kept by {}", "由 {} 校准")
_FREE = Detail("no service keeps it", "没有服务校准")
_UNSYNCHRONISED = Detail("{} runs, and has not synchronised it", "{} 在运行，但尚未同步")
_NO_LEAP = Detail("none at the end of this UTC day", "本 UTC 日结束时无闰秒")
_LEAP = Detail("{:+d} s at the end of this UTC day", "本 UTC 日结束时 {:+d} s")


def _offset(of: SiteFacts) -> Iterator[Measured]:
    clock = of.snapshot.clock
    if clock is None or clock.ahead_ms is None:
        raise NotApplicableError(_NO_GNSS)
    yield _OFFSET.measured(abs(clock.ahead_ms), text=figure(f"{clock.ahead_ms:+.1f} ms"))


def _bound(of: SiteFacts) -> Iterator[Measured]:
    if (bound_ms := of.snapshot.utc_uncertainty_ms) is None:
        words = PlaceReason.NO_TIME.words
        yield bad(Detail(words.text, words.text_zh))
    else:
        yield _BOUND.measured(bound_ms)


def _source(of: SiteFacts) -> Iterator[Measured]:
    clock = of.snapshot.clock
    if clock is None or clock.holdover_s is None:
        yield bad(_NO_GNSS)
    else:
        yield _HEARD.measured(clock.holdover_s)


def _drift(of: SiteFacts) -> Iterator[Measured]:
    clock = of.snapshot.clock
    if clock is None or clock.drift_ppm is None:
        raise NotApplicableError(_NO_GNSS)
    yield _DRIFT.measured(abs(clock.drift_ppm), text=figure(f"{clock.drift_ppm:+.1f} ppm"))


def _steps(of: SiteFacts) -> Iterator[Measured]:
    if (clock := of.snapshot.clock) is not None:
        yield _STEPS.measured(clock.steps)


def _kernel(of: SiteFacts) -> KernelClock:
    if of.kernel_clock is None:
        raise NotApplicableError(_NO_KERNEL)
    return of.kernel_clock


def _discipline(of: SiteFacts) -> Iterator[Measured]:
    clock = _kernel(of)
    names = ", ".join(clock.services)
    if clock.synchronised:
        yield fine(_KEPT.of(names or "-"))
    else:
        yield warn(_UNSYNCHRONISED.of(names) if names else _FREE)


def _kernel_error(of: SiteFacts) -> Iterator[Measured]:
    clock = _kernel(of)
    if not clock.synchronised:
        raise NotApplicableError(_FREE)
    yield _KERNEL.measured(clock.most_error_ms)


def _leap(of: SiteFacts) -> Iterator[Measured]:
    leap = _kernel(of).leap
    yield Measured(Judgement.WARN if leap else Judgement.FINE, _LEAP.of(leap) if leap else _NO_LEAP)


_CHRONY = Detail(
    "install chrony, and let it use GNSS or a time server; see `chronyc tracking` and `chronyc sources`",
    "安装 chrony，并使用 GNSS 或时间服务器；查看 `chronyc tracking` 和 `chronyc sources`",
)
_EVERY_MESSAGE = Detail(
    "receivers compare the times in messages with their own: a vehicle at 20 m/s is 6 m elsewhere after 300 ms",
    "接收方以自身时间核对消息时间：20 m/s 的车辆在 300 ms 后位置相差 6 m",
)

GROUP = ProbeGroup(
    "time",
    Detail("Time", "时间"),
    (
        Probe(
            "clock-offset",
            Detail("system clock ahead of GNSS", "系统时钟超前 GNSS"),
            _EVERY_MESSAGE,
            _CHRONY,
            _OFFSET.words,
            _offset,
        ),
        Probe(
            "utc-bound",
            Detail("largest possible error of UTC", "UTC 最大可能误差"),
            Detail(
                "messages with times are silent where it is not known within 100 ms",
                "误差无法确定在 100 ms 之内时，含时间的消息静默",
            ),
            remedy(PlaceReason.TIME_UNCERTAIN_100MS),
            _BOUND.words,
            _bound,
        ),
        Probe(
            "time-source",
            Detail("time since GNSS told UTC", "距 GNSS 最近一次授时"),
            Detail(
                "without GNSS the clock drifts, and messages stop within minutes to hours",
                "失去 GNSS 后时钟漂移，消息在数分钟至数小时内停发",
            ),
            remedy(PlaceReason.NO_TIME),
            _HEARD.words,
            _source,
        ),
        Probe(
            "clock-drift",
            Detail("drift of the system clock against GNSS", "系统时钟相对 GNSS 的漂移"),
            Detail(
                "the larger the drift, the sooner messages stop when GNSS is lost", "漂移越大，失去 GNSS 后消息停发越早"
            ),
            _CHRONY,
            _DRIFT.words,
            _drift,
        ),
        Probe(
            "clock-steps",
            Detail("steps of the system clock since the start", "启动以来系统时钟跳变次数"),
            Detail(
                "after a step UTC counts as unknown until GNSS agrees: messages pause",
                "跳变后，与 GNSS 一致之前 UTC 视为未知，消息暂停",
            ),
            Detail(
                "let one service alone set the clock, and let it slew (chrony: `makestep 1 3`)",
                "只由一个服务校时，并采用渐变方式（chrony：`makestep 1 3`）",
            ),
            _STEPS.words,
            _steps,
        ),
        Probe(
            "clock-discipline",
            Detail("service that keeps the system clock", "校准系统时钟的服务"),
            Detail("a clock that no service keeps is off by seconds within days", "无服务校准的时钟数日内误差达数秒"),
            _CHRONY,
            Detail("the kernel counts as synchronised", "内核为已同步状态"),
            _discipline,
        ),
        Probe(
            "kernel-error",
            Detail("error of the clock as its service bounds it", "校时服务给出的时钟误差界"),
            Detail(
                "it shows a time server that is far away or disturbed, before GNSS is lost",
                "可在失去 GNSS 之前发现时间服务器过远或受扰",
            ),
            Detail(
                "use a nearer time server, or GNSS with PPS (`chronyc sources`)",
                "改用更近的时间服务器，或带 PPS 的 GNSS（`chronyc sources`）",
            ),
            _KERNEL.words,
            _kernel_error,
        ),
        Probe(
            "leap-second",
            Detail("leap second announced to the kernel", "内核收到的闰秒预告"),
            Detail(
                "the step of one second makes messages pause; a false one makes all times wrong",
                "一秒跳变使消息暂停；错误的预告使全部时间出错",
            ),
            Detail(
                "compare with IERS Bulletin C; if it is false, correct the time server",
                "核对 IERS 公报 C；若预告有误，修正时间服务器",
            ),
            Detail("none", "无"),
            _leap,
        ),
    ),
)
