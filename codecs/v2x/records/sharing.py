"""SSM, objects that a sender's sensors see (T/CSAE 157-2020, module SensorSharing)."""

from __future__ import annotations

from typing import Annotated

from v2x import units
from v2x.records import names, names_ii
from v2x.records.bsm import EXTERIOR_LIGHTS, PathHistory
from v2x.records.common import Acceleration, Identity, MsgCount, PositionConfidenceSet, Record, Word
from v2x.records.personal import NonMotorData
from v2x.records.planning import AccelerationConfidenceSet, Planning
from v2x.records.rsi import Event
from v2x.records.rsm import Participant
from v2x.records.sections import Polygon
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import POSITION, Position, itself


class ObjectSize(Record, frozen=True, kw_only=True):
    """Outer dimensions of an obstacle."""

    width_m: Annotated[float, Wire("width", units.OBJECT_SIZE)]
    length_m: Annotated[float, Wire("length", units.OBJECT_SIZE)]
    height_m: Annotated[float | None, Wire("height", units.OBJECT_SIZE)] = None


class ObjectSizeConfidence(Record, frozen=True, kw_only=True):
    """95 % accuracy of outer dimensions."""

    width: Annotated[names_ii.SizeConfidence, Wire("widthConf")]
    length: Annotated[names_ii.SizeConfidence, Wire("lengthConf")]
    height: Annotated[names_ii.SizeConfidence | None, Wire("heightConf")] = None


class Attitude(Record, frozen=True, kw_only=True):
    """How a vehicle is turned."""

    pitch_deg: Annotated[float, Wire("pitch", units.TILT)]
    roll_deg: Annotated[float, Wire("roll", units.TILT)]
    yaw_deg: Annotated[float, Wire("yaw", units.YAW)]


class AttitudeConfidence(Record, frozen=True, kw_only=True):
    """95 % accuracy of an attitude."""

    pitch: Annotated[names.HeadingConfidence, Wire("pitchConfidence")]
    roll: Annotated[names.HeadingConfidence, Wire("rollRateConfidence")]
    yaw: Annotated[names.HeadingConfidence, Wire("yawRate")]


class AngularVelocity(Record, frozen=True, kw_only=True):
    """How fast a vehicle turns."""

    pitch_rate_dps: Annotated[float, Wire("pitchRate", units.YAW_RATE)]
    roll_rate_dps: Annotated[float, Wire("rollRate", units.YAW_RATE)]
    yaw_rate_dps: Annotated[float, Wire("yawRate", units.YAW_RATE)]  # clockwise +


class AngularVelocityConfidence(Record, frozen=True, kw_only=True):
    """95 % accuracy of angular velocities."""

    pitch_rate: Annotated[names_ii.AngularVelocityConfidence, Wire("pitchRate")]
    roll_rate: Annotated[names_ii.AngularVelocityConfidence, Wire("rollRate")]
    yaw_rate: Annotated[names_ii.AngularVelocityConfidence, Wire("yawRate")]


class MotorExtension(Record, frozen=True, kw_only=True, tag="motorExt"):
    """More about a motor vehicle (MotorDataExtension)."""

    lights: Annotated[tuple[names.ExteriorLight, ...] | None, Wire("lights", EXTERIOR_LIGHTS)] = None
    attitude: Annotated[Attitude | None, Wire("vehAttitude")] = None
    attitude_confidence: Annotated[AttitudeConfidence | None, Wire("vehAttitudeConfidence")] = None
    angular_velocity: Annotated[AngularVelocity | None, Wire("vehAngVel")] = None
    angular_velocity_confidence: Annotated[AngularVelocityConfidence | None, Wire("vehAngVelConfidence")] = None


class NonMotorExtension(Record, frozen=True, kw_only=True, tag="non-motorExt"):
    """More about a road user without a motor vehicle (Non-motorDataExtension)."""

    radius_m: Annotated[float, Wire("overallRadius", units.OVERALL_RADIUS)]
    data: Annotated[NonMotorData, Wire("non-motorData")]


