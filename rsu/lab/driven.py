"""Points for the calibration of a camera from the drive of a vehicle that reports its own place (BSM).

Each box of the vehicle in the camera's scans is a point of the picture: the middle of its lower edge shows the road
where the vehicle's body ends towards the camera, half its length before its centre.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from hw.detail import Detail
from perception.calibration.pairs import PointPairs
from perception.calibration.unknowns import seen
from perception.geo import to_site
from perception.objects import Detections, Floats, VehicleReport
from perception.sensor import Sensor
from perception.state.attributes import TYPICAL_SIZE
from rsu.calibration.errors import CalibrateError
from rsu.calibration.table import Picked
from rsu.lab.hearing import Sensed
from rsu.site.config import Config

STEP_M = 3.0  # between two points: the vehicle errs alike in places that are near
GAP_NS = 500_000_000  # between two reports that are joined by a straight line
GATE_SHARE = 0.1  # of the picture's width: how far the present calibration may be off
_NO_VEHICLE = Detail(
    "no report of vehicle {wanted} in the recordings; there are {there}", "录制中没有车辆 {wanted} 的报文，有 {there}"
)


def driven(
    config: Config, sensor: Sensor, size: tuple[int, int], heard: Iterable[Sensed], wanted: str | None
) -> Picked:
    """Return the points that a vehicle drove over. `wanted`: its id, hex; None: the one that reports most often.

    `size`: of the camera's picture, px. CalibrateError: there is no such vehicle.
    """
    scans: list[Detections] = []
    reports: list[VehicleReport] = []
    for each in heard:
        if isinstance(each, VehicleReport):
            reports.append(each)
        elif isinstance(each, Detections) and each.device == sensor.device:
            scans.append(each)
    path = _path(config, _own(reports, wanted))
    found = list(_spaced(_points(scans, path, sensor, size)))
    names = [name for name, _, _ in found]
    pixel = np.array([pixel for _, pixel, _ in found]).reshape(-1, 2)
    place = np.array([[*place, 0.0] for _, _, place in found]).reshape(-1, 3)
    return Picked(names, PointPairs(pixel, place))


def _own(reports: Sequence[VehicleReport], wanted: str | None) -> list[VehicleReport]:
    """Return the reports of one vehicle, in time."""
    counts = Counter(one.id.hex() for one in reports)
    name = wanted if wanted is not None else next((name for name, _ in counts.most_common(1)), "")
    if name not in counts:
        raise CalibrateError(_NO_VEHICLE.of(wanted=wanted or "-", there=", ".join(counts) or "-"))
    return sorted((one for one in reports if one.id.hex() == name), key=lambda one: one.stamp_ns)


def _path(config: Config, reports: Sequence[VehicleReport]) -> Floats:
    """Return times, places and half lengths (n, 4): ns, east, north, m."""
    east, north = to_site(
        [one.latitude_deg for one in reports],
        [one.longitude_deg for one in reports],
        config.site.site.reference.reference(),
    )
    half = [(one.length_m or TYPICAL_SIZE[one.kind, 0]) / 2 for one in reports]
    return np.column_stack([[one.stamp_ns for one in reports], east, north, half]).astype(np.float64)


def _points(
    scans: Sequence[Detections], path: Floats, sensor: Sensor, size: tuple[int, int]
) -> Iterator[tuple[str, Floats, Floats]]:
    """Yield the time in words, the pixel (2,) and the place (2,) m of the vehicle in each scan that shows it."""
    foot = np.array([sensor.mount.east_m, sensor.mount.north_m])
    for scan in scans:
        after = int(np.searchsorted(path[:, 0], scan.stamp_ns))
        if not 0 < after < len(path) or path[after, 0] - path[after - 1, 0] > GAP_NS:
            continue
        east, north, half = (float(np.interp(scan.stamp_ns, path[:, 0], column)) for column in path.T[1:])
        centre = np.array([east, north])
        sight = (centre - foot) / np.hypot(*(centre - foot))
        contact = centre - half * sight
        pixel = _pixel(scan, contact, sensor, size)
        if pixel is not None:
            yield f"{(scan.stamp_ns - path[0, 0]) / 1e9:.1f} s", pixel, contact


def _pixel(scan: Detections, contact: Floats, sensor: Sensor, size: tuple[int, int]) -> Floats | None:
    """Return the pixel (2,) of the one box that can be that of a vehicle at a place (2,) m; None: none, or several.

    Without a model of the camera only a box that is alone can be.
    """
    box = scan.box_px[np.isfinite(scan.box_px).all(axis=1)]
    feet: Floats = np.column_stack([(box[:, 0] + box[:, 2]) / 2, box[:, 3]])
    if sensor.camera is not None:
        expected = seen(np.array([[*contact, 0.0]]), sensor.camera, sensor.mount, size)
        feet = feet[np.hypot(*(feet - expected).T) < GATE_SHARE * size[0]]
    return feet[0] if len(feet) == 1 else None


def _spaced(points: Iterable[tuple[str, Floats, Floats]]) -> Iterator[tuple[str, Floats, Floats]]:
    """Leave out points, pixel (2,) and place (2,) m, that are near the one before."""
    last: Floats | None = None
    for name, pixel, place in points:
        if last is None or float(np.hypot(*(place - last))) >= STEP_M:
            last = place
            yield name, pixel, place
