"""A camera that was calibrated after Tsai, as a pinhole camera with OpenCV's lens and a mount.

Tsai, "A versatile camera calibration technique for high-accuracy 3D machine vision metrology", 1987; the file is the
XML of the PETS and ETISEO data sets. A point of the world, mm, is first turned by rx, then ry, then rz and moved by T
into the camera's frame (right, down, forward). The image plane's undistorted mm are the distorted ones times
1 + kappa1 r2; a pixel is dpx by dpy mm, and sx stretches the columns. The world's frame becomes the site's: x east,
y north, z up, metres.
"""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from perception.camera import mounted
from perception.objects import Floats
from perception.sensor import Intrinsics, Mount

SAMPLES = 50  # radii at which OpenCV's polynomial is fitted to Tsai's lens
_SIZE = "width", "height"
_LENS = "focal", "kappa1", "cx", "cy", "sx"
_POSE = "tx", "ty", "tz", "rx", "ry", "rz"


def calibrated(xml: str, pixel_sd: float = 1.5) -> tuple[Intrinsics, Mount]:
    """Return lens and pose of a Tsai calibration. ValueError: it is none, or looks from below the road.

    `pixel_sd`: of the contact line, px.
    """
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError as error:
        raise ValueError(f"not XML: {error}") from error
    width, height = _numbers(root, "Geometry", _SIZE)
    pitch_x, pitch_y = _numbers(root, "Geometry", ("dpx", "dpy"))
    focal, kappa, cx, cy, stretch = _numbers(root, "Intrinsic", _LENS)
    pose = _numbers(root, "Extrinsic", _POSE)
    fx, fy = focal * stretch / pitch_x, focal / pitch_y
    corner = np.hypot(max(cx, width - cx) / fx, max(cy, height - cy) / fy)
    lens = Intrinsics(fx=fx, fy=fy, cx=cx, cy=cy, distortion=_lens(kappa * focal**2, corner), pixel_sd=pixel_sd)
    turn = _turn(*pose[3:])
    mount = mounted(turn, -turn.T @ np.array(pose[:3]) / 1000.0)
    if mount.height_m <= 0:
        raise ValueError("the camera is below the road: z of the world must point up")
    return lens, mount


def _numbers(root: ElementTree.Element, part: str, names: tuple[str, ...]) -> list[float]:
    element = root.find(part)
    if element is None:
        raise ValueError(f"no Tsai calibration: no element {part}")
    try:
        return [float(element.attrib[name]) for name in names]
    except (KeyError, ValueError) as error:
        raise ValueError(f"no Tsai calibration: {part}: {error}") from error


def _lens(kappa: float, corner: float) -> tuple[float, float, float, float, float]:
    """Return OpenCV's k1 k2 p1 p2 k3 for Tsai's lens; `kappa`, `corner` (the largest radius): focal lengths as unit."""
    distorted = np.linspace(0, corner, SAMPLES)[1:]
    ideal = distorted * (1 + kappa * distorted**2)
    powers = ideal[:, None] ** [3, 5, 7]
    (k1, k2, k3), *_ = np.linalg.lstsq(powers, distorted - ideal, rcond=None)
    return float(k1), float(k2), 0.0, 0.0, float(k3)


def _turn(rx: float, ry: float, rz: float) -> Floats:
    """Return the rotation (3, 3) world -> camera; angles in rad."""
    (a, b, c), (d, e, f) = np.cos([rx, ry, rz]), np.sin([rx, ry, rz])
    about_x = np.array([[1, 0, 0], [0, a, -d], [0, d, a]])
    about_y = np.array([[b, 0, e], [0, 1, 0], [-e, 0, b]])
    about_z = np.array([[c, -f, 0], [f, c, 0], [0, 0, 1]])
    turn: Floats = about_z @ about_y @ about_x
    return turn
