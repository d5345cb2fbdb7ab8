"""The detections of all sensors in one round, in the site frame, in one form for the tracker."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from perception import camera
from perception.algebra import along_and_across
from perception.objects import Detections, Floats, Ints, Mask
from perception.sensing.projection import placed_on_site
from perception.sensing.sensors import Sensors
from perception.sensor import Mount, Noise, Sensor
from perception.state.attributes import TYPICAL_SIZE

FOOT_M = 10.0  # nearer to a sensor than this bearings say nothing


class Scan(msgspec.Struct, frozen=True, eq=False):
    """d detections of a round, site frame; NaN where the sensor does not say."""

    sensor: Ints  # (d,) column in `Sensors`
    stamp_ns: Ints  # (d,)
    receipt_ns: Ints  # (d,)
    position_m: Floats  # (2, d) m
    covariance_m2: Floats  # (2, 2, d) m2
    velocity_mps: Floats  # (2, d) m/s, 0 where unknown
    velocity_certainty: Floats  # (2, 2, d) inverse covariance; 0 where nothing is known, so across a radial speed
    size_m: Floats  # (3, d) m
    kind: Ints  # (d,) RoadUser
    confidence: Floats  # (d,) 0..1, of the kind
    vehicle: Ints  # (d,) id of the vehicle that reports itself, else 0
    heading_deg: Floats  # (d,) deg, as it says
    radio: Ints  # (d,) index of the radio that heard it, else 0
    number: Ints  # (d,) that the sensor gave to the road user for good, 0: none

    def __len__(self) -> int:
        """Return the number of detections."""
        return len(self.kind)

    def at(self, chosen: Ints | Mask) -> Scan:
        """Return some of the detections: their numbers (k,) or a mask (d,)."""
        rows = chosen.nonzero()[0] if chosen.dtype == np.bool_ else chosen
        return Scan(*(getattr(self, name).take(rows, axis=-1) for name in self.__struct_fields__))


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
    placed = placed_on_site(devices, column, radial, sensors)
    confidence = np.concatenate([each.confidence for each in devices])
    count = len(column)
    scan = Scan(
        sensor=column,
        stamp_ns=stamps[0],
        receipt_ns=stamps[1],
        **placed._asdict(),
        kind=np.concatenate([each.kind for each in devices]),
        confidence=np.where(np.isnan(confidence), 0.5, confidence),
        vehicle=np.zeros(count, np.int64),
        heading_deg=np.full(count, np.nan),
        radio=np.zeros(count, np.int64),
        number=np.concatenate([(each.source_id + 1) * each.numbered for each in devices]),
    )
    position, covariance = placed.position_m, placed.covariance_m2
    known = np.isfinite(position[0] + position[1] + covariance[0, 0] + covariance[0, 1] + covariance[1, 1])
    return scan if known.all() else scan.at(known)


def located(detections: Detections, sensor: Sensor) -> Detections:
    """Return detections of a camera with the places on the road that its boxes show, where it gives no other."""
    if sensor.camera is None:
        return detections
    boxed: Mask = ~np.isfinite(detections.position_m.sum(axis=1))
    if not boxed.any():
        return detections
    length = np.where(np.isfinite(detections.size_m[:, 0]), detections.size_m[:, 0], TYPICAL_SIZE[detections.kind, 0])
    on_road, spread = camera.locate(detections.box_px, length, sensor.camera, sensor.mount)
    spread = spread + sight_covariance(on_road, sensor.noise)
    return msgspec.structs.replace(
        detections,
        position_m=np.where(boxed[:, None], on_road, detections.position_m),
        covariance_m2=np.where(boxed[:, None, None], spread, detections.covariance_m2),
    )


def in_view(devices: Sequence[DeviceScan], sensors: Sensors) -> list[DeviceScan]:
    """Return devices' detections without those far outside the fields of view; the clusters of a cloud never are."""
    counts = [0 if each.radial else len(each.detections.kind) for each in devices]
    places = [each.detections.position_m[:count] for each, count in zip(devices, counts, strict=True)]
    beyond = out_of_view(np.concatenate(places), np.repeat([each.column for each in devices], counts), sensors)
    if not beyond.any():
        return list(devices)
    rows = np.split(~beyond, np.cumsum(counts)[:-1])
    return [
        each if each.radial else each._replace(detections=chosen(each.detections, inside))
        for each, inside in zip(devices, rows, strict=True)
    ]


def out_of_view(position: Floats, sensor: Ints, sensors: Sensors) -> Mask:
    """Return which places (n, 2), frames of the sensors (n,), no error of measurement explains: far out of view."""
    ahead, left = position.T
    away, aside = np.hypot(ahead, left), np.abs(np.degrees(np.arctan2(left, ahead)))
    beyond: Mask = (away > sensors.beyond_m[sensor]) | ((aside > sensors.aside_deg[sensor]) & (away > FOOT_M))
    return beyond


def chosen(detections: Detections, rows: Mask) -> Detections:
    """Return some of the rows: a mask (n,)."""
    arrays = {name: getattr(detections, name) for name in detections.__struct_fields__}
    return msgspec.structs.replace(detections, **{n: a[rows] for n, a in arrays.items() if isinstance(a, np.ndarray)})


def rotation_of(mount: Mount) -> Floats:
    """Return the matrix (2, 2) that turns sensor frame vectors (forward, left) into east, north."""
    angle = math.radians(mount.yaw_deg)
    return np.array([[math.sin(angle), -math.cos(angle)], [math.cos(angle), math.sin(angle)]])


def in_site_frame(position: Floats, mount: Mount) -> Floats:
    """Return places (n, 2) m, sensor frame, in the site frame."""
    placed: Floats = position @ rotation_of(mount).T + [mount.east_m, mount.north_m]
    return placed


def sight_covariance(position: Floats, noise: Noise) -> Floats:
    """Return the covariance (n, 2, 2) of places (n, 2), sensor frame, by the sensor's own figures."""
    distance = np.hypot(position[:, 0], position[:, 1])
    across = noise.across_m**2 + (distance * math.radians(noise.azimuth_deg)) ** 2
    ray = position.T / np.maximum(distance, 1e-6)
    return along_and_across(ray, np.full(len(distance), noise.along_m**2), across).transpose(2, 0, 1)
