"""Vital figures of every device: the rows follow from the rules of alarms (`hw/vital_rules.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from hw.detail import Detail
from hw.modality import Gives
from hw.vital_rules import RULES, VitalRule
from rsu.lab.doctor.derived import Look, states
from rsu.lab.doctor.facts import SiteFacts
from rsu.lab.doctor.probe import Margin, Measured, Probe, ProbeGroup, remedy
from rsu.reasons.alarms import ALARMS
from rsu.reasons.box import BoxReason
from rsu.reasons.devices import DeviceReason

_WHY = Detail("effect on messages: {effect}; likely cause: {cause}", "对消息的影响：{effect}；可能原因：{cause}")
_OTHERS = (Gives.POSITION, Gives.SPEEDS, Gives.WEATHER, Gives.OTHER)
_MANY = Margin(100, 100_000)  # a few are normal where a device starts
_REFUSED = Detail("{} messages", "{} 条报文")


def _figure(rule: VitalRule) -> Look:
    """Return a look at one figure of all devices. It never says bad: the data are still used."""

    def look(of: SiteFacts) -> Iterator[Measured]:
        for device in of.devices():
            value: float | None = getattr(device.vitals, rule.figure)
            if value is not None:
                said = f"{value:.0f}" if rule.figure.endswith("_ms") else f"{100 * value:.0f}"
                yield Margin(rule.limit.raise_at, float("inf")).measured(value, device.name, rule.words.of(said))

    return look


def _probe(rule: VitalRule) -> Probe:
    reason = DeviceReason(rule.code)
    words, alarm = reason.words.of(), ALARMS[reason]
    why = _WHY.of(effect=alarm.effect or Detail("", ""), cause=alarm.cause)
    limit = rule.words.of(f"{rule.limit.raise_at * (1 if rule.figure.endswith('_ms') else 100):.0f}")
    return Probe(rule.code, Detail(words.text, words.text_zh), why, remedy(reason), limit, _figure(rule))


def _refused(of: SiteFacts) -> Iterator[Measured]:
    for device in of.devices():
        found = sum(each.count for each in device.refused)
        yield _MANY.measured(found, device.name, _REFUSED.of(found))


GROUP = ProbeGroup(
    "devices",
    Detail("Data of devices", "设备数据"),
    (
        Probe(
            "device-states",
            Detail("state of the other devices", "其他设备的状态"),
            Detail("a device that is lost takes its part of the messages with it", "设备失联则其对应的消息内容缺失"),
            remedy(BoxReason.DEVICE_LOST),
            Detail("ok", "正常"),
            states(*_OTHERS),
        ),
        *(_probe(rule) for rule in RULES),
        Probe(
            "refused-input",
            Detail("messages of devices that were refused since the start", "启动以来被拒的设备报文"),
            Detail("refused data are missing on air", "被拒的数据不会播发"),
            Detail("`rsu status` shows the octets and the likely cause", "`rsu status` 显示原始数据与可能原因"),
            _MANY.words,
            _refused,
        ),
    ),
)
