"""Application ids, priorities and layer-2 destinations of the messages.

Sources: AIDs and destinations from the interoperability configuration of 2020 (draft of YD/T 4008-2022), priorities of
RSU messages from T/CSAE 159-2020. For phase II only the placeholders of one vendor are known (`PLACEHOLDERS`): a site
has to configure the ids that its vehicles use, see `services`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from v2x.records.alert import RoadSideAlert
from v2x.records.bsm import BasicSafetyMessage
from v2x.records.coordination import RoadsideCoordination
from v2x.records.intention import VehicleIntentionAndRequest
from v2x.records.messages import Message
from v2x.records.parking import ParkingAreaMap
from v2x.records.payment import VehiclePaymentMessage
from v2x.records.personal import PersonalSafetyMessage
from v2x.records.platoon import PlatooningMessage
from v2x.records.roadmap import MapData
from v2x.records.rsi import RoadSideInformation
from v2x.records.rsm import RoadsideSafetyMessage
from v2x.records.rtcm import RtcmCorrections
from v2x.records.sharing import SensorSharingMessage
from v2x.records.spat import SignalPhaseAndTiming
from v2x.records.testmsg import TestMessage

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
    "rtcm",
    "rsc",
    "ssm",
    "vir",
    "pam",
    "psm",
    "clpmm",
    "vpm",
    "test",
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

# phase II: the official AIDs (YD/T 4008-2022) and destinations are not known. AIDs and priorities are those of one
# vendor (an OBU in the field sends CLPMM with 3616), the destination is the broadcast id.
PLACEHOLDERS: Mapping[Kind, Service] = {
    "pam": Service(18, 31, 0xFFFFFF),
    "clpmm": Service(19, 127, 0xFFFFFF),
    "psm": Service(20, 223, 0xFFFFFF),
    "rsc": Service(21, 127, 0xFFFFFF),
    "rtcm": Service(22, 95, 0xFFFFFF),
    "ssm": Service(23, 223, 0xFFFFFF),
    "vir": Service(24, 255, 0xFFFFFF),
    "vpm": Service(25, 255, 0xFFFFFF),
    "test": Service(26, 31, 0xFFFFFF),
}

KINDS: Mapping[int, Kind] = {service.aid: kind for kind, service in SERVICES.items()}  # by AID

_KIND_OF_RECORD: Mapping[type[Message], Kind] = {
    BasicSafetyMessage: "bsm",
    MapData: "map",
    SignalPhaseAndTiming: "spat",
    RoadsideSafetyMessage: "rsm",
    RtcmCorrections: "rtcm",
    RoadsideCoordination: "rsc",
    SensorSharingMessage: "ssm",
    VehicleIntentionAndRequest: "vir",
    ParkingAreaMap: "pam",
    PersonalSafetyMessage: "psm",
    PlatooningMessage: "clpmm",
    VehiclePaymentMessage: "vpm",
    TestMessage: "test",
}
# spilled object, people and animals on the road, abnormal vehicles (GB/T 29100-2012 and its use in the field)
DYNAMIC_EVENTS = {401, 405, 406, *range(901, 907)}


def services(configured: Mapping[Kind, Service] | None = None) -> Mapping[Kind, Service]:
    """Return the services of all kinds, phase II included; configured ids come before those of this module."""
    return {**SERVICES, **PLACEHOLDERS, **(configured or {})}


def kind_of(message: Message) -> Kind:
    """Return the kind under which a message is sent.

    An RSI holds one class only: static with any sign, dynamic with any event of people, animals, objects or single
    vehicles, semi-static with other events (rule of a vendor; the table of T/CSAE 159-2020 is not at hand).
    """
    if isinstance(message, RoadSideAlert):
        return "rsi-dynamic" if message.alert_type in DYNAMIC_EVENTS else "rsi-semi-static"
    if not isinstance(message, RoadSideInformation):
        return _KIND_OF_RECORD[type(message)]
    if message.signs:
        return "rsi-static"
    dynamic = any(event.event_type in DYNAMIC_EVENTS for event in message.events)
    return "rsi-dynamic" if dynamic else "rsi-semi-static"
