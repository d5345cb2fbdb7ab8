"""The station's view of itself, ten times a second. SI units, degrees; `stamp_ns` is UTC."""

from __future__ import annotations

import msgspec

from hw.intake import Refused
from hw.modality import OTHER, Modality
from hw.vitals import NOTHING, VitalAlarm, Vitals
from perception.registration.approaches import ApproachBias
from perception.tracking.bias import SensorBias
from perception.traffic.weather import UNKNOWN_WEATHER, WeatherNow


class TrackView(msgspec.Struct, frozen=True):
    """One road user as the page draws it."""

    id: int
    kind: str  # name of perception.objects.RoadUser, lower case
    east_m: float  # m, centre
    north_m: float
    speed_mps: float  # m/s
    heading_deg: float | None  # deg
    length_m: float  # m
    width_m: float
    sources: list[str]  # devices that saw it in the last second
    ellipse: tuple[float, float, float]  # 95 % position: semi-major m, semi-minor m, orientation deg from north
    age_ms: int  # since its newest measurement was true
    link: str | None
    lane: int | None
    vehicle_id: str | None  # hex, from its BSM
    to_stop_line_m: float | None = None  # m along the lane
    movement: str | None = None  # way through the junction: straight, left, right, uturn


class ClaimView(msgspec.Struct, frozen=True):
    """A vehicle that only says that it is there: no sensor confirms it, and no output tells of it."""

    vehicle_id: str  # hex, of its BSM
    kind: str  # name of perception.objects.RoadUser, lower case
    east_m: float  # m
    north_m: float
    speed_mps: float | None  # m/s
    heading_deg: float | None  # deg
    length_m: float | None  # m
    width_m: float | None
    emergency: bool  # it says that it is on its way with siren or lights
    age_ms: int  # since its newest message
    doubt: str | None  # the offence for which it is not trusted
    source: str = "v2x-claimed"


class SignalHead(msgspec.Struct, frozen=True):
    """One SPAT phase as broadcast."""

    phase: int
    light: str  # LightState of the message set
    countdown_s: float | None  # s to its end


class LatchView(msgspec.Struct, frozen=True):
    """Conflicting greens, for which SPAT is silent until `rsu signal release`."""

    phases: tuple[int, int]
    since_ns: int  # UTC


class EventView(msgspec.Struct, frozen=True):
    """One running event."""

    id: int
    code: int
    state: str
    east_m: float
    north_m: float
    since_ns: int
    link: str | None
    lane: int | None
    confidence: float
    name: str = ""  # the rule that found it
    level: int | None = None  # 1..5, 5 the worst
    path_m: tuple[tuple[float, float], ...] = ()  # m, site frame: the stretch of road, where it has a length
    keep: bool = True  # its recording is kept


class MessageState(msgspec.Struct, frozen=True):
    """One message type: the gate's decision and the number that leaves."""

    kind: str  # bsm, map, rsm, spat, rsi
    decision: str  # send, degraded or silent
    reasons: list[str]  # reason codes, why not plainly send
    rate_hz: float  # cycles sent over the last 5 s
    frames: int  # datagrams since start


class DeviceView(msgspec.Struct, frozen=True):
    """One device's link and driver."""

    name: str
    kind: str
    state: str  # as `hw.watch.State`
    rate_hz: float  # measurements over the last 5 s
    age_ms: int | None  # since the last byte
    counters: dict[str, int]
    error: str | None
    bias: SensorBias | None = None  # of a sensor: its difference from the mount in the site file
    doubt: str | None = None  # the same in words, where it is sure and matters
    approaches: list[ApproachBias] = []  # of a sensor: its places against the lanes of each approach
    modality: Modality = OTHER
    refused: list[Refused] = []  # refused input, the latest first
    vitals: Vitals = NOTHING  # over the last 10 s
    alarms: list[VitalAlarm] = []  # of these figures; `since_ns` is UTC


class ClockView(msgspec.Struct, frozen=True):
    """The system clock against GNSS."""

    ahead_ms: float | None  # system clock less GNSS; None: it has not said
    drift_ppm: float | None  # of the system clock, over the last minute with GNSS; gaining is +
    holdover_s: float | None  # since GNSS was last heard
    steps: int  # of the system clock, since the station began
    step_ms: float | None  # size of the last one
    step_ns: int | None  # when it was
    doubts: list[str]  # fault and remedy, in words
    plausible: bool = True  # nothing says that the system clock is a minute off or more


class OrderView(msgspec.Struct, frozen=True):
    """One message that the platform has ordered on air."""

    id: str
    kind: str
    issuer: str
    until_ns: int  # UTC
    on_air: bool  # it was sent in the last seconds
    code: int | None = None  # of an event
    east_m: float | None = None  # m, of an event
    north_m: float | None = None


class Snapshot(msgspec.Struct, frozen=True):
    """The station's whole visible state, ten times a second."""

    stamp_ns: int
    boot: str
    tracks: list[TrackView]
    signals: list[SignalHead]
    events: list[EventView]
    messages: list[MessageState]
    devices: list[DeviceView]
    utc_uncertainty_ms: float | None  # bound of the system clock's error; None: UTC is not known
    position_error_m: float | None  # GNSS against the surveyed point
    counters: dict[str, int] = {}  # why something was not used, or not sent as it is, since the start
    clock: ClockView | None = None
    since: dict[str, int] = {}  # "device NAME", "message KIND" -> since when its state lasts, ns UTC
    latch: LatchView | None = None
    channel_busy: float | None = None  # channel busy ratio, 0..1; None: the radio does not say
    weather: WeatherNow = UNKNOWN_WEATHER
    orders: list[OrderView] = []
    claims: list[ClaimView] = []  # vehicles' reports that no sensor confirms, the nearest first
