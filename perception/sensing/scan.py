"""The detections of all sensors in one round, in the site frame, in one form for the tracker."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from perception import camera
from perception.algebra import along_and_across, times, transposed
from perception.objects import Detections, Floats, Ints, Mask
from perception.sensing.sensors import Sensors
from perception.sensor import FieldOfView, Mount, Noise, Sensor
from perception.state.attributes import TYPICAL_SIZE

FAR_SHARE, FAR_M, ASIDE_DEG = 1.2, 10.0, 15.0  # beyond a field of view by so much: no error of measurement


class Scan(msgspec.Struct, frozen=True, eq=False):
    """d detections of a round, site frame; NaN where the sensor does not say."""

    sensor: Ints  # (d,) column in `Sensors`
    stamp_ns: Ints  # (d,)
    receipt_ns: Ints  # (d,)
    position: Floats  # (2, d) m
    covariance: Floats  # (2, 2, d) m2
    velocity: Floats  # (2, d) m/s, 0 where unknown
    velocity_certainty: Floats  # (2, 2, d) inverse covariance; 0 where nothing is known, so across a radial speed
    size: Floats  # (3, d) m
    kind: Ints  # (d,) RoadUser
    confidence: Floats  # (d,) 0..1, of the kind
    vehicle: Ints  # (d,) id of the vehicle that reports itself, else 0
    heading: Floats  # (d,) deg, as it says
    radio: Ints  # (d,) index of the radio that heard it, else 0

    def __len__(self) -> int:
        """Return the number of detections."""
        return len(self.kind)

    def at(self, chosen: Ints | Mask) -> Scan:
        """Return some of the detections: their numbers (k,) or a mask (d,)."""
        return Scan(*(getattr(self, name)[..., chosen] for name in self.__struct_fields__))


def joined(first: Scan, second: Scan) -> Scan:
    """Return the detections of both."""
    return Scan(*(np.concatenate([getattr(first, f), getattr(second, f)], axis=-1) for f in first.__struct_fields__))


class DeviceScan(NamedTuple):
    """One device's detections, sensor frame."""

    column: int  # of the sensor
    detections: Detections
    radial: bool  # the velocity is known along the line of sight only


def project(scans: Sequence[DeviceScan], sensors: Sensors) -> Scan:
    """Return detections in the site frame. Rows without a finite place are left out."""
    devices = [each.detections for each in scans]
    counts = [len(each.kind) for each in devices]
    column, radial = np.repeat(np.array([(each.column, each.radial) for each in scans]).T, counts, axis=1)
    stamps = np.repeat(np.array([(each.stamp_ns, each.receipt_ns) for each in devices]).T, counts, axis=1)
    position = _stacked([each.position for each in devices])
    forward = sensors.forward[:, column]
    away = _turned(position, forward)
    covariance = _covariance(_stacked([each.covariance for each in devices]), away, forward, column, sensors)
    velocity, certainty = _velocity(devices, away, forward, column, radial > 0, sensors)
    confidence = np.concatenate([each.confidence for each in devices])
    count = len(column)
    scan = Scan(
        sensor=column,
        stamp_ns=stamps[0],
        receipt_ns=stamps[1],
        position=away + sensors.place[:, column],
        covariance=covariance,
        velocity=velocity,
        velocity_certainty=certainty,
        size=_stacked([each.size for each in devices]),
        kind=np.concatenate([each.kind for each in devices]),
        confidence=np.where(np.isnan(confidence), 0.5, confidence),
        vehicle=np.zeros(count, np.int64),
        heading=np.full(count, np.nan),
        radio=np.zeros(count, np.int64),
    )
    known = np.isfinite(away[0] + away[1] + covariance[0, 0] + covariance[0, 1] + covariance[1, 1])
    return scan if known.all() else scan.at(known)


def located(detections: Detections, sensor: Sensor) -> Detections:
    """Return detections of a camera with the places on the road that its boxes show, where it gives no other."""
    if sensor.camera is None:
        return detections
    boxed: Mask = ~np.isfinite(detections.position.sum(axis=1))
    if not boxed.any():
        return detections
    length = np.where(np.isfinite(detections.size[:, 0]), detections.size[:, 0], TYPICAL_SIZE[detections.kind, 0])
    on_road, spread = camera.locate(detections.box, length, sensor.camera, sensor.mount)
    spread = spread + sight_covariance(on_road, sensor.noise)
    return msgspec.structs.replace(
        detections,
        position=np.where(boxed[:, None], on_road, detections.position),
        covariance=np.where(boxed[:, None, None], spread, detections.covariance),
    )


