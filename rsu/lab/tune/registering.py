"""Registration from recordings: each sensor's own tracks, vehicles' own messages and the lanes, to the estimator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from perception.geo import direction_of, to_site
from perception.objects import CIRCLE_95, VehicleReport
from perception.registration.estimate import register
from perception.registration.paths import Paths, Sightings, join
from perception.registration.unknowns import Stand
from perception.registration.verdict import Registration
from perception.registration.verges import Verges
from perception.sensor import Intrinsics, Sensor
from perception.tracking.fusion import Fusion
from rsu.lab.hearing import Sensed
from rsu.site.config import Config
from rsu.site.lanemap import exit_lines, lane_lines

_UNSTATED_M = 5.0  # 95 % accuracy of a vehicle that does not state its own


def registrations(config: Config, heard: Iterable[Sensed]) -> list[Registration]:
    """Return the verdict on every sensor of a site, from the measurements there."""
    by_device: defaultdict[str, list[Sensed]] = defaultdict(list)
    reports: list[VehicleReport] = []
    for each in heard:
        if isinstance(each, VehicleReport):
            reports.append(each)
        else:
            by_device[each.device].append(each)
    sensors = config.site.sensors
    return register(
        stands={one.device: Stand(one.mount, isinstance(one.camera, Intrinsics)) for one in sensors},
        seen={sensor.device: _seen(config, sensor, by_device[sensor.device]) for sensor in sensors},
        told=_told(config, reports),
        verges=Verges([*lane_lines(config.lane_map), *exit_lines(config.lane_map)]),
    )


def _seen(config: Config, sensor: Sensor, scans: Iterable[Sensed]) -> Paths:
    """Return the paths that one sensor alone makes out, by the site's own fusion."""
    fusion = Fusion([sensor], config.site.tracking, config.site.site.reference.reference())
    parts: list[Sightings] = []
    for scan in scans:
        fusion.ingest(scan)
        tracks = fusion.tracks(scan.stamp_ns)
        fresh = tracks.receipt_ns == scan.receipt_ns  # the others were not seen this time
        parts.append(
            Sightings(
                id=tracks.id[fresh],
                stamp_ns=np.full(int(fresh.sum()), scan.stamp_ns),
                position_m=tracks.position_m[fresh],
                velocity_mps=tracks.velocity_mps[fresh],
                covariance_m2=tracks.covariance[fresh, :2, :2],
            )
        )
    return join(_together(parts))


def _told(config: Config, reports: list[VehicleReport]) -> Paths:
    """Return the paths of vehicles' reports; their covariance is the stated one."""
    reference = config.site.site.reference.reference()
    numbers: dict[bytes, int] = {}
    east, north = to_site([one.latitude_deg for one in reports], [one.longitude_deg for one in reports], reference)
    speed = np.array([np.nan if one.speed_mps is None else one.speed_mps for one in reports], dtype=np.float64)
    heading = np.array([np.nan if one.heading_deg is None else one.heading_deg for one in reports], dtype=np.float64)
    stated = np.array([one.position_95_m or _UNSTATED_M for one in reports], dtype=np.float64)
    return join(
        Sightings(
            id=np.array([numbers.setdefault(one.id, len(numbers)) for one in reports], dtype=np.int64),
            stamp_ns=np.array([one.stamp_ns for one in reports], dtype=np.int64),
            position_m=np.column_stack([east, north]),
            velocity_mps=direction_of(heading) * speed[:, None],
            covariance_m2=np.eye(2) * (stated[:, None, None] / CIRCLE_95) ** 2,
        )
    )


def _together(parts: list[Sightings]) -> Sightings:
    return Sightings(
        id=np.concatenate([np.zeros(0, np.int64), *[part.id for part in parts]]),
        stamp_ns=np.concatenate([np.zeros(0, np.int64), *[part.stamp_ns for part in parts]]),
        position_m=np.concatenate([np.zeros((0, 2)), *[part.position_m for part in parts]]),
        velocity_mps=np.concatenate([np.zeros((0, 2)), *[part.velocity_mps for part in parts]]),
        covariance_m2=np.concatenate([np.zeros((0, 2, 2)), *[part.covariance_m2 for part in parts]]),
    )
