"""Devices and their uses on the site, by the modality that their drivers state. Other devices are not judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from hw import registry
from hw.detail import NOTHING, Detail
from hw.errors import UnknownDriverError
from hw.modality import OTHER, ROWS, Gives, Modality
from rsu.core.errors import Finding
from rsu.site.model import MessageKind
from rsu.site.reading import OfSite
from rsu.site.rules.names import radio_place
from rsu.site.source import Path_

_GIVES = {
    Gives.ROAD_USERS: Detail("road users", "交通参与者"),
    Gives.POSITION: Detail("position and time", "位置与时间"),
    Gives.SIGNALS: Detail("signal states", "灯色"),
    Gives.RADIO: Detail("frames of the air", "空口消息"),
    Gives.SPEEDS: Detail("speeds without places", "不含位置的车速"),
    Gives.WEATHER: Detail("weather", "气象"),
    Gives.OTHER: Detail("other things", "其他数据"),
}
_FIT = Detail(" (there are {there})", "（可用的有 {there}）")
_NO_RADIO = Detail(
    '"{name}" is a {kind}, which cannot transmit',
    '"{name}" 为 {kind}，不能发送',
)
_OTHER_USE = Detail(
    'expected a device that gives {wanted}, got "{name}", a {kind}, which gives {gives}{hint}',
    '应为提供 {wanted} 的设备，实为 "{name}"，是 {kind}，提供 {gives}{hint}',
)
_NO_MODALITY = Detail(
    "expected a modality ({there}), got {got}",
    "应为感知方式之一（{there}），实为 {got}",
)
_NOT_READ = Detail(
    'expected an entry in `sensors` with device "{name}", got none: it is read and never used',
    '`sensors` 中应有设备 "{name}" 的一项，实际没有：其数据被读取而从不使用',
)
_NO_SENSORS = Detail(
    "expected cameras or radars, got none: there will be no RSM",
    "应有摄像机或雷达，实际没有：将不播发 RSM",
)
_NO_GNSS = Detail(
    "expected a device of kind gnss, got none: without its time and place nothing with a time goes on air",
    "应有 gnss 类设备，实际没有：缺少其时间和位置，凡含时间的消息均不播发",
)
_TWO_GNSS = Detail(
    "expected one device of kind gnss, got {name} beside {first}: their fixes are mixed",
    "应只有一台 gnss 类设备，实际 {first} 之外还有 {name}：两者的定位会混用",
)
_NO_SIGNAL = Detail(
    "expected a section `signal`, got none: there will be no SPAT",
    "应有 `signal` 一节，实际没有：将不播发 SPAT",
)
_NO_SENDER = Detail(
    "no radio sends {kinds}: a message type that is meant to be silent stands in messages.silent",
    "没有射频单元发送 {kinds}：有意关闭的消息类型应写入 messages.silent",
)
_NEVER_USED = Detail(
    "gives {gives} beside {used}, and is never used",
    "已由 {used} 提供 {gives}，本设备从不使用",
)


def _modality(kind: str) -> Modality:
    try:
        return registry.modality(kind)
    except UnknownDriverError:  # found where it stands
        return OTHER


def _transmits(kind: str) -> bool:
    try:
        return hasattr(registry.driver_class(kind), "transmit")
    except UnknownDriverError:  # found where it stands
        return True


def _gives(kind: str) -> Gives:
    return _modality(kind).gives


def kinds(of: OfSite) -> Iterator[Finding]:
    """Find devices that cannot do the job for which the site names them."""
    site = of.site
    for index, name in enumerate(site.radios):
        if (radio := site.devices.get(name)) and not _transmits(radio.kind):
            yield of.source.finding(radio_place(of.source, index), _NO_RADIO.of(name=name, kind=radio.kind))
    uses: list[tuple[Path_, str, Gives]] = [
        (("sensors", index, "device"), sensor.device, Gives.ROAD_USERS) for index, sensor in enumerate(site.sensors)
    ]
    if site.signal is not None:
        uses.append((("signal", "device"), site.signal.device, Gives.SIGNALS))
    for place, name, wanted in uses:
        kind = site.devices[name].kind if name in site.devices else ""
        if (gives := _gives(kind)) not in (wanted, Gives.OTHER):
            fit = ", ".join(each for each, found in site.devices.items() if _gives(found.kind) == wanted)
            yield of.source.finding(
                place,
                _OTHER_USE.of(
                    wanted=_GIVES[wanted],
                    name=name,
                    kind=kind,
                    gives=_GIVES[gives],
                    hint=_FIT.of(there=fit) if fit else NOTHING,
                ),
            )


def fault_types(of: OfSite) -> Iterator[Finding]:
    """Find numbers of faults for unknown modalities."""
    names = {row.name for row in (*ROWS, *(_modality(device.kind) for device in of.site.devices.values()))}
    for name in sorted(of.site.uplink.standard.fault_types.keys() - names):
        yield of.source.finding(
            ("uplink", "standard", "fault_types", name), _NO_MODALITY.of(there=", ".join(sorted(names)), got=name)
        )


def idle(of: OfSite) -> Iterator[Finding]:
    """Find devices without a use, and roles without a device."""
    site = of.site
    sensors = {sensor.device for sensor in site.sensors}
    by_role = {role: [n for n, d in site.devices.items() if _gives(d.kind) == role] for role in Gives}
    for name in by_role[Gives.ROAD_USERS]:
        if name not in sensors and site.devices[name].kind != "video":  # of video it is an error
            yield of.source.warning(("devices", name), _NOT_READ.of(name=name))
    if not sensors:
        yield of.source.warning(("sensors",), _NO_SENSORS)
    if not by_role[Gives.POSITION]:
        yield of.source.warning(("devices",), _NO_GNSS)
    for name in by_role[Gives.POSITION][1:]:
        first = by_role[Gives.POSITION][0]
        yield of.source.warning(("devices", name, "kind"), _TWO_GNSS.of(name=name, first=first))
    if site.signal is None and by_role[Gives.SIGNALS]:
        name = by_role[Gives.SIGNALS][0]
        yield of.source.warning(("devices", name), _NO_SIGNAL)
    for role, used in ((Gives.SIGNALS, [site.signal.device] if site.signal else []), (Gives.RADIO, site.radios)):
        for name in by_role[role]:
            if used and name not in used:
                text = _NEVER_USED.of(gives=_GIVES[role], used=", ".join(used))
                yield of.source.warning(("devices", name, "kind"), text)
    unsent = set(get_args(MessageKind)).difference(site.messages.silent, *(radio.messages for radio in site.radio))
    if unsent:
        yield of.source.warning(("radio",), _NO_SENDER.of(kinds=", ".join(sorted(unsent))))
