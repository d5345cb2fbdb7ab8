"""The demo crossing watched by events and statistics alone: tracks are the truth with noise, lights are the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np

from perception.events.detector import EventDetector
from perception.events.settings import EventSettings
from perception.results import RoadEvent, Tracks, TrafficPeriod
from perception.traffic.ground import Ground
from perception.traffic.lanes import LaneMap
from perception.traffic.observer import Observer
from perception.traffic.situation import Situation
from perception.traffic.statistics import StatisticsSettings, TrafficStatistics
from rsu.site import lanemap
from sim import signals
from sim.frames import EMERGENCY_OBU, PERIOD_NS, WorldFrame

LANE_MAP = lanemap.load(Path(__file__).parents[2] / "configs" / "demo-lanes.json")
LANES = LaneMap([*lanemap.lane_lines(LANE_MAP), *lanemap.exit_lines(LANE_MAP)])
START_NS = 1_795_000_000_000_000_000 - PERIOD_NS  # of the first frame; the second is a whole minute
SEEN_M = 85.0
POSITION_SD, SPEED_SD, HEADING_SD = 0.2, 0.2, 2.0  # m, m/s, deg
EXACT = 1e-3
_PLAN = signals.load()


def tracks_of_frame(frame: WorldFrame, noise: np.random.Generator | None, seen_m: float = SEEN_M) -> Tracks:
    """Return the road users up to `seen_m` from the centre as tracks, `noise` None: exactly, and known to be exact."""
    rows = np.flatnonzero(np.hypot(*frame.position_m.T) < seen_m)
    count = len(rows)
    errors = np.zeros((count, 5)) if noise is None else noise.normal(size=(count, 5))
    sd = np.full(5, EXACT) if noise is None else np.array([POSITION_SD] * 2 + [SPEED_SD] * 2 + [HEADING_SD])
    return Tracks(
        id=frame.id[rows] % 65534 + 1,
        stamp_ns=np.full(count, frame.stamp_ns),
        receipt_ns=np.full(count, frame.stamp_ns),
        position_m=frame.position_m[rows] + POSITION_SD * errors[:, :2],
        velocity_mps=frame.velocity_mps[rows] + SPEED_SD * errors[:, 2:4],
        covariance=np.tile(np.diag(sd[:4] ** 2), (count, 1, 1)),
        heading_deg=(frame.heading_deg[rows] + HEADING_SD * errors[:, 4]) % 360.0,
        heading_sd_deg=np.full(count, sd[4]),
        size_m=frame.size_m[rows],
        kind=frame.kind[rows],
        existence=np.full(count, 0.99),
        contested=np.zeros(count, dtype=np.bool_),
        sources=[("camera",)] * count,
        vehicle_id=[b"%8d" % number for number in frame.id[rows].tolist()],
    )


class Watch:
    """Looks at one frame of the world after the other."""

    def __init__(
        self,
        events: EventSettings | None = None,
        statistics: StatisticsSettings | None = None,
        seed: int | None = 1,
        seen_m: float = SEEN_M,
    ) -> None:
        statistics, events = statistics or StatisticsSettings(), events or EventSettings()
        zones = [zone.polygon_m for zone in events.zones]
        ground = Ground(LANES, lanemap.areas(LANE_MAP, zones))
        self._observer = Observer(LANES, ground, statistics)
        self._detector = EventDetector(events, LANES, ground)
        self._statistics = TrafficStatistics(statistics, LANES)
        self._seen_m = seen_m
        self._noise = None if seed is None else np.random.default_rng(seed)

    def look(self, frame: WorldFrame) -> tuple[Situation, list[RoadEvent], list[TrafficPeriod]]:
        """Return the situation, the events that start, go on or end, and the periods that ended."""
        now_ns = START_NS + frame.stamp_ns
        tracks = tracks_of_frame(msgspec.structs.replace(frame, stamp_ns=now_ns), self._noise, self._seen_m)
        colours = {group.phase: group.colour(frame.cycle_s) for group in _PLAN.lamps}
        emergencies = [b"%8d" % number for number in frame.id[frame.equipped == EMERGENCY_OBU].tolist()]
        situation = self._observer.look(now_ns, tracks, colours, emergencies)
        return situation, self._detector.update(situation), self._statistics.update(situation)

    def events(self, frames: Iterable[WorldFrame]) -> Iterator[tuple[float, RoadEvent]]:
        """Yield (seconds since the world began, event) of all that start or end."""
        for frame in frames:
            for event in self.look(frame)[1]:
                if event.state != "update":
                    yield frame.stamp_ns / 1e9, event
