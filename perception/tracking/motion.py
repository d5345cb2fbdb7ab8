"""How road users move: how far their motion may have changed since the last round, and the first guess of it."""

from __future__ import annotations

import numpy as np

from perception.algebra import UNIT, along_and_across, apply, inverse
from perception.geo import direction_of
from perception.kernel.native import contiguous, kernel
from perception.objects import Floats, Mask
from perception.sensing.scan import Scan
from perception.state import filter
from perception.state.attributes import walks
from perception.state.table import TrackTable
from perception.tracking import hidden

# Spectral density of the acceleration by RoadUser, m2/s3: how much a road user may change its motion.
AGILITY: Floats = np.array([3.0, 4.0, 2.5, 2.5, 4.0, 2.0, 0.6])
FIRST_SPEED_SD: Floats = np.array([8.0, 10.0, 10.0, 10.0, 10.0, 5.0, 1.5])  # m/s by RoadUser, before it is measured
AT_REST = 0.1  # share of it that is left at rest
LIVELY_MPS = 1.5  # speed from which all of it holds
SWERVING_MPS = 5.0  # speed from which all of it holds across a vehicle's heading too
ASIDE_AT_REST = 0.01  # share of that which is left at rest
UNSEEN = 0.15  # share of it that is left at least while no sensor can see the road user
STEADY = 0.05  # share of it that is left while the velocity is corrected at random
NOISE, MANOEUVRE = 1.0, 3.0  # squared drift over its expected value: of noise; of a manoeuvre
LEAST_VARIANCE = 1e-6  # (m/s)2 of the drift
ROUND_S = 0.1  # between two rounds, usually
DRIFT_KEPT = 0.85  # share of the drift that is left after a round


_FIGURES: Floats = np.array(
    [LIVELY_MPS, AT_REST, SWERVING_MPS, ASIDE_AT_REST, UNSEEN, STEADY, NOISE, MANOEUVRE, LEAST_VARIANCE]
)


def predict(table: TrackTable, dt: float) -> None:
    """Move all tracks by dt seconds."""
    if table.hidden.any():
        hidden.drive_on(table, max(dt, 0.0))
    _move(table, dt)


def _move(table: TrackTable, dt: float) -> None:
    """Move all tracks by dt seconds as they move now."""
    filter.predict(table.state, table.covariance, np.full(len(table), dt), agility(table))


def agility(table: TrackTable) -> Floats:
    """Return the spectral density of the acceleration (2, 2, n) m2/s3.

    A standing road user is likely to stand on, and a steadily moving one to move on, until its velocity is corrected
    the same way again and again. Wheels do not let a vehicle that hardly moves go sideways.
    """
    rolls = np.isfinite(table.heading_deg) & ~walks(table.kind)
    ahead = direction_of(np.where(rolls, table.heading_deg, 0.0)).T
    if kernel is None:
        return agility_twin(table, rolls, ahead)
    density = np.empty((2, 2, len(table)))
    motion = table.state, table.drift_mps, table.drift_variance_m2ps2, table.kind, table.hidden
    kernel.agility(*motion, rolls, *contiguous(ahead, AGILITY, _FIGURES), density)
    return density


def agility_twin(table: TrackTable, rolls: Mask, ahead: Floats) -> Floats:
    """Return the same (2, 2, n) without the kernel; rolls (n,): on wheels, along the unit vectors ahead (2, n)."""
    speed = np.hypot(table.state[2], table.state[3])
    turning = np.maximum(manoeuvring(table), np.maximum(STEADY, UNSEEN * table.hidden))
    along = AGILITY[table.kind] * turning * np.clip(speed / LIVELY_MPS, AT_REST, 1.0)
    aside = np.where(rolls, np.clip((speed / SWERVING_MPS) ** 2, ASIDE_AT_REST, 1.0), 1.0)
    return along_and_across(ahead, along, along * aside)


def manoeuvring(table: TrackTable) -> Floats:
    """Return how surely each track changes its velocity (n,): 0 not at all, 1 for sure."""
    square = table.drift_mps[0] ** 2 + table.drift_mps[1] ** 2
    unrest = square / np.maximum(table.drift_variance_m2ps2, LEAST_VARIANCE)
    surely: Floats = np.clip((unrest - NOISE) / (MANOEUVRE - NOISE), 0.0, 1.0)
    return surely


def foresee(table: TrackTable, dt: float) -> None:
    """Move all tracks by dt seconds, for the report: a road user that surely brakes or turns goes on with it.

    The velocity is corrected once a round, so that the corrections that are remembered add up to those of
    1 / (1 - DRIFT_KEPT) rounds.
    """
    _move(table, dt)
    acceleration = _acceleration(table)
    _turn(table, acceleration, dt)
    table.state[:2] += acceleration * (dt * abs(dt) / 2.0)
    table.state[2:] += acceleration * dt


def _acceleration(table: TrackTable) -> Floats:
    """Return the accelerations (2, n) m/s2 of the road users that surely brake or turn; 0 for the others."""
    lively = np.clip(np.hypot(table.state[2], table.state[3]) / LIVELY_MPS, 0.0, 1.0)
    acceleration: Floats = table.drift_mps * (manoeuvring(table) * lively * (1.0 - DRIFT_KEPT) / ROUND_S)
    return acceleration


def _turn(table: TrackTable, acceleration: Floats, dt: float) -> None:
    """Let the headings of moving tracks turn with their velocities, by accelerations (2, n) m/s2 in dt seconds."""
    east, north = table.state[2:]
    turned = (north * acceleration[0] - east * acceleration[1]) * dt / np.maximum(east**2 + north**2, LIVELY_MPS**2)
    table.heading_deg[:] = (table.heading_deg + np.degrees(turned) * table.moving) % 360.0


def newborn(scan: Scan, lag: Floats, sensors: int) -> TrackTable:
    """Return a track for each detection, -lag (d,) seconds after it; of the detection only the motion is used."""
    table = TrackTable.new(len(scan), sensors)
    speed = inverse(scan.velocity_certainty + UNIT / FIRST_SPEED_SD[scan.kind] ** 2)
    table.state[:2], table.covariance[:2, :2] = scan.position_m, scan.covariance_m2
    table.state[2:] = apply(speed, apply(scan.velocity_certainty, scan.velocity_mps))
    table.covariance[2:, 2:] = speed
    filter.predict(table.state, table.covariance, -lag, np.zeros((2, 2, len(table))))
    return table
