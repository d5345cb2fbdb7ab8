"""A network that finds the one thing that is nearly white, as a car, in the end-to-end layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

CAR, SCORE, BRIGHT = 2.0, 0.9, 0.8  # class of COCO; of pixels brighter than that in all colours
ROWS = 20  # of the output: one is used


def write(path: Path, width: int, height: int) -> Path:
    """Write the model for pictures of a size."""
    nodes = [
        helper.make_node("ReduceMin", ["images"], ["dim"], axes=[1], keepdims=0),
        helper.make_node("Greater", ["dim", "bright"], ["is_bright"]),
        helper.make_node("Cast", ["is_bright"], ["light"], to=onnx.TensorProto.FLOAT),
    ]
    for axis, low, high in ((1, "left", "right"), (2, "top", "bottom")):
        nodes.append(helper.make_node("ReduceMax", ["light"], [f"line{axis}"], axes=[axis], keepdims=0))
        for name, last in ((low, 0), (high, 1)):
            nodes.append(
                helper.make_node("ArgMax", [f"line{axis}"], [f"{name}_at"], axis=1, keepdims=1, select_last_index=last)
            )
            nodes.append(helper.make_node("Cast", [f"{name}_at"], [name], to=onnx.TensorProto.FLOAT))
    nodes += [
        helper.make_node("ReduceMax", ["line1"], ["any"], axes=[1], keepdims=1),
        helper.make_node("Mul", ["any", "score"], ["sure"]),
        helper.make_node("Concat", ["left", "top", "right", "bottom", "sure", "label"], ["row"], axis=1),
        helper.make_node("Unsqueeze", ["row", "one"], ["rows"]),
        helper.make_node("Pad", ["rows", "more"], ["output"]),
    ]
    constants = {
        "bright": np.float32(BRIGHT), "score": np.float32(SCORE), "label": np.array([[CAR]], np.float32),
        "one": np.array([1]), "more": np.array([0, 0, 0, 0, ROWS - 1, 0]),
    }  # fmt: skip
    graph = helper.make_graph(
        nodes, "bright",
        [helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, (1, 3, height, width))],
        [helper.make_tensor_value_info("output", onnx.TensorProto.FLOAT, (1, ROWS, 6))],
        [numpy_helper.from_array(np.asarray(values), name) for name, values in constants.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString())
    return path
