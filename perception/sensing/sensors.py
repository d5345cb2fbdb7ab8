"""All sensors of a site as columns, for the tracker to look up for many detections at once.

The last column stands for the radios: a vehicle that reports itself has no view, hides nothing and is never missed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from perception.objects import Floats
from perception.sensor import Noise, Sensor

EMERGING_DENSITY = 4e-3  # per m2 and scan: road users that were never seen come out of hidden places
FALSE_REPORT_DENSITY = 1e-3  # per m2: a radio may claim a vehicle at any place
EDGE_M = 3.0  # nearer to the range limits than this a miss says nothing
EDGE_RAD = math.radians(2.0)  # nor this near to the sides
FAR_SHARE, FAR_M, ASIDE_DEG = 1.2, 10.0, 15.0  # beyond a field of view by so much: no error of measurement
MOST_IN_A_ROW = 32  # scans that are remembered


class Sensors:
    """Figures (sensors + 1,) of the sensors, in the order of the site file."""

    def __init__(self, sensors: Sequence[Sensor], gate: float, report_gate: float, report_alike: float) -> None:
        mounts = [sensor.mount for sensor in sensors]
        views = [sensor.field_of_view for sensor in sensors]
        noises = [sensor.noise for sensor in sensors]
        self.names = [sensor.device for sensor in sensors]
        self.east = _column([mount.east_m for mount in mounts], 0.0)
        self.north = _column([mount.north_m for mount in mounts], 0.0)
        self.place: Floats = np.stack([self.east, self.north])  # (2, sensors + 1) m, site frame
        self.height = _column([mount.height_m for mount in mounts], 0.0)
        yaw = np.radians(_column([mount.yaw_deg for mount in mounts], 0.0))
        self.forward: Floats = np.stack([np.sin(yaw), np.cos(yaw)])  # (2, sensors + 1) unit vectors, site frame
        # well inside the field of view
        self.far = _column([view.range_m for view in views], 0.0) - EDGE_M
        self.near = _column([view.near_m for view in views], 0.0) + EDGE_M
        half_width = np.radians(_column([view.width_deg / 2.0 for view in views], 0.0))
        self.least_cosine = np.cos(np.minimum(half_width - EDGE_RAD, np.pi))
        # beyond its edges by more than any error of measurement
        self.beyond_m = _column([FAR_SHARE * view.range_m + FAR_M for view in views], math.inf)
        self.aside_deg = _column([view.width_deg / 2 + ASIDE_DEG for view in views], math.inf)
        # variances along and across the line of sight
        self.along = _column([noise.along_m**2 for noise in noises], 1.0)
        self.across = _column([noise.across_m**2 for noise in noises], 1.0)
        self.azimuth = _column(
            [math.radians(noise.azimuth_deg) ** 2 for noise in noises], 0.0
        )  # times distance squared
        self.speed = _column([noise.speed_mps**2 for noise in noises], 1.0)
        self.speed_across = _column([_speed_across(noise) ** 2 for noise in noises], 1.0)
        self.least_speed = 2.0 * _column([sensor.least_speed_mps for sensor in sensors], 0.0)  # seen for sure
        self.weight = 1.0 / _column([sensor.alike for sensor in sensors], report_alike)
        self.gate = _column([gate] * len(sensors), report_gate)
        self.log_detected = np.log(_column([sensor.detection_probability for sensor in sensors], 1.0))
        self.log_missed = np.log(_column([1.0 - sensor.detection_probability for sensor in sensors], 1.0))
        self.missed: Floats = np.exp(self.log_missed)
        self.missed_in_a_row: Floats = self.missed[:, None] ** np.arange(MOST_IN_A_ROW + 1)
        clutter = _column([sensor.clutter_density for sensor in sensors], FALSE_REPORT_DENSITY)
        # (2, sensors + 1) 0 clutter, 1 near a hidden road user: others may come out there as well
        self.log_else: Floats = np.log(np.stack([clutter, clutter + EMERGING_DENSITY]))

    @property
    def radio(self) -> int:
        """The column of the radios, and the number of sensors."""
        return len(self.names)


def _column(values: list[float], of_radio: float) -> Floats:
    """Return the values with that of the radios behind them, (sensors + 1,)."""
    return np.array([*values, of_radio], dtype=np.float64)


def _speed_across(noise: Noise) -> float:
    return noise.speed_mps if noise.speed_across_mps is None else noise.speed_across_mps
