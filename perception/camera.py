"""Image boxes to places on the road, with the pixels' uncertainty carried along.

A box stands on the road with its bottom edge. The middle of that edge is projected; the centre of the road user lies
half its length farther along the line of sight.
"""

from __future__ import annotations

import numpy as np

from perception.objects import Floats
from perception.sensor import Homography, Intrinsics, Mount

UNDISTORT_STEPS = 8  # fixed-point iterations; each gains about one decimal digit at ordinary distortion
_PIXEL = np.array([[0.0, 0.0], [0.5, 0.0], [-0.5, 0.0], [0.0, 0.5], [0.0, -0.5]])


def locate(box: Floats, length: Floats, camera: Homography | Intrinsics, mount: Mount) -> tuple[Floats, Floats]:
    """Return position (n, 2) and covariance (n, 2, 2) in the sensor frame of boxes (n, 4) px.

    `length` (n,) in metres is the extent along the line of sight. NaN where a box's foot is above the horizon.
    """
    foot = np.stack([(box[:, 0] + box[:, 2]) / 2, box[:, 3]], axis=-1)
    places = on_road(foot[None] + _PIXEL[:, None], camera, mount)  # (5, n, 2)
    contact = places[0]
    jacobian = np.stack([places[1] - places[2], places[3] - places[4]], axis=-1)  # (n, 2, 2), d place / d pixel
    covariance = camera.pixel_sd**2 * jacobian @ jacobian.transpose(0, 2, 1)
    sight = contact / np.hypot(contact[:, 0], contact[:, 1])[:, None]
    return contact + sight * length[:, None] / 2, covariance


def on_road(pixels: Floats, camera: Homography | Intrinsics, mount: Mount) -> Floats:
    """Return the places (..., 2) on the road, sensor frame, that pixels (..., 2) show; NaN above the horizon."""
    if isinstance(camera, Homography):
        ray = np.concatenate([pixels, np.ones((*pixels.shape[:-1], 1))], axis=-1) @ np.array(camera.homography).T
        scale, forward, left = ray[..., 2], ray[..., 0], ray[..., 1]
    else:
        ray = _rays(pixels, camera) @ attitude(mount).T
        scale, forward, left = -ray[..., 2] / mount.height_m, ray[..., 0], ray[..., 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        place = np.stack([forward / scale, left / scale], axis=-1)
    return np.where(place[..., :1] > 0, place, np.nan)  # pixels above the horizon come out behind the camera


def _rays(pixels: Floats, camera: Intrinsics) -> Floats:
    """Return directions (..., 3) in the camera's frame: x right, y down, z forward = 1 (OpenCV)."""
    distorted = (pixels - [camera.cx, camera.cy]) / [camera.fx, camera.fy]
    k1, k2, p1, p2, k3 = camera.distortion
    ideal = distorted
    for _ in range(UNDISTORT_STEPS):
        x, y = ideal[..., 0], ideal[..., 1]
        square = x * x + y * y
        radial = 1.0 + square * (k1 + square * (k2 + square * k3))
        tangential = np.stack(
            [2 * p1 * x * y + p2 * (square + 2 * x * x), p1 * (square + 2 * y * y) + 2 * p2 * x * y], axis=-1
        )
        ideal = (distorted - tangential) / radial[..., None]
    return np.concatenate([ideal, np.ones((*ideal.shape[:-1], 1))], axis=-1)


def attitude(mount: Mount) -> Floats:
    """Return the rotation from the camera's frame (right, down, forward) to the sensor frame (forward, left, up)."""
    pitch, roll = np.radians([mount.pitch_deg, mount.roll_deg])
    axes = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    down = np.array([[np.cos(pitch), 0, np.sin(pitch)], [0, 1, 0], [-np.sin(pitch), 0, np.cos(pitch)]])
    lean = np.array([[1, 0, 0], [0, np.cos(roll), -np.sin(roll)], [0, np.sin(roll), np.cos(roll)]])
    rotation: Floats = down @ lean @ axes
    return rotation


def mounted(turn: Floats, place_m: Floats) -> Mount:
    """Return the mount of a camera at a place (3,) m, site frame; `turn` (3, 3): site frame -> right, down, forward.

    The height is as it comes out, below the road as well: nothing is checked.
    """
    right, forward = turn[0], turn[2]
    level = np.array([forward[1], -forward[0], 0.0]) / np.hypot(*forward[:2])
    east, north, up = map(float, place_m)
    return Mount.model_construct(
        east_m=east,
        north_m=north,
        height_m=up,
        yaw_deg=float(np.degrees(np.arctan2(forward[0], forward[1]))),
        pitch_deg=float(np.degrees(-np.arcsin(forward[2]))),
        roll_deg=float(np.degrees(np.arctan2(right @ np.cross(forward, level), right @ level))),
    )
