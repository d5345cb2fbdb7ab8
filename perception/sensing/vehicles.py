"""Vehicles' reports of themselves (BSM), as detections of the radios."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from perception.algebra import UNIT, along_and_across
from perception.geo import Reference, direction_of, to_site
from perception.objects import CIRCLE_95, VehicleReport
from perception.sensing.scan import Scan
from perception.sensor import NotNegative, Positive, Settings


class VehicleSettings(Settings):
    """How far vehicles' reports are trusted: floors under the errors that they claim, 1 sigma."""

    position_sd_m: Positive = 0.6  # no position is believed to be better
    alike: Positive = 6.0  # a receiver errs alike from report to report: the variance that each counts with, times this
    wander_sd_m: NotNegative = 0.7  # per axis, the slow part of a GNSS error: it does not average out
    speed_sd_mps: Positive = 0.3  # no speed is believed to be better
    heading_sd_deg: Positive = 3.0  # no heading is believed to be better
    fresh_ms: NotNegative = 1000  # after so long without a report a track may take another vehicle's
    unseen_ms: NotNegative = 5000  # for so long a track that no sensor sees follows a vehicle that is trusted
    forget_ms: NotNegative = 3000  # after so long without a report a track no longer carries the vehicle's id


def vehicle_number(report: VehicleReport) -> int:
    """Return a report's id as a number that fits into the tracks."""
    return int.from_bytes(report.id, "big", signed=True)


def vehicle_id(number: int) -> bytes:
    """Return the id of which this is the number."""
    return number.to_bytes(8, "big", signed=True)


def _said(r: VehicleReport) -> tuple[float | None, ...]:
    """Return place, bound of the place's error, motion and size of a report; None: not said."""
    place, motion = (r.latitude_deg, r.longitude_deg, r.position_95_m), (r.speed_mps, r.heading_deg)
    return *place, *motion, r.length_m, r.width_m, r.height_m


def reported(
    reports: Sequence[VehicleReport],
    radios: Sequence[int],
    column: int,
    reference: Reference,
    settings: VehicleSettings,
) -> Scan:
    """Return reports in the site frame; `radios`: the index of the radio that heard each; `column`: that of radios."""
    said = np.array([_said(report) for report in reports], dtype=np.float64).T  # None becomes NaN
    latitude, longitude, position_95, speed, heading = said[:5]
    count = len(reports)
    spread = np.fmax(settings.position_sd_m, position_95 / CIRCLE_95) ** 2
    known = np.isfinite(speed + heading)
    ahead = direction_of(np.where(known, heading, 0.0)).T
    turn = np.where(known, speed, 0.0) * np.radians(settings.heading_sd_deg)
    across = (settings.speed_sd_mps / 2.0) ** 2 + turn**2  # wheels hardly slip sideways
    return Scan(
        sensor=np.full(count, column),
        stamp_ns=np.array([report.stamp_ns for report in reports]),
        receipt_ns=np.array([report.receipt_ns for report in reports]),
        position_m=np.array(to_site(latitude, longitude, reference)),
        covariance_m2=UNIT * spread,
        velocity_mps=np.where(known, speed * ahead, 0.0),
        velocity_certainty=along_and_across(ahead, known / settings.speed_sd_mps**2, known / across),
        size_m=said[5:],
        kind=np.array([report.kind for report in reports], dtype=np.int64),
        confidence=np.ones(count),
        vehicle=np.array([vehicle_number(report) for report in reports]),
        heading_deg=heading,
        radio=np.array(radios),
        number=np.zeros(count, np.int64),
    )
