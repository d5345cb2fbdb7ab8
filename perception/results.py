"""The output of perception: tracks, events, traffic statistics. SI units, degrees, site frame (`objects`).

Unknown is None on single values and NaN in arrays, never 0. Stamps are integer nanoseconds of steady time.
"""

from __future__ import annotations

import msgspec

from perception.objects import Floats, Ints, Mask


class Tracks(msgspec.Struct, frozen=True, eq=False):
    """All confirmed road users at one time: n rows, site frame, each row true at its own `stamp_ns`."""

    id: Ints  # (n,) 1..65534
    stamp_ns: Ints  # (n,) when the newest measurement of the row was true
    receipt_ns: Ints  # (n,) when that measurement arrived
    position_m: Floats  # (n, 2) m, centre of the road user
    velocity_mps: Floats  # (n, 2) m/s
    covariance: Floats  # (n, 4, 4) of east, north, east speed, north speed
    heading_deg: Floats  # (n,) deg, NaN while it was never known
    heading_sd_deg: Floats  # (n,) deg, 1 sigma
    size_m: Floats  # (n, 3) m: length, width, height
    kind: Ints  # (n,) RoadUser
    existence: Floats  # (n,) 0..1
    contested: Mask  # (n,) one sensor alone sees it where others see nothing; or only doubtful ones, and it stands
    sources: list[tuple[str, ...]]  # devices that saw it in the last second
    vehicle_id: list[bytes | None]  # id of the BSM that is part of it

    def __len__(self) -> int:
        """Return the number of tracks."""
        return len(self.id)

    def take(self, rows: Ints) -> Tracks:
        """Return some of the rows (k,), in the order in which they are named."""
        return Tracks(
            id=self.id[rows],
            stamp_ns=self.stamp_ns[rows],
            receipt_ns=self.receipt_ns[rows],
            position_m=self.position_m[rows],
            velocity_mps=self.velocity_mps[rows],
            covariance=self.covariance[rows],
            heading_deg=self.heading_deg[rows],
            heading_sd_deg=self.heading_sd_deg[rows],
            size_m=self.size_m[rows],
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
    to_stop_line_m: float | None  # m along the lane, negative past the stop line; None on a road that leads away
    movement: str | None = None  # one of MOVEMENTS: the way through the junction, None while it is open


MOVEMENTS = ("straight", "left", "right", "uturn")


class RoadEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happens on the road, from its start to its end."""

    id: int  # 1..255, unique among running events
    code: int  # YD/T 3709 Annex A / GB/T 29100: 903 stopped vehicle ...; others as the site file says
    name: str = ""  # the rule that found it, as in the site file
    state: str  # start, update or end
    start_ns: int
    stamp_ns: int  # when this state was true
    position_m: tuple[float, float]  # m, site frame
    radius_m: float  # m
    place: LanePlace | None
    track_ids: list[int]
    confidence: float  # 0..1
    path_m: tuple[
        tuple[float, float], ...
    ] = ()  # m, site frame, downstream: the stretch of road, where it has a length
    path_radius_m: float = 0.0  # m, half the width of the path
    level: int | None = None  # 1..5, 5 the worst
    speed_mps: float | None = None  # m/s
    heading_deg: float | None = None  # deg
    on_air: bool = True  # part of RSI
    keep: bool = True  # recordings of it and of the time before it are kept


class LaneFlow(msgspec.Struct, frozen=True, kw_only=True):
    """Traffic on one lane over one period. Means and percentiles are over road users that crossed the stop line."""

    link: str
    lane: int
    start_ns: int
    end_ns: int
    volume: int  # road users that crossed the stop line
    volume_by_kind: dict[int, int]  # RoadUser -> count
    volume_by_movement: dict[str, int] = {}  # of MOVEMENTS, as far as they are known
    mean_speed_mps: float | None  # m/s at the stop line
    speed_85_mps: float | None = None  # m/s at the stop line, 85th percentile
    mean_length_m: float | None = None  # m, of the road users
    queue_length_m: float  # m, longest in the period
    queue_count: int  # vehicles in the longest queue
    occupancy: float  # 0..1, share of time the stop line was covered
    space_occupancy: float | None = None  # 0..1, share of the observed stretch that was covered, mean over time
    density_per_m: float | None = None  # vehicles per metre of the observed stretch, mean over time
    headway_s: float | None = None  # s, front to front
    gap_s: float | None = None  # s, rear to front
    stops: int = 0  # how often a vehicle came to a standstill before the stop line
    delay_s: float | None = None  # s per road user, against driving through freely
    green_s: float | None = None  # time in which the lane had a green, None: not known
    congestion: int | None = None  # 0..3, GA/T 115


class DirectionFlow(msgspec.Struct, frozen=True, kw_only=True):
    """Traffic of one movement of a link over one period."""

    link: str
    movement: str  # of MOVEMENTS
    volume: int
    volume_by_kind: dict[int, int]
    queue_length_m: float  # m, longest of the lanes that lead there
    queue_count: int
    delay_s: float | None  # s per road user


class SpotFlow(msgspec.Struct, frozen=True, kw_only=True):
    """Traffic over a virtual loop or in a zone of the site file, over one period."""

    name: str
    volume: int  # that came over the loop, or into the zone
    volume_by_kind: dict[int, int]
    mean_speed_mps: float | None  # m/s
    occupancy: float  # 0..1, share of time with a road user there
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
