"""The changes that one look at the tracks makes in their memory: rows (n,) of `memory`, in place."""

from __future__ import annotations

import numpy as np

from perception.algebra import most_variance
from perception.objects import Floats, Ints
from perception.results import Tracks
from perception.traffic.lanes import NONE, LaneMap, Matches
from perception.traffic.memory import Rows
from perception.traffic.queues import QueueSettings

SMOOTHING_S = 1.0  # of the speed that steadiness is judged by
STOPPED_MPS, MOVING_MPS = 0.8, 1.5  # a vehicle that has stopped drives on when it is faster than the second speed
STOPPED_S = 1.0  # a vehicle that is slower than the first speed for so long has stopped
BACK_M = 3.0  # a vehicle up to so far before the stop line that it crossed stands on the line, and has not come again
SETTLED_S = 0.4  # the first place of a new track is taken so late: before its speed is known the place is biased
SURE_M = 1.0  # largest standard deviation of a sure place; that of a track not seen for seconds grows beyond it
CONTESTED_S = -1.0  # time for which a contested track has been sure: negative, so that it begins no event of any rule
BESIDE_M = 3.0  # a track farther beside the lane does not cross the lane's stop line


def meet(past: Rows, tracks: Tracks, now_ns: int, passed_s: float) -> None:
    """Note when and where new tracks (n,) were seen first, and for how long the place (n, 2) m of each has been sure.

    `passed_s`: since the look before.
    """
    sure = (most_variance(tracks.covariance[:, :2, :2].transpose(1, 2, 0)) <= SURE_M**2) & ~tracks.contested
    never = np.where(tracks.contested, CONTESTED_S, 0.0)
    past["sure_s"] = np.where(sure, np.maximum(past["sure_s"], 0.0) + passed_s, never)
    past["first"] = np.where(past["sure_s"][:, None] < SETTLED_S, tracks.position_m, past["first"])
    new = past["first_ns"] == 0
    if new.any():
        past["first_ns"][new] = now_ns


def cross(past: Rows, lanes: LaneMap, tracks: Tracks) -> Ints:
    """Return the rows (k,) that were before a stop line and are now past it, whichever way they took after it."""
    ahead = (past["approach"] != NONE).nonzero()[0]
    lane = past["approach"][ahead].astype(np.int64)
    gone: Ints = ahead[lanes.short_of_stop_line(lane, tracks.position_m[ahead]) <= 0.0]
    if not len(gone):
        return gone
    lane = past["approach"][gone].astype(np.int64)
    off = tracks.position_m[gone] - lanes.ends[lane]
    along = lanes.end_directions[lane]
    beside = np.abs(off[:, 0] * along[:, 1] - off[:, 1] * along[:, 0])
    near = beside <= lanes.half_width[lane] + BESIDE_M
    crossed: Ints = gone[near]
    past["approach"][gone] = NONE
    past["origin"][crossed] = lane[near]
    past["movement"][crossed], past["decided"][crossed] = NONE, False
    past["crossed_ns"][crossed] = tracks.stamp_ns[crossed]
    return crossed


def drive(past: Rows, lanes: LaneMap, queues: QueueSettings, matches: Matches, speed: Floats, passed_s: float) -> Ints:
    """Bring the memory up to now; return the rows (k,) that came to a standstill before a stop line.

    speed (n,) m/s; passed_s: since the look before.
    """
    lane = matches.lane
    back_m = np.where(past["origin"] == lane, BACK_M, 0.0)
    towards = matches.to_stop_line_m > back_m
    other = (towards & (past["approach"] != lane)).nonzero()[0]  # another lane than before
    if len(other):
        come = other[past["approach"][other] == NONE]
        past["delay_s"][come] = past["from_m"][come] = 0.0
        past["approach"][other], past["movement"][other] = lane[other], lanes.only_movement[lane[other]]
    other = (past["lane"] != lane).nonzero()[0]
    if len(other):
        limit = lanes.speed_limit[lane[other]]
        past["speed_limit"][other] = np.where(np.isnan(limit), past["speed_limit"][other], limit)
    past["lane"] = lane
    past["from_m"] = np.where(towards, np.fmax(past["from_m"], matches.to_stop_line_m), past["from_m"])
    share = min(1.0, passed_s / SMOOTHING_S)
    before = past["steady_speed"]
    past["steady_speed"] = np.where(np.isnan(before), speed, before + share * (speed - before))
    slow = speed < queues.queue_mps
    past["slow_s"] = np.where(slow, past["slow_s"] + passed_s, 0.0)
    slowed = 1.0 - np.minimum(1.0, speed / past["speed_limit"])
    seen = towards & (matches.to_stop_line_m <= queues.observed_m) & np.isfinite(slowed)
    past["delay_s"] += np.where(seen, passed_s * slowed, 0.0)
    past["still_s"] = np.where(speed < STOPPED_MPS, past["still_s"] + passed_s, 0.0)
    stands = past["still_s"] >= STOPPED_S
    halted: Ints = (towards & ~past["stopped"] & stands).nonzero()[0]
    past["stopped"] = np.where(past["stopped"], speed < MOVING_MPS, stands)
    return halted
