"""BSM, a vehicle's report of itself (modules BSM, VehBrake, VehEmgExt, VehSafetyExt, VehStatus)."""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated, get_args

from v2x import units
from v2x.fields import Flags
from v2x.records import names
from v2x.records.common import (
    Acceleration,
    Identity,
    MotionConfidenceSet,
    MsgCount,
    Plate,
    PositionalAccuracy,
    PositionConfidenceSet,
    Record,
    Size,
    VehicleClassification,
)
from v2x.wire.layout import NOT_2017, ONLY_2017, Wire, only
from v2x.wire.limits import Limits
from v2x.wire.positions import POSITION, Position, itself

WHEEL_BRAKES = Flags(get_args(names.WheelBrake), 5)
VEHICLE_EVENTS = Flags(get_args(names.VehicleEvent), 13)
EXTERIOR_LIGHTS = Flags(get_args(names.ExteriorLight), 9)
GNSS_STATUS = Flags(get_args(names.GnssStatus), 8)


class BrakeSystemStatus(Record, frozen=True, kw_only=True):
    """Brakes and the systems that use them."""

    pedal: Annotated[names.BrakePedal | None, Wire("brakePadel")] = None
    wheels: Annotated[tuple[names.WheelBrake, ...] | None, Wire("wheelBrakes", WHEEL_BRAKES)] = None
    traction: Annotated[names.TractionControl | None, Wire("traction")] = None
    abs: Annotated[names.AntiLockBrake | None, Wire("abs")] = None
    stability: Annotated[names.StabilityControl | None, Wire("scs")] = None
    boost: Annotated[names.BrakeBoost | None, Wire("brakeBoost")] = None
    auxiliary: Annotated[names.AuxiliaryBrake | None, Wire("auxBrakes")] = None


class DateTime(Record, frozen=True, kw_only=True):
    """Date and time of day."""

    year: Annotated[int | None, Wire("year", units.YEAR)] = None
    month: Annotated[int | None, Wire("month", units.MONTH)] = None
    day: Annotated[int | None, Wire("day", units.DAY)] = None
    hour: Annotated[int | None, Wire("hour", units.HOUR)] = None
    minute: Annotated[int | None, Wire("minute", units.MINUTE)] = None
    sec_mark_ms: Annotated[int | None, Wire("second", units.SEC_MARK)] = None  # inside the minute
    zone_min: Annotated[
        int | None, Wire("offset", units.ZONE, differs={"csae53-2020": Wire("offset", units.ZONE_CSAE53_2020)})
    ] = None  # east of UTC +


class FullPositionVector(Record, frozen=True, kw_only=True):
    """Where and how a vehicle was at one time."""

    time: Annotated[DateTime | None, Wire("utcTime")] = None
    position: Annotated[Position | None, Wire("pos", POSITION)]
    heading_deg: Annotated[float | None, Wire("heading", units.HEADING)] = None
    transmission: Annotated[names.Transmission | None, Wire("transmission")] = None
    speed_mps: Annotated[float | None, Wire("speed", units.SPEED)] = None
    accuracy: Annotated[PositionalAccuracy | None, Wire("posAccuracy", differs=only("csae53-2020", "csae157-2020"))] = (
        None
    )
    accuracy_class: Annotated[PositionConfidenceSet | None, Wire("posAccuracy", differs=ONLY_2017)] = None
    position_confidence: Annotated[
        PositionConfidenceSet | None,
        Wire("posConfidence", differs={"ydt3709-2020": Wire("posAccuracy"), "csae53-2020": Wire("posConficence")}),
    ] = None
    time_confidence: Annotated[names.TimeConfidence | None, Wire("timeConfidence")] = None
    motion_confidence: Annotated[MotionConfidenceSet | None, Wire("motionCfd")] = None


