"""RSM, the road users that the roadside sees (module RSM)."""

from __future__ import annotations

from typing import Annotated, get_args

from v2x import units
from v2x.fields import Renamed
from v2x.records import names
from v2x.records.common import (
    Acceleration,
    Identity,
    MotionConfidenceSet,
    MsgCount,
    Plate,
    PositionConfidenceSet,
    Record,
    Size,
    VehicleClassification,
    Word,
)
from v2x.wire.layout import ONLY_2017, Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import POSITION, Position, itself

SOURCE_2017 = Renamed({name: name for name in get_args(names.Source)[:6]}, otherwise="unknown")


class Participant(Record, frozen=True, kw_only=True):
    """One road user, or the RSU itself (ParticipantData)."""

    ptc_type: Annotated[names.ParticipantType, Wire("ptcType")]
    ptc_id: Annotated[Word, Wire("ptcId")]  # 0 the RSU itself, 1..255 others (T/CSAE 159-2020); the wire holds 65535
    source: Annotated[names.Source, Wire("source", differs={"csae53-2017": Wire("source", SOURCE_2017)})]
    id: Annotated[Identity | None, Wire("id")] = None  # copied from the BSM when the source is v2x
    plate: Annotated[Plate | None, Wire("plateNo", differs=ONLY_2017)] = None
    sec_mark_ms: Annotated[int | None, Wire("secMark", units.SEC_MARK)]  # inside the UTC minute, of the measurement
    position: Annotated[Position | None, Wire("pos", relative=True)]
    position_confidence: Annotated[
        PositionConfidenceSet, Wire("posConfidence", differs={"csae53-2017": Wire("accuracy")})
    ]
    transmission: Annotated[names.Transmission | None, Wire("transmission")] = None
    speed_mps: Annotated[float | None, Wire("speed", units.SPEED)]
    heading_deg: Annotated[float | None, Wire("heading", units.HEADING)]
    steering_deg: Annotated[float | None, Wire("angle", units.STEERING)] = None  # of the wheel, right +
    motion_confidence: Annotated[MotionConfidenceSet | None, Wire("motionCfd")] = None
    acceleration: Annotated[Acceleration | None, Wire("accelSet")] = None
    size: Annotated[Size, Wire("size")]
    vehicle_class: Annotated[VehicleClassification | None, Wire("vehicleClass")] = None


class RoadsideSafetyMessage(Record, frozen=True, kw_only=True, tag="rsmFrame"):
    """Road users around the unit."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    id: Annotated[Identity, Wire("id")]  # of the RSU
    position: Annotated[Position | None, Wire("refPos", POSITION, reference=itself)]
    participants: Annotated[tuple[Participant, ...], Limits(1, 16), Wire("participants")]
