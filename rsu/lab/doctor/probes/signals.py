"""The signal: phases of MAP and SPAT, announced ends against the lamps, traffic on red, conflicting greens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hw.detail import Detail
from hw.modality import Gives
from rsu.lab.doctor.derived import held, states
from rsu.lab.doctor.facts import NotApplicableError, SiteFacts
from rsu.lab.doctor.probe import Judgement, Margin, Measured, Probe, ProbeGroup, bad, figure, fine, remedy, warn
from rsu.reasons.signal import SignalReason
from rsu.site.signal import SignalSettings
from rsu.site.ways import signalled

_ENDS = Margin(1, 3, "s")
_RED = Margin(30, 60, "%")
_FEWEST = 3  # passages

_NO_SIGNAL = Detail("the site has no signal", "站点没有信号灯")
_PHASE = Detail("phase {}", "相位 {}")
_SAME = Detail("{} phases in both", "两者均有 {} 个相位")
_NOT_IN_SITE = Detail("in the lane map, not in signal.phases: {}", "车道地图中有、signal.phases 中没有：{}")
_NOT_IN_MAP = Detail("in signal.phases, not in the lane map: {}", "signal.phases 中有、车道地图中没有：{}")
_NO_CHANGE = Detail("no light was seen from beginning to end in the newest recording", "最近的录制中没有完整的灯色")
_NO_TRAFFIC = Detail("too few vehicles at the stop lines in the newest recording", "最近的录制中通过停止线的车辆过少")
_ON_RED = Detail("{red} of {all} vehicles pass on red", "{all} 辆车中 {red} 辆在红灯时通过")
_TOGETHER = Detail("phases {} and {} were green together", "相位 {} 与 {} 曾同时为绿灯")
_CONFLICTING = (SignalReason.CONFLICTING_GREENS, SignalReason.CONFLICTING_WINDOWS)
_COUNTDOWN = (SignalReason.COUNTDOWN_JUMP, SignalReason.LAMP_FROZEN, SignalReason.IMPOSSIBLE_COUNTDOWN)
_SWAPPED = Detail(
    "compare lamp numbers and phases under signal.phases with the lamps at the crossing: stand at each stop line and "
    "look at `rsu watch signals`",
    "现场核对 signal.phases 的灯组号与相位：站在各停止线处对照 `rsu watch signals`",
)


def _settings(of: SiteFacts) -> SignalSettings:
    if (signal := of.config.site.signal) is None:
        raise NotApplicableError(_NO_SIGNAL)
    return signal


def _map_phases(of: SiteFacts) -> Iterator[Measured]:
    known = {phase.id for phase in _settings(of).phases}
    ruled = {way.phase for way in signalled(of.config.lane_map)}
    ruled |= {each.phase for each in of.config.lane_map.crosswalks if each.phase is not None}
    if missing := ruled - known:
        yield bad(_NOT_IN_SITE.of(_listed(missing)))
    if idle := known - ruled:
        yield warn(_NOT_IN_MAP.of(_listed(idle)))
    if ruled == known:
        yield fine(_SAME.of(len(known)))


def _listed(phases: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(phases)))


def _ends(of: SiteFacts) -> Iterator[Measured]:
    _settings(of)
    found = {phase: each for phase, each in of.recent.on_air.light_errors.items() if each.changes}
    if not found:
        raise NotApplicableError(_NO_CHANGE)
    phase, worst = max(found.items(), key=lambda each: abs(each[1].error_s))
    yield _ENDS.measured(abs(worst.error_s), _PHASE.of(phase), figure(f"{worst.error_s:+.1f} s"))


def _on_red(of: SiteFacts) -> Iterator[Measured]:
    _settings(of)
    found = {p: each for p, each in of.recent.on_air.passages.items() if each.red + each.green >= _FEWEST}
    if not found:
        raise NotApplicableError(_NO_TRAFFIC)
    for phase, each in found.items():
        both = each.red + each.green
        yield _RED.measured(100.0 * each.red / both, _PHASE.of(phase), _ON_RED.of(red=each.red, all=both))


def _conflicts(of: SiteFacts) -> Iterator[Measured]:
    if (latch := of.snapshot.latch) is not None:
        yield bad(_TOGETHER.of(*latch.phases))
    else:
        yield from held("spat", Judgement.BAD, *_CONFLICTING)(of)


_NONE = Detail("none", "无")
GROUP = ProbeGroup(
    "signals",
    Detail("Signals", "信号灯"),
    (
        Probe(
            "signal-state",
            Detail("state of the signal controller", "信号机状态"),
            Detail("without its reports SPAT announces nothing", "无上报则 SPAT 无内容可播发"),
            remedy(SignalReason.SIGNAL_UNAVAILABLE),
            Detail("ok", "正常"),
            states(Gives.SIGNALS),
        ),
        Probe(
            "phases-in-map",
            Detail("phases of the site file against those of the lane map", "站点文件与车道地图的相位"),
            Detail(
                "vehicles find their light by the phase number that MAP gives their lane",
                "车辆按 MAP 给出的车道相位号查找信号灯",
            ),
            Detail(
                "give each movement of the lane map a phase of signal.phases, and the other way round",
                "使车道地图的每个转向对应 signal.phases 中的相位，反之亦然",
            ),
            Detail("the same numbers", "编号一致"),
            _map_phases,
        ),
        Probe(
            "traffic-on-red",
            Detail("vehicles that pass the stop line on red", "红灯时通过停止线的车辆"),
            Detail(
                "most vehicles stop on red: where they do not, SPAT tells the light of another approach",
                "车辆通常在红灯时停车；若非如此，则 SPAT 播发的是其他进口的灯色",
            ),
            _SWAPPED,
            _RED.words,
            _on_red,
        ),
        Probe(
            "conflicting-greens",
            Detail("conflicting phases green together", "冲突相位同时为绿灯"),
            Detail(
                "SPAT stays silent until an engineer has looked: both may be told to go",
                "SPAT 静默至人工核对：冲突双方可能同时获得通行指示",
            ),
            Detail(
                "compare lamp numbers under signal.phases with the crossing: swapped phases look like this; then "
                "`rsu signal release`",
                "现场核对 signal.phases 的灯组号：相位对调即有此现象；然后执行 `rsu signal release`",
            ),
            _NONE,
            _conflicts,
        ),
        Probe(
            "lamps",
            Detail("lamps that are missing, or reported otherwise", "缺失或与站点文件不符的灯组"),
            Detail("their phases are announced as unavailable", "其相位按不可用播发"),
            remedy(SignalReason.LAMP_MISMATCH),
            _NONE,
            held("spat", Judgement.BAD, SignalReason.LAMP_MISSING, SignalReason.LAMP_MISMATCH),
        ),
        Probe(
            "announced-ends",
            Detail(
                "announced end of a light against the change of the lamp, worst", "灯色结束预告与实际变化之差（最大）"
            ),
            Detail("vehicles choose their speed by the announced end", "车辆按预告的结束时刻选择车速"),
            Detail(
                "compare the countdown at the crossing; have the controller send the plan that it runs; set its clock",
                "现场核对倒计时；使信号机上报正在运行的方案，并校准其时钟",
            ),
            _ENDS.words,
            _ends,
        ),
        Probe(
            "countdowns",
            Detail("countdowns that jump or stand still", "跳变或停滞的倒计时"),
            Detail("their ends are announced as uncertain or not at all", "其结束时刻按不确定播发或不播发"),
            remedy(SignalReason.COUNTDOWN_JUMP),
            _NONE,
            held("spat", Judgement.WARN, *_COUNTDOWN),
        ),
        Probe(
            "light-sequence",
            Detail("impossible order or duration of lights", "不可能的灯色顺序或时长"),
            Detail("such a phase is unavailable for a cycle", "该相位在一个周期内不可用"),
            remedy(SignalReason.IMPOSSIBLE_SEQUENCE),
            _NONE,
            held("spat", Judgement.BAD, SignalReason.IMPOSSIBLE_SEQUENCE, SignalReason.IMPOSSIBLE_DURATION),
        ),
        Probe(
            "signal-plan",
            Detail("plan of the signal controller", "信号机配时方案"),
            Detail(
                "without it only the current light is announced, not the next ones",
                "无方案时只播发当前灯色，不含后续灯色",
            ),
            remedy(SignalReason.NO_SIGNAL_PLAN),
            Detail("of all lamps, as reported", "包含全部灯组且与上报一致"),
            held("spat", Judgement.WARN, SignalReason.NO_SIGNAL_PLAN, SignalReason.PLAN_MISMATCH),
        ),
    ),
)
