"""The smallest ONNX models that answer like detectors, written as protobuf by hand (onnx.proto, IR version 8).

The output is a constant tensor times the brightest value of the input: the detections depend on the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

FLOAT, INT64 = 1, 7  # TensorProto.DataType


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _tensor(name: str, values: np.ndarray) -> bytes:
    """TensorProto: dims 1, data_type 2, name 8, raw_data 9."""
    kind = FLOAT if values.dtype == np.float32 else INT64
    dims = b"".join(_number(1, side) for side in values.shape)
    return dims + _number(2, kind) + _bytes(8, name) + _bytes(9, values.tobytes())


def _value(name: str, shape: Sequence[int]) -> bytes:
    """ValueInfoProto: name 1, type 2 {tensor_type 1 {elem_type 1, shape 2 {dim 1 {dim_value 1}}}}."""
    dims = b"".join(_bytes(1, _number(1, side)) for side in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, FLOAT) + _bytes(2, dims)))


def _node(kind: str, inputs: Sequence[str], output: str, keepdims: bool | None = None) -> bytes:
    """NodeProto: input 1, output 2, op_type 4, attribute 5 {name 1, i 3, type 20 = INT 2}."""
    attribute = b"" if keepdims is None else _bytes(5, _bytes(1, "keepdims") + _number(3, keepdims) + _number(20, 2))
    return b"".join(_bytes(1, each) for each in inputs) + _bytes(2, output) + _bytes(4, kind) + attribute


def write(path: Path, answer: np.ndarray, width: int, height: int) -> Path:
    """Write a model whose output for a picture with a white pixel is `answer` (1, a, b)."""
    nodes = [
        _node("ReduceMax", ["images"], "brightest", keepdims=False),
        _node("Mul", ["answer", "brightest"], "output"),
    ]
    graph = b"".join(_bytes(1, node) for node in nodes) + _bytes(2, "detector")
    graph += _bytes(5, _tensor("answer", answer.astype(np.float32)))
    graph += _bytes(11, _value("images", (1, 3, height, width))) + _bytes(12, _value("output", answer.shape))
    model = _number(1, 8) + _bytes(8, _number(2, 13)) + _bytes(7, graph)
    path.write_bytes(model)
    return path
