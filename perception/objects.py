"""The core's words: what drivers conform to and fusion works with.

Every record carries `stamp_ns`, when its content was true, and `receipt_ns`, when its last byte was read; both integer
nanoseconds of steady time: UTC but for steps of the system clock (`hw/timescale.py`). SI units; angles in degrees.
Unknown is None on single values and NaN in arrays, never 0.

Frames
    sensor: origin at the sensor's reference point, x forward along the boresight, y left, metres on the road plane.
    site:   east, north in metres around the site's reference point (WGS-84).
    heading: degrees clockwise from true north, 0 <= h < 360.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Modality(StrEnum):
    """By what means a device knows what it says: stands beside its driver; what others call it is derived from here."""

    CAMERA = "camera"
    RADAR = "radar"
    LIDAR = "lidar"
    LOOP = "loop"  # in the road
    V2X = "v2x"  # what road users say of themselves over the air
    SIGNAL = "signal"  # controller
    GNSS = "gnss"
    OTHER = "other"


class RoadUser(IntEnum):
    """Class of a road user, as far as a sensor can tell."""

    UNKNOWN = 0
    CAR = 1
    TRUCK = 2
    BUS = 3
    MOTORCYCLE = 4
    BICYCLE = 5
    PEDESTRIAN = 6


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """What one device said, when it was true and when it arrived."""

    device: str
    stamp_ns: int
    receipt_ns: int


class Detections(Measurement, frozen=True, kw_only=True, eq=False):
    """One scan of one device: n road users, rows aligned over all arrays, NaN where the device does not say.

    A row is located by `position` or, for cameras that give image boxes, by `box`.
    """

    position: Floats  # (n, 2) m, sensor frame
    covariance: Floats  # (n, 2, 2) m2, sensor frame; NaN: the site file's figure for the sensor holds
    velocity: Floats  # (n, 2) m/s, sensor frame
    velocity_variance: Floats  # (n,) (m/s)2 per axis; NaN: the site file's figure holds
    box: Floats  # (n, 4) px: left, top, right, bottom; y down
    size: Floats  # (n, 3) m: length, width, height
    kind: Ints  # (n,) RoadUser
    confidence: Floats  # (n,) 0..1
    source_id: Ints  # (n,) the device's own target number, -1 unknown
    doubtful: bool = False  # the device is still learning what is there without road users: alone it makes nobody sure


class PointCloud(Measurement, frozen=True, kw_only=True, eq=False):
    """Radar reflections of one frame, for radars that do not track by themselves."""

    points: Floats  # (n, 3) m, sensor frame: x forward, y left, z up
    doppler: Floats  # (n,) m/s, radial, away from the sensor +
    snr: Floats  # (n,) dB


class VehicleReport(Measurement, frozen=True, kw_only=True):
    """What a vehicle says about itself (a received BSM), in the core's units."""

    id: bytes  # 8 octets, temporary
    latitude: float  # deg
    longitude: float  # deg
    position_95: float | None  # m, 95 % horizontal accuracy claimed by the vehicle
    speed: float | None  # m/s
    heading: float | None  # deg
    length: float | None  # m
    width: float | None  # m
    height: float | None  # m
    kind: RoadUser
    emergency: bool = False  # on its way with siren or lights


class Lamp(msgspec.Struct, frozen=True):
    """One lamp of a signal controller as reported: colour now and seconds to its end."""

    number: int
    angle: int  # deg clockwise from north of the approach the lamp belongs to
    type: int  # GA/T 1743 lamp type: 1 straight 2 left 3 right 4 round ... 8 crosswalk
    colour: str  # one of COLOURS
    countdown: float | None  # s; a steady green counts to the end of its green flash


COLOURS = ("unknown", "dark", "red", "yellow", "green", "flashing-red", "flashing-yellow", "flashing-green")


class SignalState(Measurement, frozen=True, kw_only=True):
    """All lamp colours of a signal controller at one time."""

    lamps: list[Lamp]
    repeated: bool = False  # the very octets of the report before, its time included: no sign that anybody is alive


class LampPlan(msgspec.Struct, frozen=True):
    """The steps of one lamp over one signal cycle, in order; durations sum to the cycle."""

    number: int
    angle: int
    type: int
    steps: list[tuple[str, float]]  # (colour, duration s)


class SignalPlan(Measurement, frozen=True, kw_only=True):
    """The plan that the controller runs now."""

    lamps: list[LampPlan]


class Fix(Measurement, frozen=True, kw_only=True):
    """One GNSS solution. `stamp_ns` is not steady as elsewhere: it is the receiver's own UTC."""

    valid: bool  # the receiver itself says that position and time may be used
    kind: str  # none, 2d, 3d, dgps, float, fixed, dead-reckoning
    latitude: float | None
    longitude: float | None
    height: float | None  # m above the ellipsoid
    satellites: int | None
    horizontal_accuracy: float | None  # m, 1 sigma
    time_accuracy_ns: int | None
    time_only: bool = False  # not valid, yet the time may be used


class Reception(Measurement, frozen=True, kw_only=True):
    """One message received over the air. `stamp_ns` is the radio's receive time."""

    aid: int
    payload: bytes
    source: int  # layer-2 id of the sender


class ChannelState(Measurement, frozen=True, kw_only=True):
    """What a radio says of the channel that all share."""

    busy: float | None  # channel busy ratio, 0..1; None: it does not say


