"""Names in the site file: of nothing, and of two things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hw.detail import Detail
from rsu.core.errors import Finding
from rsu.site.hints import closest
from rsu.site.reading import OfSite
from rsu.site.source import ParsedFile, Path_
from rsu.site.wording import BUT

_NO_DEVICE = Detail(
    'no device is called "{name}"{there}',
    '没有名为 "{name}" 的设备{there}',
)
_NO_NAME = Detail(
    "expected a name of 1 to 63 characters without /",
    "名称应为 1 至 63 个字符，不含 /",
)
_NO_LAMP = Detail(
    "expected the lamp of a phase, got {lamp}",
    "应为某个相位的灯组，实为 {lamp}",
)
_NO_PAIR = Detail(
    "expected two phases of this signal, got {pair}",
    "应为本信号的两个相位，实为 {pair}",
)
_USED = Detail(
    "{value} is already used by entry {entry} of {list}",
    "{value} 已被 {list} 的第 {entry} 项使用",
)


def devices(of: OfSite) -> Iterator[Finding]:
    """Find roles given to devices that are not there, names that cannot be part of a topic, and two of one name."""
    source, site = of.source, of.site
    named: dict[Path_, str] = {radio_place(source, i): name for i, name in enumerate(site.radios)}
    named |= {("sensors", i, "device"): sensor.device for i, sensor in enumerate(site.sensors)}
    if site.signal is not None:
        named[("signal", "device")] = site.signal.device
    for place, name in named.items():
        if name not in site.devices:
            there = closest(name, [*site.devices], BUT.of(there=", ".join(site.devices)))
            yield source.finding(place, _NO_DEVICE.of(name=name, there=there))
    for name in site.devices:
        if not name or "/" in name or not name.isprintable() or len(name) > 63:
            yield source.finding(("devices", name), _NO_NAME)
    yield from twice(source, ("sensors",), "device", [sensor.device for sensor in site.sensors])
    yield from twice(source, ("radio",), "device", site.radios)


def radio_place(source: ParsedFile, index: int) -> Path_:
    """Return where the file names a radio: in a list of them, or alone."""
    listed: Path_ = ("radio", index, "device")
    return listed if source.mark(listed) else ("radio",)


def signal(of: OfSite) -> Iterator[Finding]:
    """Find phases and lamps that are there twice, and lamps and conflicts of phases that are not there."""
    source, signal = of.source, of.site.signal
    if signal is None:
        return
    phases = [phase.id for phase in signal.phases]
    yield from twice(source, ("signal", "phases"), "id", phases)
    yield from twice(source, ("signal", "phases"), "lamp", [phase.lamp for phase in signal.phases])
    yield from twice(source, ("signal", "lamps"), "lamp", [each.lamp for each in signal.lamps])
    known = {phase.lamp for phase in signal.phases}
    for index, each in enumerate(signal.lamps):
        if each.lamp not in known:
            yield source.finding(("signal", "lamps", index, "lamp"), _NO_LAMP.of(lamp=each.lamp))
    for index, pair in enumerate(signal.conflicts):
        if pair[0] == pair[1] or not {*pair} <= {*phases}:
            yield source.finding(("signal", "conflicts", index), _NO_PAIR.of(pair=pair))


def lists(of: OfSite) -> Iterator[Finding]:
    """Find other entries that are there twice."""
    site, source = of.site, of.source
    yield from twice(source, ("messages", "signs"), "id", [sign.id for sign in site.messages.signs])
    yield from twice(source, ("statistics", "loops"), "name", [loop.name for loop in site.statistics.loops])
    yield from twice(source, ("statistics", "zones"), "name", [zone.name for zone in site.statistics.zones])


def twice(source: ParsedFile, place: Path_, key: str, values: Sequence[object]) -> Iterator[Finding]:
    """Find values of a list's entries that one before has already."""
    for index, value in enumerate(values):
        if value in values[:index]:
            shown = f'"{value}"' if isinstance(value, str) else value
            yield source.finding(
                (*place, index, key), _USED.of(value=shown, entry=values.index(value) + 1, list=place[-1])
            )
