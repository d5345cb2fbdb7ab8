"""Tracks of road users that drive along a straight road to the east, as a box would have them."""

from __future__ import annotations

import numpy as np

from perception.corridor.corridor import Corridor
from perception.corridor.road import RoadAxis
from perception.corridor.settings import CorridorSettings
from perception.corridor.shared import SharedTracks
from perception.objects import SECOND_NS, Floats, RoadUser
from perception.results import Tracks

START_NS = 1_800_000_000 * SECOND_NS
STEP_NS = SECOND_NS // 10
SPREAD: Floats = np.diag([0.25, 0.25, 0.16, 0.16])
ROAD = RoadAxis([(0.0, 0.0), (2000.0, 0.0)])


def tracks_of(numbers: list[int], state: Floats, now_ns: int, length_m: float = 4.6) -> Tracks:
    """Return tracks with these numbers and states (n, 4)."""
    count = len(numbers)
    return Tracks(
        id=np.array(numbers, np.int64),
        stamp_ns=np.full(count, now_ns),
        receipt_ns=np.full(count, now_ns),
        position_m=state[:, :2].copy(),
        velocity_mps=state[:, 2:].copy(),
        covariance=np.tile(SPREAD, (count, 1, 1)),
        heading_deg=np.full(count, 90.0),
        heading_sd_deg=np.full(count, 3.0),
        size_m=np.tile([length_m, 1.8, 1.5], (count, 1)),
        kind=np.full(count, RoadUser.CAR),
        existence=np.ones(count),
        contested=np.zeros(count, np.bool_),
        sources=[("camera",)] * count,
        vehicle_id=[None] * count,
    )


class Place:
    """A box that sees a stretch of the road, with noise of its own."""

    def __init__(self, number: int, begin_m: float, end_m: float, settings: CorridorSettings | None = None) -> None:
        self.corridor = Corridor(f"box-{number}", number, ROAD, settings or CorridorSettings())
        self._span = begin_m, end_m
        self._rng = np.random.default_rng(number)
        self._offset = 100 * number  # of its track numbers

    def sees(self, truth: Floats, now_ns: int) -> Tracks:
        """Return the tracks of those (n, 4) that are on its stretch."""
        rows = np.flatnonzero((self._span[0] < truth[:, 0]) & (truth[:, 0] < self._span[1]))
        noise = self._rng.normal(size=(len(rows), 4)) * np.sqrt(SPREAD.diagonal())
        return tracks_of([self._offset + 1 + row for row in rows.tolist()], truth[rows] + noise, now_ns)


def drive(places: list[Place], first: Floats, steps: int) -> list[list[dict[int, int]]]:
    """Let road users (n, 4) drive; return for each step and box the identity of each road user that it sees."""
    told = []
    sent: list[SharedTracks] = []
    for step in range(steps):
        now_ns = START_NS + step * STEP_NS
        truth = first + np.pad(first[:, 2:] * step / 10, ((0, 0), (0, 2)))
        heard, sent = sent, []
        for place in places:
            for tracks in heard:
                if tracks.box != f"box-{places.index(place) + 1}":
                    place.corridor.hear(tracks)
            sent.append(place.corridor.step(place.sees(truth, now_ns), now_ns))
        told.append([dict(zip((each.id % 100 - 1).tolist(), each.global_id.tolist(), strict=True)) for each in sent])
    return told
