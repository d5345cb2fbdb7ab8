"""Names of enumerators and of bits that phase II adds (T/CSAE 157-2020), spelt as there, in their order."""

from __future__ import annotations

from typing import Literal, TypeAlias

# fmt: off

# MAP
VehicleLaneFlag: TypeAlias = Literal[
    "isVehicleRevocableLane", "isRampLane", "hovLaneUseOnly", "restrictedToBusUse", "restrictedToTaxiUse",
    "restrictedFromPublicUse", "emergencyLane", "permissionOnRequest",
]
TurnDirection: TypeAlias = Literal["maneuverStraight", "maneuverLeftTurn", "maneuverRightTurn", "maneuverUTurn"]
LaneLine: TypeAlias = Literal[
    "whiteDottedLine", "whiteSolidLine", "yellowDottedLine", "yellowSolidLine", "whiteDotted-solidLine",
    "whiteSotted-dottedLine", "yellowDotted-solidLine", "yellowSotted-dottedLine",
]

# RSI
AuxiliarySignVehicle: TypeAlias = Literal["restrictedFromBus", "vehicle", "truck", "tractor", "private"]
AuxiliarySignDirection: TypeAlias = Literal[
    "straight", "leftAndRight", "right", "left", "leftFrontTurn", "rightFronTurn", "rightRearTurn", "leftRearTurn",
]

# RTCM
RtcmRevision: TypeAlias = Literal[
    "unknown", "reserved", "rtcmCMR", "rtcmCMR-Plus", "rtcmSAPOS", "rtcmSAPOS-Adv", "rtcmRTCA", "rtcmRAW", "rtcmRINEX",
    "rtcmSP3", "rtcmBINEX", "rtcmRev2-x", "rtcmRev2-0", "rtcmRev2-1", "rtcmRev2-3", "rtcmRev3-0", "rtcmRev3-1",
    "rtcmRev3-2",
]

# RSC
CoordinationInfo: TypeAlias = Literal[
    "cooperativeLaneChanging", "cooperativeVehMerging", "laneChangingAtIntersection", "no-signalIntersectionPassing",
    "dynamicLaneManagement", "laneReservation", "laneRestriction", "signalPriority",
]

# VIR
DriveBehavior: TypeAlias = Literal[
    "goStraightForward", "laneChangingToLeft", "laneChangingToRight", "rampIn", "rampOut",
    "intersectionStraightThrough", "intersectionTurnLeft", "intersectionTurnRight", "intersectionUTurn", "stop-and-go",
    "stop", "slow-down", "speed-up", "parking",
]
RequestStatus: TypeAlias = Literal["unknown", "request", "comfirmed", "cancel", "complete"]
ParkingRequest: TypeAlias = Literal[
    "enter", "exit", "park", "pay", "unloadPassenger", "pickupPassenger", "unloadCargo", "loadCargo", "reserved1",
    "reverved2", "reserved3", "reverved4",
]

# SSM
Equipment: TypeAlias = Literal["unknown", "rsu", "obu", "vru"]
DetectedType: TypeAlias = Literal[
    "unknown", "unknown-movable", "unknown-unmovable", "car", "van", "truck", "bus", "cyclist", "motorcyclist",
    "tricyclist", "pedestrian",
]
ObstacleType: TypeAlias = Literal[
    "unknown", "rockfall", "landslide", "animal-intrusion", "liquid-spill", "goods-scattered", "trafficcone",
    "safety-triangle", "traffic-roadblock", "inspection-shaft-without-cover", "unknown-fragments",
    "unknown-hard-object", "unknown-soft-object",
]
AccelerationConfidence: TypeAlias = Literal[
    "unavailable", "prec100deg", "prec10deg", "prec5deg", "prec1deg", "prec0-1deg", "prec0-05deg", "prec0-01deg",
]
AngularVelocityConfidence: TypeAlias = Literal[
    "unavailable", "prec100deg", "prec10deg", "prec5deg", "prec1deg", "prec0-1deg", "prec0-05deg", "prec0-01deg",
]
SizeConfidence: TypeAlias = Literal[
    "unavailable", "size-100-00", "size-050-00", "size-020-00", "size-010-00", "size-005-00", "size-002-00",
    "size-001-00", "size-000-50", "size-000-20", "size-000-10", "size-000-05", "size-000-02", "size-000-01",
]

