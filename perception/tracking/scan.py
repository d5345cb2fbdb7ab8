"""One measurement in the site frame: what the tracker works with, whatever the sensor was."""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from perception import camera
from perception.objects import Detections, Floats, Ints, RoadUser
from perception.sensor import Mount, Noise, Sensor

Mask = NDArray[np.bool_]

# Length, width, height in metres by RoadUser: where neither the sensor nor the vehicle says.
TYPICAL_SIZE: Floats = np.array(
    [
        [4.5, 1.8, 1.5],  # unknown
        [4.6, 1.8, 1.5],  # car
        [9.0, 2.4, 3.2],  # truck
        [11.5, 2.5, 3.1],  # bus
        [2.1, 0.8, 1.5],  # motorcycle
        [1.7, 0.6, 1.6],  # bicycle
        [0.5, 0.5, 1.7],  # pedestrian
    ]
)
UNSEEN_SPEED_SD = 50.0  # m/s, across the line of sight of a sensor that measures radial speed only


class Scan(msgspec.Struct, frozen=True, eq=False):
    """n detections, site frame, rows aligned; NaN where the sensor does not say."""

    position: Floats  # (n, 2) m
    covariance: Floats  # (n, 2, 2) m2
    velocity: Floats  # (n, 2) m/s
    velocity_covariance: Floats  # (n, 2, 2) (m/s)2
    size: Floats  # (n, 3) m
    kind: Ints  # (n,) RoadUser
    confidence: Floats  # (n,) 0..1, of the kind
    stated: bool = False  # by the road user itself, which knows its class and size

    def __len__(self) -> int:
        """Return the number of detections."""
        return len(self.kind)


def rotation_of(mount: Mount) -> Floats:
    """Return the matrix (2, 2) that turns sensor frame vectors (forward, left) into east, north."""
    angle = math.radians(mount.yaw_deg)
    return np.array([[math.sin(angle), -math.cos(angle)], [math.cos(angle), math.sin(angle)]])


def project(detections: Detections, sensor: Sensor) -> Scan:
    """Return a device's detections in the site frame. Rows without a finite place are left out."""
    position, covariance = _places(detections, sensor)
    known = _finite(position) & _finite(covariance)
    turn = rotation_of(sensor.mount)
    return Scan(
        position=position[known] @ turn.T + [sensor.mount.east_m, sensor.mount.north_m],
        covariance=turn @ covariance[known] @ turn.T,
        velocity=np.where(_finite(detections.velocity)[:, None], detections.velocity, np.nan)[known] @ turn.T,
        velocity_covariance=turn @ _velocity_covariance(detections, position, sensor.noise)[known] @ turn.T,
        size=detections.size[known],
        kind=detections.kind[known],
        confidence=np.nan_to_num(detections.confidence[known], nan=0.5),
    )


def radial_scan(position: Floats, covariance: Floats, doppler: Floats, sensor: Sensor) -> Scan:
    """Return detections with radial speed only; position (n, 2), covariance (n, 2, 2) in the sensor frame.

    The radial speed stands as a velocity along the line of sight whose variance across it is next to infinite.
    """
    count = len(position)
    turn = rotation_of(sensor.mount)
    spread = _along_and_across(position, np.full(count, sensor.noise.speed_mps**2), np.full(count, UNSEEN_SPEED_SD**2))
    return Scan(
        position=position @ turn.T + [sensor.mount.east_m, sensor.mount.north_m],
        covariance=turn @ covariance @ turn.T,
        velocity=(_sight(position) * doppler[:, None]) @ turn.T,
        velocity_covariance=turn @ spread @ turn.T,
        size=np.full((count, 3), np.nan),
        kind=np.full(count, RoadUser.UNKNOWN, dtype=np.int64),
        confidence=np.zeros(count),
    )


def sight_covariance(position: Floats, noise: Noise) -> Floats:
    """Return the covariance (n, 2, 2) of places (n, 2), sensor frame, by the sensor's own figures."""
    distance = np.hypot(position[:, 0], position[:, 1])
    across = noise.across_m**2 + (distance * math.radians(noise.azimuth_deg)) ** 2
    return _along_and_across(position, np.full(len(position), noise.along_m**2), across)


def _velocity_covariance(detections: Detections, position: Floats, noise: Noise) -> Floats:
    """Return the covariance (n, 2, 2) of the velocities, sensor frame: the device's figures or the site's."""
    across_mps = noise.speed_mps if noise.speed_across_mps is None else noise.speed_across_mps
    given = detections.velocity_variance
    along, across = (np.where(np.isfinite(given), given, own**2) for own in (noise.speed_mps, across_mps))
    return _along_and_across(position, along, across)


def _along_and_across(position: Floats, along: Floats, across: Floats) -> Floats:
    """Return covariances (n, 2, 2) with these variances (n,) along and across the line of sight to positions (n, 2)."""
    sight = _sight(position)
    ray = sight[:, :, None] * sight[:, None, :]
    covariance: Floats = ray * along[:, None, None] + (np.eye(2) - ray) * across[:, None, None]
    return covariance


def _finite(values: Floats) -> Mask:
    """Return which rows (n,) have no NaN or infinity in them."""
    finite: Mask = np.isfinite(values.sum(axis=tuple(range(1, values.ndim))))
    return finite


def _sight(position: Floats) -> Floats:
    distance = np.hypot(position[:, 0], position[:, 1])
    sight: Floats = position / np.maximum(distance, 1e-6)[:, None]
    return sight


def _places(detections: Detections, sensor: Sensor) -> tuple[Floats, Floats]:
    """Return position (n, 2) and covariance (n, 2, 2), sensor frame: as the device says, else as the site file says."""
    position = np.where(np.isfinite(detections.position), detections.position, np.nan)
    covariance = detections.covariance
    given = _finite(covariance)[:, None, None]
    if not given.all():
        covariance = np.where(given, covariance, sight_covariance(position, sensor.noise))
    boxed = ~_finite(position)
    if sensor.camera is not None and boxed.any():
        length = np.where(np.isfinite(detections.size[:, 0]), detections.size[:, 0], TYPICAL_SIZE[detections.kind, 0])
        on_road, spread = camera.locate(detections.box, length, sensor.camera, sensor.mount)
        floor = sight_covariance(on_road, sensor.noise)
        position = np.where(boxed[:, None], on_road, position)
        covariance = np.where(boxed[:, None, None], spread + floor, covariance)
    return position, covariance
