"""How road users move: what may have changed since the last round, and what is known of one that is new."""

from __future__ import annotations

import numpy as np

from perception.objects import Floats, Ints
from perception.tracking import filter
from perception.tracking.algebra import UNIT, apply, inverse
from perception.tracking.scan import Scan
from perception.tracking.table import Table

# Spectral density of the acceleration by RoadUser, m2/s3: how much a road user may change its motion.
AGILITY: Floats = np.array([3.0, 4.0, 2.5, 2.5, 4.0, 2.0, 0.6])
FIRST_SPEED_SD: Floats = np.array([8.0, 10.0, 10.0, 10.0, 10.0, 5.0, 1.5])  # m/s by RoadUser, before it is measured
AT_REST = 0.1  # share of it that is left at rest
LIVELY_MPS = 1.5  # speed from which all of it holds
STEADY = 0.05  # share of it that is left while the velocity is corrected at random
NOISE, MANOEUVRE = 1.0, 3.0  # squared drift, over what it should be, that is noise, and that is not
DRIFT_KEPT = 0.85  # share of the drift that is left after a round


def predict(table: Table, dt: float) -> None:
    """Move all tracks by dt seconds."""
    filter.predict(table.state, table.covariance, dt, agility(table))


def agility(table: Table) -> Floats:
    """Return the spectral density of the acceleration (n,).

    What stands is likely to stand on, and what moves steadily to move on, until its velocity is corrected the same
    way again and again.
    """
    speed = np.hypot(table.state[2], table.state[3])
    square = table.drift[0] ** 2 + table.drift[1] ** 2
    unrest = square / np.maximum(table.drift_variance, 1e-6)
    turning = np.clip((unrest - NOISE) / (MANOEUVRE - NOISE), STEADY, 1.0)
    density: Floats = AGILITY[table.kind] * np.clip(speed / LIVELY_MPS, AT_REST, 1.0) * turning
    return density


def correct(table: Table, rows: Ints, known: filter.Information) -> None:
    """Use information about the rows (k,), and note how much it changes their velocities."""
    state, covariance = table.state[:, rows], table.covariance[:, :, rows]
    velocity, variance = state[2:].copy(), covariance[2, 2] + covariance[3, 3]
    filter.update(state, covariance, known)
    table.state[:, rows], table.covariance[:, :, rows] = state, covariance
    table.drift[:, rows] = DRIFT_KEPT * table.drift[:, rows] + state[2:] - velocity
    expected = variance - covariance[2, 2] - covariance[3, 3]
    table.drift_variance[rows] = DRIFT_KEPT**2 * table.drift_variance[rows] + expected


def newborn(scan: Scan, lag: Floats, sensors: int) -> Table:
    """Return a track for each detection, -lag (d,) seconds after it; of the detection only the motion is used."""
    table = Table.new(len(scan), sensors)
    speed = inverse(scan.velocity_certainty + UNIT / FIRST_SPEED_SD[scan.kind] ** 2)
    table.state[:2], table.covariance[:2, :2] = scan.position, scan.covariance
    table.state[2:] = apply(speed, apply(scan.velocity_certainty, scan.velocity))
    table.covariance[2:, 2:] = speed
    filter.predict(table.state, table.covariance, -lag, 0.0)
    return table
