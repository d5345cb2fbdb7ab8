"""PSM, a person's report of itself on the road (T/CSAE 157-2020, module PSM)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias, get_args

from v2x import units
from v2x.errors import EncodeError
from v2x.fields import Flags
from v2x.records import names, names_ii
from v2x.records.bsm import PathHistory
from v2x.records.common import Acceleration, Identity, MsgCount, PositionalAccuracy, Record
from v2x.records.planning import Path
from v2x.wire.layout import Wire
from v2x.wire.positions import POSITION, Position, itself

DEVICE_USAGE = Flags(get_args(names_ii.DeviceUsage), 9)
ASSISTIVE = Flags(get_args(names_ii.Assistive), 6)
WORKER_ACTIVITY = Flags(get_args(names_ii.RoadWorkerActivity), 6)

Propeller: TypeAlias = Literal["human", "animal", "motor"]
PROPELLED: Mapping[Propeller, tuple[str, ...]] = {
    "human": get_args(names_ii.HumanPropelled),
    "animal": get_args(names_ii.AnimalPropelled),
    "motor": get_args(names_ii.MotorizedPropelled),
}


class Propulsion(Record, frozen=True, kw_only=True):
    """Propulsion of the person: HumanPropelled, AnimalPropelled or MotorizedPropelled of `names_ii`, by kind."""

    kind: Propeller
    type: str = "unavailable"


class PropelledInformation:
    """CHOICE between the enumerators of the kinds of propulsion; None for a kind that the profile does not know."""

    def to_wire(self, value: Propulsion | None) -> tuple[str, str]:
        """Return (alternative, enumerator)."""
        if value is None or value.type not in PROPELLED.get(value.kind, ()):
            raise EncodeError(f"{value and (value.kind, value.type)} is no propulsion")
        return value.kind, value.type

    def from_wire(self, wire: tuple[Propeller, str | None] | tuple[None, None]) -> Propulsion | None:
        """Return kind and enumerator."""
        kind, name = wire
        return None if kind is None else Propulsion(kind=kind, type=name or "unavailable")

    def holds(self, value: Propulsion | None) -> bool:
        """Return whether the standard has a word for it: others are refused."""
        return value is not None and value.type in PROPELLED[value.kind]


class PersonalExtensions(Record, frozen=True, kw_only=True):
    """The person's use of the device, and the assistance that it needs."""

    usage: Annotated[tuple[names_ii.DeviceUsage, ...] | None, Wire("useState", DEVICE_USAGE)] = None
    assistive: Annotated[tuple[names_ii.Assistive, ...] | None, Wire("assistType", ASSISTIVE)] = None


class RoadWorkerExtensions(Record, frozen=True, kw_only=True):
    """Work of a person on the road."""

    type: Annotated[names_ii.RoadWorker | None, Wire("workerType")] = None
    activity: Annotated[tuple[names_ii.RoadWorkerActivity, ...] | None, Wire("activityType", WORKER_ACTIVITY)] = None


class PersonalRequest(Record, frozen=True, kw_only=True):
    """The person's request."""

    crossing: Annotated[names_ii.Crossing | None, Wire("crossing")] = None


class NonMotorData(Record, frozen=True, kw_only=True):
    """A road user without a motor vehicle, and its state (Non-motorData)."""

    user: Annotated[names_ii.PersonalUser, Wire("basicType")]
    propulsion: Annotated[Propulsion | None, Wire("propulsion", PropelledInformation())] = None
    cluster_size: Annotated[names_ii.ClusterSize | None, Wire("clusterSize")] = None
    attachment: Annotated[names_ii.Attachment | None, Wire("attachment")] = None
    personal: Annotated[PersonalExtensions | None, Wire("personalExt")] = None
    road_worker: Annotated[RoadWorkerExtensions | None, Wire("roadWorkerExt")] = None
    request: Annotated[PersonalRequest | None, Wire("personalReq")] = None


class PersonalSafetyMessage(Record, frozen=True, kw_only=True, tag="PersonalSafetyMessage"):
    """State of one person, or of a group."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    id: Annotated[Identity, Wire("id")]
    sec_mark_ms: Annotated[int | None, Wire("secMark", units.SEC_MARK)]  # inside the UTC minute, of the position
    time_confidence: Annotated[names.TimeConfidence | None, Wire("timeConfidence")] = None
    position: Annotated[Position | None, Wire("pos", POSITION, reference=itself)]
    accuracy: Annotated[PositionalAccuracy, Wire("posAccuracy")]
    speed_mps: Annotated[float | None, Wire("speed", units.SPEED)]
    heading_deg: Annotated[float | None, Wire("heading", units.HEADING)]
    acceleration: Annotated[Acceleration | None, Wire("accelSet")] = None
    path_history: Annotated[PathHistory | None, Wire("pathHistory")] = None
    path: Annotated[Path, Wire("path-Planning")] = ()  # the planned path
    radius_m: Annotated[float, Wire("overallRadius", units.OVERALL_RADIUS)]
    non_motor: Annotated[NonMotorData, Wire("non-motorData")]
