"""The effect of each command: its content and the circumstances give a plan, or a refusal. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hw.detail import Detail
from rsu.bus.orders import AirOrder, AirSwitch, UpFilter
from rsu.downlink import airing
from rsu.downlink.contents import (
    CommandBody,
    ConfigDown,
    MapDown,
    OrderedEvent,
    RsiDown,
    RsmDown,
    SpatDown,
    UpConfig,
    UpgradeDown,
    V2xDown,
)
from rsu.downlink.errors import BAD_PARAMETER, RefusedError
from rsu.downlink.plan import ADDRESS, FILTER, ORDER, PERIOD, SWITCH, Circumstances, CommandPlan, Until, encoded
from rsu.reasons import commands as words
from rsu.site import edit

_NOT_UP = Detail("it sends no {} up", "本机不上报 {}")
_ALONE = Detail("siteConfig must come alone", "siteConfig 须单独下发")
_RETURN_S = 30.0  # after a probation, until the site before is in use again at the latest
_NOT_PACKAGED = Detail("it was not installed from the Debian package", "本机不是由 Debian 包安装的")
_NO_PASSWORD = Detail(
    "it keeps no password of an order: the package proves itself", "不保存指令中的密码：升级包自带证明"
)
_NOT_LATER = Detail("it upgrades at once only", "只能立即升级")


def nothing(_: CommandBody, __: Circumstances) -> CommandPlan:
    """Change nothing: it is a question."""
    return CommandPlan()


def config(content: ConfigDown, at: Circumstances) -> CommandPlan:
    """Switch message types; the answer has all switches as they are then."""
    ups = {
        "bsm": content.bsm_config,
        "rsi": content.rsi_config,
        "spat": content.spat_config,
        "rsm": content.rsm_config,
        "map": content.map_config,
    }
    for kind, wanted in ups.items():
        _refuse_up(kind, wanted)
    others = content.air_config or content.rates_hz or content.filters or any(ups.values())
    if content.site_config:
        if others:
            raise RefusedError(words.CANNOT.of(_ALONE), BAD_PARAMETER)
        return _site(content, at)
    if not others:
        raise RefusedError(words.NOTHING_IN_IT, BAD_PARAMETER)
    values: dict[str, bytes | None] = {
        f"{SWITCH}{kind}": None if switch == AirSwitch() else encoded(switch)
        for kind, switch in content.air_config.items()
    }
    values |= {f"{PERIOD}{kind}": encoded(round(1e9 / hz) if hz else 0) for kind, hz in content.rates_hz.items()}
    values |= {
        f"{FILTER}{kind}": None if wanted == UpFilter() else encoded(wanted) for kind, wanted in content.filters.items()
    }
    return CommandPlan(values, Until.STATION if values else Until.KEPT)


def _site(content: ConfigDown, at: Circumstances) -> CommandPlan:
    """Put another site on probation; an ordered address gives way to one in it."""
    moved = any(edit.split(key)[:2] in (["uplink"], ["uplink", "platform"]) for key in content.site_config)
    return CommandPlan({ADDRESS: None} if moved else {}, Until.SITE, at.probation_s + _RETURN_S)


def _refuse_up(kind: str, wanted: UpConfig | None) -> None:
    if wanted is not None and str(wanted.up_limit) != "0":
        raise RefusedError(words.CANNOT.of(_NOT_UP.of(kind.upper())))


def rsi(content: RsiDown, at: Circumstances) -> CommandPlan:
    """Put an event on air, change it, or withdraw it."""
    return _aired(_event(content.rsi, at))


def _event(ordered: OrderedEvent, at: Circumstances) -> Mapping[str, bytes | None]:
    return _order("rsi", ordered.alert_id, airing.event(ordered, at) if ordered.event_status else None, at)


def map_(content: MapDown, at: Circumstances) -> CommandPlan:
    """Put a map on air beside or in place of the own one (`airConfig`), or withdraw it (empty)."""
    name = f"{content.e_tag}-{content.map_slice}"
    return _aired(_order("map", name, _message("map", name, content.map, at), at))


def spat(content: SpatDown, at: Circumstances) -> CommandPlan:
    """Send lights once: this box has no signal controller."""
    return _aired(_order("spat", "spat", airing.message("spat", "spat", content.spat, at), at))


def rsm(content: RsmDown, at: Circumstances) -> CommandPlan:
    """Send road users once."""
    return _aired(_order("rsm", "rsm", airing.message("rsm", "rsm", content.rsm, at), at))


def v2x(content: V2xDown, at: Circumstances) -> CommandPlan:
    """Put all messages of table 24 on air that are in it."""
    values: dict[str, bytes | None] = {}
    if content.rsi is not None:
        values |= _event(content.rsi, at)
    for kind, text in (("map", content.map), ("spat", content.spat), ("rsm", content.rsm)):
        if text is not None:
            values |= _order(kind, kind, _message(kind, kind, text, at), at)
    if not values:
        raise RefusedError(words.NOTHING_IN_IT, BAD_PARAMETER)
    return _aired(values)


def _message(kind: str, name: str, text: str, at: Circumstances) -> AirOrder | None:
    return airing.message(kind, name, text, at) if text else None


def _order(kind: str, name: str, order: AirOrder | None, at: Circumstances) -> Mapping[str, bytes | None]:
    """Return the value of one order. `order` None: it is withdrawn."""
    place = f"{ORDER}{kind}.{name}"
    if order is None and place not in at.values:
        raise RefusedError(words.UNKNOWN_ORDER.of(name), BAD_PARAMETER)
    return {place: None if order is None else encoded(order)}


def _aired(values: Mapping[str, bytes | None]) -> CommandPlan:
    return CommandPlan(values, Until.STATION)


def upgrade(content: UpgradeDown, at: Circumstances) -> CommandPlan:
    """Fetch a package and hand it over to the upgrade, which verifies its signatures."""
    if not at.packaged:
        raise RefusedError(words.CANNOT.of(_NOT_PACKAGED))
    if content.user or content.password:
        raise RefusedError(words.CANNOT.of(_NO_PASSWORD))
    if content.time:
        raise RefusedError(words.CANNOT.of(_NOT_LATER))
    return CommandPlan({}, Until.ERRAND)


def air_rights(content: V2xDown) -> Iterator[str]:
    """Yield the rights that a message of table 24 needs."""
    parts = {"rsi": content.rsi, "map": content.map, "spat": content.spat, "rsm": content.rsm}
    yield from (name for name, part in parts.items() if part is not None)


def config_rights(content: ConfigDown) -> Iterator[str]:
    """Yield the rights that a configuration needs."""
    yield "config"
    if content.site_config:
        yield "site"
    if content.air_config:
        yield "switches"
