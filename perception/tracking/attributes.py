"""What a track is besides its motion: class by votes, size by weighted mean, heading with a latch."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from perception.geo import heading_of
from perception.objects import Floats, Ints, RoadUser
from perception.tracking.scan import TYPICAL_SIZE
from perception.tracking.table import KINDS, Table

Mask = NDArray[np.bool_]

TRUE_CLASS, OTHER_CLASS = 0.8, 0.04  # P(detected class | class), of a detection with confidence 1
VOTE = 0.3 * math.log(TRUE_CLASS / OTHER_CLASS)  # consecutive scans err together: a vote counts for a third
CERTAIN = 6.0  # no class falls farther behind than this, so that a wrong one can be outvoted
CLASS_STATED = 10.0  # what a vehicle says about its own class counts as so many detections
SIZE_PRIOR = 2.0  # the class's typical size counts as this many measurements
SIZE_MEMORY = 50.0  # and all measurements as no more than this many
SIZE_STATED = 1e6  # what a vehicle says about its own size ends the matter

LATCH_MPS, RELEASE_MPS = 4.0 / 3.6, 5.0 / 3.6  # T/CSAE 159-2020: the heading of vehicles
WALKER_LATCH_MPS, WALKER_RELEASE_MPS = 0.3, 0.5  # who walks at 4 km/h all the time has a heading too
_WALKERS = np.isin(np.arange(KINDS), [RoadUser.PEDESTRIAN, RoadUser.BICYCLE])
SECOND_NS = 1_000_000_000


def vote(table: Table, rows: Ints, kind: Ints, confidence: Floats, stated: bool = False) -> None:
    """Count one vote per row (k,) for a class; RoadUser.UNKNOWN abstains."""
    if not kind.any():
        return
    votes = table["votes"][rows]
    votes[np.arange(len(rows)), kind] += (kind > 0) * confidence * (VOTE * CLASS_STATED if stated else VOTE)
    votes -= votes[:, 1:].max(axis=1, keepdims=True)
    np.maximum(votes, -CERTAIN, out=votes)
    weight = np.exp(votes[:, 1:])
    probability = weight / weight.sum(axis=1, keepdims=True)
    table["votes"][rows] = votes
    table["kind"][rows] = probability.argmax(axis=1) + 1
    table["log_class"][rows, 1:] = np.log((KINDS - 1) * (OTHER_CLASS + (TRUE_CLASS - OTHER_CLASS) * probability))


def may_be(table: Table, kind: RoadUser) -> Mask:
    """Return which rows (n,) may be of a class that is told for sure: who walks or cycles is no motor vehicle."""
    allowed: Mask = (table["kind"] == RoadUser.UNKNOWN) | (_WALKERS[table["kind"]] == _WALKERS[kind])
    return allowed


def measure_size(table: Table, rows: Ints, size: Floats, stated: bool = False) -> None:
    """Take sizes (k, 3), NaN where unknown, into the rows' means."""
    known = size > 0.0
    if not known.any():
        return
    weight = SIZE_STATED if stated else 1.0
    total = table["size_weight"][rows] + weight * known
    summed = table["size"][rows] + weight * np.where(known, size, 0.0)
    shrink = np.where(total >= SIZE_STATED, 1.0, np.minimum(1.0, SIZE_MEMORY / np.maximum(total, 1.0)))
    table["size"][rows], table["size_weight"][rows] = summed * shrink, total * shrink


def sizes(table: Table) -> Floats:
    """Return length, width, height (n, 3) in metres."""
    size: Floats = (table["size"] + SIZE_PRIOR * TYPICAL_SIZE[table["kind"]]) / (table["size_weight"] + SIZE_PRIOR)
    return size


def latch_headings(table: Table) -> None:
    """Note the headings of what moves, and which rows do; a slow row keeps what it had."""
    speed = np.hypot(table["state"][:, 2], table["state"][:, 3])
    walker = _WALKERS[table["kind"]]
    release = np.where(walker, WALKER_RELEASE_MPS, RELEASE_MPS)
    latch = np.where(walker, WALKER_LATCH_MPS, LATCH_MPS)
    table["moving"] = np.where(table["moving"], speed >= latch, speed > release)
    table["heading"], table["heading_sd"] = headings(table)


def headings(table: Table) -> tuple[Floats, Floats]:
    """Return heading and its standard deviation (n,) in degrees.

    The vehicle's own word where it is fresh, else the direction of motion, else the latched heading.
    """
    velocity = table["state"][:, 2:]
    across = np.stack([-velocity[:, 1], velocity[:, 0]], axis=-1)
    square = np.maximum((velocity**2).sum(axis=1), 1e-12)
    variance = np.einsum("ni,nij,nj->n", across, table["covariance"][:, 2:, 2:], across) / square
    deviation = np.degrees(np.arctan2(np.sqrt(variance), np.sqrt(square)))
    told = table["vehicle_ns"] > table["stamp_ns"] - SECOND_NS
    told &= np.isfinite(table["vehicle_heading"])
    heading = np.where(told, table["vehicle_heading"], heading_of(velocity))
    sd = np.where(told, table["vehicle_heading_sd"], deviation)
    known = told | table["moving"]
    return np.where(known, heading, table["heading"]), np.where(known, sd, table["heading_sd"])
