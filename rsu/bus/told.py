"""The station's reports to platforms, in no platform's format: site frame, SI units, degrees, ns UTC, the core's names.

Unknown is None. A dialect (`rsu/uplink/`, one folder each) translates them for a platform.

Privacy: no plate, brand or colour is known here, nor any id from a vehicle's own messages; a road user's `id` is its
track's number, which ends with the track.
"""

from __future__ import annotations

import msgspec

from hw.modality import Modality
from hw.vitals import VitalAlarm
from perception.objects import RoadUser
from perception.results import LanePlace, RoadEvent, TrafficPeriod


class ToldUser(msgspec.Struct, frozen=True, kw_only=True):
    """One road user as the tracks have it."""

    id: int
    stamp_ns: int  # when its newest measurement was true
    kind: RoadUser
    east_m: float  # centre
    north_m: float
    position_95_m: float  # semi-major axis of the 95 % ellipse
    speed_mps: float
    speed_95_mps: float  # in its least known direction
    heading_deg: float | None
    heading_95_deg: float | None
    length_m: float | None
    width_m: float | None
    height_m: float | None
    sources: list[str]  # devices that saw it in the last second
    place: LanePlace | None
    events: list[int]  # codes of the running events that it is part of, in their order


class Participants(msgspec.Struct, frozen=True, tag="participants"):
    """All road users."""

    users: list[ToldUser]


class RoadEvents(msgspec.Struct, frozen=True, tag="events"):
    """Events on the road: those that started or ended now, or all that run."""

    events: list[RoadEvent]
    users: list[ToldUser]  # those that are part of them and still there


class RoadTraffic(msgspec.Struct, frozen=True, tag="traffic"):
    """The statistics of one period."""

    period: TrafficPeriod


class ToldLamp(msgspec.Struct, frozen=True):
    """One lamp of the signal controller."""

    number: int
    angle_deg: int  # clockwise from north, of the approach that it belongs to
    type: int  # GA/T 1743 lamp type: 1 straight 2 left 3 right 4 round ... 8 crosswalk
    steps: list[tuple[str, float | None]]  # colour, seconds that it still lasts, the running one first; empty: unknown


class SignalLamps(msgspec.Struct, frozen=True, tag="lamps"):
    """The present and the next states of the signal."""

    lamps: list[ToldLamp]
    shown: bool  # lights may be told; False: all are unknown
    ok: bool  # nothing is wrong with the source


class ToldDevice(msgspec.Struct, frozen=True, kw_only=True):
    """One device of the site."""

    name: str
    modality: Modality
    ok: bool  # measurements arrive
    fault: str | None = None  # why not, in words
    fault_ns: int | None = None  # since when
    code: str = ""  # of the fault, in the table of alarms
    alarms: list[VitalAlarm] = []  # of a device that works; `since_ns` is UTC


class DeviceStates(msgspec.Struct, frozen=True, tag="devices"):
    """The devices of the box, and whether each works."""

    devices: list[ToldDevice]


class GivenUp(msgspec.Struct, frozen=True, tag="given-up"):
    """Stands for reports that will never come: the numbers `first`.. up to its own."""

    first: int
    evicted: dict[str, int]  # kind -> reports


Told = Participants | RoadEvents | RoadTraffic | SignalLamps | DeviceStates | GivenUp
