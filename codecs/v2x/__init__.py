"""C-V2X messages of phase I and II: octets <-> records in physical units.

YD/T 3709-2020 (default), T/CSAE 53-2020, T/CSAE 53-2017 and T/CSAE 157-2020, see `profiles`. The parts of the messages
of phase II stand in `v2x.records`.
"""

from v2x.adjust import Adjusted, adjusted
from v2x.aids import KINDS, SERVICES, Kind, Service, kind_of, services
from v2x.confidence import (
    elevation_confidence,
    heading_confidence,
    position_confidence,
    speed_confidence,
    steering_confidence,
    time_confidence,
)
from v2x.engine.engines import engine_name
from v2x.engine.plain.reader import Skipped
from v2x.errors import CodecError, DecodeError, EncodeError, RangeError, UnknownMessageError
from v2x.messages import MESSAGES, Decoded, Message, decode, encode, read
from v2x.profiles import DEFAULT_PROFILE, PROFILES, Profile
from v2x.receive import Received, receive
from v2x.records.alert import RoadSideAlert
from v2x.records.bsm import (
    BasicSafetyMessage,
    BrakeSystemStatus,
    DateTime,
    EmergencyExtensions,
    FullPositionVector,
    PathHistory,
    PathHistoryPoint,
    PathPrediction,
    SafetyExtensions,
)
from v2x.records.common import (
    Acceleration,
    BasicVehicleClass,
    MotionConfidenceSet,
    NodeReferenceId,
    PositionalAccuracy,
    PositionConfidenceSet,
    Size,
    VehicleClassification,
)
from v2x.records.coordination import RoadsideCoordination
from v2x.records.intention import VehicleIntentionAndRequest
from v2x.records.parking import ParkingAreaMap
from v2x.records.payment import VehiclePaymentMessage
from v2x.records.personal import PersonalSafetyMessage
from v2x.records.platoon import PlatooningMessage
from v2x.records.roadmap import (
    ConnectingLane,
    Connection,
    Lane,
    LaneAttributes,
    LaneType,
    Link,
    MapData,
    Movement,
    Node,
    RoadPoint,
    SpeedLimit,
)
from v2x.records.rsi import (
    Event,
    ReferenceLink,
    ReferencePath,
    RoadSideInformation,
    Sign,
    TimeDetails,
)
from v2x.records.rsm import Participant, RoadsideSafetyMessage
from v2x.records.rtcm import RtcmCorrections
from v2x.records.sharing import SensorSharingMessage
from v2x.records.spat import (
    CountingDown,
    IntersectionState,
    Phase,
    PhaseState,
    SignalPhaseAndTiming,
    UtcTiming,
)
from v2x.records.testmsg import TestMessage
from v2x.wire.positions import Position

__all__ = [
    "DEFAULT_PROFILE",
    "KINDS",
    "MESSAGES",
    "PROFILES",
    "SERVICES",
    "Acceleration",
    "Adjusted",
    "BasicSafetyMessage",
    "BasicVehicleClass",
    "BrakeSystemStatus",
    "CodecError",
    "ConnectingLane",
    "Connection",
    "CountingDown",
    "DateTime",
    "DecodeError",
    "Decoded",
    "EmergencyExtensions",
    "EncodeError",
    "Event",
    "FullPositionVector",
    "IntersectionState",
    "Kind",
    "Lane",
    "LaneAttributes",
    "LaneType",
    "Link",
    "MapData",
    "Message",
    "MotionConfidenceSet",
    "Movement",
    "Node",
    "NodeReferenceId",
    "ParkingAreaMap",
    "Participant",
    "PathHistory",
    "PathHistoryPoint",
    "PathPrediction",
    "PersonalSafetyMessage",
    "Phase",
    "PhaseState",
    "PlatooningMessage",
    "Position",
    "PositionConfidenceSet",
    "PositionalAccuracy",
    "Profile",
    "RangeError",
    "Received",
    "ReferenceLink",
    "ReferencePath",
    "RoadPoint",
    "RoadSideAlert",
    "RoadSideInformation",
    "RoadsideCoordination",
    "RoadsideSafetyMessage",
    "RtcmCorrections",
    "SafetyExtensions",
    "SensorSharingMessage",
    "Service",
    "Sign",
    "SignalPhaseAndTiming",
    "Size",
    "Skipped",
    "SpeedLimit",
    "TestMessage",
    "TimeDetails",
    "UnknownMessageError",
    "UtcTiming",
    "VehicleClassification",
    "VehicleIntentionAndRequest",
    "VehiclePaymentMessage",
    "adjusted",
    "decode",
    "elevation_confidence",
    "encode",
    "engine_name",
    "heading_confidence",
    "kind_of",
    "position_confidence",
    "read",
    "receive",
    "services",
    "speed_confidence",
    "steering_confidence",
    "time_confidence",
]
