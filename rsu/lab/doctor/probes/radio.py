"""The radio and its channel: messages on air at their rates, frames that the radio refuses, its agent."""

from __future__ import annotations

from collections.abc import Iterator

from hw.detail import Detail
from hw.modality import Gives
from hw.radio.agent import RadioAgentSettings
from rsu.lab.doctor.derived import states
from rsu.lab.doctor.facts import NotApplicableError, SiteFacts
from rsu.lab.doctor.probe import Margin, Measured, Probe, ProbeGroup, bad, fine, remedy, warn
from rsu.lab.doctor.sensors import SILENT
from rsu.messages.table import ROWS
from rsu.reasons import NORMAL, terms, words
from rsu.reasons.radio import RadioReason

_TICKS_A_SECOND = 10
_SHARE = Margin(90, 60, "%", least=True)
_LOSS = Margin(0.1, 1, "%")
_BUSY = Margin(50, 70, "%")
_LATENCY = Margin(60, 100, "ms")
_REFUSALS = ("refused", "size")  # counters of frames that a radio did not send
_OTHER_VERSION = "version"

_RATE = Detail("{rate:.1f} of {nominal:.1f} a second", "每秒 {rate:.1f} 次，应为 {nominal:.1f} 次")
_LOST = Detail("{refused} of {sent} frames", "{sent} 帧中 {refused} 帧")
_NO_CHANNEL = Detail("the radio does not tell", "射频单元未提供")
_OTHER = Detail("{} datagrams of another version", "{} 个其他版本的数据报")
_SPOKEN = Detail("the driver's version", "与驱动版本一致")
_NO_RSM = Detail("no RSM with road users in the newest recording", "最近的录制中没有含目标的 RSM")


def _silent(of: SiteFacts) -> Iterator[Measured]:
    for message in of.snapshot.messages:
        told = Detail(*(", ".join(_reason(reason)[n] for reason in message.reasons) for n in (0, 1)))
        state = terms.DECISIONS[message.decision].name
        normal = message.decision == "send" or bool(set(message.reasons) & NORMAL)
        made = fine if normal else bad if message.decision == "silent" else warn
        yield made(told if told.en else state, message.kind.upper())


def _reason(code: str) -> tuple[str, str]:
    row = words(code)
    return row.text, row.text_zh


def _rates(of: SiteFacts) -> Iterator[Measured]:
    for message in of.snapshot.messages:
        nominal_hz = _TICKS_A_SECOND / ROWS[message.kind].period_ticks
        if message.decision != "silent":
            text = _RATE.of(rate=message.rate_hz, nominal=nominal_hz)
            yield _SHARE.measured(100.0 * message.rate_hz / nominal_hz, message.kind.upper(), text)


def _loss(of: SiteFacts) -> Iterator[Measured]:
    sent = sum(message.frames for message in of.snapshot.messages)
    for device in of.devices(Gives.RADIO):
        refused = sum(device.counters.get(name, 0) for name in _REFUSALS)
        yield _LOSS.measured(100.0 * refused / max(1, sent), device.name, _LOST.of(refused=refused, sent=sent))


def _version(of: SiteFacts) -> Iterator[Measured]:
    for device in of.devices(Gives.RADIO):
        if not isinstance(of.config.drivers[device.name], RadioAgentSettings):
            continue
        if strange := device.counters.get(_OTHER_VERSION, 0):
            yield bad(_OTHER.of(strange), device.name)
        elif device.state not in SILENT:
            yield fine(_SPOKEN, device.name)


def _busy(of: SiteFacts) -> Iterator[Measured]:
    if (busy := of.snapshot.channel_busy) is None:
        raise NotApplicableError(_NO_CHANNEL)
    yield _BUSY.measured(100.0 * busy)


def _latency(of: SiteFacts) -> Iterator[Measured]:
    found = of.recent.on_air.latencies_ms
    if not found:
        raise NotApplicableError(_NO_RSM)
    yield _LATENCY.measured(found[(len(found) * 95 - 1) // 100])


GROUP = ProbeGroup(
    "radio",
    Detail("Radio and channel", "射频与信道"),
    (
        Probe(
            "radio-state",
            Detail("state of the radio", "射频单元状态"),
            Detail("without it nothing is on air", "射频单元失效则无任何播发"),
            remedy(RadioReason.RADIO_LOST),
            Detail("ok", "正常"),
            states(Gives.RADIO),
        ),
        Probe(
            "messages-sent",
            Detail("decision of the gate, by message", "各消息的放行结果"),
            Detail("vehicles get no warning from a silent message", "静默的消息无法向车辆发出警示"),
            Detail("`rsu why MESSAGE` names cause and remedy", "`rsu why 消息名` 给出原因与处理办法"),
            Detail("sending, or nothing to announce", "播发，或无内容可发布"),
            _silent,
        ),
        Probe(
            "message-rates",
            Detail("rate on air, by message", "各消息的播发频率"),
            Detail("T/CSAE 157 expects RSM and SPAT ten times a second", "T/CSAE 157 要求 RSM 与 SPAT 每秒十次"),
            Detail(
                "look at the processor load below; `rsu selftest --speed` says whether this box can carry the site",
                "查看下方处理器负载；`rsu selftest --speed` 可判断本机能否承载该站点",
            ),
            Detail(
                "share of the nominal rate: warning below 90 %, bad below 60 %",
                "标称频率占比：低于 90 % 警告，低于 60 % 异常",
            ),
            _rates,
        ),
        Probe(
            "radio-loss",
            Detail("frames that the radio did not send", "射频单元未发送的帧"),
            Detail("each is a message that no vehicle receives", "每一帧都是车辆收不到的消息"),
            remedy(RadioReason.RADIO_FAULT),
            _LOSS.words,
            _loss,
        ),
        Probe(
            "agent-version",
            Detail("protocol version of the radio's agent", "射频代理的协议版本"),
            Detail("datagrams of another version are not read", "其他版本的数据报无法解析"),
            Detail(
                "install the agent of the version that the manual's page Radios names",
                "安装手册“射频单元”页所列版本的代理",
            ),
            Detail("same as the driver's", "与驱动一致"),
            _version,
        ),
        Probe(
            "channel-busy",
            Detail("channel busy ratio", "信道忙比"),
            Detail(
                "on a busy channel messages collide, and fewer road users are broadcast",
                "信道繁忙时消息碰撞，播发的目标减少",
            ),
            remedy(RadioReason.CHANNEL_BUSY),
            _BUSY.words,
            _busy,
        ),
        Probe(
            "latency",
            Detail("from the newest octet of a sensor to RSM, p95", "传感器最新数据到 RSM 的时延 p95"),
            Detail("a vehicle at 20 m/s moves 2 m in 100 ms", "20 m/s 的车辆 100 ms 移动 2 m"),
            Detail(
                "look for processor load; fewer or slower video cameras, or a faster box",
                "检查处理器负载；减少视频摄像机或降低其频率，或更换更快的设备",
            ),
            _LATENCY.words,
            _latency,
        ),
    ),
)
