"""RSI, events and signs (module RSI)."""

from __future__ import annotations

from typing import Annotated, get_args

from v2x import units
from v2x.fields import Flags
from v2x.records import names, names_ii
from v2x.records.common import Identity, MsgCount, NodeReferenceId, Octet, Record, Word
from v2x.wire.layout import PHASE_II, Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import POSITION, Position, itself

AUXILIARY_VEHICLES = Flags(get_args(names_ii.AuxiliarySignVehicle), 5)
REFERENCE_LANES = Flags(tuple(range(16)), 16)


class TimeDetails(Record, frozen=True, kw_only=True):
    """When an event or sign holds (RSITimeDetails)."""

    start_moy: Annotated[int | None, Wire("startTime", units.MOY)] = None  # minute of the UTC year
    end_moy: Annotated[int | None, Wire("endTime", units.MOY)] = None
    end_confidence: Annotated[names.TimeConfidence | None, Wire("endTimeConfidence")] = None


class ReferencePath(Record, frozen=True, kw_only=True):
    """A stretch of road given by its centre line."""

    points: Annotated[
        tuple[Annotated[Position | None, Wire("", relative=True)], ...], Limits(1, 32), Wire("activePath")
    ]  # downstream; 1 in T/CSAE 53-2020 only, else 2
    radius_m: Annotated[float, Wire("pathRadius", units.RADIUS)]  # half the width


class ReferenceLink(Record, frozen=True, kw_only=True):
    """A link of the map, or some of its lanes."""

    upstream: Annotated[NodeReferenceId, Wire("upstreamNodeId")]
    downstream: Annotated[NodeReferenceId, Wire("downstreamNodeId")]
    lanes: Annotated[tuple[int, ...] | None, Wire("referenceLanes", REFERENCE_LANES)] = None  # 1..15 from the left


class Event(Record, frozen=True, kw_only=True):
    """Something that happens on the road (RTEData)."""

    rte_id: Annotated[Octet, Wire("rteId")]  # local to the RSU
    event_type: Annotated[Word, Wire("eventType")]  # GB/T 29100-2012: class x 100 + serial
    source: Annotated[names.EventSource, Wire("eventSource")]
    position: Annotated[Position | None, Wire("eventPos", relative=True)] = None
    radius_m: Annotated[float | None, Wire("eventRadius", units.RADIUS)] = None
    description: Annotated[str | None, Wire("description", units.TEXT)] = None
    time: Annotated[TimeDetails | None, Wire("timeDetails")] = None
    priority: Annotated[int | None, Wire("priority", units.PRIORITY)] = None  # 0..7, 7 highest
    paths: Annotated[tuple[ReferencePath, ...], Limits(0, 8), Wire("referencePaths")] = ()
    links: Annotated[tuple[ReferenceLink, ...], Limits(0, 16), Wire("referenceLinks")] = ()
    confidence_percent: Annotated[float | None, Wire("eventConfidence", units.PERCENT)] = None


class AuxiliarySign(Record, frozen=True, kw_only=True):
    """Text of a plate under a sign."""

    vehicles: Annotated[
        tuple[names_ii.AuxiliarySignVehicle, ...] | None, Wire("signWithVehicleType", AUXILIARY_VEHICLES)
    ] = None
    direction: Annotated[names_ii.AuxiliarySignDirection | None, Wire("signDirection")] = None


class Sign(Record, frozen=True, kw_only=True):
    """A traffic sign (RTSData)."""

    rts_id: Annotated[Octet, Wire("rtsId")]  # local to the RSU
    sign_type: Annotated[Word, Wire("signType")]  # serial number in GB 5768.2-2009; 0 text only
    position: Annotated[Position | None, Wire("signPos", relative=True)] = None  # where the sign stands
    description: Annotated[str | None, Wire("description", units.TEXT)] = None
    time: Annotated[TimeDetails | None, Wire("timeDetails")] = None
    priority: Annotated[int | None, Wire("priority", units.PRIORITY)] = None  # 0..7, 7 highest
    paths: Annotated[tuple[ReferencePath, ...], Limits(0, 8), Wire("referencePaths")] = ()
    links: Annotated[tuple[ReferenceLink, ...], Limits(0, 16), Wire("referenceLinks")] = ()
    auxiliary: Annotated[AuxiliarySign | None, Wire("auxiliarySign", differs=PHASE_II)] = None


class RoadSideInformation(Record, frozen=True, kw_only=True, tag="rsiFrame"):
    """Events and signs around the unit; one of the two lists at least."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    moy: Annotated[int | None, Wire("moy", units.MOY)] = None  # minute of the UTC year
    id: Annotated[Identity, Wire("id")]  # of the RSU
    position: Annotated[Position | None, Wire("refPos", POSITION, reference=itself)]
    events: Annotated[tuple[Event, ...], Limits(0, 8), Wire("rtes")] = ()
    signs: Annotated[tuple[Sign, ...], Limits(0, 16), Wire("rtss")] = ()