def out_of_view(position: Floats, field: FieldOfView) -> Mask:
    """Return which places (n, 2), sensor frame, no error of measurement explains: far outside the field of view."""
    away = np.hypot(position[:, 0], position[:, 1])
    aside = np.abs(np.degrees(np.arctan2(position[:, 1], position[:, 0])))
    far: Mask = away > FAR_SHARE * field.range_m + FAR_M
    return far | ((aside > field.width_deg / 2 + ASIDE_DEG) & (away > FAR_M))


def chosen(detections: Detections, rows: Mask) -> Detections:
    """Return some of the rows: a mask (n,)."""
    arrays = {name: getattr(detections, name) for name in detections.__struct_fields__}
    return msgspec.structs.replace(detections, **{n: a[rows] for n, a in arrays.items() if isinstance(a, np.ndarray)})


def rotation_of(mount: Mount) -> Floats:
    """Return the matrix (2, 2) that turns sensor frame vectors (forward, left) into east, north."""
    angle = math.radians(mount.yaw_deg)
    return np.array([[math.sin(angle), -math.cos(angle)], [math.cos(angle), math.sin(angle)]])


def sight_covariance(position: Floats, noise: Noise) -> Floats:
    """Return the covariance (n, 2, 2) of places (n, 2), sensor frame, by the sensor's own figures."""
    distance = np.hypot(position[:, 0], position[:, 1])
    across = noise.across_m**2 + (distance * math.radians(noise.azimuth_deg)) ** 2
    ray = position.T / np.maximum(distance, 1e-6)
    return along_and_across(ray, np.full(len(distance), noise.along_m**2), across).transpose(2, 0, 1)


def _stacked(arrays: Sequence[Floats]) -> Floats:
    """Return arrays (n, ...) one after the other as one (..., n); values that are not finite become NaN."""
    whole = np.concatenate(arrays)
    whole[np.isinf(whole)] = np.nan
    return np.ascontiguousarray(whole.transpose(*range(1, whole.ndim), 0))


def _turned(vector: Floats, forward: Floats) -> Floats:
    """Turn sensor frame vectors (2, d) (forward, left) into east, north."""
    east, north = forward
    return np.stack([east * vector[0] - north * vector[1], north * vector[0] + east * vector[1]])


def _covariance(given: Floats, away: Floats, forward: Floats, column: Ints, sensors: Sensors) -> Floats:
    """Return the covariances (2, 2, d) of the places: as the device says, else as the site file says."""
    distance = np.hypot(away[0], away[1])
    across = sensors.across[column] + sensors.azimuth[column] * distance**2
    own = along_and_across(away / np.maximum(distance, 1e-6), sensors.along[column], across)
    told = np.isfinite(given[0, 0] + given[0, 1] + given[1, 1])
    if not told.any():
        return own
    turn = np.stack([np.stack([forward[0], -forward[1]]), np.stack([forward[1], forward[0]])])
    return np.where(told, times(times(turn, given), transposed(turn)), own)


def _velocity(
    devices: Sequence[Detections], away: Floats, forward: Floats, column: Ints, radial: Mask, sensors: Sensors
) -> tuple[Floats, Floats]:
    """Return velocities (2, d) and their certainties (2, 2, d), site frame; both 0 where nothing was measured."""
    velocity = _turned(_stacked([each.velocity for each in devices]), forward)
    known = np.isfinite(velocity[0] + velocity[1])
    if not known.any():
        return np.zeros_like(velocity), np.zeros((2, 2, len(column)))
    variance = np.concatenate([each.velocity_variance for each in devices])
    given = np.isfinite(variance)
    along = known / np.where(given, variance, sensors.speed[column])
    across = known * ~radial / np.where(given, variance, sensors.speed_across[column])
    ray = away / np.maximum(np.hypot(away[0], away[1]), 1e-6)
    return np.where(known, velocity, 0.0), along_and_across(ray, along, across)