# PAM
ParkingLotType: TypeAlias = Literal["p0", "p1", "p2", "p3", "p4", "p5"]
PamNodeAttribute: TypeAlias = Literal[
    "entrance", "exit", "toUpstair", "toDownstair", "etc", "mtc", "passAfterPayment", "blocked",
]
ParkingLock: TypeAlias = Literal["unknown", "nolock", "locked", "unlocked"]
ParkingTheta: TypeAlias = Literal["unknown", "vertical", "side", "oblique"]
SlotStatus: TypeAlias = Literal["unknown", "available", "occupied", "reserved"]
ParkingType: TypeAlias = Literal[
    "unknown", "ordinary", "disabled", "mini", "attached", "charging", "stereo", "lady", "extended", "private",
]

# PSM
PersonalUser: TypeAlias = Literal["unavailable", "aPEDESTRIAN", "aPEDALCYCLIST", "aROADWORKER", "anANIMAL"]
HumanPropelled: TypeAlias = Literal[
    "unavailable", "otherTypes", "onFoot", "skateboard", "pushOrKickScooter", "wheelchair",
]
AnimalPropelled: TypeAlias = Literal["unavailable", "otherTypes", "animalMounted", "animalDrawnCarriage"]
MotorizedPropelled: TypeAlias = Literal[
    "unavailable", "otherTypes", "wheelChair", "bicycle", "scooter", "selfBalancingDevice",
]
ClusterSize: TypeAlias = Literal["unavailable", "small", "medium", "large"]
Attachment: TypeAlias = Literal[
    "unavailable", "stroller", "bicycleTrailer", "cart", "wheelchair", "otherWalkAssistAttachments", "pet",
]
DeviceUsage: TypeAlias = Literal[
    "unavailable", "other", "idle", "listeningToAudio", "typing", "calling", "playingGames", "reading", "viewing",
]
Assistive: TypeAlias = Literal["unavailable", "otherType", "vision", "hearing", "movement", "cognition"]
RoadWorker: TypeAlias = Literal[
    "unavailable", "trafficPolice", "constructionPersonnel", "policeOfficers", "trafficControlPersons",
    "railroadCrossingGuards", "emergencyOrganizationPersonnel",
]
RoadWorkerActivity: TypeAlias = Literal[
    "unavailable", "workingOnRoad", "settingUpClosures", "respondingToEvents", "directingTraffic", "otherActivities",
]
Crossing: TypeAlias = Literal["unavailable", "request", "crossing", "finish"]

# CLPMM
PlatoonRole: TypeAlias = Literal["leader", "follower", "tail", "free-vehicle"]
PlatoonStatus: TypeAlias = Literal[
    "navigating", "beginToDissmiss", "askForJoining", "joining", "following", "askForLeaving", "leaving",
]

# VPM
PaymentEntity: TypeAlias = Literal["system", "freeflow", "enclosed", "congestion", "charging", "parking"]
TollingNode: TypeAlias = Literal["entranceStation", "exitStation", "entranceAndExitStation", "gantry"]
TollingDirection: TypeAlias = Literal[
    "north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest",
]
EquipmentClass: TypeAlias = Literal["onechipOBU", "iccOBU", "cpcOBU"]
ObuType: TypeAlias = Literal["oemObu", "aftermarketObu", "mobilePhone"]
ReturnStatus: TypeAlias = Literal[
    "noError", "accessDenied", "argumnetError", "complexityLimitation", "processingFailure", "processing",
]
TollResult: TypeAlias = Literal["ok", "nok", "contactOperator"]
Channel: TypeAlias = Literal["obu", "esam", "icc", "hmi", "beeper"]
# fmt: on
