"""A video camera's picture of the bench world: perspective, shading, shadows, noise, slowly changing light.

Everything is a function of the camera, the world and the picture's number. The projection is OpenCV's own, so that
the detector (`perception/video/`) meets a camera that it did not make. Simplifications: bodies are
boxes; shadows fall on the ground only; one sun, no reflections, no motion blur.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, RoadUser
from perception.sensor import Intrinsics, Mount
from sim.frames import WorldFrame
from sim.video import ground
from sim.video.bodies import LOOKS, colour_of, corners
from sim.video.ground import SHIFT, Picture

Mask = NDArray[np.uint8]

NEAR_M = 1.0  # bodies nearer to the camera are not drawn
SKY = (214, 200, 186)
SUN = np.array([-0.55, 0.35, 0.76])  # towards it: east, north, up; unit length
SHADE = 0.68  # light of a shadow on the ground, on a hazy day
AMBIENT = 0.62  # light of a face that the sun does not reach
NOISE = 2.5  # grey levels, 1 sigma
NOISES = 5  # fields of noise, used in turn
DAYLIGHT, DAYLIGHT_PERIOD_S = 0.04, 60.0  # change of the light, share and period
# faces of a box by its corners, counter-clockwise seen from outside
FACES = np.array(
    [[0, 3, 7, 4], [1, 5, 6, 2], [0, 4, 5, 1], [2, 6, 7, 3], [4, 7, 6, 5]]
)  # left, right, front, rear, top


class Lens(NamedTuple):
    """A camera as OpenCV wants it."""

    matrix: Floats  # (3, 3)
    distortion: Floats  # (5,) k1 k2 p1 p2 k3
    rotation: Floats  # (3, 3) site frame -> camera: right, down, forward
    place_m: Floats  # (3,) m, site frame


def lens(camera: Intrinsics, mount: Mount) -> Lens:
    """Return the camera that stands and looks as the mount says."""
    yaw, pitch, roll = np.radians([mount.yaw_deg, mount.pitch_deg, mount.roll_deg])
    forward = np.array([math.sin(yaw) * math.cos(pitch), math.cos(yaw) * math.cos(pitch), -math.sin(pitch)])
    level = np.array([math.cos(yaw), -math.sin(yaw), 0.0])
    below = np.cross(forward, level)
    right = math.cos(roll) * level + math.sin(roll) * below
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    rotation = np.array([right, np.cross(forward, right), forward])
    return Lens(matrix, np.array(camera.distortion), rotation, np.array([mount.east_m, mount.north_m, mount.height_m]))


class Painter:
    """Draws the view of one camera."""

    def __init__(self, camera: Intrinsics, mount: Mount, width: int, height: int) -> None:
        self._lens = lens(camera, mount)
        self._empty = self._ground(width, height)
        rng = np.random.default_rng(2)
        field = rng.standard_normal((NOISES, *self._empty.shape), dtype=np.float32) * np.float32(NOISE)
        self._noises: list[NDArray[np.int8]] = list(field.astype(np.int8))

    def paint(self, frame: WorldFrame, number: int) -> Picture:
        """Return the picture of the world; `number` counts pictures."""
        return self.exposed(self.drawn(frame), frame.stamp_ns, number)

    @property
    def place_m(self) -> Floats:
        """Where the camera is (3,) m, site frame."""
        return self._lens.place_m

    @property
    def empty(self) -> Picture:
        """The picture of the empty world, before it is exposed."""
        return self._empty

    def drawn(self, frame: WorldFrame) -> Picture:
        """Return the picture of the world before it is exposed: in steady light, without noise."""
        picture = self._empty.copy()
        rows = self._in_front(frame)
        self._cast(picture, frame, rows)
        for row in rows:
            self._body(picture, frame, row)
        return picture

    def pixels(self, points: Floats) -> Floats:
        """Return the pixels (n, 2) of points (n, 3) m, site frame; NaN behind the camera."""
        ahead = (points - self._lens.place_m) @ self._lens.rotation[2] > NEAR_M
        return np.where(ahead[:, None], self._project(points[None])[0], np.nan)

    def silhouettes(self, frame: WorldFrame) -> list[tuple[int, Mask]]:
        """Return (row, mask) of the frame's road users as if none hid another, farthest first."""
        masks = []
        for row in self._in_front(frame):
            mask = np.zeros(self._empty.shape[:2], np.uint8)
            for box in self._project(_placed(frame, row)):
                cv2.fillConvexPoly(mask, cv2.convexHull(_fixed(box)), 1, cv2.LINE_8, SHIFT)
            masks.append((row, mask))
        return masks

    def _ground(self, width: int, height: int) -> Picture:
        """Return the picture of the empty world."""
        grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).reshape(-1, 1, 2).astype(np.float64)
        ideal = cv2.undistortPoints(grid, self._lens.matrix, self._lens.distortion)[:, 0]
        rays = np.column_stack([ideal, np.ones(len(ideal))]) @ self._lens.rotation
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.where(rays[:, 2] < 0, -self._lens.place_m[2] / rays[:, 2], np.nan)
        at = ground.pixels(self._lens.place_m[:2] + rays[:, :2] * reach[:, None]).reshape(height, width, 2)
        columns, lines = at[..., 0].astype(np.float32), at[..., 1].astype(np.float32)
        seen = cv2.remap(
            ground.texture(),
            columns,
            lines,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=ground.GRASS,
        )
        return np.where(np.isnan(at[:, :, :1]), np.array(SKY, np.uint8), seen)

    def _in_front(self, frame: WorldFrame) -> list[int]:
        """Return the rows that are wholly before the camera, farthest first."""
        depth = (frame.position_m - self._lens.place_m[:2]) @ self._lens.rotation[2, :2]
        away = np.hypot(*(frame.position_m - self._lens.place_m[:2]).T)
        whole = depth > NEAR_M + frame.size_m[:, 0] / 2 + frame.size_m[:, 2]
        return [int(row) for row in np.argsort(-away) if whole[row] and away[row] < ground.HALF_M]

    def _cast(self, picture: Picture, frame: WorldFrame, rows: list[int]) -> None:
        """Darken the ground where shadows lie."""
        dark = np.zeros(picture.shape[:2], np.uint8)
        for row in rows:
            bottom_and_top = _placed(frame, row).reshape(-1, 3)
            fallen = bottom_and_top - SUN * (bottom_and_top[:, 2:] / SUN[2])
            outline = cv2.convexHull(_fixed(self._project(fallen[None])[0]))
            cv2.fillConvexPoly(dark, outline, 255, cv2.LINE_AA, SHIFT)
        factor = 255 - (dark * (1 - SHADE)).astype(np.uint8)
        cv2.multiply(picture, cv2.merge([factor, factor, factor]), picture, 1 / 255)

    def _body(self, picture: Picture, frame: WorldFrame, row: int) -> None:
        kind = RoadUser(int(frame.kind[row]))
        boxes = _placed(frame, row)
        own = colour_of(int(frame.id[row]))
        faces = boxes[:, FACES]  # (parts, faces, 4, 3)
        normals = np.cross(faces[:, :, 1] - faces[:, :, 0], faces[:, :, 2] - faces[:, :, 1])
        towards = (normals * (self._lens.place_m - faces[:, :, 0])).sum(axis=2) > 0
        lit = AMBIENT + (1 - AMBIENT) * np.maximum(0.0, normals @ SUN / np.linalg.norm(normals, axis=2))
        outlines = np.ascontiguousarray(_fixed(self._project(boxes))[:, FACES])
        for number, part in enumerate(LOOKS[kind]):
            for face in np.flatnonzero(towards[number]):
                colour = tuple(round(channel * float(lit[number, face])) for channel in part.colour or own)
                cv2.fillConvexPoly(picture, outlines[number, face], colour, cv2.LINE_AA, SHIFT)

    def _project(self, boxes: Floats) -> Floats:
        """Return the pixels (n, k, 2) of points (n, k, 3), site frame."""
        turn = self._lens.rotation
        rotation, _ = cv2.Rodrigues(turn)
        flat, _ = cv2.projectPoints(
            boxes.reshape(-1, 3), rotation, -turn @ self._lens.place_m, self._lens.matrix, self._lens.distortion
        )
        return np.asarray(flat, dtype=np.float64).reshape(*boxes.shape[:2], 2)

    def exposed(self, picture: Picture, stamp_ns: int, number: int) -> Picture:
        """Let the light change and the sensor be noisy."""
        light = 1 + DAYLIGHT * math.sin(2 * math.pi * stamp_ns / 1e9 / DAYLIGHT_PERIOD_S)
        lit = cv2.convertScaleAbs(picture, alpha=light)
        return cv2.add(lit, self._noises[number % NOISES], dtype=cv2.CV_8U)


def _placed(frame: WorldFrame, row: int) -> Floats:
    """Return the corners (parts, 8, 3) of a road user's boxes, site frame."""
    own = corners(RoadUser(int(frame.kind[row])), frame.size_m[row])
    heading = math.radians(float(frame.heading_deg[row]))
    ahead = np.array([math.sin(heading), math.cos(heading), 0])
    left = np.array([-math.cos(heading), math.sin(heading), 0])
    place = np.array([*frame.position_m[row], 0])
    placed: Floats = place + own[..., :1] * ahead + own[..., 1:2] * left + own[..., 2:] * np.array([0, 0, 1])
    return placed


def _fixed(points: Floats) -> NDArray[np.int32]:
    """Return pixels as the drawing functions take them."""
    return np.round(points * (1 << SHIFT)).astype(np.int32)
