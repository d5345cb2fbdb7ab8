"""The unknowns of sensors, vehicles and lanes, and how they move the places that a sensor reports."""

from __future__ import annotations

import msgspec
import numpy as np

from perception.objects import Floats, Ints
from perception.registration.paths import Paths

EACH = 4  # unknowns of a sensor


class Layout:
    """Which columns the unknowns have: four of each sensor (east, north m; yaw rad; lag s), then two of each vehicle
    (east, north m), one of each lane (m), and the lag of all vehicles (s).

    Lags make up for filters and clocks: a track that lags looks turned, since traffic keeps to one side.
    """

    def __init__(self, sensors: int, vehicles: int, lanes: int) -> None:
        self.vehicle = EACH * sensors
        self.lane = self.vehicle + 2 * vehicles
        self.vehicle_lag = self.lane + lanes
        self.unknowns = self.vehicle_lag + 1


def columns_of(sensor: int) -> Ints:
    """Return the columns (4,) of a sensor's unknowns."""
    return EACH * sensor + np.arange(EACH)


def moved(paths: Paths, place: Floats, x: Floats) -> Paths:
    """Return paths of a sensor at `place` (2,) m, site frame, with its unknowns (4,) put right."""
    east, north, yaw, lag_s = x
    turn = np.array([[np.cos(yaw), np.sin(yaw)], [-np.sin(yaw), np.cos(yaw)]])  # clockwise
    position = (paths.position_m - place) @ turn.T + place + [east, north]
    velocity = paths.velocity_mps @ turn.T
    return msgspec.structs.replace(
        paths,
        position_m=position + velocity * lag_s,
        velocity_mps=velocity,
        covariance_m2=turn @ paths.covariance_m2 @ turn.T,
    )


def sensitivity(position: Floats, velocity: Floats, place: Floats, x: Floats) -> Floats:
    """Return d position / d (east, north, yaw rad, lag s), (n, 2, 4), of places that a sensor at `place` (2,) m sees.

    position (n, 2) m and velocity (n, 2) m/s, site frame, are put right by the sensor's unknowns x (4,).
    """
    arm = position - place - x[:2]
    slope = np.zeros((len(arm), 2, EACH))
    slope[:, 0, 0] = slope[:, 1, 1] = 1.0
    slope[:, 0, 2], slope[:, 1, 2] = arm[:, 1], -arm[:, 0]
    slope[:, :, 3] = velocity
    return slope
