"""Attributes of a track besides its motion: class by votes, size by weighted mean, heading with a latch."""

from __future__ import annotations

import math

import numpy as np

from perception.algebra import form
from perception.geo import heading_difference, heading_of
from perception.objects import SECOND_NS, Floats, Ints, Mask, RoadUser
from perception.state.table import KINDS, TrackTable, run_starts, trusted

# Length, width, height in metres by RoadUser: where neither the sensor nor the vehicle says.
TYPICAL_SIZE: Floats = np.array(
    [
        [4.5, 1.8, 1.5],  # unknown
        [4.6, 1.8, 1.5],  # car
        [9.0, 2.4, 3.2],  # truck
        [11.5, 2.5, 3.1],  # bus
        [2.1, 0.8, 1.5],  # motorcycle
        [1.7, 0.6, 1.6],  # bicycle
        [0.5, 0.5, 1.7],  # pedestrian
    ]
)

TRUE_CLASS, OTHER_CLASS = 0.8, 0.04  # P(detected class | class), of a detection with confidence 1
VOTE = 0.3 * math.log(TRUE_CLASS / OTHER_CLASS)  # consecutive scans err together: a vote counts for a third
CERTAIN = 6.0  # no class falls farther behind than this, so that a wrong one can be outvoted
MOTOR_MPS = 10.0  # a faster road user of no known class drives a motor vehicle
RUNS_MPS, RIDES_MPS = 8.0, 13.0  # no pedestrian, and no bicycle with a motor, is faster
AGAINST = 3.0  # votes that count against such a class, which a sensor says again in every scan
SIZE_PRIOR = 2.0  # the class's typical size counts as this many measurements
SIZE_MEMORY = 50.0  # and all measurements as no more than this many
SIZE_STATED = 5.0  # a size in a vehicle's report counts as so many measurements
SIZE_FACTOR = 2.2  # and not at all where its class is never so much longer, wider or higher, or so much less

LATCH_MPS, RELEASE_MPS = 4.0 / 3.6, 5.0 / 3.6  # T/CSAE 159-2020: the heading of vehicles
WALKER_LATCH_MPS, WALKER_RELEASE_MPS = 0.3, 0.5  # a pedestrian at a steady 4 km/h has a heading too
_WALKERS = np.isin(np.arange(KINDS), [RoadUser.PEDESTRIAN, RoadUser.BICYCLE])
_MOST_MPS: Floats = np.full(KINDS, np.inf)
_MOST_MPS[[RoadUser.UNKNOWN, RoadUser.PEDESTRIAN, RoadUser.BICYCLE]] = MOTOR_MPS, RUNS_MPS, RIDES_MPS
_LATCH = np.where(_WALKERS, WALKER_LATCH_MPS, LATCH_MPS)
_RELEASE = np.where(_WALKERS, WALKER_RELEASE_MPS, RELEASE_MPS)
SURE_SPEED_SIGMAS = 3.0  # a new track's first speed is mostly noise
_CURVATURE: Floats = np.where(_WALKERS, 1.0, 0.15)  # 1/m: the narrowest turn
NEVER_SD = 104.0  # deg, of a heading that may be any
VEHICLE_HEADING_SD = 3.0  # deg, of the heading in a vehicle's report
HEADING_OFF = 30.0  # deg: a reported heading that differs by more from the direction of motion is not used


def vote(table: TrackTable, rows: Ints, kind: Ints, confidence: Floats) -> None:
    """Count votes for classes, several per row (k,) if need be; RoadUser.UNKNOWN abstains."""
    if not kind.any():
        return
    weight = (kind > 0) * confidence * VOTE
    size = len(table)
    cast = np.bincount(kind * size + rows, weight, KINDS * size).reshape(KINDS, size)
    (voted,) = np.nonzero(cast.any(axis=0))
    votes = table.votes[:, voted] + cast[:, voted]
    votes -= votes[1:].max(axis=0)
    np.maximum(votes, -CERTAIN, out=votes)
    likelihood = np.exp(votes[1:])
    probability = likelihood / likelihood.sum(axis=0)
    table.votes[:, voted] = votes
    table.kind[voted] = probability.argmax(axis=0) + 1
    table.log_class[1:, voted] = np.log((KINDS - 1) * (OTHER_CLASS + (TRUE_CLASS - OTHER_CLASS) * probability))


