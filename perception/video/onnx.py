"""Road users by a neural network: any model of the YOLO family, exported to ONNX.

Input: (1, 3, height, width) float32, red, green, blue in 0..1, the picture scaled to fit and padded (letterbox).
Output layouts, told apart by their shape:

    (1, n, 5 + classes)  YOLOv5, v7: centre x, y, width, height, objectness, then a score for each class
    (1, 4 + classes, n)  YOLOv8, v9, v11: centre x, y, width, height, then a score for each class
    (1, n, 6)            YOLOv10, v26, end to end: left, top, right, bottom, score, class; no suppression needed

All pixels of the letterboxed input. Boxes that overlap one of their class with a better score are dropped (NMS).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, RoadUser
from perception.video.boxes import Bodies, Boxes, Picture
from perception.video.fit import Fitter

PAD = 114  # grey level of the letterbox, as in training
EDGE_PX = 3.0  # a box that ends so near to the picture's edge is cut by it
END_TO_END = 6  # columns of the layout that needs no suppression

Tensor = NDArray[np.float32]


class Model(Protocol):
    """A loaded network."""

    size: tuple[int, int]  # width and height of its input

    def run(self, tensor: Tensor) -> Tensor:
        """Return the output for an input."""


class OnnxRuntime:
    """A model run by onnxruntime on the processor."""

    def __init__(self, path: Path, threads: int) -> None:
        import onnxruntime  # an extra

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self.size = _size(self._session.get_inputs()[0].shape)

    def run(self, tensor: Tensor) -> Tensor:
        """Return the output for an input."""
        return np.asarray(self._session.run(None, {self._input: tensor})[0], dtype=np.float32)


class OpenVino:
    """A model run by OpenVINO: faster on Intel's processors."""

    def __init__(self, path: Path, threads: int) -> None:
        import openvino  # an extra

        options = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
        self._model = openvino.Core().compile_model(str(path), "CPU", options)
        self.size = _size([side.get_length() if side.is_static else 0 for side in self._model.input(0).partial_shape])

    def run(self, tensor: Tensor) -> Tensor:
        """Return the output for an input."""
        return np.asarray(self._model([tensor])[0], dtype=np.float32)


RUNTIMES: dict[str, type[OnnxRuntime] | type[OpenVino]] = {"onnxruntime": OnnxRuntime, "openvino": OpenVino}


def _size(shape: list[int | str]) -> tuple[int, int]:
    """Return width and height of an input shape (1, 3, height, width); 640 where the model leaves it open."""
    height, width = (side if isinstance(side, int) and side > 0 else 640 for side in shape[-2:])
    return width, height


class Letterbox(NamedTuple):
    """How a picture lies in the input: input px = picture px * scale + offset."""

    scale: float
    offset: Floats  # (2,)


class Onnx:
    """The detector of one camera."""

    def __init__(
        self, fitter: Fitter, model: Model, kinds: Mapping[int, RoadUser], least_confidence: float, overlap: float
    ) -> None:
        """`kinds`: what each class of the model is; classes that are not in it are passed over."""
        self._fitter, self._model = fitter, model
        self._kinds, self._least, self._overlap = kinds, least_confidence, overlap

    doubtful = False

    def look(self, picture: Picture, stamp_ns: int) -> Bodies:
        """Return who is in the picture."""
        return self._fitter.fit(self.boxes(picture))

    def boxes(self, picture: Picture) -> Boxes:
        """Return the boxes of the classes that count, px of the full picture."""
        tensor, letterbox = _input(picture, self._model.size)
        found = candidates(self._model.run(tensor))
        kind = np.array([self._kinds.get(number, -1) for number in found.label.tolist()], dtype=np.int64)
        good = np.flatnonzero((found.score >= self._least) & (kind >= 0))
        box, score, kind = found.box[good], found.score[good], kind[good]
        kept = _suppressed(box, score, kind, self._overlap)
        box = (box[kept] - np.tile(letterbox.offset, 2)) / letterbox.scale
        height, width = picture.shape[:2]
        seen = np.concatenate([box[:, :2] > EDGE_PX, box[:, 2:] < [width - EDGE_PX, height - EDGE_PX]], axis=1)
        full = box * (self._fitter.view.size[0] / width) - 0.5
        return Boxes(full, seen, kind[kept], np.clip(score[kept], 0, 1))


class Candidates(NamedTuple):
    """What a network says, before suppression."""

    box: Floats  # (n, 4) px of the input: left, top, right, bottom
    score: Floats  # (n,)
    label: NDArray[np.intp]  # (n,) class number of the model


def candidates(output: Tensor) -> Candidates:
    """Read an output of any of the layouts. ValueError: it is of none."""
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
    height, width = picture.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    fitted = round(width * scale), round(height * scale)
    offset = np.array([(size[0] - fitted[0]) // 2, (size[1] - fitted[1]) // 2])
    canvas = np.full((size[1], size[0], 3), PAD, np.uint8)
    canvas[offset[1] : offset[1] + fitted[1], offset[0] : offset[0] + fitted[0]] = cv2.resize(picture, fitted)
    tensor = np.ascontiguousarray(canvas[:, :, ::-1].transpose(2, 0, 1)[None], dtype=np.float32) / np.float32(255)
    return tensor, Letterbox(scale, offset.astype(np.float64))


def _suppressed(box: Floats, score: Floats, kind: NDArray[np.int64], overlap: float) -> NDArray[np.intp]:
    """Return the rows that remain, best first."""
    if not len(box):
        return np.zeros(0, np.intp)
    apart = box + (kind * (np.ptp(box) + 1.0))[:, None]  # no box of one class touches those of another
    sides = np.column_stack([apart[:, :2], apart[:, 2:] - apart[:, :2]])
    kept = cv2.dnn.NMSBoxes(sides.tolist(), score.tolist(), 0.0, overlap)
    return np.asarray(kept, dtype=np.intp).reshape(-1)
