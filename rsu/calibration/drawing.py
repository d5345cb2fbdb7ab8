"""Pictures that show a calibration: the lanes drawn into the camera's picture, and the picture laid onto the map."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from cv2.typing import MatLike

from hw.detail import Detail
from perception.calibration.pairs import PointPairs
from perception.calibration.unknowns import seen
from perception.objects import Floats
from perception.sensor import Homography, Intrinsics, Mount
from rsu.calibration.errors import CalibrateError
from rsu.site.lanemap import LaneMapFile, exit_lines, lane_lines

Picture = MatLike  # (height, width, 3), 8 bits: blue, green, red

STEP_M = 1.0  # between the points of a drawn line
PIXELS_PER_M = 8
MAP_M = 70.0  # of the road ahead of the camera that the map shows
_LANE, _STOP, _WALK, _PICKED, _COMPUTED = (0, 200, 255), (60, 60, 255), (255, 160, 0), (0, 0, 255), (0, 255, 0)
_SHIFT = 4  # binary places of the drawing functions' coordinates
_RATIO = 0.02  # by which a picture's shape may differ from the model's

_NO_PICTURE = Detail("{file} is no picture that can be read", "{file} 不是可读取的图像")
_SHAPE = Detail(
    "{file} is {got_width} x {got_height}, the camera's model is for {width} x {height}: not the same shape",
    "{file} 为 {got_width} x {got_height}，摄像机模型对应 {width} x {height}：形状不同",
)


class DrawnCamera(NamedTuple):
    """A camera as it is drawn."""

    camera: Homography | Intrinsics
    mount: Mount
    size: tuple[int, int]  # px of its model

    def pixels(self, place_m: Floats) -> Floats:
        """Return the pixels (n, 2) of places (n, 3) m, site frame; NaN where they are not seen."""
        return seen(place_m, self.camera, self.mount, self.size)


class MapLine(NamedTuple):
    """A line of the lane map."""

    points_m: Floats  # (k, 2)
    colour: tuple[int, int, int]


def read(path: Path) -> Picture:
    """Read a picture. CalibrateError: it is none."""
    picture: Picture | None = cv2.imdecode(np.frombuffer(path.read_bytes() or b"\0", np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise CalibrateError(_NO_PICTURE.of(file=path))
    return picture


def packed(picture: Picture) -> bytes:
    """Return a picture as PNG."""
    _, octets = cv2.imencode(".png", picture)
    return octets.tobytes()


def fitted(picture: Picture, size: tuple[int, int], name: Path) -> Picture:
    """Return a picture in the size of the camera's model. CalibrateError: it has another shape."""
    height, width = picture.shape[:2]
    if abs(width * size[1] / (height * size[0]) - 1.0) > _RATIO:
        raise CalibrateError(_SHAPE.of(file=name, got_width=width, got_height=height, width=size[0], height=size[1]))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def into_picture(picture: Picture, by: DrawnCamera, lane_map: LaneMapFile, pairs: PointPairs) -> Picture:
    """Return a picture with the lanes as a camera model sees them; crosses: points picked, rings: points computed."""
    drawn = picture.copy()
    for line in map_lines(lane_map):
        level = np.column_stack([line.points_m, np.zeros(len(line.points_m))])
        _polyline(drawn, by.pixels(level), line.colour)
    for picked, computed in zip(pairs.pixel_px, by.pixels(pairs.place_m), strict=True):
        cv2.drawMarker(drawn, _whole(picked), _PICKED, cv2.MARKER_CROSS, 14, 2)
        if np.isfinite(computed).all():
            cv2.circle(drawn, _whole(computed), 7, _COMPUTED, 2, cv2.LINE_AA)
    return drawn


def onto_map(picture: Picture, by: DrawnCamera, lane_map: LaneMapFile) -> Picture:
    """Return the road ahead from above, north up, as the picture shows it, with the lanes of the map."""
    yaw = np.radians(by.mount.yaw_deg)
    middle = np.array([by.mount.east_m, by.mount.north_m]) + 0.5 * MAP_M * np.array([np.sin(yaw), np.cos(yaw)])
    side = round(MAP_M * PIXELS_PER_M)
    across = (np.arange(side) + 0.5) / PIXELS_PER_M - MAP_M / 2
    east, north = np.meshgrid(middle[0] + across, middle[1] - across)
    at = by.pixels(np.column_stack([east.ravel(), north.ravel(), np.zeros(side * side)]))
    columns, rows = (
        np.nan_to_num(at, nan=-1.0).clip(-1.0, 1e4).astype(np.float32).reshape(side, side, 2).transpose(2, 0, 1)
    )
    drawn: Picture = cv2.remap(picture, columns.copy(), rows.copy(), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    for line in map_lines(lane_map):
        _polyline(drawn, ((line.points_m - middle) * [1, -1] + MAP_M / 2) * PIXELS_PER_M, line.colour)
    return drawn


def map_lines(lane_map: LaneMapFile) -> Iterator[MapLine]:
    """Yield the borders of lanes, stop lines and crosswalks, with points close enough for a bent picture."""
    for lane in [*lane_lines(lane_map), *exit_lines(lane_map)]:
        ahead = np.gradient(lane.points_m, axis=0)
        right = np.column_stack([ahead[:, 1], -ahead[:, 0]]) / np.hypot(*ahead.T)[:, None] * lane.width_m / 2
        for side in (-1, 1):
            yield MapLine(_dense(lane.points_m + side * right), _LANE)
        if not lane.leads_away:
            yield MapLine(_dense(np.stack([lane.points_m[-1] - right[-1], lane.points_m[-1] + right[-1]])), _STOP)
    for walk in lane_map.crosswalks:
        yield MapLine(_dense(np.array([*walk.polygon, walk.polygon[0]])), _WALK)


def _dense(points: Floats) -> Floats:
    """Return a line (k, 2) m with a point every STEP_M."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.linspace(0.0, along[-1], max(2, round(along[-1] / STEP_M) + 1))
    return np.column_stack([np.interp(at, along, axis) for axis in points.T])


def _polyline(picture: Picture, pixels: Floats, colour: tuple[int, int, int]) -> None:
    """Draw the pieces of a line (k, 2) px of which both ends are in sight."""
    for one, other in pairwise(pixels):
        if np.isfinite([one, other]).all() and np.abs([one, other]).max() < 1e4:
            ends = [tuple(int(value * (1 << _SHIFT)) for value in end) for end in (one, other)]
            cv2.line(picture, ends[0], ends[1], colour, 1, cv2.LINE_AA, _SHIFT)


def _whole(pixel: Floats) -> tuple[int, int]:
    """Return a pixel (2,) as the drawing functions take it."""
    return round(float(pixel[0])), round(float(pixel[1]))
