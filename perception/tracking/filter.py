"""Batched Kalman filter: constant velocity in the site frame, one row per road user.

State (n, 4): east, north [m], east speed, north speed [m/s]; each row at its own time. The acceleration is white noise
of a spectral density (n,) in m2/s3. A measurement older than its row is used as it comes: it saw the state `lag`
seconds ago, H = [I, lag I] with lag <= 0, so that nothing has to wait for late sensors.
"""

from __future__ import annotations

import numpy as np

from perception.objects import Floats


def predict(state: Floats, covariance: Floats, dt: Floats, density: Floats) -> tuple[Floats, Floats]:
    """Return state (n, 4) and covariance (n, 4, 4) after dt (n,) >= 0 seconds."""
    state = state.copy()
    state[:, :2] += state[:, 2:] * dt[:, None]
    step = dt[:, None, None]
    cross = covariance[:, :2, 2:] + covariance[:, 2:, 2:] * step
    moved = covariance.copy()
    moved[:, :2, :2] += step * (covariance[:, 2:, :2] + cross)
    moved[:, :2, 2:] = cross
    moved[:, 2:, :2] = cross.transpose(0, 2, 1)
    place, mixed, speed = disturbance(dt, density)
    for axis in (0, 1):
        moved[:, axis, axis] += place
        moved[:, axis, axis + 2] += mixed
        moved[:, axis + 2, axis] += mixed
        moved[:, axis + 2, axis + 2] += speed
    return state, moved


def disturbance(dt: Floats, density: Floats) -> tuple[Floats, Floats, Floats]:
    """Return what the process noise adds per axis in dt >= 0 seconds: position, mixed and speed (co)variance (n,)."""
    return density * dt**3 / 3.0, density * dt**2 / 2.0, density * dt


def update_position(
    state: Floats, covariance: Floats, lag: Floats, measured: Floats, noise: Floats
) -> tuple[Floats, Floats]:
    """Use positions (n, 2) with covariance (n, 2, 2) that were true `lag` (n,) <= 0 seconds from the state's time."""
    late = lag[:, None, None]
    crossed = covariance[:, :, :2] + late * covariance[:, :, 2:]  # P H^T with H = [I, lag I]
    residual = measured - state[:, :2] - lag[:, None] * state[:, 2:]
    return _update(state, covariance, crossed, crossed[:, :2] + late * crossed[:, 2:] + noise, residual)


def update_velocity(state: Floats, covariance: Floats, measured: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """Use velocities (n, 2) with covariance (n, 2, 2)."""
    crossed = covariance[:, :, 2:]
    return _update(state, covariance, crossed, crossed[:, 2:] + noise, measured - state[:, 2:])


def _update(
    state: Floats, covariance: Floats, crossed: Floats, innovation: Floats, residual: Floats
) -> tuple[Floats, Floats]:
    """Kalman update with P H^T (n, 4, 2) and the innovation's covariance (n, 2, 2).

    P - K (P H^T)^T is as good as Joseph's form here: the noise of a measurement is never small against rounding.
    """
    gain = crossed @ inverse(innovation)
    state = state + (gain @ residual[:, :, None])[:, :, 0]
    covariance = covariance - gain @ crossed.transpose(0, 2, 1)
    return state, (covariance + covariance.transpose(0, 2, 1)) / 2.0


def inverse(matrix: Floats) -> Floats:
    """Return the inverse of symmetric matrices (..., 2, 2)."""
    a, b, d = matrix[..., 0, 0], matrix[..., 0, 1], matrix[..., 1, 1]
    result = np.empty_like(matrix)
    result[..., 0, 0], result[..., 1, 1] = d, a
    result[..., 0, 1] = result[..., 1, 0] = -b
    result /= (a * d - b * b)[..., None, None]
    return result