class PathHistoryPoint(Record, frozen=True, kw_only=True):
    """Where the vehicle was a while ago."""

    position: Annotated[Position | None, Wire("llvOffset", relative=True)]
    age_s: Annotated[float | None, Wire("timeOffset", units.TIME_OFFSET)]
    speed_mps: Annotated[float | None, Wire("speed", units.SPEED)] = None
    position_confidence: Annotated[PositionConfidenceSet | None, Wire("posAccuracy")] = None
    heading_deg: Annotated[float | None, Wire("heading", units.COARSE_HEADING)] = None


class PathHistory(Record, frozen=True, kw_only=True):
    """The way the vehicle came; positions travel relative to the initial one, or else to the vehicle."""

    initial: Annotated[FullPositionVector | None, Wire("initialPosition", reference=attrgetter("position"))] = (
        None  # later than every point
    )
    gnss_status: Annotated[tuple[names.GnssStatus, ...] | None, Wire("currGNSSstatus", GNSS_STATUS)] = None
    points: Annotated[tuple[PathHistoryPoint, ...], Limits(1, 23), Wire("crumbData")]  # 1..23


class PathPrediction(Record, frozen=True, kw_only=True):
    """The circle that the vehicle is expected to follow."""

    radius_m: Annotated[float | None, Wire("radiusOfCurve", units.CURVE_RADIUS)]  # to the right +; None: straight ahead
    confidence_percent: Annotated[float, Wire("confidence", units.PERCENT)]


class SafetyExtensions(Record, frozen=True, kw_only=True):
    """Optional data of the vehicle about its state and way."""

    events: Annotated[tuple[names.VehicleEvent, ...] | None, Wire("events", VEHICLE_EVENTS)] = None
    path_history: Annotated[PathHistory | None, Wire("pathHistory")] = None
    path_prediction: Annotated[PathPrediction | None, Wire("pathPrediction")] = None
    lights: Annotated[tuple[names.ExteriorLight, ...] | None, Wire("lights", EXTERIOR_LIGHTS)] = None


class EmergencyExtensions(Record, frozen=True, kw_only=True):
    """Additional data of an emergency vehicle."""

    response: Annotated[names.Response | None, Wire("responseType")] = None
    siren: Annotated[names.Siren | None, Wire("sirenUse")] = None
    lightbar: Annotated[names.Lightbar | None, Wire("lightsUse")] = None


class BasicSafetyMessage(Record, frozen=True, kw_only=True, tag="bsmFrame"):
    """State of one vehicle, 10 times a second."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    id: Annotated[Identity, Wire("id")]
    plate: Annotated[Plate | None, Wire("plateNo", differs=ONLY_2017)] = None
    sec_mark_ms: Annotated[int | None, Wire("secMark", units.SEC_MARK)]  # inside the UTC minute, of the position
    time_confidence: Annotated[names.TimeConfidence | None, Wire("timeConfidence", differs=NOT_2017)] = None
    position: Annotated[Position | None, Wire("pos", POSITION, reference=itself)]
    accuracy: Annotated[PositionalAccuracy | None, Wire("posAccuracy", differs=NOT_2017)] = None
    position_confidence: Annotated[
        PositionConfidenceSet | None, Wire("posConfidence", differs={"csae53-2017": Wire("accuracy")})
    ] = None  # must be given in T/CSAE 53-2017
    transmission: Annotated[names.Transmission, Wire("transmission")]
    speed_mps: Annotated[float | None, Wire("speed", units.SPEED)]
    heading_deg: Annotated[float | None, Wire("heading", units.HEADING)]
    steering_deg: Annotated[float | None, Wire("angle", units.STEERING)] = None  # of the wheel, right +
    motion_confidence: Annotated[MotionConfidenceSet | None, Wire("motionCfd")] = None
    acceleration: Annotated[Acceleration, Wire("accelSet")]
    brakes: Annotated[BrakeSystemStatus, Wire("brakes")]
    size: Annotated[Size, Wire("size")]
    vehicle_class: Annotated[VehicleClassification, Wire("vehicleClass")]
    safety: Annotated[SafetyExtensions | None, Wire("safetyExt")] = None
    emergency: Annotated[EmergencyExtensions | None, Wire("emergencyExt", differs=NOT_2017)] = None
