"""Batched Kalman filter: constant velocity in the site frame, one column per road user, all at the same time.

State (4, n): east, north [m], east speed, north speed [m/s]; covariance (4, 4, n). The acceleration is white noise of
a spectral density (2, 2, n) in m2/s3. The measurements of all sensors around the state's time are first added up as
information about it (a measurement `lag` seconds from it saw H = [I, lag I] of the state), then used at once.
"""

from __future__ import annotations

import msgspec
import numpy as np

from perception.algebra import apply, block_inverse, transposed
from perception.kernel.native import contiguous, kernel
from perception.objects import Floats, Ints


def predict(state: Floats, covariance: Floats, dt: Floats, density: Floats) -> None:
    """Move states (4, n) and covariances (4, 4, n), in place, by dt (n,) seconds; less than 0 is back.

    Noise of the spectral density (2, 2, n) m2/s3 is added either way.
    """
    if kernel is None:
        predict_twin(state, covariance, dt, density)
    else:
        kernel.predict(state, covariance, *contiguous(dt, density))


def predict_twin(state: Floats, covariance: Floats, dt: Floats, density: Floats) -> None:
    """Do the same without the kernel: state (4, n), covariance (4, 4, n), dt (n,) s, density (2, 2, n)."""
    place, mixed, speed = covariance[:2, :2], covariance[:2, 2:], covariance[2:, 2:]
    state[:2] += dt * state[2:]
    step = mixed + dt * speed
    place += dt * (transposed(mixed) + step)
    noise = density * np.abs(dt)
    place += noise * (dt * dt / 3.0)
    mixed[:] = step + noise * (dt / 2.0)
    covariance[2:, :2] = transposed(mixed)
    speed += noise


class Information(msgspec.Struct, frozen=True, eq=False):
    """The information that measurements give about states: blocks of the information matrix, and weighted residuals."""

    place: Floats  # (2, 2, n)
    mixed: Floats  # (2, 2, n)
    speed: Floats  # (2, 2, n)
    about_place: Floats  # (2, n)
    about_speed: Floats  # (2, n)


def information(
    lag: Floats, position: Floats, certainty: Floats, velocity: Floats, velocity_certainty: Floats
) -> Information:
    """Return the information of n measurements, each about its own state.

    position, velocity (2, n): measured less predicted at the measurement's time; their certainties (2, 2, n): inverse
    covariances, 0 where nothing was measured.
    """
    weighted, late = apply(certainty, position), lag * certainty
    return Information(
        place=certainty,
        mixed=late,
        speed=lag * late + velocity_certainty,
        about_place=weighted,
        about_speed=lag * weighted + apply(velocity_certainty, velocity),
    )


def summed(each: Information, starts: Ints) -> Information:
    """Add up runs (k,) of measurements of the same state; `starts`: where the runs begin."""
    return Information(*(np.add.reduceat(getattr(each, name), starts, axis=-1) for name in each.__struct_fields__))


def update(state: Floats, covariance: Floats, known: Information) -> None:
    """Use information about the states (4, n) and covariances (4, 4, n), in place."""
    place, mixed, speed = block_inverse(covariance[:2, :2], covariance[:2, 2:], covariance[2:, 2:])
    place, mixed, speed = block_inverse(place + known.place, mixed + known.mixed, speed + known.speed)
    covariance[:2, :2], covariance[:2, 2:], covariance[2:, 2:] = place, mixed, speed
    covariance[2:, :2] = transposed(mixed)
    state[:2] += apply(place, known.about_place) + apply(mixed, known.about_speed)
    state[2:] += apply(transposed(mixed), known.about_place) + apply(speed, known.about_speed)
