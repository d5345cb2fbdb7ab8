"""A small graph model of TensorFlow.js, written as its converter writes it, and its result, in numpy.

The interpreter follows TensorFlow's documentation of the raw operations, channels last, one picture at a time.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
NUMBERS = {"float32": "DT_FLOAT", "int32": "DT_INT32"}


class TinyModel:
    """Nodes and constants as they are added, in that order."""

    def __init__(self, inputs: Mapping[str, tuple[int, ...]]) -> None:
        self.inputs = inputs
        self.rows = [{"name": name, "op": "Placeholder", "attr": {}} for name in inputs]
        self.values: dict[str, Array] = {}
        self.manifest: list[dict[str, Any]] = []
        self.bytes = b""

    def constant(self, name: str, values: object, quantised: str = "") -> str:
        """Add a constant; `quantised`: float16, or uint8 with scale and minimum."""
        array = np.asarray(values)
        kind = "float32" if array.dtype.kind == "f" else "int32"
        entry: dict[str, Any] = {"name": name, "shape": list(array.shape), "dtype": kind}
        stored = array.astype("<f4" if kind == "float32" else "<i4")
        if quantised == "float16":
            entry["quantization"], stored = {"dtype": "float16", "original_dtype": "float32"}, array.astype("<f2")
            array = stored
        elif quantised == "uint8":
            scale, low = float(np.ptp(array)) / 255, float(array.min())
            entry["quantization"] = {"dtype": "uint8", "scale": scale, "min": low}
            stored = np.round((array - low) / scale).astype(np.uint8)
            array = stored * scale + low
        self.manifest.append(entry)
        self.bytes += stored.tobytes()
        self.values[name] = array.astype(np.float32 if kind == "float32" else np.int64)
        self.rows.append({"name": name, "op": "Const", "attr": {"dtype": {"type": NUMBERS[kind]}}})
        return name

    def node(self, operation: str, name: str, *inputs: str, **attributes: dict[str, Any]) -> str:
        """Add a node."""
        self.rows.append({"name": name, "op": operation, "input": list(inputs), "attr": attributes})
        return name

    def document(self, outputs: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
        """Return the content of `model.json`. Nodes stand in another order than that in which they are computed."""

        def signature(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
            sizes = {name: {"dim": [{"size": str(side)} for side in shape]} for name, shape in shapes.items()}
            return {f"{name}:0": {"name": f"{name}:0", "tensorShape": size} for name, size in sizes.items()}

        return {
            "format": "graph-model",
            "signature": {"inputs": signature(self.inputs), "outputs": signature(outputs)},
            "modelTopology": {"node": self.rows[::-1]},
            "weightsManifest": [{"paths": ["tiny.bin"], "weights": self.manifest}],
        }

    def run(self, given: Mapping[str, Array]) -> dict[str, Array]:
        """Return every value that is computed."""
        return computed(self.rows, {**self.values, **given})


def computed(rows: list[dict[str, Any]], known: Mapping[str, Array]) -> dict[str, Array]:
    """Return every value, inputs and constants too. `rows`: nodes in the order of computing."""
    values = dict(known)
    for row in rows:
        if row["op"] in ("Const", "Placeholder"):
            continue
        done = WAYS[row["op"]]([values[name] for name in row["input"]], row["attr"])
        parts = done if isinstance(done, list) else [done]
        values |= {f"{row['name']}:{number}": part for number, part in enumerate(parts)} | {row["name"]: parts[0]}
    return values


def words(text: str) -> dict[str, Any]:
    """Return a text as an attribute."""
    return {"s": base64.b64encode(text.encode()).decode()}


def numbers(*values: int) -> dict[str, Any]:
    """Return integers as an attribute."""
    return {"list": {"i": [str(each) for each in values]}}


def _windows(picture: Array, high: int, wide: int, step: int) -> Array:
    """Return windows (rows, columns, channels, high, wide) of a picture (1, height, width, channels)."""
    return np.lib.stride_tricks.sliding_window_view(picture[0], (high, wide), axis=(0, 1))[::step, ::step]


def _step(attributes: Mapping[str, Any]) -> int:
    return int(attributes["strides"]["list"]["i"][1])


def _conv2d(given: list[Array], attributes: Mapping[str, Any]) -> Array:
    picture, kernel = given
    high, wide, *_ = kernel.shape
    windows = _windows(picture, high, wide, _step(attributes))
    return np.tensordot(windows, kernel, axes=([3, 4, 2], [0, 1, 2]))[None]


def _max_pool(given: list[Array], attributes: Mapping[str, Any]) -> Array:
    side = int(attributes["ksize"]["list"]["i"][1])
    pooled: Array = _windows(given[0], side, side, _step(attributes)).max(axis=(3, 4))
    return pooled[None]


def _resize(given: list[Array], _: object) -> Array:
    """Bilinear, with the middles of pixels at halves; beyond the edge the edge's pixel goes on."""
    picture = given[0]
    for axis, wanted in ((1, given[1][0]), (2, given[1][1])):
        count = picture.shape[axis]
        at = np.clip((np.arange(wanted) + 0.5) * count / wanted - 0.5, 0, count - 1)
        low = np.floor(at).astype(int)
        share = (at - low).reshape([-1 if each == axis else 1 for each in range(4)])
        high = np.minimum(low + 1, count - 1)
        picture = picture.take(low, axis) * (1 - share) + picture.take(high, axis) * share
    return picture


def _dense(given: list[Array], _: object) -> Array:
    dense = np.full(given[1], given[3])
    for place, value in zip(given[0], given[2], strict=True):
        dense[tuple(place)] = value
    return dense


def _pad(given: list[Array], _: object) -> Array:
    return np.pad(given[0], given[1], constant_values=given[2] if len(given) > 2 else 0)


WAYS: dict[str, Callable[[list[Array], Any], Any]] = {
    "Add": lambda given, _: given[0] + given[1],
    "AddV2": lambda given, _: given[0] + given[1],
    "ConcatV2": lambda given, _: np.concatenate(given[:-1], axis=int(given[-1])),
    "Conv2D": _conv2d,
    "Identity": lambda given, _: given[0],
    "LeakyRelu": lambda given, attributes: np.where(given[0] > 0, given[0], given[0] * attributes["alpha"]["f"]),
    "MaxPool": _max_pool,
    "Pad": _pad,
    "PadV2": _pad,
    "Reshape": lambda given, _: given[0].reshape(given[1]),
    "ResizeBilinear": _resize,
    "Sigmoid": lambda given, _: 1 / (1 + np.exp(-given[0])),
    "SparseToDense": _dense,
    "SplitV": lambda given, _: np.split(given[0], np.cumsum(given[1])[:-1], axis=int(given[2])),
    "Transpose": lambda given, _: given[0].transpose(given[1]),
}
