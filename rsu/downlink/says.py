"""The content of the answer to a command that is applied: the box as it is now. Pure."""

from __future__ import annotations

from rsu.bus.orders import AirSwitch
from rsu.downlink.contents import CommandBody, QueryDown
from rsu.downlink.plan import SWITCH, Facts, address, air_orders, filters
from rsu.messages.table import ROWS


def asked(content: QueryDown, facts: Facts) -> dict[str, object]:
    """Answer INFOQuery: 0 running information, 1 V2X counters, 2 devices."""
    said = (_running, air, _devices)[content.info_id]
    return {"InfoId": content.info_id, **said(content, facts)}


def _running(_: CommandBody, facts: Facts) -> dict[str, object]:
    return dict(facts.running)


def _devices(_: CommandBody, facts: Facts) -> dict[str, object]:
    devices = {} if facts.air is None else facts.air.devices
    return {"devices": [{"deviceSn": name, "state": state} for name, state in devices.items()]}


def air(_: CommandBody, facts: Facts) -> dict[str, object]:
    """Tell the gate's decision on every message type, and the ordered messages on air."""
    if facts.air is None:
        return {"onAir": []}
    messages = [
        {
            "kind": each.kind,
            "state": each.decision,
            "reasons": each.reasons,
            "rateHz": each.rate_hz,
            "frames": each.frames,
        }
        for each in facts.air.messages
    ]
    return {"messages": messages, "onAir": facts.air.on_air}


def switches(_: CommandBody, facts: Facts) -> dict[str, object]:
    """Tell the switches of every message type, and the filters of records."""
    found = air_orders(0, {name: text for name, text in facts.values.items() if name.startswith(SWITCH)}).switches
    return {"airConfig": {kind: found.get(kind, AirSwitch()) for kind in ROWS}, "filterConfig": filters(facts.values)}


def management(_: CommandBody, facts: Facts) -> dict[str, object]:
    """Tell the ordered rates and address; without an entry the site file's holds."""
    periods_ns, there = air_orders(0, facts.values).periods_ns, address(facts.values)
    ordered = {f"{kind} s": round(ns / 1e9, 3) for kind, ns in periods_ns.items()}
    return {"config": ordered | ({} if there is None else {"address": f"{there.host}:{there.port}"})}


def nothing(_: CommandBody, __: Facts) -> dict[str, object]:
    """Tell nothing beside the result of an errand."""
    return {}


def versions(_: CommandBody, facts: Facts) -> dict[str, object]:
    """Tell the versions of the box."""
    return dict(facts.versions)
