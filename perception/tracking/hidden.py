"""Where hidden tracks drive on: behind the next vehicle ahead, and in their lane, of which the heading is known."""

from __future__ import annotations

import math

import numpy as np

from perception.algebra import along_and_across, apply, form, times, transposed
from perception.kernel.native import contiguous, kernel
from perception.objects import Floats, Ints, Mask
from perception.occlusion.following import ACCELERATION, DECELERATION, HARDEST, STANDSTILL_M, speed_behind
from perception.occlusion.lane_order import LaneOrder, directions, lane_order
from perception.state.attributes import walks
from perception.state.table import TrackTable

QUEUING_MPS = 6.0  # a slower vehicle with no other ahead stops soon, for something that no sensor sees either
STOPPING_S = 1.2  # time constant of its stopping
STEERING_S = 0.3  # time constant with which any goes straight on
IN_QUEUE_M, IN_QUEUE_MPS = 2.5, 1.5  # standard deviations of a vehicle that follows another into a queue, at most
IN_LANE_M = 0.6  # standard deviation of any hidden vehicle across its heading, at most
_LIMITS = QUEUING_MPS, IN_QUEUE_M, IN_QUEUE_MPS, IN_LANE_M


def drive_on(table: TrackTable, dt: float) -> None:
    """Change the velocities of hidden vehicles in dt seconds, and bound where they may be."""
    rows = ((table.hidden > 0) & ~walks(table.kind)).nonzero()[0]
    if not len(rows):
        return
    order = lane_order(table, rows)
    if kernel is None:
        follow_twin(table, rows, order, dt)
        return
    kept = math.exp(-dt / STOPPING_S), math.exp(-dt / STEERING_S)
    figures = np.array([dt, *kept, ACCELERATION, 2.0 * DECELERATION, HARDEST, STANDSTILL_M, *_LIMITS])
    ahead = directions(table, rows)
    kernel.drive_on(table.state, table.covariance, *contiguous(rows, ahead, order.ahead_m, order.leading_mps, figures))


def follow_twin(table: TrackTable, rows: Ints, order: LaneOrder, dt: float) -> None:
    """Let the vehicles in the rows (k,) drive on in dt seconds, in their order in the lanes, without the kernel."""
    state, covariance = table.state.take(rows, axis=-1), table.covariance.take(rows, axis=-1)
    ahead = directions(table, rows)
    speed = ahead[0] * state[2] + ahead[1] * state[3]
    gap, _, leading = order
    queuing = np.isinf(gap) & (speed < QUEUING_MPS)
    kept = along_and_across(
        ahead, np.where(queuing, math.exp(-dt / STOPPING_S), 1.0), np.full(len(rows), math.exp(-dt / STEERING_S))
    )
    state[2:] = apply(kept, state[2:]) + (speed_behind(speed, gap, leading, dt) - speed) * ahead
    covariance[2:, 2:] = times(times(kept, covariance[2:, 2:]), kept)
    covariance[:2, 2:] = times(covariance[:2, 2:], kept)
    _bound(covariance, ahead, queuing | np.isfinite(gap) & (leading < QUEUING_MPS))
    table.state[:, rows], table.covariance[:, :, rows] = state, covariance


def _bound(covariance: Floats, ahead: Floats, in_queue: Mask) -> None:
    """Bound covariances (4, 4, k) across the unit vectors `ahead` (2, k), and where `in_queue` (k,) along them too."""
    place, speed = covariance[:2, :2], covariance[2:, 2:]
    aside = np.array((ahead[1], -ahead[0]))
    along = np.where(in_queue, np.minimum(1.0, IN_QUEUE_M / np.sqrt(form(place, ahead))), 1.0)
    across = np.minimum(1.0, IN_LANE_M / np.sqrt(form(place, aside)))
    slower = np.where(in_queue, np.minimum(1.0, IN_QUEUE_MPS / np.sqrt(speed[0, 0] + speed[1, 1])), 1.0)
    shrink = along_and_across(ahead, along, across)
    place[:] = times(times(shrink, place), shrink)
    covariance[:2, 2:] = slower * times(shrink, covariance[:2, 2:])
    covariance[2:, :2] = transposed(covariance[:2, 2:])
    speed *= slower**2
