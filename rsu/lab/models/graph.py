"""An ONNX graph as it is written, node by node; transpositions that cancel are left out.

TensorFlow has channels last, ONNX first. A graph that came from one and goes to the other is full of transpositions:
two in a row become one, and an addition to channels is moved before the transposition.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import helper, numpy_helper

OPSET, IR_VERSION = 13, 8
CHANNELS_LAST, CHANNELS_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)  # permutations that bring them there


class GraphWriter:
    """A graph with one input and one output."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._turned: dict[str, tuple[str, tuple[int, ...]]] = {}  # output of a transposition -> its input, permutation
        self._turns: dict[tuple[str, tuple[int, ...]], str] = {}

    def constant(self, values: ArrayLike) -> str:
        """Return the name of a constant: int64 or float32."""
        array = np.asarray(values)
        name = f"constant{len(self._constants)}"
        typed = array.astype(np.float32 if array.dtype.kind == "f" else np.int64)
        self._constants.append(numpy_helper.from_array(typed, name))
        return name

    def node(self, operation: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        """Return the name of a new node's first output; the others are that with `_1`, `_2`."""
        name = f"{operation.lower()}{len(self._nodes)}"
        names = [name, *(f"{name}_{number}" for number in range(1, outputs))]
        self._nodes.append(helper.make_node(operation, list(inputs), names, name, **attributes))
        return name

    def transposed(self, name: str, order: Sequence[int]) -> str:
        """Return the name of a transposition, of a transposition's input where that does it."""
        source, before = self._turned.get(name, (name, tuple(range(len(order)))))
        whole = tuple(before[axis] for axis in order)
        if whole == tuple(range(len(order))):
            return source
        if (source, whole) not in self._turns:
            turned = self.node("Transpose", source, perm=list(whole))
            self._turned[turned], self._turns[source, whole] = (source, whole), turned
        return self._turns[source, whole]

    def last_channels_source(self, name: str) -> str | None:
        """Return the tensor that becomes `name` with its channels at the end; None: it is no such transposition."""
        source, order = self._turned.get(name, ("", ()))
        return source if order == CHANNELS_LAST else None

    def model(self, given: tuple[str, Sequence[int]], wanted: tuple[str, Sequence[int]]) -> onnx.ModelProto:
        """Return the model. `given`, `wanted`: name and shape of its input and output; float32."""
        graph = helper.make_graph(
            self._needed(wanted[0]), "detector",
            [helper.make_tensor_value_info(given[0], onnx.TensorProto.FLOAT, given[1])],
            [helper.make_tensor_value_info(wanted[0], onnx.TensorProto.FLOAT, wanted[1])],
        )  # fmt: skip
        used = {name for node in graph.node for name in node.input}
        graph.initializer.extend(each for each in self._constants if each.name in used)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        onnx.checker.check_model(made, full_check=True)
        return made

    def _needed(self, output: str) -> list[onnx.NodeProto]:
        """Return the nodes that the output depends on."""
        needed, kept = {output}, []
        for node in reversed(self._nodes):
            if needed.intersection(node.output):
                needed.update(node.input)
                kept.append(node)
        return kept[::-1]
