"""Boxes of road users by a neural network: any model of the YOLO family, exported to ONNX.

Input: (1, 3, height, width) float32, red, green, blue in 0..1, a part of the picture scaled to fit and padded
(letterbox). Output layouts, told apart by their shape:

    (1, n, 5 + classes)  YOLOv5, v7: centre x, y, width, height, objectness, then a score for each class
    (1, 4 + classes, n)  YOLOv8, v9, v11: centre x, y, width, height, then a score for each class
    (1, n, 6)            YOLOv10, v26, end to end: left, top, right, bottom, score, class; no suppression needed

Pixels in all layouts are those of the letterboxed input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, Ints, RoadUser
from perception.video.boxes import Picture
from perception.video.duplicates import single
from perception.video.runtimes import Model, Tensor
from perception.video.windows import PictureWindow

PAD = 114  # grey level of the letterbox, as in training
EDGE_PX = 3.0  # a window's edge cuts a box that ends so near to it
END_TO_END = 6  # columns of the layout that needs no suppression


class NetworkBoxes(NamedTuple):
    """n road users in one picture, rows aligned, best first."""

    box_px: Floats  # (n, 4) px of the given picture, from its upper left corner: left, top, right, bottom
    kind: Ints  # (n,) RoadUser
    score: Floats  # (n,) 0..1

    def of(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> NetworkBoxes:
        """Return some of the boxes, by rows (k,) or a mask (n,)."""
        return NetworkBoxes(self.box_px[rows], self.kind[rows], self.score[rows])


class Network:
    """A network and the road users that its classes stand for."""

    def __init__(self, model: Model, kinds: Mapping[int, RoadUser], least: float, overlap: float) -> None:
        """`kinds`: the road user of each class of the model; boxes of other classes are dropped.

        `least`: smallest score that is kept; `overlap`: IoU above which two boxes are one road user.
        """
        self.size = model.size
        self._model, self._kinds, self._least, self._overlap = model, kinds, least, overlap

    def find(self, picture: Picture, windows: Sequence[PictureWindow]) -> NetworkBoxes:
        """Return the road users in the windows of a picture, each once."""
        parts = [self._in_window(picture, window) for window in windows]
        found = NetworkBoxes(*(np.concatenate(column) for column in zip(*parts, strict=True)))
        return NetworkBoxes(*single(found.box_px, found.kind, found.score, self._overlap))

    def _in_window(self, picture: Picture, window: PictureWindow) -> NetworkBoxes:
        """Return the road users in a window; of a tile only those that are whole: other windows show the others."""
        tensor, letterbox = _input(picture[window.top : window.bottom, window.left : window.right], self._model.size)
        found = candidates(self._model.run(tensor))
        kind = np.array([self._kinds.get(number, -1) for number in found.label.tolist()], dtype=np.int64)
        good = np.flatnonzero((found.score >= self._least) & (kind >= 0))
        box = (found.box_px[good] - np.tile(letterbox.offset_px, 2)) / letterbox.scale + [*window[:2], *window[:2]]
        if window.tile:
            whole = box_within(box, window).all(axis=1)
            good, box = good[whole], box[whole]
        return NetworkBoxes(box, kind[good], np.clip(found.score[good], 0, 1))


def box_within(box: Floats, window: PictureWindow) -> NDArray[np.bool_]:
    """Return which edges (n, 4) of boxes (n, 4) px are a road user's own, and not cut by the window's edge."""
    return np.concatenate(
        [box[:, :2] > np.array(window[:2]) + EDGE_PX, box[:, 2:] < np.array(window[2:4]) - EDGE_PX], axis=1
    )


class Letterbox(NamedTuple):
    """How a picture lies in the input: input px = picture px * scale + offset."""

    scale: float
    offset_px: Floats  # (2,)


class Candidates(NamedTuple):
    """The n boxes that a network puts out, before suppression of duplicates."""

    box_px: Floats  # (n, 4) px of the input: left, top, right, bottom
    score: Floats  # (n,)
    label: NDArray[np.intp]  # (n,) class number of the model


def candidates(output: Tensor) -> Candidates:
    """Read n candidates from an output of any layout, such as (1, n, 6). ValueError: it has none of the layouts."""
    if output.ndim != 3 or len(output) != 1 or min(output.shape[1:]) < 5:
        raise ValueError(f"no output of a YOLO model: {output.shape}")
    rows = output[0].astype(np.float64)
    if rows.shape[1] == END_TO_END and rows.shape[0] != END_TO_END:
        return Candidates(rows[:, :4], rows[:, 4], rows[:, 5].astype(np.intp))
    has_objectness = rows.shape[0] > rows.shape[1]  # v5 has a row for each candidate, v8 a column
    rows = rows if has_objectness else rows.T
    scores = rows[:, 5:] * rows[:, 4:5] if has_objectness else rows[:, 4:]
    if not scores.size:
        raise ValueError(f"no output of a YOLO model: {output.shape}")
    half = rows[:, 2:4] / 2
    label = scores.argmax(axis=1)
    score = scores[np.arange(len(scores)), label]
    return Candidates(np.concatenate([rows[:, :2] - half, rows[:, :2] + half], axis=1), score, label)


def _input(picture: Picture, size: tuple[int, int]) -> tuple[Tensor, Letterbox]:
    """Return the input (1, 3, height, width) of a size (width, height px) for a picture (rows, columns, 3)."""
    height, width = picture.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    fitted = round(width * scale), round(height * scale)
    offset = np.array([(size[0] - fitted[0]) // 2, (size[1] - fitted[1]) // 2])
    canvas = np.full((size[1], size[0], 3), PAD, np.uint8)
    canvas[offset[1] : offset[1] + fitted[1], offset[0] : offset[0] + fitted[0]] = cv2.resize(picture, fitted)
    tensor = np.ascontiguousarray(canvas[:, :, ::-1].transpose(2, 0, 1)[None], dtype=np.float32) / np.float32(255)
    return tensor, Letterbox(scale, offset.astype(np.float64))
