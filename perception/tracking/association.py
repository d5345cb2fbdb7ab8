"""Which detection may belong to which track: gates and likelihood ratios.

The score of a pair is the logarithm of "the track made this detection" over "a false alarm made it", from position,
velocity where measured, and class. The assignment maximises the sum of scores; a pair that is no better than a false
alarm is not made.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from perception.algebra import most_variance
from perception.objects import Floats, Ints
from perception.sensing.scan import Scan
from perception.sensing.sensors import Sensors
from perception.state.attributes import walks
from perception.state.pairs import Pairs, neighbours
from perception.state.table import TrackTable
from perception.tracking import numbers
from perception.tracking.gating import gated

SWERVE = -4.0  # log-likelihood ratio, at least: pedestrians and cyclists may turn of a sudden and have any velocity
FARTHEST_M = 12.0  # no detection is farther from its track, per axis
_LOG_2PI = math.log(2.0 * math.pi)


def candidates(table: TrackTable, scan: Scan, lag: Floats, sensors: Sensors) -> Pairs:
    """Return all pairs within the gates; lag (d,): seconds from the tracks' time to that of each detection."""
    gate = sensors.gate[scan.sensor]
    moved = np.abs(lag).max(initial=0.0) * np.maximum(np.abs(table.state[2]), np.abs(table.state[3]))
    own = np.sqrt(sensors.gate.max() * 2.0 * most_variance(table.covariance)) + moved
    theirs = np.sqrt(gate * most_variance(scan.covariance_m2))
    limit = np.array(FARTHEST_M / 2.0)
    track, detection = neighbours(table.state[:2], np.minimum(own, limit), scan.position_m, np.minimum(theirs, limit))
    return judged(table, scan, lag, sensors, track, detection)


def judged(table: TrackTable, scan: Scan, lag: Floats, sensors: Sensors, track: Ints, detection: Ints) -> Pairs:
    """Return those of the pairs (k,) that are within their gates, with their scores; lag (d,) s: as in `candidates`."""
    gate = gated(table, scan, lag, sensors.gate[scan.sensor], track, detection)
    track, detection = track[gate.number], detection[gate.number]
    sensor = scan.sensor[detection]
    score = (sensors.log_detected - _LOG_2PI)[sensor] - sensors.log_else[table.hidden[track], sensor]
    score -= (gate.square + np.log(gate.volume_m4)) / 2.0
    of_velocity = (np.log(gate.velocity_volume) - gate.velocity_square) / 2.0
    score += np.where(_swerves(table)[track], np.maximum(of_velocity, SWERVE), of_velocity)
    score += numbers.evidence(table, scan, track, detection)
    score += table.log_class[scan.kind[detection], track] * scan.confidence[detection]
    return Pairs(track, detection, score, gate.square, gate.residual_m, gate.velocity_mps, sensors.weight[sensor])


def _swerves(table: TrackTable) -> NDArray[np.bool_]:
    """Return which tracks (n,) may have any velocity of a sudden."""
    return walks(table.kind) & (table.id > 0)
