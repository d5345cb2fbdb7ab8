"""The input of an importer: frames of one device, in our units, before they become device bytes."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from perception.geo import Reference, to_site
from perception.objects import Floats
from perception.sensor import Mount
from rsu.core.errors import RsuError


class ForeignError(RsuError):
    """A file of others that cannot be read as its mapping says; says where."""


class SeenUser(msgspec.Struct, omit_defaults=True):
    """One road user: a smart camera's object (`hw/camera.py`), in the sensor frame."""

    position: tuple[float, float] | None = None
    id: int | None = None
    kind: str = msgspec.field(name="class", default="unknown")
    confidence: float | None = None
    velocity: tuple[float, float] | None = None
    size: tuple[float, float, float] | None = None
    box: tuple[float, float, float, float] | None = None  # px: left, top, right, bottom


class ScanObjects(NamedTuple):
    """One scan of one device."""

    device: str
    place: str  # in the file, for people
    stamp_ns: int  # when it was true, as the file says
    receipt_ns: int | None  # when it was received, where the file says
    seen: list[SeenUser]


class Points(NamedTuple):
    """One radar frame of reflections, (n, 3) m in the sensor frame, doppler (n,) m/s, away +."""

    device: str
    place: str
    stamp_ns: int
    receipt_ns: int | None
    points_m: Floats
    doppler_mps: Floats


class FixAt(NamedTuple):
    """One position of a receiver."""

    device: str
    place: str
    stamp_ns: int
    receipt_ns: int | None
    latitude_deg: float  # deg
    longitude_deg: float  # deg
    height_m: float  # m above the ellipsoid
    accuracy_m: float  # m, 1 sigma, horizontal


class DeviceBytes(NamedTuple):
    """Octets of a device, as it sent them."""

    device: str
    place: str
    stamp_ns: int
    receipt_ns: int | None
    port: str
    data: bytes


Frame = ScanObjects | Points | FixAt | DeviceBytes


class SensorView:
    """From WGS-84 or the site frame into the frame of one sensor."""

    def __init__(self, reference: Reference, mount: Mount | None) -> None:
        """`mount`: of the sensor; None: the device is no sensor."""
        self._reference = reference
        self._mount = mount = mount or Mount(east_m=0, north_m=0, yaw_deg=0)
        yaw = np.radians(mount.yaw_deg)
        self._axes = np.array([[np.sin(yaw), np.cos(yaw)], [-np.cos(yaw), np.sin(yaw)]])  # forward, left

    def place(self, frame: str, x: float, y: float) -> tuple[float, float]:
        """Return a point: (latitude, longitude), (east, north) or (forward, left), as `frame` says."""
        if frame == "sensor":
            return x, y
        if frame == "wgs84":
            x, y = map(float, to_site(x, y, self._reference))
        return self.turned("site", x - self._mount.east_m, y - self._mount.north_m)

    def turned(self, frame: str, x: float, y: float) -> tuple[float, float]:
        """Return a direction, such as a velocity."""
        if frame == "sensor":
            return x, y
        forward, left = self._axes @ (x, y)
        return float(forward), float(left)
