"""What a track is besides its motion: class by votes, size by weighted mean, heading with a latch."""

from __future__ import annotations

import math

import numpy as np

from perception.geo import heading_of
from perception.objects import Floats, Ints, RoadUser
from perception.scan import TYPICAL_SIZE
from perception.table import KINDS, Table

TRUE_CLASS, OTHER_CLASS = 0.8, 0.04  # P(detected class | class), of a detection with confidence 1
VOTE = 0.3 * math.log(TRUE_CLASS / OTHER_CLASS)  # consecutive scans err together: a vote counts for a third
CERTAIN = 6.0  # no class falls farther behind than this, so that a wrong one can be outvoted
SIZE_PRIOR = 2.0  # the class's typical size counts as this many measurements
SIZE_MEMORY = 50.0  # and all measurements as no more than this many
SIZE_STATED = 1e6  # what a vehicle says about its own size ends the matter

LATCH_MPS, RELEASE_MPS = 4.0 / 3.6, 5.0 / 3.6  # T/CSAE 159-2020: the heading of vehicles
WALKER_LATCH_MPS, WALKER_RELEASE_MPS = 0.3, 0.5  # who walks at 4 km/h all the time has a heading too
_WALKERS = np.isin(np.arange(KINDS), [RoadUser.PEDESTRIAN, RoadUser.BICYCLE])


def vote(table: Table, rows: Ints, kind: Ints, confidence: Floats) -> None:
    """Count one vote per row (k,) for a class; RoadUser.UNKNOWN abstains."""
    votes = table["votes"][rows]
    votes[np.arange(len(rows)), kind] += np.where(kind == RoadUser.UNKNOWN, 0.0, VOTE * confidence)
    votes -= votes.max(axis=1, keepdims=True)
    table["votes"][rows] = np.maximum(votes, -CERTAIN)


def class_probability(table: Table) -> Floats:
    """Return P(class) (n, 7); column 0 (unknown) is 0."""
    weight = np.exp(table["votes"])
    weight[:, RoadUser.UNKNOWN] = 0.0
    probability: Floats = weight / weight.sum(axis=1, keepdims=True)
    return probability


def log_class_ratio(table: Table) -> Floats:
    """Return log P(detected class | track) / P(detected class | false alarm), (n, 7); 0 for an unknown class."""
    classes = KINDS - 1
    ratio: Floats = np.log(classes * (OTHER_CLASS + (TRUE_CLASS - OTHER_CLASS) * class_probability(table)))
    ratio[:, RoadUser.UNKNOWN] = 0.0
    return ratio


def kinds(table: Table) -> Ints:
    """Return the most probable class (n,), UNKNOWN where nothing voted."""
    votes = table["votes"][:, 1:]
    decided = votes.max(axis=1) > votes.min(axis=1)
    return np.where(decided, votes.argmax(axis=1) + 1, RoadUser.UNKNOWN)


def measure_size(table: Table, rows: Ints, size: Floats, weight: float = 1.0) -> None:
    """Take sizes (k, 3), NaN where unknown, into the rows' means."""
    known = np.isfinite(size) & (size > 0.0)
    total = table["size_weight"][rows] + weight * known
    summed = table["size"][rows] + weight * np.where(known, size, 0.0)
    shrink = np.where(total > SIZE_STATED, 1.0, np.minimum(1.0, SIZE_MEMORY / np.maximum(total, 1.0)))
    table["size"][rows], table["size_weight"][rows] = summed * shrink, total * shrink


def sizes(table: Table, kind: Ints) -> Floats:
    """Return length, width, height (n, 3) in metres."""
    size: Floats = (table["size"] + SIZE_PRIOR * TYPICAL_SIZE[kind]) / (table["size_weight"] + SIZE_PRIOR)
    return size


def follow_heading(table: Table, rows: Ints) -> None:
    """Let the heading of the rows (k,) follow the velocity, latched while they are slow."""
    velocity, covariance = table["state"][rows, 2:], table["covariance"][rows, 2:, 2:]
    speed = np.hypot(velocity[:, 0], velocity[:, 1])
    walker = _WALKERS[kinds(table[rows])]
    release = np.where(walker, WALKER_RELEASE_MPS, RELEASE_MPS)
    latch = np.where(walker, WALKER_LATCH_MPS, LATCH_MPS)
    moving = np.where(table["moving"][rows], speed >= latch, speed > release)
    table["moving"][rows] = moving
    across = np.stack([-velocity[:, 1], velocity[:, 0]], axis=-1)[moving] / speed[moving, None]
    variance = (across[:, None] @ covariance[moving] @ across[:, :, None])[:, 0, 0]
    table["heading"][rows[moving]] = heading_of(velocity[moving])
    table["heading_sd"][rows[moving]] = np.degrees(np.arctan2(np.sqrt(variance), speed[moving]))
