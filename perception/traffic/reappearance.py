"""Vehicles that were hidden before a stop line and are seen again, under their own number or under another."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from perception.objects import SECOND_NS, Ints, Mask
from perception.results import Tracks
from perception.traffic.lanes import Matches
from perception.traffic.memory import Rows

STANDING_MPS = 1.4
LEAVES_NS = 100 * SECOND_NS  # after which one that waits unseen may have changed lanes
UNDELAYED_S = 1.0  # a vehicle that was delayed for longer has been seen before the stop line for long
OVERLAP = 0.8  # of the mean length: two bodies nearer than that are one vehicle


class HiddenVehicle(msgspec.Struct):
    """A vehicle as it was when it was seen last, then as it should be."""

    number: int  # its track id
    lane: int
    to_stop_line_m: float  # m
    length_m: float  # m
    speed_mps: float  # m/s
    delay_s: float  # on its way to the stop line
    seen_ns: int
    from_m: float  # m to the stop line, at most, while it was seen
    lost_m: float  # m to the stop line, where it was seen last
    starts: bool = False  # its queue has moved off
    left_ns: int = 0  # when it was hidden no more: it crossed the stop line, or was forgotten
    existence: float = 1.0  # probability that it is there, but for manoeuvres that it may have made while it waited

    def still_there(self, now_ns: int) -> float:
        """Return the probability that it is there: now and then one that waits turns aside unseen."""
        return self.existence * math.exp(-(now_ns - self.seen_ns) / LEAVES_NS)


def give(one: HiddenVehicle, past: Rows, row: int) -> None:
    """Give the past of a hidden vehicle to the row of `past` (n,) under which it is seen again."""
    past["delay_s"][row] = max(float(past["delay_s"][row]), one.delay_s)
    past["from_m"][row] = max(float(past["from_m"][row]), one.from_m)
    past["stopped"][row] |= one.starts or one.speed_mps < STANDING_MPS


def returns(one: HiddenVehicle, tracks: Tracks, past: Rows) -> bool:
    """Let a vehicle that is seen again be its track's row in `past` (n,); return False: not hidden."""
    give(one, past, int((tracks.id == one.number).argmax()))
    return False


def is_claimed(one: HiddenVehicle, comes: Mask, matches: Matches, past: Rows) -> bool:
    """Tell whether a vehicle among the rows `comes` (n,), seen for the first time, is this hidden one."""
    new = comes & (matches.lane == one.lane) & (past["first_ns"] > one.seen_ns) & (past["delay_s"] < UNDELAYED_S)
    rows = (new & (matches.to_stop_line_m < one.to_stop_line_m + one.length_m)).nonzero()[0]
    if len(rows):
        give(one, past, int(rows[matches.to_stop_line_m[rows].argmin()]))
    return bool(len(rows))


def is_taken(one: HiddenVehicle, tracks: Tracks, sure: Mask, matches: Matches, past: Rows) -> bool:
    """Tell whether a track, sure (n,), is seen in this vehicle's place; a track that is new there is this vehicle."""
    own: Ints = (sure & (matches.lane == one.lane)).nonzero()[0]
    near = (
        np.abs(matches.to_stop_line_m[own] - one.to_stop_line_m)
        < OVERLAP * (tracks.size_m[own, 0] + one.length_m) / 2.0
    )
    for row in own[near & (past["first_ns"][own] > one.seen_ns)][:1].tolist():
        give(one, past, row)
    return bool(near.any())
