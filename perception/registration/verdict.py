"""The verdict on a sensor's mount: fine, moved, or unknown."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.registration.ties import SURVEY_SD
from perception.registration.unknowns import EACH, TILT

TOLERANCE_M, TOLERANCE_DEG = 0.2, 0.3  # smaller errors are not worth a change
TOLERANCE_TILT = np.array([np.radians(0.15), np.radians(0.3), 0.15])  # pitch, roll, height: rad, rad, m
SIGNIFICANT = 3.0  # standard deviations
LEAST_COUPLES = 5  # fewer ties say nothing


class Registration(NamedTuple):
    """One sensor: corrections to add to its mount in the site file, and their errors (1 sigma)."""

    device: str
    east_m: float
    north_m: float
    yaw_deg: float
    east_sd_m: float
    north_sd_m: float
    yaw_sd_deg: float
    pitch_deg: float  # pitch, roll, height: of cameras with a lens, else 0
    roll_deg: float
    height_m: float
    pitch_sd_deg: float
    roll_sd_deg: float
    height_sd_m: float
    lag_ms: float  # how late its times are against the mean of all sensors; filters make up to 50 ms of it
    sensor_ties: int  # paths that another sensor saw too
    vehicle_ties: int  # to reports (BSM) of vehicles
    lane_ties: int  # on lanes
    verdict: str  # fine, moved, or unknown: too little was seen

    @property
    def offset_m(self) -> float:
        """Return the distance between where it stands and where the site file says."""
        return float(np.hypot(self.east_m, self.north_m))


def displaced(x: Floats, sd: Floats, ties: Ints) -> Mask:
    """Return which sensors are not where they are said to be.

    x, sd (sensors, EACH): their unknowns and standard deviations; ties (sensors, 3).
    """
    offset, yaw = np.hypot(*x[:, :2].T), np.abs(np.degrees(x[:, 2]))
    offset_sd, yaw_sd = np.hypot(*sd[:, :2].T), np.degrees(sd[:, 2])
    known = ties[:, :2].sum(axis=1) >= LEAST_COUPLES
    off_place = offset > np.maximum(TOLERANCE_M, SIGNIFICANT * offset_sd)
    turned = yaw > np.maximum(TOLERANCE_DEG, SIGNIFICANT * yaw_sd)
    tilted = (np.abs(x[:, TILT]) > np.maximum(TOLERANCE_TILT, SIGNIFICANT * sd[:, TILT])).any(axis=1)
    found: Mask = known & (off_place | turned | tilted)
    return found


def verdict(name: str, x: Floats, sd: Floats, ties: Ints, moved: bool) -> Registration:
    """Return the verdict on one sensor: its unknowns and their deviations (EACH,), its ties (3,)."""
    sensors, vehicles, lanes = map(int, ties)
    known = sensors + vehicles >= LEAST_COUPLES
    if not known:
        x, sd = np.zeros(EACH), SURVEY_SD  # nothing is known beyond the survey
    return Registration(
        device=name,
        east_m=float(x[0]),
        north_m=float(x[1]),
        yaw_deg=float(np.degrees(x[2])),
        east_sd_m=float(sd[0]),
        north_sd_m=float(sd[1]),
        yaw_sd_deg=float(np.degrees(sd[2])),
        pitch_deg=float(np.degrees(x[4])),
        roll_deg=float(np.degrees(x[5])),
        height_m=float(x[6]),
        pitch_sd_deg=float(np.degrees(sd[4])),
        roll_sd_deg=float(np.degrees(sd[5])),
        height_sd_m=float(sd[6]),
        lag_ms=float(x[3]) * 1e3,
        sensor_ties=sensors,
        vehicle_ties=vehicles,
        lane_ties=lanes,
        verdict="moved" if moved else "fine" if known else "unknown",
    )
