"""What a vehicle says about itself, as a scan with one row."""

from __future__ import annotations

import numpy as np

from perception.geo import Reference, direction_of, to_site
from perception.objects import Floats, VehicleReport
from perception.sensor import NotNegative, Positive, Settings
from perception.tracking.scan import Scan

FALSE_REPORT_DENSITY = 1e-3  # per m2: anybody may say that a vehicle is anywhere
_SIGMAS_95 = 2.4477  # radius of the 95 % circle in units of the standard deviation per axis


class VehicleSettings(Settings):
    """How far vehicles are trusted: floors under what they claim, 1 sigma."""

    position_sd_m: Positive = 0.6
    alike: Positive = 6.0  # a receiver errs alike from report to report: the variance that each counts with, times this
    wander_sd_m: NotNegative = 0.7  # per axis, the slow part of a GNSS error: it does not average out
    speed_sd_mps: Positive = 0.3
    heading_sd_deg: Positive = 3.0
    fresh_ms: NotNegative = 1000  # after so long without a report a track may take another vehicle's


def report_scan(report: VehicleReport, reference: Reference, settings: VehicleSettings) -> Scan:
    """Return the report in the site frame."""
    east, north = to_site(report.latitude, report.longitude, reference)
    deviation = max(settings.position_sd_m, (report.position_95 or 0.0) / _SIGMAS_95)
    velocity, spread = _velocity(report, settings)
    said = [np.nan if value is None else value for value in (report.length, report.width, report.height)]
    return Scan(
        position=np.array([[east, north]], dtype=np.float64),
        covariance=np.eye(2)[None] * deviation**2,
        velocity=velocity[None],
        velocity_covariance=spread[None],
        size=np.array([said], dtype=np.float64),
        kind=np.array([report.kind], dtype=np.int64),
        confidence=np.ones(1),
        stated=True,
    )


def _velocity(report: VehicleReport, settings: VehicleSettings) -> tuple[Floats, Floats]:
    """Return velocity (2,) and its covariance (2, 2); NaN when speed or heading is unknown."""
    if report.speed is None or report.heading is None:
        return np.full(2, np.nan), np.full((2, 2), np.nan)
    ahead = direction_of(report.heading)
    along = np.outer(ahead, ahead)
    turn_sd = report.speed * np.radians(settings.heading_sd_deg)
    across = (settings.speed_sd_mps / 2) ** 2 + turn_sd**2  # wheels hardly slip sideways
    return report.speed * ahead, along * settings.speed_sd_mps**2 + (np.eye(2) - along) * across
