"""TensorFlow's operations in ONNX's: as many as converted convolutional detectors use.

Tensors that depend on constants alone (shapes, mostly) are computed here. Semantics:
tensorflow.org/api_docs/python/tf/raw_ops and onnx.ai/onnx/operators, opset 13.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hw.detail import Detail
from rsu.lab.errors import ModelError
from rsu.lab.models.graph import CHANNELS_FIRST, CHANNELS_LAST, GraphWriter
from rsu.lab.models.tfjs import Constant, GraphModel, GraphNode

_PADDING = Detail(
    "{operation} {name}: only VALID padding and NHWC are known",
    "{operation} {name}：只支持 VALID 填充与 NHWC",
)
_RESIZE = Detail(
    "ResizeBilinear {name}: only half_pixel_centers is known",
    "ResizeBilinear {name}：只支持 half_pixel_centers",
)
_UNKNOWN = Detail(
    "operation {operation} of {name} is not known",
    "{name} 的算子 {operation} 未知",
)


class Translator:
    """Writes one graph into another."""

    def __init__(self, writer: GraphWriter, given: Mapping[str, str]) -> None:
        """`given`: names of the graph's inputs in the written one."""
        self._writer = writer
        self._names = dict(given)  # TensorFlow's name -> ours
        self._constants: dict[str, Constant] = {}
        self._ways: dict[str, Callable[[GraphNode], str]] = {
            "Add": self._add, "AddV2": self._add, "ConcatV2": self._concatenated, "Conv2D": self._convolved,
            "Identity": lambda node: self._name(node.inputs[0]), "LeakyRelu": self._leaky, "MaxPool": self._pooled,
            "Pad": self._padded, "PadV2": self._padded, "Reshape": self._reshaped, "ResizeBilinear": self._resized,
            "Sigmoid": lambda node: self._writer.node("Sigmoid", self._name(node.inputs[0])), "SplitV": self._split,
            "Transpose": self._transposed,
        }  # fmt: skip

    def write(self, graph: GraphModel) -> dict[str, str]:
        """Return the names of the graph's outputs. ModelError: an operation that is not known."""
        self._constants = dict(graph.constants)
        for node in graph.nodes:
            known = [self._constants[name] for name in node.inputs if name in self._constants]
            if len(known) == len(node.inputs) and node.operation in _FOLDED:
                self._constants[node.name] = _FOLDED[node.operation](*known)
            elif node.operation in self._ways:
                self._names[node.name] = self._ways[node.operation](node)
            else:
                raise ModelError(_UNKNOWN.of(operation=node.operation, name=node.name))
        return {name: self._names[name] for name in graph.outputs}

    def _name(self, name: str) -> str:
        if name in self._constants:
            self._names.setdefault(name, self._writer.constant(self._constants[name]))
        return self._names[name]

    def _add(self, node: GraphNode) -> str:
        first, second = node.inputs
        added, source = self._constants.get(second), self._writer.last_channels_source(self._name(first))
        if added is None or added.ndim != 1 or source is None:
            return self._writer.node("Add", self._name(first), self._name(second))
        before = self._writer.node("Add", source, self._writer.constant(added[:, None, None]))
        return self._writer.transposed(before, CHANNELS_LAST)

    def _concatenated(self, node: GraphNode) -> str:
        *parts, axis = node.inputs
        return self._writer.node("Concat", *map(self._name, parts), axis=int(self._constants[axis]))

    def _convolved(self, node: GraphNode) -> str:
        kernel = self._writer.constant(self._constants[node.inputs[1]].transpose(3, 2, 0, 1))  # height, width, in, out
        return self._over_picture(node, "Conv", kernel, dilations=_sides(node, "dilations"))

    def _pooled(self, node: GraphNode) -> str:
        return self._over_picture(node, "MaxPool", kernel_shape=_sides(node, "ksize"))

    def _over_picture(self, node: GraphNode, operation: str, *more: str, **attributes: Any) -> str:
        if (node.attributes["padding"], node.attributes.get("data_format", "NHWC")) != ("VALID", "NHWC"):
            raise ModelError(_PADDING.of(operation=node.operation, name=node.name))
        first = self._writer.transposed(self._name(node.inputs[0]), CHANNELS_FIRST)
        done = self._writer.node(operation, first, *more, strides=_sides(node, "strides"), **attributes)
        return self._writer.transposed(done, CHANNELS_LAST)

    def _leaky(self, node: GraphNode) -> str:
        return self._writer.node("LeakyRelu", self._name(node.inputs[0]), alpha=float(node.attributes["alpha"]))

    def _padded(self, node: GraphNode) -> str:
        first, sides, *value = node.inputs
        amounts = self._writer.constant(self._constants[sides].T.ravel())  # all beginnings, then all ends
        return self._writer.node("Pad", self._name(first), amounts, *map(self._name, value))

    def _reshaped(self, node: GraphNode) -> str:
        return self._writer.node("Reshape", *map(self._name, node.inputs))

    def _resized(self, node: GraphNode) -> str:
        if not node.attributes.get("half_pixel_centers"):
            raise ModelError(_RESIZE.of(name=node.name))
        first = self._writer.transposed(self._name(node.inputs[0]), CHANNELS_FIRST)
        size, way = self._size(node), "half_pixel"
        done = self._writer.node("Resize", first, "", "", size, mode="linear", coordinate_transformation_mode=way)
        return self._writer.transposed(done, CHANNELS_LAST)

    def _size(self, node: GraphNode) -> str:
        """Return the size (4,) after the resize: pictures and channels stay as many."""
        size = self._writer.constant(self._constants[node.inputs[1]])
        shape = self._writer.node("Shape", self._writer.transposed(self._name(node.inputs[0]), CHANNELS_FIRST))
        kept = self._writer.node("Gather", shape, self._writer.constant([0, 1]))
        return self._writer.node("Concat", kept, size, axis=0)

    def _split(self, node: GraphNode) -> str:
        first, sizes, axis = node.inputs
        lengths = self._constants[sizes]
        name = self._writer.node(
            "Split", self._name(first), self._name(sizes), outputs=len(lengths), axis=int(self._constants[axis])
        )
        self._names |= {f"{node.name}:{number}": f"{name}_{number}" for number in range(1, len(lengths))}
        return name

    def _transposed(self, node: GraphNode) -> str:
        return self._writer.transposed(self._name(node.inputs[0]), self._constants[node.inputs[1]].tolist())


def _sides(node: GraphNode, key: str) -> list[int]:
    """Return an attribute's values for height and width, of four for picture, height, width, channel."""
    sides: list[int] = node.attributes[key][1:3]
    return sides


def _dense(places: Constant, shape: Constant, values: Constant, other: Constant) -> Constant:
    dense = np.full(shape.tolist(), other)
    dense[tuple(places.T)] = values
    return dense


_FOLDED: dict[str, Callable[..., Constant]] = {"Add": np.add, "AddV2": np.add, "SparseToDense": _dense}
