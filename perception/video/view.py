"""A camera's view of the road: places to pixels and back, for a calibrated camera or one matched by a homography.

A homography says nothing of heights. With square pixels and the optical axis in the middle of the picture it is the
view of exactly one camera (Zhang, "A flexible new technique for camera calibration", 2000, equations 3 and 4), whose
focal length and pose are found here; from then on both kinds of camera are the same. Lens distortion: OpenCV's model.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.camera import attitude, on_road
from perception.objects import Floats
from perception.sensor import FieldOfView, Homography, Intrinsics, Mount


class NoViewError(ValueError):
    """A homography that is no camera's view of a road."""


class CameraPose(NamedTuple):
    """Where a camera is and how it sees, sensor frame (x forward, y left, z up)."""

    matrix: Floats  # (3, 3) of the lens, px
    rotation: Floats  # (3, 3) sensor frame -> camera: right, down, forward
    place_m: Floats  # (3,) m


class CameraView:
    """One camera. All pixels are of the picture that the camera's model was made for."""

    def __init__(self, camera: Homography | Intrinsics, mount: Mount, size: tuple[int, int]) -> None:
        """`size`: width and height of the picture, px. NoViewError: the homography cannot be."""
        self.size = size
        self.pixel_sd = camera.pixel_sd
        self._camera, self._mount = camera, mount
        self._distortion = camera.distortion if isinstance(camera, Intrinsics) else (0.0,) * 5
        self._pose = _calibrated(camera, mount) if isinstance(camera, Intrinsics) else _matched(camera, size)

    @property
    def place(self) -> Floats:
        """The camera's place (3,) m, sensor frame."""
        return self._pose.place_m

    @property
    def focal(self) -> float:
        """Focal length, px."""
        return float(self._pose.matrix[1, 1])

    def outline(self, field: FieldOfView, tallest_m: float) -> Floats:
        """Return points (n, 2) px around the part of a field of view that the picture shows, bodies included."""
        half = np.radians(min(field.width_deg, 178.0)) / 2
        bearing = np.linspace(-half, half, 41)
        rings = [
            np.stack([np.cos(bearing), np.sin(bearing)], axis=-1) * reach for reach in (field.near_m, field.range_m)
        ]
        ground = np.concatenate([*rings, np.linspace(rings[0][[0, -1]], rings[1][[0, -1]], 40).reshape(-1, 2)])
        points = [np.column_stack([ground, np.full(len(ground), height)]) for height in (0.0, tallest_m)]
        pixels = self.to_picture(np.concatenate(points))
        pixels = pixels[np.isfinite(pixels).all(axis=1)]
        return np.clip(pixels, -2.0 * np.array(self.size), 3.0 * np.array(self.size))

    def to_road(self, pixels: Floats) -> Floats:
        """Return the places (..., 2) on the road, sensor frame, that pixels (..., 2) show; NaN above the horizon."""
        return on_road(pixels, self._camera, self._mount)

    def to_picture(self, points: Floats) -> Floats:
        """Return the pixels (..., 2) at which points (..., 3), sensor frame, are seen; NaN behind the camera."""
        matrix, rotation, place = self._pose
        right, down, depth = np.moveaxis((points - place) @ rotation.T, -1, 0)
        depth = np.where(depth > 0.1, depth, np.nan)
        x, y = right / depth, down / depth
        k1, k2, p1, p2, k3 = self._distortion
        pixels = np.empty((*points.shape[:-1], 2))
        square = x * x + y * y
        radial = 1.0 + square * (k1 + square * (k2 + square * k3))
        pixels[..., 0] = matrix[0, 0] * (x * radial + 2 * p1 * x * y + p2 * (square + 2 * x * x)) + matrix[0, 2]
        pixels[..., 1] = matrix[1, 1] * (y * radial + p1 * (square + 2 * y * y) + 2 * p2 * x * y) + matrix[1, 2]
        return pixels


def _calibrated(camera: Intrinsics, mount: Mount) -> CameraPose:
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    return CameraPose(matrix, attitude(mount).T, np.array([0.0, 0.0, mount.height_m]))


def _matched(camera: Homography, size: tuple[int, int]) -> CameraPose:
    """Return the camera whose view of the road the homography is."""
    centre = np.array([[1, 0, -size[0] / 2], [0, 1, -size[1] / 2], [0, 0, 1]])
    columns = centre @ np.linalg.inv(np.array(camera.homography))  # road -> picture, from its middle
    (a1, b1, c1), (a2, b2, c2), _ = columns.T
    # of the inverse square of the focal length: the road's axes are seen at right angles, and equally long
    factors = np.array([a1 * a2 + b1 * b2, a1 * a1 + b1 * b1 - a2 * a2 - b2 * b2])
    constants = -np.array([c1 * c2, c1 * c1 - c2 * c2])
    inverse = float(factors @ constants / max(float(factors @ factors), 1e-300))
    if not (np.isfinite(inverse) and inverse > 0):
        raise NoViewError("no camera sees a road so; are four points or more right, and is x forward, y left?")
    focal = inverse**-0.5
    axes = np.diag([1 / focal, 1 / focal, 1.0]) @ columns
    axes /= np.hypot(np.linalg.norm(axes[:, 0]), np.linalg.norm(axes[:, 1])) / np.sqrt(2.0)
    near = np.array(camera.homography) @ [size[0] / 2, size[1], 1.0]
    axes *= np.sign(axes[2] @ (near / near[2]))  # the road is before the camera
    up = np.cross(axes[:, 0], axes[:, 1])
    left, _, right = np.linalg.svd(np.column_stack([axes[:, :2], up]))
    rotation = left @ right
    matrix = np.array([[focal, 0, size[0] / 2], [0, focal, size[1] / 2], [0, 0, 1]])
    return CameraPose(matrix, rotation, -rotation.T @ axes[:, 2])