def vote_by_speed(table: TrackTable) -> None:
    """Tell motor vehicles by their speed where sensors tell no class, or one that is never so fast.

    A slower road user may be of any class.
    """
    east, north = table.state[2:]
    speed = np.hypot(east, north)
    sd = np.sqrt(table.covariance[2, 2] + table.covariance[3, 3])
    fast = ((table.id > 0) & (speed - 2.0 * sd > _MOST_MPS[table.kind])).nonzero()[0]
    if len(fast):
        weight = np.where(table.kind[fast] == RoadUser.UNKNOWN, 1.0, AGAINST)
        vote(table, fast, np.full(len(fast), int(RoadUser.CAR)), weight)


def walks(kind: Ints) -> Mask:
    """Return which of the classes (k,) are of pedestrians and bicycles."""
    return _WALKERS[kind]


def may_be(kind: Ints, told: Ints) -> Mask:
    """Return which of the classes (k,) may be reported as certain: pedestrians and cyclists are no motor vehicles."""
    allowed: Mask = (kind == RoadUser.UNKNOWN) | (_WALKERS[kind] == _WALKERS[told])
    return allowed


def measure_size(table: TrackTable, rows: Ints, size: Floats, stated: Mask) -> None:
    """Take sizes (3, k), NaN where unknown, into the means of the rows (k,), which are in order.

    `stated` (k,): by the vehicles themselves.
    """
    usual = TYPICAL_SIZE.T.take(table.kind[rows], axis=-1)
    known: Mask = (size > 0.0) & ~(stated & ((size > SIZE_FACTOR * usual) | (SIZE_FACTOR * size < usual)))
    if not known.any():
        return
    weight = known * np.where(stated, SIZE_STATED, 1.0)
    starts = run_starts(rows)
    once = rows[starts]
    total = table.size_weight[:, once] + np.add.reduceat(weight, starts, axis=1)
    summed = table.size_m[:, once] + np.add.reduceat(weight * np.where(known, size, 0.0), starts, axis=1)
    shrink = np.minimum(1.0, SIZE_MEMORY / np.maximum(total, 1.0))
    table.size_m[:, once], table.size_weight[:, once] = summed * shrink, total * shrink


def sizes(table: TrackTable) -> Floats:
    """Return length, width, height (3, n) in metres."""
    size: Floats = (table.size_m + SIZE_PRIOR * TYPICAL_SIZE.T.take(table.kind, axis=-1)) / (
        table.size_weight + SIZE_PRIOR
    )
    return size


def turn_headings(table: TrackTable, dt: float) -> None:
    """Let the headings follow the motion of the last dt seconds; a standing road user keeps its heading.

    The course is the direction of the velocity; how far the heading follows it depends on how sure it is, and on how
    far a road user of this class can have turned on its way. A vehicle's own word holds where it is fresh.
    """
    east, north = velocity = table.state[2:]
    speed = np.maximum(np.hypot(east, north), 1e-6)
    spread = table.covariance[2:, 2:]
    course_sd = np.degrees(np.arctan2(np.sqrt(form(spread, np.array((-north, east)))) / speed, speed))
    sure = speed > SURE_SPEED_SIGMAS * np.sqrt(form(spread, velocity)) / speed
    moving = (speed > _RELEASE[table.kind]) & sure | (table.moving > 0) & (speed >= _LATCH[table.kind])
    table.moving[:] = moving
    turned_sd = np.degrees(_CURVATURE[table.kind] * speed * dt)
    course, known = heading_of(velocity.T), np.isfinite(table.heading_deg)
    variance = np.where(known, table.heading_sd_deg**2 + turned_sd**2, NEVER_SD**2)
    gain = variance / (variance + course_sd**2)
    heading = np.where(known, table.heading_deg + gain * heading_difference(course, table.heading_deg), course) % 360.0
    driven = np.where(moving, heading, table.heading_deg)
    off = np.where(np.isfinite(driven), np.abs(heading_difference(table.vehicle_heading_deg, driven)), 0.0)
    told = trusted(table) & (table.vehicle_ns > table.stamp_ns - SECOND_NS) & (off < HEADING_OFF)
    told &= np.isfinite(table.vehicle_heading_deg)
    heading = np.where(told, table.vehicle_heading_deg, heading)
    sd = np.where(told, VEHICLE_HEADING_SD, np.sqrt(gain) * course_sd)
    table.heading_deg[:] = np.where(moving | told, np.where(heading == 360.0, 0.0, heading), table.heading_deg)
    table.heading_sd_deg[:] = np.where(moving | told, sd, table.heading_sd_deg)
