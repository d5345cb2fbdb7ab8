"""The account of `rsu check --live`: which data come from each device."""

from __future__ import annotations

from pathlib import Path

from hw.detail import NOTHING, Detail
from rsu.lab.live import HeardDevice, listen
from rsu.reasons import details
from rsu.site import config

SECONDS = 5.0
_LINE = Detail(
    "{name} ({kind}): {state}, {octets} octets{data}{fault}", "{name} ({kind})：{state}，{octets} 字节{data}{fault}"
)
_DATA = Detail(", {rate:.1f} a second: {types}", "，每秒 {rate:.1f} 次：{types}")
_USERS = Detail("{types}, {users} road users in them", "{types}，含交通参与者 {users} 个")
_FAULT = Detail("; {fault}", "；{fault}")


def heard(site: Path, run: Path) -> list[HeardDevice]:
    """Open all ports of a valid site for some seconds."""
    return listen(config.load(site), run, SECONDS)


def show(found: list[HeardDevice], language: str) -> None:
    """Print one line for each device."""
    for each in found:
        line = _LINE.of(
            name=each.name, kind=each.kind, state=each.state, octets=each.octets, data=_data(each), fault=_fault(each)
        )
        print(line.told(language))


def _data(each: HeardDevice) -> Detail:
    types: object = ", ".join(f"{count} {name}" for name, count in each.measurements.items())
    if not types:
        return NOTHING
    if each.road_users:
        types = _USERS.of(types=types, users=each.road_users)
    return _DATA.of(rate=each.rate_hz, types=types)


def _fault(each: HeardDevice) -> Detail:
    if not each.fault.en:
        return NOTHING
    zh = each.fault.zh if each.fault.zh != each.fault.en else details.said(each.fault.en, "zh")
    return _FAULT.of(fault=Detail(each.fault.en, zh))
