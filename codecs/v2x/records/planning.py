"""Planned behaviour and path of a vehicle or person (T/CSAE 157-2020, modules VIR, SensorSharing)."""

from __future__ import annotations

from typing import Annotated, TypeAlias, get_args

from v2x import units
from v2x.fields import Flags
from v2x.records import names, names_ii
from v2x.records.common import Acceleration, PositionConfidenceSet, Record
from v2x.records.rsi import ReferenceLink
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import Position

DRIVE_BEHAVIOR = Flags(get_args(names_ii.DriveBehavior), 14)


class AccelerationConfidenceSet(Record, frozen=True, kw_only=True):
    """95 % accuracy of accelerations and yaw rate (AccSet4WayConfidence)."""

    longitudinal: Annotated[names_ii.AccelerationConfidence, Wire("lonAccConfidence")]
    lateral: Annotated[names_ii.AccelerationConfidence, Wire("latAccConfidence")]
    vertical: Annotated[names_ii.AccelerationConfidence, Wire("vertAccConfidence")]
    yaw_rate: Annotated[names_ii.AngularVelocityConfidence, Wire("yawRateCon")]


class PathPlanningPoint(Record, frozen=True, kw_only=True):
    """Where and how the road user will be at one time."""

    link: Annotated[ReferenceLink | None, Wire("posInMap")] = None
    position: Annotated[Position | None, Wire("pos", relative=True)]
    position_confidence: Annotated[PositionConfidenceSet | None, Wire("posAccuracy")] = None
    speed_mps: Annotated[float | None, Wire("speed", units.SPEED)] = None
    speed_confidence: Annotated[names.SpeedConfidence | None, Wire("speedCfd")] = None
    heading_deg: Annotated[float | None, Wire("heading", units.HEADING)] = None
    heading_confidence: Annotated[names.HeadingConfidence | None, Wire("headingCfd")] = None
    acceleration: Annotated[Acceleration | None, Wire("accelSet")] = None
    acceleration_confidence: Annotated[AccelerationConfidenceSet | None, Wire("acc4WayConfidence")] = None
    time_s: Annotated[float | None, Wire("estimatedTime", units.TIME_OFFSET)] = None  # after the message's secMark
    time_confidence_percent: Annotated[float | None, Wire("timeConfidence", units.PERCENT)] = None


Path: TypeAlias = Annotated[tuple[PathPlanningPoint, ...], Limits(1, 100, empty=True)]  # in order of time


class Planning(Record, frozen=True, kw_only=True):
    """One of the ways that a participant may go."""

    duration_s: Annotated[float | None, Wire("duration", units.PLANNING_DURATION)] = None
    confidence_percent: Annotated[float | None, Wire("planConfidence", units.PERCENT)] = None
    behavior: Annotated[tuple[names_ii.DriveBehavior, ...] | None, Wire("drivingBehavior", DRIVE_BEHAVIOR)] = None
    path: Annotated[Path, Wire("pathPlanning")] = ()
