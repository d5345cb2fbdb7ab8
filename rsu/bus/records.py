"""Records on the bus between the station, the services and the supervisor. SI units, degrees, ns.

`stamp_ns` of records is UTC. What went into the station, `Tape`, is in steady time (`hw/timescale.py`).
"""

from __future__ import annotations

import msgspec

from hw.intake import Refused
from hw.tape import AS_BEGUN, LinkState, Round, SystemClock
from perception.objects import Modality
from perception.tracking.bias import SensorBias
from rsu.bus.latch import Setting
from rsu.bus.told import Told


class TrackView(msgspec.Struct, frozen=True):
    """One road user as the page draws it."""

    id: int
    kind: str  # name of perception.objects.RoadUser, lower case
    east: float  # m, centre
    north: float
    speed: float  # m/s
    heading: float | None  # deg
    length: float  # m
    width: float
    sources: list[str]  # devices that saw it in the last second
    ellipse: tuple[float, float, float]  # 95 % position: semi-major m, semi-minor m, orientation deg from north
    age_ms: int  # since its newest measurement was true
    link: str | None
    lane: int | None
    vehicle_id: str | None  # hex, from its BSM
    to_stop_line: float | None = None  # m along the lane
    movement: str | None = None  # way through the junction: straight, left, right, uturn


class ClaimView(msgspec.Struct, frozen=True):
    """A vehicle that only says that it is there: no sensor confirms it, and no output tells of it."""

    vehicle_id: str  # hex, of its BSM
    kind: str  # name of perception.objects.RoadUser, lower case
    east: float  # m
    north: float
    speed: float | None  # m/s
    heading: float | None  # deg
    length: float | None  # m
    width: float | None
    emergency: bool  # it says that it is on its way with siren or lights
    age_ms: int  # since its newest message
    doubt: str | None  # the offence for which it is not trusted
    source: str = "v2x-claimed"


class SignalHead(msgspec.Struct, frozen=True):
    """One SPAT phase as broadcast."""

    phase: int
    light: str  # LightState of the message set
    countdown: float | None  # s to its end


class LatchView(msgspec.Struct, frozen=True):
    """Conflicting greens, for which SPAT is silent until `rsu signal release`."""

    phases: tuple[int, int]
    since_ns: int  # UTC


class EventView(msgspec.Struct, frozen=True):
    """One running event."""

    id: int
    code: int
    state: str
    east: float
    north: float
    since_ns: int
    link: str | None
    lane: int | None
    confidence: float
    name: str = ""  # the rule that found it
    level: int | None = None  # 1..5, 5 the worst
    path: tuple[tuple[float, float], ...] = ()  # m, site frame: the stretch of road, where it has a length
    keep: bool = True  # its recording is kept


class MessageState(msgspec.Struct, frozen=True):
    """One message type: what the gate says and what leaves."""

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
    bias: SensorBias | None = None  # of a sensor: how it differs from what the site file says of it
    doubt: str | None = None  # the same in words, where it is sure and matters
    modality: str = Modality.OTHER.value
    refused: list[Refused] = []  # input that was not used, what was refused last first


class ClockView(msgspec.Struct, frozen=True):
    """The system clock against GNSS."""

    ahead_ms: float | None  # system clock less GNSS; None: it has not said
    drift_ppm: float | None  # of the system clock, over the last minute with GNSS; gaining is +
    holdover_s: float | None  # since GNSS was last heard
    steps: int  # of the system clock, since the station began
    step_ms: float | None  # size of the last one
    step_ns: int | None  # when it was
    doubts: list[str]  # what is wrong and what to do, in words
    plausible: bool = True  # nothing says that the system clock is a minute off or more


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
    since: dict[str, int] = {}  # "device NAME", "message KIND" -> since when its state is what it is, ns UTC
    latch: LatchView | None = None
    channel_busy: float | None = None  # channel busy ratio, 0..1; None: the radio does not say
    claims: list[ClaimView] = []  # what vehicles say that no sensor confirms, the nearest first


class Sent(msgspec.Struct, frozen=True):
    """One frame handed to the radio."""

    kind: str
    stamp_ns: int  # when it was handed over
    newest_receipt_ns: int | None  # UTC of the last byte of the newest measurement in it
    frame: bytes  # DSMP


class Received(msgspec.Struct, frozen=True):
    """One frame that the radio received."""

    stamp_ns: int  # when the radio received it
    source: int  # layer-2 id of the sender
    frame: bytes  # DSMP


class Misbehaviour(msgspec.Struct, frozen=True):
    """What a sender on air did that none should, with the octets that show it."""

    stamp_ns: int  # receipt of the newest frame
    reason: str  # of rsu.station.vehicles.offences.OFFENCES
    text: str  # the figures
    vehicle_id: str | None  # hex, of its BSM; None: none was understood
    source: int  # layer-2 id
    aid: int
    count: int  # of this offence of this sender so far
    frames: list[bytes]  # DSMP, oldest first


class Report(msgspec.Struct, frozen=True):
    """One record for the cloud platform, in no platform's words. Identity: (rscu, boot, seq)."""

    kind: str  # participant, event, traffic, lamp, basic-status, run-status
    stamp_ns: int
    boot: str
    seq: int  # 1.., without gaps within a boot
    data: Told
    live: bool = False  # a state that the next record of its kind supersedes


