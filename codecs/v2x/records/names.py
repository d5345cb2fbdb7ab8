"""Names of enumerators and of bits, spelt as in the standard, in the order of their codes and bits."""

from __future__ import annotations

from typing import Literal, TypeAlias

# fmt: off

# common
TimeConfidence: TypeAlias = Literal[
    "unavailable", "time-100-000", "time-050-000", "time-020-000", "time-010-000", "time-002-000", "time-001-000",
    "time-000-500", "time-000-200", "time-000-100", "time-000-050", "time-000-020", "time-000-010", "time-000-005",
    "time-000-002", "time-000-001", "time-000-000-5", "time-000-000-2", "time-000-000-1", "time-000-000-05",
    "time-000-000-02", "time-000-000-01", "time-000-000-005", "time-000-000-002", "time-000-000-001",
    "time-000-000-000-5", "time-000-000-000-2", "time-000-000-000-1", "time-000-000-000-05", "time-000-000-000-02",
    "time-000-000-000-01", "time-000-000-000-005", "time-000-000-000-002", "time-000-000-000-001",
    "time-000-000-000-000-5", "time-000-000-000-000-2", "time-000-000-000-000-1", "time-000-000-000-000-05",
    "time-000-000-000-000-02", "time-000-000-000-000-01",
]
PositionConfidence: TypeAlias = Literal[
    "unavailable", "a500m", "a200m", "a100m", "a50m", "a20m", "a10m", "a5m", "a2m", "a1m", "a50cm", "a20cm", "a10cm",
    "a5cm", "a2cm", "a1cm",
]
ElevationConfidence: TypeAlias = Literal[
    "unavailable", "elev-500-00", "elev-200-00", "elev-100-00", "elev-050-00", "elev-020-00", "elev-010-00",
    "elev-005-00", "elev-002-00", "elev-001-00", "elev-000-50", "elev-000-20", "elev-000-10", "elev-000-05",
    "elev-000-02", "elev-000-01",
]
SpeedConfidence: TypeAlias = Literal[
    "unavailable", "prec100ms", "prec10ms", "prec5ms", "prec1ms", "prec0-1ms", "prec0-05ms", "prec0-01ms",
]
HeadingConfidence: TypeAlias = Literal[
    "unavailable", "prec10deg", "prec05deg", "prec01deg", "prec0-1deg", "prec0-05deg", "prec0-01deg", "prec0-0125deg",
]
SteeringConfidence: TypeAlias = Literal["unavailable", "prec2deg", "prec1deg", "prec0-02deg"]
Transmission: TypeAlias = Literal[
    "neutral", "park", "forwardGears", "reverseGears", "reserved1", "reserved2", "reserved3", "unavailable",
]

# BSM
BrakePedal: TypeAlias = Literal["unavailable", "off", "on"]
WheelBrake: TypeAlias = Literal["unavailable", "leftFront", "leftRear", "rightFront", "rightRear"]
BrakeBoost: TypeAlias = Literal["unavailable", "off", "on"]
TractionControl: TypeAlias = Literal["unavailable", "off", "on", "engaged"]
AntiLockBrake: TypeAlias = Literal["unavailable", "off", "on", "engaged"]
StabilityControl: TypeAlias = Literal["unavailable", "off", "on", "engaged"]
AuxiliaryBrake: TypeAlias = Literal["unavailable", "off", "on", "reserved"]
VehicleEvent: TypeAlias = Literal[
    "eventHazardLights", "eventStopLineViolation", "eventABSactivated", "eventTractionControlLoss",
    "eventStabilityControlactivated", "eventHazardousMaterials", "eventReserved1", "eventHardBraking",
    "eventLightsChanged", "eventWipersChanged", "eventFlatTire", "eventDisabledVehicle", "eventAirBagDeployment",
]
ExteriorLight: TypeAlias = Literal[
    "lowBeamHeadlightsOn", "highBeamHeadlightsOn", "leftTurnSignalOn", "rightTurnSignalOn", "hazardSignalOn",
    "automaticLightControlOn", "daytimeRunningLightsOn", "fogLightOn", "parkingLightsOn",
]
GnssStatus: TypeAlias = Literal[
    "unavailable", "isHealthy", "isMonitored", "baseStationType", "aPDOPofUnder5", "inViewOfUnder5",
    "localCorrectionsPresent", "networkCorrectionsPresent",
]
Response: TypeAlias = Literal[
    "notInUseOrNotEquipped", "emergency", "nonEmergency", "pursuit", "stationary", "slowMoving", "stopAndGoMovement",
]
Siren: TypeAlias = Literal["unavailable", "notInUse", "inUse", "reserved"]
Lightbar: TypeAlias = Literal[
    "unavailable", "notInUse", "inUse", "yellowCautionLights", "schooldBusLights", "arrowSignsActive",
    "slowMovingVehicle", "freqStops",
]

