"""How sensors err against each other: offset, yaw and time of each, learnt from road users that several of them see.

Twice a second the residuals of one round are compared: the places that sensors give the same road user differ by their
errors and by noise, wherever the road user truly is. Least squares over all sensors, with the past fading; an error
that all share cannot be seen, so that a weak prior makes their sum small, and the figures' uncertainty leaves it out.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from perception.objects import Floats, Ints
from perception.sensing.scan import Scan
from perception.sensing.sensors import Sensors
from perception.state.pairs import Pairs
from perception.state.table import TrackTable, run_starts

EVERY_NS = 500_000_000
MEMORY_S = 20.0
MOST_ROWS = 256  # detections that are compared at a time
UNKNOWNS = 4  # of each sensor: east and north offset [m], yaw [rad], time [s]
PRIOR_SD: Floats = np.array([0.3, 0.3, math.radians(1.5), 0.1])
_UNITS: Floats = np.array([1.0, 1.0, math.degrees(1.0), 1e3])[:, None]  # of the figures told: m, m, deg, ms
DOUBT = 2.0  # an error that is not corrected counts as an uncertainty so many times as large
SURE_SIGMAS = 3.0  # an error that is less sure than this is taken as none


class SensorBias(msgspec.Struct, frozen=True):
    """How a sensor differs from its entry in the site file, and one standard deviation of each figure."""

    device: str
    east_m: float  # it reports road users so much too far east
    north_m: float
    yaw_deg: float  # it truly looks so much farther to the right
    time_ms: float  # its stamps are so much too late
    offset_sd_m: float
    yaw_sd_deg: float
    time_sd_ms: float


class Biases:
    """The errors of all sensors. `corrected`: the scans are freed of them; else they only count for less."""

    def __init__(self, sensors: Sensors, corrected: bool) -> None:
        self._sensors = sensors
        self._corrected = corrected
        self._prior: Floats = np.diag(np.tile(1.0 / PRIOR_SD**2, sensors.radio))
        self._certainty = self._prior.copy()
        self._told = np.zeros(UNKNOWNS * sensors.radio)
        self._learnt_ns = 0
        none: Floats = np.zeros((UNKNOWNS, sensors.radio))
        self._estimate = none, none + PRIOR_SD[:, None]
        self._sure: Floats = np.zeros((UNKNOWNS, sensors.radio + 1))  # estimates, 0 where unsure; the radios have none

    def take_over(self, before: Biases, was: Ints) -> None:
        """Go on with the errors learnt of sensors that are as they were.

        was (sensors,): the number that each had, -1: a new one.
        """
        here, there = _unknowns((was >= 0).nonzero()[0]), _unknowns(was[was >= 0])
        self._certainty[np.ix_(here, here)] = before._certainty[np.ix_(there, there)]
        self._told[here] = before._told[there]
        self._learnt_ns = before._learnt_ns
        mean, sd = self._estimate = self._solve()
        self._sure[:, :-1] = np.where(np.abs(mean) > SURE_SIGMAS * sd, mean, 0.0)

    def known(self) -> list[SensorBias]:
        """Return the estimates of all sensors, sure or not; none of a sensor that stands alone."""
        if self._sensors.radio < 2:
            return []
        mean, sd = (figure * _UNITS for figure in self._estimate)
        return [
            SensorBias(name, east, north, yaw, time, max(east_sd, north_sd), yaw_sd, time_sd)
            for name, (east, north, yaw, time), (east_sd, north_sd, yaw_sd, time_sd) in zip(
                self._sensors.names, mean.T.tolist(), sd.T.tolist(), strict=True
            )
        ]

    def account(self, scan: Scan) -> Scan:
        """Return the detections without the errors of their sensors, or less sure in the direction of these."""
        if not self._sure.any():
            return scan
        sure = self._sure.take(scan.sensor, axis=-1)
        away = scan.position_m - self._sensors.place.take(scan.sensor, axis=-1)
        shift = sure[:2] + sure[2] * np.array((-away[1], away[0]))
        if not self._corrected:
            return msgspec.structs.replace(scan, covariance_m2=scan.covariance_m2 + DOUBT**2 * shift[:, None] * shift)
        stamp_ns = scan.stamp_ns - np.rint(sure[3] * 1e9).astype(np.int64)
        return msgspec.structs.replace(scan, position_m=scan.position_m - shift, stamp_ns=stamp_ns)

    def learn(self, table: TrackTable, scan: Scan, pairs: Pairs, time_ns: int) -> None:
        """Compare the detections of a round, if it is time to; pairs are ordered by track."""
        if time_ns - self._learnt_ns < EVERY_NS or self._sensors.radio < 2:
            return
        kept = math.exp(-min((time_ns - self._learnt_ns) * 1e-9 / MEMORY_S, 100.0))
        self._learnt_ns = time_ns
        self._certainty = self._prior + kept * (self._certainty - self._prior)
        self._told = self._told * kept
        fit = (scan.sensor[pairs.detection] < self._sensors.radio) & (table.id[pairs.track] > 0)
        several = np.bincount(pairs.track, fit, len(table)) >= 2.0
        pairs = pairs.at((fit & several[pairs.track]).nonzero()[0][:MOST_ROWS])
        if len(pairs):
            self._compare(table, scan, pairs)
        mean, sd = self._estimate = self._solve()
        self._sure[:, :-1] = np.where(np.abs(mean) > SURE_SIGMAS * sd, mean, 0.0)

    def _compare(self, table: TrackTable, scan: Scan, pairs: Pairs) -> None:
        """Add the differences between the sensors in one round to the normal equations."""
        detection = pairs.detection
        sensor = scan.sensor[detection]
        effect = self._effect(scan, detection, table.state[2:, pairs.track])
        residual = pairs.residual_m
        if self._corrected:
            residual = residual + np.einsum("auk,uk->ak", effect, self._sure[:, sensor])
        weight = 2.0 / (scan.covariance_m2[0, 0, detection] + scan.covariance_m2[1, 1, detection])
        design = np.zeros((2, self._sensors.radio, UNKNOWNS, len(pairs)))
        design[:, sensor, :, np.arange(len(pairs))] = effect.transpose(2, 0, 1)
        design = _between(design.reshape(2, -1, len(pairs)), weight, pairs.track)
        residual = _between(residual[:, None], weight, pairs.track)[:, 0]
        self._certainty = self._certainty + np.einsum("apk,aqk->pq", design * weight, design)
        self._told = self._told + np.einsum("apk,ak->p", design * weight, residual)

    def _effect(self, scan: Scan, detection: Ints, velocity: Floats) -> Floats:
        """Return how far one unit of each unknown moves detections (k,): (2, UNKNOWNS, k) m.

        velocity (2, k) m/s: of their tracks.
        """
        sensor = scan.sensor[detection]
        away = scan.position_m.take(detection, axis=-1) - self._sensors.place.take(sensor, axis=-1)
        one, none = np.ones(len(detection)), np.zeros(len(detection))
        return np.array(((one, none, -away[1], -velocity[0]), (none, one, away[0], -velocity[1])))

    def _solve(self) -> tuple[Floats, Floats]:
        """Return the unknowns and their standard deviations but for the part that all sensors share.

        Both (UNKNOWNS, sensors), in m, m, rad, s.
        """
        sensors = self._sensors.radio
        spread = _inverse(self._certainty)
        mean = (spread * self._told).sum(axis=1).reshape(sensors, UNKNOWNS)
        spread = spread.reshape(sensors, UNKNOWNS, sensors, UNKNOWNS)
        spread = spread - spread.mean(axis=0, keepdims=True)
        spread = spread - spread.mean(axis=2, keepdims=True)
        return mean.T, np.sqrt(np.maximum(np.einsum("susu->us", spread), 0.0))


def _unknowns(sensor: Ints) -> Ints:
    """Return the numbers (UNKNOWNS k,) of the unknowns of sensors (k,)."""
    numbers: Ints = (UNKNOWNS * sensor[:, None] + np.arange(UNKNOWNS)).ravel()
    return numbers


def _inverse(matrix: Floats) -> Floats:
    """Return the inverse of a symmetric positive definite matrix (u, u), the same bits with every BLAS."""
    inverse = matrix.copy()
    for pivot in range(len(matrix)):
        column, row = inverse[:, pivot].copy(), inverse[pivot] / inverse[pivot, pivot]
        row[pivot] = 1.0 / inverse[pivot, pivot]
        inverse[:, pivot] = 0.0
        inverse -= column[:, None] * row
        inverse[pivot] = row
    return inverse


def _between(values: Floats, weight: Floats, track: Ints) -> Floats:
    """Return values (..., k) less their mean, by weights (k,), over the detections of the same track.

    track (k,): the row of each detection, in order.
    """
    starts = run_starts(track)
    run = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(track)))
    mean = np.add.reduceat(values * weight, starts, axis=-1) / np.add.reduceat(weight, starts)
    return values - mean[..., run]
