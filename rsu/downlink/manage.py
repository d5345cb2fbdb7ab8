"""om-config: rates, restart, address, by T/ITS 0180.1-2021, table 25 (the box) and MNG.DOWN of T/ITS 0117 (its radio).

`power` is mandatory there: 0 says nothing, so that a change of something else carries it without effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from hw.detail import Detail
from rsu.downlink.contents import OmConfigDown
from rsu.downlink.errors import BAD_PARAMETER, RefusedError
from rsu.downlink.plan import ADDRESS, PERIOD, Circumstances, CommandPlan, PlatformAddress, Until, encoded
from rsu.reasons import commands as words

_OFF, _RESTART = 1, 2
_NOT_OFF = Detail("switched off, it could not be switched on again from afar", "关机后无法远程开机")
_NO_MANAGER = Detail("no service manager would start it again", "没有服务管理器会重新启动它")
_NOT_LATER = Detail("it changes at once only", "只能立即更改")
_ONE_LOG = Detail("its log has one level", "其日志只有一个级别")
_ALONE = Detail("restart and address change must come alone", "重启和地址更改须单独下发")
_NO_ADDRESS = Detail("{} is no host:port", "{} 不是 主机:端口")


def rights(content: OmConfigDown) -> Iterator[str]:
    """Yield the rights that it needs."""
    if content.power or content.reboot:
        yield "power"
    if content.address_chg is not None:
        yield "address"
    if any(_rates(content)) or not (content.power or content.reboot or content.address_chg is not None):
        yield "om-config"


def effect(content: OmConfigDown, at: Circumstances) -> CommandPlan:
    """Change rates, restart, or move to another address."""
    if content.time or content.log_level is not None:
        raise RefusedError(words.CANNOT.of(_NOT_LATER if content.time else _ONE_LOG))
    rates = _rates(content)
    if (content.power or content.reboot) and (rates or content.address_chg is not None):
        raise RefusedError(words.CANNOT.of(_ALONE), BAD_PARAMETER)
    if content.power == _OFF:
        raise RefusedError(words.CANNOT.of(_NOT_OFF))
    if content.power == _RESTART or content.reboot:
        if not at.restarted:
            raise RefusedError(words.CANNOT.of(_NO_MANAGER))
        return CommandPlan({}, Until.RESTART)
    if content.address_chg is None:
        values = {f"{PERIOD}{kind}": encoded(seconds * 1_000_000_000) for kind, seconds in rates.items()}
        return CommandPlan(values, Until.STATION if values else Until.KEPT)
    if rates:
        raise RefusedError(words.CANNOT.of(_ALONE), BAD_PARAMETER)
    there = _address(content)
    return CommandPlan({ADDRESS: None if there == at.home else encoded(there)}, Until.CONNECTED)


def _rates(content: OmConfigDown) -> dict[str, int]:
    """Return kind of record -> seconds between two; 0: none. Heartbeats are the basic status."""
    heartbeat = content.hb_rate if content.hb_rate is not None else content.hb_rate_rsu
    running = content.running_info_rate if content.running_info_rate is not None else content.running_info_rate_rsu
    found = {"basic-status": heartbeat, "run-status": running}
    return {kind: seconds for kind, seconds in found.items() if seconds is not None}


def _address(content: OmConfigDown) -> PlatformAddress:
    """Return the new address; with or without a scheme before it."""
    change = content.address_chg
    text, later = (change, 0) if isinstance(change, str) else (change.url, change.time) if change else ("", 0)
    if later:
        raise RefusedError(words.CANNOT.of(_NOT_LATER))
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise RefusedError(words.NOT_READ.of(error), BAD_PARAMETER) from error
    if not host or not port:
        raise RefusedError(words.NOT_READ.of(_NO_ADDRESS.of(text[:64])), BAD_PARAMETER)
    return PlatformAddress(host, port)
