"""Which detection belongs to which track: likelihood ratios, gates and one global assignment per sensor and round.

The score of a pair is the logarithm of "the track made this detection" over "a false alarm made it", from position,
velocity where measured, and class. The assignment maximises the sum of scores; a pair that is no better than a false
alarm is not made.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from perception.algebra import most_variance
from perception.kernel.native import contiguous, kernel
from perception.objects import Floats, Ints
from perception.sensing.scan import Scan
from perception.sensing.sensors import Sensors
from perception.state.attributes import walks
from perception.state.pairs import Pairs, neighbours
from perception.state.table import TrackTable
from perception.tracking.gating import gated

SWERVE = -4.0  # log-likelihood ratio, at least: pedestrians and cyclists may turn of a sudden and have any velocity
TOGETHER = 64  # contested pairs up to which one assignment of all sensors is faster than one of each
FARTHEST_M = 12.0  # no detection is farther from its track, per axis
_LOG_2PI = math.log(2.0 * math.pi)


def candidates(table: TrackTable, scan: Scan, lag: Floats, sensors: Sensors) -> Pairs:
    """Return all pairs within the gates; lag (d,): seconds from the tracks' time to that of each detection."""
    gate = sensors.gate[scan.sensor]
    moved = np.abs(lag).max(initial=0.0) * np.maximum(np.abs(table.state[2]), np.abs(table.state[3]))
    own = np.sqrt(sensors.gate.max() * 2.0 * most_variance(table.covariance)) + moved
    theirs = np.sqrt(gate * most_variance(scan.covariance))
    limit = np.array(FARTHEST_M / 2.0)
    track, detection = neighbours(table.state[:2], np.minimum(own, limit), scan.position, np.minimum(theirs, limit))
    return judged(table, scan, lag, sensors, track, detection)


def judged(table: TrackTable, scan: Scan, lag: Floats, sensors: Sensors, track: Ints, detection: Ints) -> Pairs:
    """Return those of the pairs (k,) that are within their gates, with their scores; lag (d,) s: as in `candidates`."""
    gate = gated(table, scan, lag, sensors.gate[scan.sensor], track, detection)
    track, detection = track[gate.number], detection[gate.number]
    sensor = scan.sensor[detection]
    score = (sensors.log_detected - _LOG_2PI)[sensor] - sensors.log_else[table.hidden[track], sensor]
    score -= (gate.square + np.log(gate.volume)) / 2.0
    of_velocity = (np.log(gate.velocity_volume) - gate.velocity_square) / 2.0
    score += np.where(_swerves(table)[track], np.maximum(of_velocity, SWERVE), of_velocity)
    score += table.log_class[scan.kind[detection], track] * scan.confidence[detection]
    return Pairs(track, detection, score, gate.square, gate.residual, gate.velocity, sensors.weight[sensor])


def assign(pairs: Pairs, sensor: Ints) -> Pairs:
    """Return the pairs of the best assignments, ordered by track; `sensor` (k,): that of the pair's detection.

    For each sensor every track and every detection is in one pair at most, and every score is positive. Pairs
    without a rival are made at once; the others are small dense problems.
    """
    worth = (pairs.score > 0.0).nonzero()[0]
    track, detection, sensor = pairs.track[worth], pairs.detection[worth], sensor[worth]
    if not len(worth):
        return pairs.at(worth)
    slot = sensor * (track.max() + 1) + track
    alone = (np.bincount(slot)[slot] == 1) & (np.bincount(detection)[detection] == 1)
    contested = (~alone).nonzero()[0]
    made = [
        alone.nonzero()[0],
        *_best(slot[contested], detection[contested], sensor[contested], contested, pairs.score[worth]),
    ]
    chosen = worth[np.concatenate(made)]
    return pairs.at(chosen[np.argsort(pairs.track[chosen], kind="stable")])


def _best(slot: Ints, detection: Ints, sensor: Ints, number: Ints, score: Floats) -> Iterator[Ints]:
    """Yield for each sensor the numbers of the pairs (k,) that make its best assignment; a slot has one sensor only."""
    if not len(number):
        return
    row, column = (np.unique(values, return_inverse=True)[1] for values in (slot, detection))
    if len(number) <= TOGETHER:
        sensor = np.zeros_like(sensor)  # no pair of one sensor rivals one of another
    for one in np.bincount(sensor).nonzero()[0]:
        rival = (sensor == one).nonzero()[0]
        rows, columns = row[rival] - row[rival].min(), column[rival] - column[rival].min()
        found = np.full((rows.max() + 1, columns.max() + 1), -1)
        found[rows, columns] = number[rival]
        benefit = np.where(found >= 0, score[found], 0.0)
        best = found[assignment(benefit)]
        yield best[best >= 0]


def assignment(benefit: Floats) -> tuple[Ints, Ints]:
    """Return the rows and columns (k,), each once at most, of the greatest sum of benefits (n, m).

    ValueError: there is none that is finite.
    """
    if kernel is None:
        from scipy.optimize import linear_sum_assignment  # it takes longer to load than all of ours

        return linear_sum_assignment(benefit, maximize=True)
    column = np.empty(len(benefit), dtype=np.int64)
    kernel.assign(*contiguous(benefit, column))
    row = (column >= 0).nonzero()[0]
    return row, column[row]


def _swerves(table: TrackTable) -> NDArray[np.bool_]:
    """Return which tracks (n,) may have any velocity of a sudden."""
    return walks(table.kind) & (table.id > 0)