class Frame(msgspec.Struct, frozen=True):
    """One frame that the station made."""

    kind: str
    aid: int
    priority: int
    newest_receipt_ns: int | None
    frame: bytes  # DSMP


class Item(msgspec.Struct, frozen=True):
    """One record for the cloud that the station made, before it has a number."""

    kind: str
    stamp_ns: int
    data: bytes  # as recorded: JSON of T/ITS 0180.1, without numbers


class Decision(msgspec.Struct, frozen=True):
    """What the gate said of one message type."""

    kind: str
    decision: str
    reasons: list[str]


class Outcome(msgspec.Struct, frozen=True):
    """Everything that one tick of the station gave."""

    now_ns: int  # steady
    frames: list[Frame]
    items: list[Item]
    gate: list[Decision]


class Tape(msgspec.Struct, frozen=True):
    """One tick of the station as a recording needs it: what went in since the tick before, and what came out.

    With all records of a start, from `seq` 0 on without a hole, another run comes to the same bytes.
    """

    seed: bytes  # of this start of the station
    seq: int  # 0.., one a tick; those that WHOLE divides tell the state of every link
    rounds: list[Round]
    links: list[LinkState]  # those that changed after the last round
    outcome: Outcome
    clock: SystemClock = AS_BEGUN  # at the tick
    latch: Setting | None = None  # before the first round; None: it was left alone
    oldest: int = 0  # on the bus: the oldest tick that the station still has; those before it will never come

    @property
    def utc_ns(self) -> int:
        """Return when the tick was, UTC."""
        return self.outcome.now_ns + self.clock.correction_ns


WHOLE = 10


class RecordingView(msgspec.Struct, frozen=True):
    """One recording on the shelf."""

    name: str  # of its file
    kind: str  # open (being written), plain, event or kept
    begin_ns: int
    bytes: int
    why: str  # it is kept


class RecorderState(msgspec.Struct, frozen=True):
    """What the recorder does."""

    stamp_ns: int
    state: str  # recording, stopped, waiting (for the station), paused (the disk is full or fails)
    file: str | None
    bytes: int  # in that file
    files: int  # kept in all
    lost_ticks: int  # that never reached the recorder, since it started
    error: str | None
    total_bytes: int = 0  # of all recordings
    room_bytes: int = 0  # that recordings may still take before the oldest are given up
    newest: list[RecordingView] = []  # newest first


class Committed(msgspec.Struct, frozen=True):
    """A process's word that it holds everything of a start of the station up to `seq`: `rsu/bus/resend.py`."""

    boot: str
    seq: int


class UplinkState(msgspec.Struct, frozen=True):
    """The uplink's counters since the spool exists, and its connection."""

    stamp_ns: int
    connected: bool
    platform: str  # address, or "none: spool only"
    spooled: int
    acknowledged: int
    waiting: int
    evicted: dict[str, int]  # kind -> records given up for age, size or number
    error: str | None  # of the spool, else why there is no connection: cause, then what to do
    refused: dict[str, int] = {}  # kind -> records that the platform acknowledged as wrong; set aside, not sent again
    refusal: str | None = None  # what it said of the last of them
    set_aside: dict[str, int] = {}  # reason -> records that cannot be sent: too-large, damaged
    silent_s: float | None = None  # since when the platform acknowledges nothing of what is under way; None: it does
    denied: dict[str, str] = {}  # kind -> why the broker does not take it
    stray_acks: dict[str, int] = {}  # reason -> acknowledgements that freed nothing: unreadable, unknown, repeated
    expires_days: dict[str, float] = {}  # certificate -> days left by this box's clock, negative: expired
    troubles: list[str] = []  # all that is not as it should be: cause, then what to do; empty: nothing


class Progress(msgspec.Struct, frozen=True):
    """A process's sign of life: what it has done, not that it exists."""

    process: str
    stamp_ns: int
    steps: int


class Trouble(msgspec.Struct, frozen=True):
    """Something that is not as it should be."""

    reason: str  # of `rsu.reasons`: what it is in words, and what to do
    about: str  # what it befalls: a device, a process, a folder, a message
    detail: str = ""  # what exactly
    since_ns: int | None = None  # UTC; None: not known
    silences: list[str] = []  # what else is silent or degraded by it


class ProcessView(msgspec.Struct, frozen=True):
    """One supervised process."""

    name: str
    state: str  # starting, running, restarting, degraded (waits longer before it is started again)
    pid: int | None
    restarts: int
    cpu_s: float
    rss_mib: float
    rss_peak_mib: float
    budget_rss_mib: int
    error: str | None  # why it was restarted last, with its last words
    cpu_percent: float = 0.0  # of one core, over the last second
    budget_cpu_percent: int = 0
    ended_ns: int | None = None  # when that was, UTC
    undying: list[int] = []  # process ids that were killed and do not die: on a disk or device that hangs


class Processes(msgspec.Struct, frozen=True):
    """The supervisor's table."""

    stamp_ns: int
    site: str
    processes: list[ProcessView]
    site_file: str = ""  # that people edit
    digest: str = ""  # of the frozen copy of it that is in use
    page: str = ""  # its address
    troubles: list[Trouble] = []  # of site file and folders
    warnings: int | None = None  # of the site file, as `rsu check` counts them; None: not yet known
