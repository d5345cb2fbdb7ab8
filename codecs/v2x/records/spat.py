"""SPAT, the signals (modules SignalPhaseAndTiming, SPATIntersectionState)."""

from __future__ import annotations

from typing import Annotated, get_args

from v2x import units
from v2x.fields import Flags
from v2x.layout import Wire
from v2x.records import names
from v2x.records.common import NodeReferenceId, Record

INTERSECTION_STATUS = Flags(get_args(names.IntersectionStatus), 16)


class CountingDown(Record, frozen=True, kw_only=True, tag="counting"):
    """Times from now (TimeCountingDown). 3600 s: more than an hour, or for ever."""

    start_s: Annotated[float | None, Wire("startTime", units.TIME_MARK)]  # 0 while the state is on
    min_end_s: Annotated[float | None, Wire("minEndTime", units.TIME_MARK)] = None
    max_end_s: Annotated[float | None, Wire("maxEndTime", units.TIME_MARK)] = None
    likely_end_s: Annotated[float | None, Wire("likelyEndTime", units.TIME_MARK)]
    confidence_percent: Annotated[float | None, Wire("timeConfidence", units.PERCENT)] = None  # of the likely end
    next_start_s: Annotated[float | None, Wire("nextStartTime", units.TIME_MARK)] = None
    next_duration_s: Annotated[float | None, Wire("nextDuration", units.TIME_MARK)] = None


class UtcTiming(Record, frozen=True, kw_only=True, tag="utcTiming"):
    """Times inside the current or next UTC hour (UTCTiming). 3600 s: more than an hour ahead."""

    start_s: Annotated[float | None, Wire("startUTCTime", units.TIME_MARK)]  # past while the state is on
    min_end_s: Annotated[float | None, Wire("minEndUTCTime", units.TIME_MARK)] = None
    max_end_s: Annotated[float | None, Wire("maxEndUTCTime", units.TIME_MARK)] = None
    likely_end_s: Annotated[float | None, Wire("likelyEndUTCTime", units.TIME_MARK)]
    confidence_percent: Annotated[float | None, Wire("timeConfidence", units.PERCENT)] = None  # of the likely end
    next_start_s: Annotated[float | None, Wire("nextStartUTCTime", units.TIME_MARK)] = None
    next_end_s: Annotated[float | None, Wire("nextEndUTCTime", units.TIME_MARK)] = None


class PhaseState(Record, frozen=True, kw_only=True):
    """One colour of a phase, on now or coming."""

    light: Annotated[names.Light, Wire("light")]
    timing: Annotated[CountingDown | UtcTiming | None, Wire("timing")] = None


class Phase(Record, frozen=True, kw_only=True):
    """A group of signals that always show the same."""

    phase_id: Annotated[int, Wire("id")]  # 1..255; 0 invalid
    states: Annotated[tuple[PhaseState, ...], Wire("phaseStates")]  # 1..16, no colour twice


class IntersectionState(Record, frozen=True, kw_only=True):
    """The signals of one junction."""

    intersection_id: Annotated[NodeReferenceId, Wire("intersectionId")]  # the node's id in MAP
    status: Annotated[tuple[names.IntersectionStatus, ...], Wire("status", INTERSECTION_STATUS)]
    moy: Annotated[int | None, Wire("moy", units.MOY)] = None  # minute of the UTC year
    time_stamp_ms: Annotated[int | None, Wire("timeStamp", units.SEC_MARK)] = None  # when the controller was read
    time_confidence: Annotated[names.TimeConfidence | None, Wire("timeConfidence")] = None
    phases: Annotated[tuple[Phase, ...], Wire("phases")]  # 1..16


class SignalPhaseAndTiming(Record, frozen=True, kw_only=True, tag="spatFrame"):
    """The signals of the junctions around the unit."""

    msg_cnt: Annotated[int, Wire("msgCnt")]  # 0..127
    moy: Annotated[int | None, Wire("moy", units.MOY)] = None  # minute of the UTC year
    time_stamp_ms: Annotated[int | None, Wire("timeStamp", units.SEC_MARK)] = None  # inside the UTC minute
    name: Annotated[str | None, Wire("name")] = None  # ASCII, 1..63
    intersections: Annotated[tuple[IntersectionState, ...], Wire("intersections")]  # 1..32