class Tracks(msgspec.Struct, frozen=True, eq=False):
    """All confirmed road users at one time: n rows, site frame, each row true at its own `stamp_ns`."""

    id: Ints  # (n,) 1..65534
    stamp_ns: Ints  # (n,) when the newest measurement of the row was true
    receipt_ns: Ints  # (n,) when that measurement arrived
    position: Floats  # (n, 2) m, centre of the road user
    velocity: Floats  # (n, 2) m/s
    covariance: Floats  # (n, 4, 4) of east, north, east speed, north speed
    heading: Floats  # (n,) deg, NaN while it was never known
    heading_sd: Floats  # (n,) deg, 1 sigma
    size: Floats  # (n, 3) m: length, width, height
    kind: Ints  # (n,) RoadUser
    existence: Floats  # (n,) 0..1
    contested: Mask  # (n,) one sensor alone sees it where others look and see nothing, or only doubtful ones see it
    sources: list[tuple[str, ...]]  # devices that saw it in the last second
    vehicle_id: list[bytes | None]  # id of the BSM that is part of it

    def __len__(self) -> int:
        """Return the number of tracks."""
        return len(self.id)

    def take(self, rows: Ints) -> Tracks:
        """Return some of the rows, in the order in which they are named."""
        return Tracks(
            id=self.id[rows],
            stamp_ns=self.stamp_ns[rows],
            receipt_ns=self.receipt_ns[rows],
            position=self.position[rows],
            velocity=self.velocity[rows],
            covariance=self.covariance[rows],
            heading=self.heading[rows],
            heading_sd=self.heading_sd[rows],
            size=self.size[rows],
            kind=self.kind[rows],
            existence=self.existence[rows],
            contested=self.contested[rows],
            sources=[self.sources[row] for row in rows.tolist()],
            vehicle_id=[self.vehicle_id[row] for row in rows.tolist()],
        )


class LanePlace(msgspec.Struct, frozen=True):
    """Where a road user is in the lane map."""

    link: str  # name of the link, or of the road that leads away
    lane: int  # lane id, numbered 1.. from the left in driving direction
    to_stop_line: float | None  # m along the lane, negative past the stop line; None on a road that leads away
    movement: str | None = None  # one of MOVEMENTS: the way through the junction, None while it is open


MOVEMENTS = ("straight", "left", "right", "uturn")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happens on the road, from its start to its end."""

    id: int  # 1..255, unique among running events
    code: int  # YD/T 3709 Annex A / GB/T 29100: 903 stopped vehicle ...; others as the site file says
    name: str = ""  # the rule that found it, as in the site file
    state: str  # start, update or end
    start_ns: int
    stamp_ns: int  # when this state was true
    position: tuple[float, float]  # m, site frame
    radius: float  # m
    place: LanePlace | None
    track_ids: list[int]
    confidence: float  # 0..1
    path: tuple[tuple[float, float], ...] = ()  # m, site frame, downstream: the stretch of road, where it has a length
    path_radius: float = 0.0  # m, half the width of the path
    level: int | None = None  # 1..5, 5 the worst
    speed: float | None = None  # m/s
    heading: float | None = None  # deg
    on_air: bool = True  # part of RSI
    keep: bool = True  # recordings of it and of what came before are kept


class LaneFlow(msgspec.Struct, frozen=True, kw_only=True):
    """Traffic on one lane over one period. Means and percentiles are over road users that crossed the stop line."""

    link: str
    lane: int
    start_ns: int
    end_ns: int
    volume: int  # road users that crossed the stop line
    volume_by_kind: dict[int, int]  # RoadUser -> count
    volume_by_movement: dict[str, int] = {}  # of MOVEMENTS, as far as they are known
    mean_speed: float | None  # m/s at the stop line
    speed_85: float | None = None  # m/s at the stop line, 85th percentile
    mean_length: float | None = None  # m, of the road users
    queue_length: float  # m, longest in the period
    queue_count: int  # vehicles in the longest queue
    occupancy: float  # 0..1, share of time the stop line was covered
    space_occupancy: float | None = None  # 0..1, share of the observed stretch that was covered, mean over time
    density: float | None = None  # vehicles per metre of the observed stretch, mean over time
    headway: float | None = None  # s, front to front
    gap: float | None = None  # s, rear to front
    stops: int = 0  # how often somebody came to a standstill before the stop line
    delay: float | None = None  # s per road user, against driving through freely
    green_s: float | None = None  # time in which the lane had a green, None: not known
    congestion: int | None = None  # 0..3, GA/T 115


class DirectionFlow(msgspec.Struct, frozen=True, kw_only=True):
    """Traffic of one movement of a link over one period."""

    link: str
    movement: str  # of MOVEMENTS
    volume: int
    volume_by_kind: dict[int, int]
    queue_length: float  # m, longest of the lanes that lead there
    queue_count: int
    delay: float | None  # s per road user


class SpotFlow(msgspec.Struct, frozen=True, kw_only=True):
    """Traffic over a virtual loop or in a zone of the site file, over one period."""

    name: str
    volume: int  # that came over the loop, or into the zone
    volume_by_kind: dict[int, int]
    mean_speed: float | None  # m/s
    occupancy: float  # 0..1, share of time that somebody was there
    mean_count: float  # road users there, mean over time


class TrafficPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """All statistics of a site over one period."""

    start_ns: int
    end_ns: int
    cycle: bool = False  # the period is a signal cycle
    lanes: list[LaneFlow]
    directions: list[DirectionFlow] = []
    loops: list[SpotFlow] = []
    zones: list[SpotFlow] = []


def encode_array(value: Any) -> Any:
    """Hook for msgspec: arrays travel as (dtype, shape, bytes)."""
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, np.ascontiguousarray(value).tobytes())
    raise TypeError(f"cannot encode {type(value).__name__}")


def decode_array(kind: type, value: Any) -> Any:
    """Hook for msgspec: the inverse of `encode_array`."""
    dtype, shape, data = value
    return np.frombuffer(data, dtype=dtype).reshape(shape)
