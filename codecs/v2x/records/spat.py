"""SPAT, the signals (modules SignalPhaseAndTiming, SPATIntersectionState)."""

from __future__ import annotations

from typing import Annotated, get_args

from v2x import units
from v2x.fields import Flags, Renamed
from v2x.records import names
from v2x.records.common import DescriptiveName, MsgCount, NodeReferenceId, Octet, Record
from v2x.wire.layout import NOT_2017, Wire
from v2x.wire.limits import Limits

INTERSECTION_STATUS = Flags(get_args(names.IntersectionStatus), 16)
LIGHT_2017 = Renamed(
    {
        "unavailable": "unavailable",
        "dark": "dark",
        "flashing-red": "stop-Then-Proceed",
        "red": "stop-And-Remain",
        "pre-Movement": "pre-Movement",
        "permissive-green": "permissive-Movement-Allowed",
        "protected-green": "protected-Movement-Allowed",
        "yellow": "intersection-clearance",
        "flashing-yellow": "caution-Conflicting-Traffic",
    },
    otherwise="unavailable",
)


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

    light: Annotated[names.Light, Wire("light", differs={"csae53-2017": Wire("light", LIGHT_2017)})]
    timing: Annotated[
        CountingDown | UtcTiming | None, Wire("timing", differs={"csae53-2017": Wire("timing", bare=CountingDown)})
    ] = None


class Phase(Record, frozen=True, kw_only=True):
    """A group of signals that always show the same."""

    phase_id: Annotated[Octet, Wire("id")]  # 0 invalid
    states: Annotated[tuple[PhaseState, ...], Limits(1, 16), Wire("phaseStates")]  # no colour twice


class IntersectionState(Record, frozen=True, kw_only=True):
    """The signals of one junction."""

    intersection_id: Annotated[NodeReferenceId, Wire("intersectionId")]  # the node's id in MAP
    status: Annotated[tuple[names.IntersectionStatus, ...], Wire("status", INTERSECTION_STATUS)]
    moy: Annotated[int | None, Wire("moy", units.MOY)] = None  # minute of the UTC year
    time_stamp_ms: Annotated[int | None, Wire("timeStamp", units.SEC_MARK)] = None  # when the controller was read
    time_confidence: Annotated[names.TimeConfidence | None, Wire("timeConfidence", differs=NOT_2017)] = None
    phases: Annotated[tuple[Phase, ...], Limits(1, 16), Wire("phases")]


class SignalPhaseAndTiming(Record, frozen=True, kw_only=True, tag="spatFrame"):
    """The signals of the junctions around the unit."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    moy: Annotated[int | None, Wire("moy", units.MOY, differs={"csae53-2017": Wire("timeStamp", units.MOY)})] = (
        None  # minute of the UTC year
    )
    time_stamp_ms: Annotated[int | None, Wire("timeStamp", units.SEC_MARK, differs=NOT_2017)] = None  # inside it
    name: Annotated[DescriptiveName | None, Wire("name")] = None
    intersections: Annotated[tuple[IntersectionState, ...], Limits(1, 32), Wire("intersections")]
