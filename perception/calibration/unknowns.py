"""The unknowns of a camera as one vector, and the picture that they predict.

    aim         yaw, pitch, roll of the mount: the camera was turned; 3 points
    pose        and its place: 4 points
    lens        and focal length (fx = fy) and the radial distortion k1, k2: 7 points at different distances
    homography  the road's plane alone, 8 unknowns: 5 points on the road

They are so many that each point may be left out. Homographies are searched in the direction road -> picture: in all
cases the errors are those of the fingers, px.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from perception.calibration.pairs import PointPairs, away
from perception.objects import Floats
from perception.sensor import Homography, Intrinsics, Mount
from perception.video.view import CameraView

BEHIND_PX = 1e4  # error of a point that would lie behind the camera
FOOT_M = 50.0  # unit of length of the road while a homography is searched
AIM = ("yaw_deg", "pitch_deg", "roll_deg")
POSE = (*AIM, "east_m", "north_m", "height_m")
LENS = (*POSE, "focal", "k1", "k2")
LEAST_POINTS = {"aim": 3, "pose": 4, "lens": 7, "homography": 5}


def seen(place_m: Floats, camera: Homography | Intrinsics, mount: Mount, size: tuple[int, int]) -> Floats:
    """Return the pixels (n, 2) at which a camera sees places (n, 3) m, site frame; NaN behind it. `size`: px."""
    own = away(place_m, mount)
    if isinstance(camera, Intrinsics):
        return CameraView(camera, mount, size).to_picture(own)
    own[:, 2] = 1.0
    scaled = own @ np.linalg.inv(np.array(camera.homography)).T
    pixels: Floats = np.where(own[:, :1] > 0, scaled[:, :2] / scaled[:, 2:], np.nan)
    return pixels


class CameraModel(Protocol):
    """A way in which a vector of unknowns makes a camera."""

    names: tuple[str, ...]

    def start(self) -> Floats:
        """Return the vector (u,) of the camera with which the search begins."""

    def camera(self, x: Floats) -> tuple[Homography | Intrinsics, Mount]:
        """Return the camera that a vector (u,) stands for."""

    def picture(self, x: Floats, place_m: Floats) -> Floats:
        """Return the pixels (n, 2) at which places (n, 3) m, site frame, are seen."""


class PinholeModel:
    """A camera with a lens; `names`: those of its numbers that are unknown, AIM, POSE or LENS."""

    def __init__(self, names: tuple[str, ...], camera: Intrinsics, mount: Mount, size: tuple[int, int]) -> None:
        """`size` of the picture, px."""
        self.names = names
        self._camera, self._mount, self._size = camera, mount, size

    def start(self) -> Floats:
        """Return the vector (u,) of the camera as it is."""
        known = self._mount.model_dump() | {
            "focal": 1.0,
            "k1": self._camera.distortion[0],
            "k2": self._camera.distortion[1],
        }
        return np.array([known[name] for name in self.names])

    def camera(self, x: Floats) -> tuple[Intrinsics, Mount]:
        """Return lens and mount of a vector x (u,)."""
        values = dict(zip(self.names, map(float, x), strict=True))
        mount = self._mount.model_copy(update={name: value for name, value in values.items() if name in POSE})
        if "focal" not in values:
            return self._camera, mount
        _, _, p1, p2, k3 = self._camera.distortion
        lens = {
            "fx": self._camera.fx * values["focal"],
            "fy": self._camera.fy * values["focal"],
            "distortion": (values["k1"], values["k2"], p1, p2, k3),
        }
        return self._camera.model_copy(update=lens), mount

    def picture(self, x: Floats, place_m: Floats) -> Floats:
        """Return the pixels (n, 2) of places (n, 3) m, site frame; x (u,)."""
        return np.nan_to_num(seen(place_m, *self.camera(x), self._size), nan=BEHIND_PX)


class HomographyModel:
    """A camera of which only the view of the road's plane is known; its mount is taken as it is."""

    names = tuple(f"h{row}{column}" for row in range(3) for column in range(3))[:8]

    def __init__(self, pairs: PointPairs, mount: Mount, size: tuple[int, int], pixel_sd: float) -> None:
        """`size` of the picture, px."""
        import cv2

        self._mount, self._pixel_sd = mount, pixel_sd
        self._to_picture = np.array([[size[0], 0.0, 0.0], [0.0, size[1], 0.0], [0.0, 0.0, 1.0]])
        road = away(pairs.place_m, mount)[:, :2] / FOOT_M
        found, _ = cv2.findHomography(road, pairs.pixel_px / size)
        self._start = np.eye(3) if found is None else np.asarray(found, dtype=np.float64)

    def start(self) -> Floats:
        """Return the vector (u,) of the camera as it is."""
        start: Floats = (self._start / self._start[2, 2]).ravel()[:8]
        return start

    def camera(self, x: Floats) -> tuple[Homography, Mount]:
        """Return the homography of a vector x (u,), and the mount as it is."""
        back = np.linalg.inv(self._matrix(x))
        rows = [tuple(map(float, row)) for row in back / back[2, 2]]
        return Homography(homography=(rows[0], rows[1], rows[2]), pixel_sd=self._pixel_sd), self._mount

    def picture(self, x: Floats, place_m: Floats) -> Floats:
        """Return the pixels (n, 2) of places (n, 3) m, site frame; x (u,)."""
        road = away(place_m, self._mount)
        road[:, 2] = 1.0
        scaled = road @ self._matrix(x).T
        pixels: Floats = scaled[:, :2] / scaled[:, 2:]
        return pixels

    def _matrix(self, x: Floats) -> Floats:
        """Return the matrix (3, 3) from metres of the sensor frame to px."""
        matrix: Floats = self._to_picture @ np.append(x, 1.0).reshape(3, 3) @ np.diag([1 / FOOT_M, 1 / FOOT_M, 1.0])
        return matrix
