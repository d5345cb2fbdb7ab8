"""The tracks' motion: where they should be, and what a measurement or a new road user does to them."""

from __future__ import annotations

import math

import numpy as np

from perception.objects import Floats, Ints, Measurement
from perception.tracking import attributes, filter
from perception.tracking.association import Expected
from perception.tracking.scan import Scan
from perception.tracking.table import Table, new_rows

# Spectral density of the acceleration by RoadUser, m2/s3: how much a road user may change its motion.
AGILITY: Floats = np.array([3.0, 4.0, 2.5, 2.5, 4.0, 2.0, 0.6])
FIRST_SPEED_SD: Floats = np.array([8.0, 10.0, 10.0, 10.0, 10.0, 5.0, 1.5])  # m/s by RoadUser, before it is measured
AT_REST = 0.1  # share of it that is left at rest
LIVELY_MPS = 1.5  # speed from which all of it holds
_SQUARE = np.eye(2)


def expect(table: Table, stamp_ns: int, detection_probability: float) -> Expected:
    """Return where all tracks should be at a time, earlier than their own state or later."""
    state, covariance = table["state"], table["covariance"]
    dt = (stamp_ns - table["stamp_ns"]) * 1e-9
    place, _, speed = filter.disturbance(np.abs(dt), _agility(table["kind"], state))
    step = dt[:, None, None]
    mixed = covariance[:, :2, 2:]
    spread = covariance[:, :2, :2] + step * (mixed + mixed.transpose(0, 2, 1) + step * covariance[:, 2:, 2:])
    return Expected(
        position=state[:, :2] + state[:, 2:] * dt[:, None],
        covariance=spread + place[:, None, None] * _SQUARE,
        velocity=state[:, 2:],
        velocity_covariance=covariance[:, 2:, 2:] + speed[:, None, None] * _SQUARE,
        log_class=table["log_class"],
        log_detection=np.full(len(table), math.log(detection_probability)),
    )


def absorb(table: Table, rows: Ints, scan: Scan, chosen: Ints, measurement: Measurement) -> None:
    """Update rows (k,) with the scan's detections `chosen` (k,): motion, class, size, heading."""
    dt = (measurement.stamp_ns - table["stamp_ns"][rows]) * 1e-9
    late, ahead = np.maximum(-dt, 0.0), np.maximum(dt, 0.0)
    density = _agility(table["kind"][rows], table["state"][rows])
    state, covariance = filter.predict(table["state"][rows], table["covariance"][rows], ahead, density)
    place, _, speed = filter.disturbance(late, density)
    noise = scan.covariance[chosen] + place[:, None, None] * _SQUARE
    state, covariance = filter.update_position(state, covariance, -late, scan.position[chosen], noise)
    noise = scan.velocity_covariance[chosen] + speed[:, None, None] * _SQUARE
    table["state"][rows], table["covariance"][rows] = _use_velocity(state, covariance, scan.velocity[chosen], noise)
    newer = rows[dt > 0]
    table["stamp_ns"][newer], table["receipt_ns"][newer] = measurement.stamp_ns, measurement.receipt_ns
    _describe(table, rows, scan, chosen)


def begin(table: Table, scan: Scan, chosen: Ints, measurement: Measurement, log_odds: float) -> Table:
    """Return new rows for the scan's detections `chosen` (k,)."""
    rows = new_rows(table, len(chosen))
    state, covariance = np.zeros((len(chosen), 4)), np.zeros((len(chosen), 4, 4))
    state[:, :2], covariance[:, :2, :2] = scan.position[chosen], scan.covariance[chosen]
    covariance[:, 2:, 2:] = FIRST_SPEED_SD[scan.kind[chosen], None, None] ** 2 * _SQUARE
    state, covariance = _use_velocity(state, covariance, scan.velocity[chosen], scan.velocity_covariance[chosen])
    rows["state"], rows["covariance"], rows["log_odds"] = state, covariance, log_odds
    rows["stamp_ns"], rows["receipt_ns"] = measurement.stamp_ns, measurement.receipt_ns
    _describe(rows, np.arange(len(rows)), scan, chosen)
    return rows


def _agility(kind: Ints, state: Floats) -> Floats:
    """Return the spectral density of the acceleration (n,): what stands is likely to stand on."""
    speed = np.hypot(state[:, 2], state[:, 3])
    density: Floats = AGILITY[kind] * np.clip(speed / LIVELY_MPS, AT_REST, 1.0)
    return density


def _use_velocity(state: Floats, covariance: Floats, velocity: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """Update with velocities (k, 2) where they were measured."""
    known = np.isfinite(velocity).all(axis=1)
    if known.any():
        state[known], covariance[known] = filter.update_velocity(
            state[known], covariance[known], velocity[known], noise[known]
        )
    return state, covariance


def _describe(table: Table, rows: Ints, scan: Scan, chosen: Ints) -> None:
    """Count the measurement and take from it what is not motion."""
    table["scans"][rows] += 1
    attributes.vote(table, rows, scan.kind[chosen], scan.confidence[chosen], scan.stated)
    attributes.measure_size(table, rows, scan.size[chosen], scan.stated)