class DetectedParticipant(Record, frozen=True, kw_only=True):
    """A road user (DetectedPTCData)."""

    participant: Annotated[Participant, Wire("ptc")]
    size_confidence: Annotated[ObjectSizeConfidence | None, Wire("objSizeConfidence")] = None
    type: Annotated[names_ii.DetectedType | None, Wire("detectedPTCType")] = None
    type_confidence_percent: Annotated[float | None, Wire("typeConfidence", units.PERCENT)] = None
    acceleration_confidence: Annotated[AccelerationConfidenceSet | None, Wire("acc4WayConfidence")] = None
    status_duration_s: Annotated[float | None, Wire("statusDuration", units.TIME_OFFSET)] = None  # in this state
    path_history: Annotated[PathHistory | None, Wire("pathHistory")] = None
    plannings: Annotated[tuple[Planning, ...], Limits(0, 8), Wire("planningList")] = ()
    tracked_s: Annotated[int | None, Wire("tracking", units.TRACKING)] = None
    polygon: Annotated[Polygon | None, Wire("polygon")] = None
    extension: Annotated[MotorExtension | NonMotorExtension | None, Wire("type-relatedExt")] = None


class DetectedObstacle(Record, frozen=True, kw_only=True):
    """A thing on the road (DetectedObstacleData)."""

    type: Annotated[names_ii.ObstacleType, Wire("obsType")]
    type_confidence_percent: Annotated[float | None, Wire("objTypeConfidence", units.PERCENT)] = None
    obstacle_id: Annotated[Word, Wire("obsId")]  # 1..255; 0 reserved
    source: Annotated[names.Source, Wire("source")]
    sec_mark_ms: Annotated[int | None, Wire("secMark", units.SEC_MARK)]  # inside the UTC minute, of the measurement
    position: Annotated[Position | None, Wire("pos", relative=True)]
    position_confidence: Annotated[PositionConfidenceSet, Wire("posConfidence")]
    speed_mps: Annotated[float | None, Wire("speed", units.SPEED)]
    speed_confidence: Annotated[names.SpeedConfidence | None, Wire("speedCfd")] = None
    heading_deg: Annotated[float | None, Wire("heading", units.HEADING)]
    heading_confidence: Annotated[names.HeadingConfidence | None, Wire("headingCfd")] = None
    vertical_speed_mps: Annotated[float | None, Wire("verSpeed", units.SPEED)] = None
    vertical_speed_confidence: Annotated[names.SpeedConfidence | None, Wire("verSpeedConfidence")] = None
    acceleration: Annotated[Acceleration | None, Wire("accelSet")] = None
    size: Annotated[ObjectSize, Wire("size")]
    size_confidence: Annotated[ObjectSizeConfidence | None, Wire("objSizeConfidence")] = None
    tracked_s: Annotated[int | None, Wire("tracking", units.TRACKING)] = None
    polygon: Annotated[Polygon | None, Wire("polygon")] = None


class SensorSharingMessage(Record, frozen=True, kw_only=True, tag="SensorSharingMsg"):
    """Road users, things and events around the sender."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    id: Annotated[Identity, Wire("id")]  # of the sender
    equipment: Annotated[names_ii.Equipment, Wire("equipmentType")]  # kind of the sender
    sec_mark_ms: Annotated[int | None, Wire("secMark", units.SEC_MARK)]  # inside the UTC minute
    position: Annotated[Position | None, Wire("sensorPos", POSITION, reference=itself)]
    regions: Annotated[tuple[Polygon, ...], Limits(0, 8), Wire("detectedRegion")] = ()  # areas that the sensors cover
    participants: Annotated[tuple[DetectedParticipant, ...], Limits(0, 512), Wire("participants")] = ()
    obstacles: Annotated[tuple[DetectedObstacle, ...], Limits(0, 64), Wire("obstacles")] = ()
    events: Annotated[tuple[Event, ...], Limits(0, 8), Wire("rtes")] = ()
