"""NanoDet-g 416 (COCO's classes, 3.8 million parameters) as a detector of the YOLO layout, from a published package.

The graph has three scales of cells (strides 8, 16, 32 px); each cell gives a score for each class and the distances to
the four sides of a box, as distributions over 0, 1 ... 10 strides, from the cell's middle (Li, "Generalized focal
loss", 2020). Written around it: the input is made of red, green, blue in 0..1, and boxes are decoded: centre, width,
height in px, then scores, as `perception.video.onnx` reads them.
"""

from __future__ import annotations

import json

import numpy as np
import onnx

from hw.detail import Detail
from rsu.lab.errors import ModelError
from rsu.lab.models.graph import GraphWriter
from rsu.lab.models.operations import Translator
from rsu.lab.models.tfjs import GraphModel, read

MEAN = (103.53, 116.28, 123.675)  # grey levels of blue, green, red, as in training
DEVIATION = (57.375, 57.12, 58.395)
SIDES = 4  # left, top, right, bottom

_NO_JSON = Detail(
    "the topology is no JSON: {error}",
    "网络结构不是 JSON：{error}",
)


def build(topology: bytes, weights: bytes) -> onnx.ModelProto:
    """Return the detector. ModelError: the input is no graph."""
    try:
        model = json.loads(topology)
    except ValueError as error:
        raise ModelError(_NO_JSON.of(error=error)) from error
    return detector(read(model, weights))


def detector(graph: GraphModel) -> onnx.ModelProto:
    """Return a network of this kind with its input normalised and its output decoded.

    `graph`: of one input (1, 3, side, side); outputs `Identity`, `Identity_1`, ...: first scores (1, cells, classes),
    one of each scale, then as many of distances (1, cells, 4 * bins).
    """
    ((given, shape),) = graph.inputs.items()
    writer = GraphWriter()
    names = Translator(writer, {given: _normalised(writer)}).write(graph)
    order = sorted(names, key=lambda name: (len(name), name))
    scores, distances = order[: len(order) // 2], order[len(order) // 2 :]
    parts = []
    for score, distance in zip(scores, distances, strict=True):
        _, cells, columns = graph.outputs[distance]
        box = _decoded(writer, names[distance], shape[-1], cells, columns // SIDES)
        parts.append(writer.node("Concat", box, names[score], axis=2))
    rows = writer.transposed(writer.node("Concat", *parts, axis=1), (0, 2, 1))
    count = sum(graph.outputs[score][1] for score in scores)
    return writer.model(("images", shape), (rows, (1, SIDES + graph.outputs[scores[0]][2], count)))


def _normalised(writer: GraphWriter) -> str:
    """Return the network's input, made of red, green, blue in 0..1."""
    turned = writer.node("Gather", "images", writer.constant([2, 1, 0]), axis=1)
    mean, deviation = (np.array(each)[:, None, None] for each in (MEAN, DEVIATION))
    scaled = writer.node("Mul", turned, writer.constant(255 / deviation))
    return writer.node("Sub", scaled, writer.constant(mean / deviation))


def _decoded(writer: GraphWriter, distances: str, side_px: int, cells: int, bins: int) -> str:
    """Return centre, width, height (1, cells, 4) px of one scale."""
    across = round(cells**0.5)
    stride = side_px / across
    split = writer.node("Reshape", distances, writer.constant([1, cells, SIDES, bins]))
    mean = writer.node("MatMul", writer.node("Softmax", split, axis=3), writer.constant(np.arange(bins) * stride))
    place = (np.arange(cells) % across, np.arange(cells) // across)
    middles = np.concatenate([(np.stack(place, axis=1) + 0.5) * stride, np.zeros((cells, 2))], axis=1)
    # from left, top, right, bottom to offsets of the middle, and to width and height
    turn = np.array([[-0.5, 0, 1, 0], [0, -0.5, 0, 1], [0.5, 0, 1, 0], [0, 0.5, 0, 1]])
    return writer.node("Add", writer.node("MatMul", mean, writer.constant(turn)), writer.constant(middles))
