"""Application ids, priorities and layer-2 destinations of the messages.

Sources: AIDs and destinations from the interoperability configuration of 2020 (draft of YD/T 4008-2022), priorities of
RSU messages from T/CSAE 159-2020.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from v2x.messages import Message
from v2x.records.bsm import BasicSafetyMessage
from v2x.records.roadmap import MapData
from v2x.records.rsi import RoadSideInformation
from v2x.records.rsm import RoadsideSafetyMessage
from v2x.records.spat import SignalPhaseAndTiming

Kind: TypeAlias = Literal[
    "bsm",
    "bsm-event",
    "bsm-emergency",
    "bsm-emergency-event",
    "bsm-aftermarket",
    "map",
    "spat",
    "rsi-static",
    "rsi-semi-static",
    "rsi-dynamic",
    "rsm",
]


class Service(NamedTuple):
    """How one kind of message is handed to the radio."""

    aid: int
    priority: int  # DSM priority, 0..255, 255 highest
    destination: int  # layer-2 id


# no standard gives a priority for BSM: that of RSM, which carries the same content at the same rate
SERVICES: Mapping[Kind, Service] = {
    "bsm": Service(111, 208, 0x000001),
    "bsm-event": Service(112, 208, 0x000002),
    "bsm-emergency": Service(113, 208, 0x000003),
    "bsm-emergency-event": Service(114, 208, 0x000004),
    "bsm-aftermarket": Service(3617, 208, 0x000005),
    "map": Service(3618, 16, 0x000006),
    "spat": Service(3619, 176, 0x000007),
    "rsi-static": Service(3620, 48, 0x000008),
    "rsi-semi-static": Service(3621, 80, 0x000009),
    "rsi-dynamic": Service(3622, 112, 0x00000A),
    "rsm": Service(3623, 208, 0x00000B),
}

KINDS: Mapping[int, Kind] = {service.aid: kind for kind, service in SERVICES.items()}  # by AID

_KIND_OF_RECORD: Mapping[type[Message], Kind] = {
    BasicSafetyMessage: "bsm",
    MapData: "map",
    SignalPhaseAndTiming: "spat",
    RoadsideSafetyMessage: "rsm",
}
# spilled object, people and animals on the road, abnormal vehicles (GB/T 29100-2012 and its use in the field)
_DYNAMIC_EVENTS = {401, 405, 406, *range(901, 907)}


def kind_of(message: Message) -> Kind:
    """Return the kind under which a message is sent.

    An RSI holds one class only: static with any sign, dynamic with any event of people, animals, objects or single
    vehicles, semi-static with other events (rule of a vendor; the table of T/CSAE 159-2020 is not at hand).
    """
    if not isinstance(message, RoadSideInformation):
        return _KIND_OF_RECORD[type(message)]
    if message.signs:
        return "rsi-static"
    dynamic = any(event.event_type in _DYNAMIC_EVENTS for event in message.events)
    return "rsi-dynamic" if dynamic else "rsi-semi-static"
