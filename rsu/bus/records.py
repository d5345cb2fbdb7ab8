"""Records on the bus between the station, the services and the supervisor. SI units, ns; `stamp_ns` is UTC."""

from __future__ import annotations

import msgspec

from hw.modality import OTHER, Modality
from rsu.bus.told import Told


class Sent(msgspec.Struct, frozen=True):
    """One frame handed to the radio."""

    kind: str
    stamp_ns: int  # when it was handed over
    newest_receipt_ns: int | None  # UTC of the last byte of the newest measurement in it
    frame: bytes  # DSMP
    order: str = ""  # of the platform that it carries out; empty: the box's own


class ReceivedDsm(msgspec.Struct, frozen=True):
    """One frame that the radio received."""

    stamp_ns: int  # when the radio received it
    source: int  # layer-2 id of the sender
    frame: bytes  # DSMP


class Misbehaviour(msgspec.Struct, frozen=True):
    """An offence of a sender on air, with the octets that show it."""

    stamp_ns: int  # receipt of the newest frame
    reason: str  # of rsu.station.vehicles.offences.OFFENCES
    text: str  # the figures
    vehicle_id: str | None  # hex, of its BSM; None: none was understood
    source: int  # layer-2 id
    aid: int
    count: int  # of this offence of this sender so far
    frames: list[bytes]  # DSMP, oldest first


class SensorSight(msgspec.Struct, frozen=True):
    """The detections of one device at one time."""

    device: str
    stamp_ns: int  # when they were true
    places_m: list[tuple[float, float, int]]  # m east, m north, number of the track that took it, 0: none


class SensorSights(msgspec.Struct, frozen=True):
    """All that fusion used in one tick."""

    stamp_ns: int  # of the tick
    sights: list[SensorSight]


class Report(msgspec.Struct, frozen=True):
    """One record for the cloud platform, in no platform's words. Identity: (rscu, boot, seq)."""

    kind: str  # participant, event, traffic, lamp, basic-status, run-status
    stamp_ns: int
    boot: str
    seq: int  # 1.., without gaps within a boot
    data: Told
    live: bool = False  # a state that the next record of its kind supersedes


class RecordingView(msgspec.Struct, frozen=True):
    """One recording on the shelf."""

    name: str  # of its file
    kind: str  # open (being written), plain, event or kept
    begin_ns: int
    bytes: int
    why: str  # it is kept


class RecorderState(msgspec.Struct, frozen=True):
    """The state of the recorder."""

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
    error: str | None  # of the spool, else why there is no connection: cause, then remedy
    refused: dict[str, int] = {}  # kind -> records that the platform acknowledged as wrong; set aside, not sent again
    refusal: str | None = None  # its reason for the last of them
    set_aside: dict[str, int] = {}  # reason -> records that cannot be sent: too-large, damaged
    silent_s: float | None = None  # since when the platform acknowledges none of the records under way; None: it does
    denied: dict[str, str] = {}  # kind -> why the broker does not take it
    stray_acks: dict[str, int] = {}  # reason -> acknowledgements that freed nothing: unreadable, unknown, repeated
    expires_days: dict[str, float] = {}  # certificate -> days left by this box's clock, negative: expired
    troubles: list[str] = []  # all that is not as it should be: cause, then remedy; empty: none
    second: UplinkState | None = None  # of the second platform, where there is one


class Progress(msgspec.Struct, frozen=True):
    """A process's sign of life: the work that it has done, not that it exists."""

    process: str
    stamp_ns: int
    steps: int
    site: str = ""  # path of the site file that it works on; empty: as it was started


class Trouble(msgspec.Struct, frozen=True):
    """Something that is not as it should be."""

    reason: str  # of `rsu.reasons`: its meaning and remedy in words
    about: str  # its subject: a device, a process, a folder, a message
    detail: str = ""  # details in words
    since_ns: int | None = None  # UTC; None: not known
    silences: list[str] = []  # other subjects that it makes silent or degraded
    device: Modality = OTHER  # where it befalls one
    detail_zh: str = ""  # where the sender knows it; empty: the rows of `rsu.reasons` do


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
    site_copy: str = ""  # path of the frozen copy of it that is in use
    digest: str = ""  # of that
    page: str = ""  # its address
    troubles: list[Trouble] = []  # of site file and folders
    reloads: int = 0  # of the site file that have come to an end, since the supervisor began
    refused: str = ""  # why the last of them changed nothing; empty: the site file is in use
    warnings: int | None = None  # of the site file, as `rsu check` counts them; None: not yet known
