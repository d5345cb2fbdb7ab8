"""Which detection belongs to which track: likelihood ratios, gates and one global assignment per scan.

The score of a pair is the logarithm of "the track made this detection" over "a false alarm made it", from position,
velocity where measured, and class. The assignment maximises the sum of scores; a pair that is no better than a false
alarm is not made.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
from scipy.optimize import linear_sum_assignment

from perception.objects import Floats, Ints
from perception.tracking.scan import Scan

CLUTTER_VELOCITY: Floats = np.eye(2) * 16.0**2  # (m/s)2: false alarms have any velocity, up to some 20 m/s per axis
_LOG_2PI = math.log(2.0 * math.pi)


class Expected(msgspec.Struct, frozen=True, eq=False):
    """Where m tracks should be at the time of a scan."""

    position: Floats  # (m, 2) m
    covariance: Floats  # (m, 2, 2) m2
    velocity: Floats  # (m, 2) m/s
    velocity_covariance: Floats  # (m, 2, 2) (m/s)2
    log_class: Floats  # (m, 7) logarithm of P(detected class | track) / P(detected class | false alarm)
    log_detection: Floats  # (m,) logarithm of the detection probability


class Pairs(msgspec.Struct, frozen=True, eq=False):
    """Tracks and detections that may belong together."""

    track: Ints  # (k,)
    detection: Ints  # (k,)
    score: Floats  # (k,) log-likelihood ratio

    def at(self, chosen: Ints) -> Pairs:
        """Return some of the pairs."""
        return Pairs(track=self.track[chosen], detection=self.detection[chosen], score=self.score[chosen])

    def of_rows(self, rows: Ints) -> Pairs:
        """Return the pairs with track k called rows[k]."""
        return Pairs(track=rows[self.track], detection=self.detection, score=self.score)


def candidates(expected: Expected, scan: Scan, gate: float, clutter_density: float) -> Pairs:
    """Return all pairs within the chi-square gate (squared, 2 degrees of freedom); clutter density per m2."""
    track, detection = _near(expected, scan, math.sqrt(gate))
    residual = scan.position[detection] - expected.position[track]
    square, log_volume = mahalanobis(residual, expected.covariance[track] + scan.covariance[detection])
    inside = square <= gate
    track, detection, square, log_volume = track[inside], detection[inside], square[inside], log_volume[inside]
    score = expected.log_detection[track] - math.log(clutter_density) - _LOG_2PI - (square + log_volume) / 2.0
    score += _velocity_score(expected, scan, track, detection)
    score += expected.log_class[track, scan.kind[detection]] * scan.confidence[detection]
    return Pairs(track=track, detection=detection, score=score)


def assign(pairs: Pairs) -> Pairs:
    """Return the pairs of the best assignment: every track and detection at most once, every score positive.

    Pairs that nobody contests are made at once; what is left is one small dense problem.
    """
    pairs = pairs.at(np.flatnonzero(pairs.score > 0.0))
    if not len(pairs.track):
        return pairs
    alone = (np.bincount(pairs.track)[pairs.track] == 1) & (np.bincount(pairs.detection)[pairs.detection] == 1)
    contested = pairs.at(np.flatnonzero(~alone))
    tracks, row = np.unique(contested.track, return_inverse=True)
    detections, column = np.unique(contested.detection, return_inverse=True)
    number = np.full((len(tracks), len(detections)), -1)
    number[row, column] = np.flatnonzero(~alone)
    benefit = np.where(number >= 0, pairs.score[number], 0.0)
    made = number[linear_sum_assignment(benefit, maximize=True)]
    return pairs.at(np.concatenate([np.flatnonzero(alone), made[made >= 0]]))


def best(pairs: Pairs) -> Pairs:
    """Return the best pair, or none: for a single detection."""
    return pairs.at(np.argmax(pairs.score, keepdims=True) if (pairs.score > 0.0).any() else np.zeros(0, dtype=np.int64))


def mahalanobis(residual: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Return the squared distance and the log-determinant (k,) of residuals (k, 2) under covariances (k, 2, 2)."""
    x, y = residual[:, 0], residual[:, 1]
    xx, xy, yy = covariance[:, 0, 0], covariance[:, 0, 1], covariance[:, 1, 1]
    determinant = xx * yy - xy * xy
    return (yy * x * x - 2.0 * xy * x * y + xx * y * y) / determinant, np.log(determinant)


def _near(expected: Expected, scan: Scan, sigmas: float) -> tuple[Ints, Ints]:
    """Return the pairs whose gates may touch, and few others."""
    if not len(scan):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    variance = np.diagonal(expected.covariance, axis1=1, axis2=2)
    widest = np.diagonal(scan.covariance, axis1=1, axis2=2).max(axis=0)
    return within(expected.position, sigmas * np.sqrt(variance + widest), scan.position)


def within(position: Floats, reach: Floats, other: Floats) -> tuple[Ints, Ints]:
    """Return all pairs (i, j) in which other[j] (n, 2) is in the box position[i] +- reach[i] (m, 2)."""
    order = np.argsort(other[:, 0], kind="stable")
    sorted_east = other[order, 0]
    first = np.searchsorted(sorted_east, position[:, 0] - reach[:, 0])
    count = np.searchsorted(sorted_east, position[:, 0] + reach[:, 0], side="right") - first
    row = np.repeat(np.arange(len(position)), count)
    place = np.arange(len(row)) + np.repeat(first - np.cumsum(count) + count, count)
    column = order[place]
    near = np.abs(position[row, 1] - other[column, 1]) <= reach[row, 1]
    return row[near], column[near]


def _velocity_score(expected: Expected, scan: Scan, track: Ints, detection: Ints) -> Floats:
    """Return the velocity's part of the score (k,); 0 where it was not measured.

    A radial velocity has a huge variance across the line of sight, which must not count against the track: the
    false alarm's density is spread over the same variance.
    """
    velocity = scan.velocity[detection]
    known = np.isfinite(velocity[:, 0])
    if not known.any():
        return np.zeros(len(track))
    noise = scan.velocity_covariance[detection]
    residual = velocity - expected.velocity[track]
    square, log_volume = mahalanobis(residual, expected.velocity_covariance[track] + noise)
    _, log_clutter = mahalanobis(residual, CLUTTER_VELOCITY + noise)
    return np.where(known, (log_clutter - square - log_volume) / 2.0, 0.0)
