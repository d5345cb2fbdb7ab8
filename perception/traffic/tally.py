"""The counts of a period. Tallies of short periods add up to those of longer ones."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import msgspec
import numpy as np

from perception.objects import Floats, Ints


class Passage(NamedTuple):
    """A road user that crossed the stop line of a lane."""

    lane: int
    kind: int  # RoadUser
    speed_mps: float  # m/s
    length_m: float  # m
    delay_s: float
    headway_s: float | None  # since the front of the one before
    gap_s: float | None  # since its rear


class Turn(NamedTuple):
    """A road user on its way through the junction."""

    lane: int  # from which it came
    movement: int  # index into MOVEMENTS
    kind: int
    delay_s: float


class SpotTally(msgspec.Struct):
    """One virtual loop or zone."""

    kinds: Counter[int] = msgspec.field(default_factory=Counter)
    speeds_mps: list[float] = msgspec.field(default_factory=list)
    occupied_s: float = 0.0
    present_s: float = 0.0  # road users x time

    def add(self, other: SpotTally) -> None:
        """Add the counts of a later period."""
        self.kinds.update(other.kinds)
        self.speeds_mps += other.speeds_mps
        self.occupied_s += other.occupied_s
        self.present_s += other.present_s


class TrafficTally:
    """Everything of a site; arrays (l,) by the lane's index."""

    def __init__(self, lanes: int, spots: int) -> None:
        self.seconds = 0.0  # that were looked at
        self.passages: list[Passage] = []
        self.turns: list[Turn] = []
        self.covered_s: Floats = np.zeros(lanes)  # time in which the stop line was covered
        self.length_m_s: Floats = np.zeros(lanes)  # covered length x time on the observed stretch
        self.present_s: Floats = np.zeros(lanes)  # vehicles x time there
        self.travelled_m: Floats = np.zeros(lanes)  # by all of them there
        self.green_s: Floats = np.zeros(lanes)
        self.stops: Ints = np.zeros(lanes, dtype=np.int64)
        self.queue_length: Floats = np.zeros(lanes)  # m, the longest, and its vehicles
        self.queue_count: Ints = np.zeros(lanes, dtype=np.int64)
        self.spots = [SpotTally() for _ in range(spots)]

    def add(self, other: TrafficTally) -> None:
        """Add the counts of a later period."""
        self.seconds += other.seconds
        self.passages += other.passages
        self.turns += other.turns
        for name in ("covered_s", "length_m_s", "present_s", "travelled_m", "green_s", "stops"):
            getattr(self, name)[:] += getattr(other, name)
        self.take_queues(other.queue_length, other.queue_count)
        for own, others in zip(self.spots, other.spots, strict=True):
            own.add(others)

    def take_queues(self, length: Floats, count: Ints) -> None:
        """Keep the longest queue of each lane: length (l,) m, and its vehicles (l,)."""
        longer = length > self.queue_length
        self.queue_length[longer] = length[longer]
        self.queue_count[longer] = count[longer]