# MAP
Maneuver: TypeAlias = Literal[
    "maneuverStraightAllowed", "maneuverLeftAllowed", "maneuverRightAllowed", "maneuverUTurnAllowed",
    "maneuverLeftTurnOnRedAllowed", "maneuverRightTurnOnRedAllowed", "maneuverLaneChangeAllowed",
    "maneuverNoStoppingAllowed", "yieldAllwaysRequired", "goWithHalt", "caution", "reserved1",
]
LaneSharing: TypeAlias = Literal[
    "overlappingLaneDescriptionProvided", "multipleLanesTreatedAsOneLane", "otherNonMotorizedTrafficTypes",
    "individualMotorizedVehicleTraffic", "busVehicleTraffic", "taxiVehicleTraffic", "pedestriansTraffic",
    "cyclistVehicleTraffic", "trackedVehicleTraffic", "pedestrianTraffic",
]
LaneKind: TypeAlias = Literal[
    "vehicle", "crosswalk", "bikeLane", "sidewalk", "median", "striping", "trackedVehicle", "parking",
]
VehicleLaneFlag: TypeAlias = Literal[
    "isVehicleRevocableLane", "isVehicleFlyOverLane", "hovLaneUseOnly", "restrictedToBusUse", "restrictedToTaxiUse",
    "restrictedFromPublicUse", "hasIRbeaconCoverage", "permissionOnRequest",
]
CrosswalkFlag: TypeAlias = Literal[
    "crosswalkRevocableLane", "bicyleUseAllowed", "isXwalkFlyOverLane", "fixedCycleTime", "biDirectionalCycleTimes",
    "hasPushToWalkButton", "audioSupport", "rfSignalRequestPresent", "unsignalizedSegmentsPresent",
]
BikeLaneFlag: TypeAlias = Literal[
    "bikeRevocableLane", "pedestrianUseAllowed", "isBikeFlyOverLane", "fixedCycleTime", "biDirectionalCycleTimes",
    "isolatedByBarrier", "unsignalizedSegmentsPresent",
]
SidewalkFlag: TypeAlias = Literal["sidewalk-RevocableLane", "bicyleUseAllowed", "isSidewalkFlyOverLane", "walkBikes"]
BarrierFlag: TypeAlias = Literal[
    "median-RevocableLane", "median", "whiteLineHashing", "stripedLines", "doubleStripedLines", "trafficCones",
    "constructionBarrier", "trafficChannels", "lowCurbs", "highCurbs",
]
StripingFlag: TypeAlias = Literal[
    "stripeToConnectingLanesRevocableLane", "stripeDrawOnLeft", "stripeDrawOnRight", "stripeToConnectingLanesLeft",
    "stripeToConnectingLanesRight", "stripeToConnectingLanesAhead",
]
TrackedVehicleFlag: TypeAlias = Literal[
    "spec-RevocableLane", "spec-commuterRailRoadTrack", "spec-lightRailRoadTrack", "spec-heavyRailRoadTrack",
    "spec-otherRailType",
]
ParkingFlag: TypeAlias = Literal[
    "parkingRevocableLane", "parallelParkingInUse", "headInParkingInUse", "doNotParkZone", "parkingForBusUse",
    "parkingForTaxiUse", "noPublicParkingUse",
]
SpeedLimitType: TypeAlias = Literal[
    "unknown", "maxSpeedInSchoolZone", "maxSpeedInSchoolZoneWhenChildrenArePresent", "maxSpeedInConstructionZone",
    "vehicleMinSpeed", "vehicleMaxSpeed", "vehicleNightMaxSpeed", "truckMinSpeed", "truckMaxSpeed",
    "truckNightMaxSpeed", "vehiclesWithTrailersMinSpeed", "vehiclesWithTrailersMaxSpeed",
    "vehiclesWithTrailersNightMaxSpeed",
]

# RSM
ParticipantType: TypeAlias = Literal["unknown", "motor", "non-motor", "pedestrian", "rsu"]
Source: TypeAlias = Literal["unknown", "selfinfo", "v2x", "video", "microwaveRadar", "loop", "lidar", "integrated"]

# SPAT
IntersectionStatus: TypeAlias = Literal[
    "manualControlIsEnabled", "stopTimeIsActivated", "failureFlash", "preemptIsActive", "signalPriorityIsActive",
    "fixedTimeOperation", "trafficDependentOperation", "standbyOperation", "failureMode", "off",
    "recentMAPmessageUpdate", "recentChangeInMAPassignedLanesIDsUsed", "noValidMAPisAvailableAtThisTime",
    "noValidSPATisAvailableAtThisTime",
]
Light: TypeAlias = Literal[
    "unavailable", "dark", "flashing-red", "red", "flashing-green", "permissive-green", "protected-green", "yellow",
    "flashing-yellow",
    "pre-Movement",  # in T/CSAE 53-2017 only, where it has the place of flashing-green
]

# RSI
EventSource: TypeAlias = Literal["unknown", "police", "government", "meteorological", "internet", "detection"]
# fmt: on
