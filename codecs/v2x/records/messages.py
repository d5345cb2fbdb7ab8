"""The messages of each profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from v2x.profiles import Profile
from v2x.records.alert import RoadSideAlert
from v2x.records.bsm import BasicSafetyMessage
from v2x.records.coordination import RoadsideCoordination
from v2x.records.intention import VehicleIntentionAndRequest
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

Message: TypeAlias = (
    BasicSafetyMessage
    | MapData
    | RoadsideSafetyMessage
    | SignalPhaseAndTiming
    | RoadSideInformation
    | RoadSideAlert
    | TestMessage
    | RtcmCorrections
    | RoadsideCoordination
    | SensorSharingMessage
    | VehicleIntentionAndRequest
    | ParkingAreaMap
    | PersonalSafetyMessage
    | PlatooningMessage
    | VehiclePaymentMessage
)

_COMMON: tuple[type[Message], ...] = (BasicSafetyMessage, MapData, RoadsideSafetyMessage, SignalPhaseAndTiming)
_PHASE_II: tuple[type[Message], ...] = (
    TestMessage,
    RtcmCorrections,
    RoadsideCoordination,
    SensorSharingMessage,
    VehicleIntentionAndRequest,
    ParkingAreaMap,
    PersonalSafetyMessage,
    PlatooningMessage,
    VehiclePaymentMessage,
)

MESSAGES: Mapping[Profile, tuple[type[Message], ...]] = {
    "ydt3709-2020": (*_COMMON, RoadSideInformation),
    "csae53-2020": (*_COMMON, RoadSideInformation),
    "csae53-2017": (*_COMMON, RoadSideAlert),
    "csae157-2020": (*_COMMON, RoadSideInformation, *_PHASE_II),
}
