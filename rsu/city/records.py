"""Records of boxes as they come in (T/ITS 0180.1-2021, tables 8 to 23, annex B), with their numbers. Pure.

A record that lacks a key that the city needs, or has it of another type, is refused for good (errorCode 1) with the
place of the fault. Keys that the city does not use are not looked at.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from hw.decoding import UNDECODABLE

Id = Annotated[int, msgspec.Meta(gt=0, lt=65536)]
Degrees = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Stamp = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]  # ms UTC
Count = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]  # as far as JSON's numbers are exact
Speed = Annotated[float, msgspec.Meta(ge=0, le=655)]
Heading = Annotated[float, msgspec.Meta(ge=0, le=360)]
NO_HEADING = 65535

KINDS = ("participant", "event", "traffic", "lamp", "basic-status", "run-status")

# one track state as it is kept; integers pack well
STATE = np.dtype(
    [
        ("time_ms", np.int64),
        ("id", np.uint16),
        ("kind", np.uint8),  # ptcType * 10 + vehicleClass of the four motor classes, else ptcType * 10
        ("longitude", np.int32),  # 1e-7 deg
        ("latitude", np.int32),  # 1e-7 deg
        ("speed", np.uint16),  # 0.01 m/s
        ("heading", np.uint16),  # 0.01 deg, 65535: not known
        ("position_class", np.uint8),  # YD/T 3709 PositionConfidence
    ]
)


class _Participant(msgspec.Struct, frozen=True, rename={"stamp_ms": "timestamp", "type": "ptcType", "id": "ptcId",
                                                        "longitude_deg": "longitude", "latitude_deg": "latitude",
                                                        "speed_mps": "speed", "heading_deg": "heading",
                                                        "vehicle": "vehicleClass",
                                                        "position_class": "positionConfidence"}):  # fmt: skip
    stamp_ms: Stamp
    type: Annotated[int, msgspec.Meta(ge=0, le=25)]
    id: Id
    longitude_deg: Degrees
    latitude_deg: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    speed_mps: Speed
    heading_deg: Heading | None = None
    vehicle: int = 0
    position_class: Annotated[int, msgspec.Meta(ge=0, le=15)] = 0


class RecordNumbers(msgspec.Struct, frozen=True, rename={"box": "rscuSn", "boot": "bootId", "seq": "seqNum",
                                                   "first_seq": "firstSeqNum", "part": "partNum", "parts": "partSum",
                                                   "stamp_ms": "timeStamp"}):  # fmt: skip
    """The identity of a record; `seq` None: a presence, which has none."""

    box: Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*\Z")]  # a folder's name too
    boot: str = ""
    seq: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)] | None = None
    first_seq: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)] | None = (
        None  # of a marker: first_seq..seq will never come
    )
    part: Annotated[int, msgspec.Meta(ge=1, le=9999)] = 1
    parts: Annotated[int, msgspec.Meta(ge=1, le=9999)] = 1
    stamp_ms: Stamp | None = None

    @property
    def first(self) -> int:
        """Return the first number for which the record stands."""
        return self.first_seq or self.seq or 0


class _Participants(msgspec.Struct, frozen=True, rename={"users": "ptcList"}):
    users: list[_Participant]


class CityEvent(msgspec.Struct, frozen=True, rename={"id": "eventId", "code": "eventType", "start_ms": "startTime",
                                                     "end_ms": "endTime", "longitude_deg": "longitude",
                                                     "latitude_deg": "latitude"}):  # fmt: skip
    """One event of table 18."""

    id: Count
    code: Count
    start_ms: Stamp
    longitude_deg: Degrees
    latitude_deg: Degrees
    end_ms: Stamp | None = None


class _Events(msgspec.Struct, frozen=True, rename={"events": "eventList"}):
    events: list[CityEvent]


class CityFlow(msgspec.Struct, frozen=True, rename={"branch": "branchId", "lane": "laneId", "volume": "trafficNumber",
                                                    "queue_m": "queueLength", "delay_s": "wasteTime",
                                                    "congestion": "congestionLevel"}):  # fmt: skip
    """The traffic of a lane of table 21."""

    branch: str
    lane: str
    volume: Count
    queue_m: float = 0.0
    delay_s: float | None = None
    congestion: Count | None = None


class CityTraffic(msgspec.Struct, frozen=True, rename={"start_ms": "startTime", "end_ms": "endTime",
                                                       "lanes": "laneFlowData"}):  # fmt: skip
    """The traffic of a period."""

    start_ms: Stamp
    end_ms: Stamp
    lanes: list[CityFlow] = []


class _Lamps(msgspec.Struct, frozen=True, rename={"lamps": "lampRealInfos"}):
    lamps: list[dict[str, Any]]


class CityRecord(msgspec.Struct, frozen=True):
    """One message of a box: its kind, its numbers and its content, as far as the city keeps it."""

    kind: str
    numbers: RecordNumbers
    states: NDArray[np.void] | None = None  # (n,) STATE, of participants
    events: tuple[CityEvent, ...] = ()
    traffic: CityTraffic | None = None
    lamps: list[dict[str, Any]] | None = None  # as they came
    state: dict[str, Any] | None = None  # of basic-status and run-status: as it came


class RefusedRecordError(ValueError):
    """A record that will never be taken; `numbers` None: it cannot even be answered."""

    def __init__(self, numbers: RecordNumbers | None, reason: str) -> None:
        super().__init__(reason)
        self.numbers = numbers


_NUMBERS, _PARTICIPANTS = msgspec.json.Decoder(RecordNumbers), msgspec.json.Decoder(_Participants)
_EVENTS, _TRAFFIC = msgspec.json.Decoder(_Events), msgspec.json.Decoder(CityTraffic)
_LAMPS, _STATE = msgspec.json.Decoder(_Lamps), msgspec.json.Decoder(dict[str, Any])


def read(box: str, kind: str, body: bytes) -> CityRecord:
    """Return the record that came on a topic of a box. RefusedRecordError: it does not fit the standard."""
    numbers = None
    try:
        numbers = _NUMBERS.decode(body)
        if numbers.box != box:
            raise RefusedRecordError(None, f"rscuSn: expected that of the topic, {box}, got {numbers.box}")
        if numbers.first_seq is not None:
            return CityRecord("given-up", numbers)
        match kind:
            case "participant":
                return CityRecord(kind, numbers, states=_states(_PARTICIPANTS.decode(body)))
            case "event":
                return CityRecord(kind, numbers, events=tuple(_EVENTS.decode(body).events))
            case "traffic":
                return CityRecord(kind, numbers, traffic=_TRAFFIC.decode(body))
            case "lamp":
                return CityRecord(kind, numbers, lamps=_LAMPS.decode(body).lamps)
            case "basic-status" | "run-status":
                return CityRecord(kind, numbers, state=_STATE.decode(body))
    except UNDECODABLE as error:
        raise RefusedRecordError(numbers, str(error)) from error
    raise RefusedRecordError(numbers, f"no kind of record of T/ITS 0180.1: {kind}")


def _states(told: _Participants) -> NDArray[np.void]:
    return np.array(
        [
            (
                each.stamp_ms,
                each.id,
                each.type * 10 + (each.vehicle if 1 <= each.vehicle <= 4 else 0),
                round(each.longitude_deg * 1e7),
                round(each.latitude_deg * 1e7),
                round(each.speed_mps * 100),
                NO_HEADING if each.heading_deg is None else round(each.heading_deg * 100) % 36000,
                each.position_class,
            )
            for each in told.users
        ],
        STATE,
    )
