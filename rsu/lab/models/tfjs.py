"""Graph models of TensorFlow.js: `model.json` (topology, manifest of weights) and the weights in one file of bytes.

Weights stand one after another in the manifest's order, little endian. Quantised ones are float16, or uint8 or uint16
with `value * scale + min`; int64 of the graph is int32 in the file. Format: tensorflow.org/js/guide/models_and_layers
and `tfjs-core/src/io/types.ts`.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hw.detail import Detail, sentence
from rsu.lab.errors import ModelError

Constant = NDArray[np.float32] | NDArray[np.int64]
_STORED = {"float32": "<f4", "int32": "<i4", "bool": "?", "float16": "<f2", "uint8": "u1", "uint16": "<u2"}

_OTHER_WEIGHTS = Detail(
    "{there} octets of weights, the manifest says {wanted}",
    "权重有 {there} 字节，清单写的是 {wanted}",
)
_NO_GRAPH = Detail(
    "no graph model of TensorFlow.js: {error!r}",
    "不是 TensorFlow.js 的图模型：{error!r}",
)


class GraphNode(NamedTuple):
    """One operation. An output is named as its node, from the second one on with `:1`, `:2`."""

    name: str
    operation: str
    inputs: list[str]
    attributes: Mapping[str, Any]


class GraphModel(NamedTuple):
    """A graph, each node after those that it needs."""

    inputs: dict[str, tuple[int, ...]]  # name -> shape
    nodes: list[GraphNode]
    constants: dict[str, Constant]
    outputs: dict[str, tuple[int, ...]]


def read(model: Mapping[str, Any], weights: bytes) -> GraphModel:
    """Return a graph. ModelError: it is none, or its weights are not those of the manifest."""
    try:
        rows = {row["name"]: _node(row) for row in model["modelTopology"]["node"]}
        order = TopologicalSorter({name: [each.partition(":")[0] for each in row.inputs] for name, row in rows.items()})
        nodes = [rows[name] for name in order.static_order() if rows[name].operation not in ("Const", "Placeholder")]
        signature = model["signature"]
        return GraphModel(
            _shapes(signature["inputs"]), nodes, _constants(model["weightsManifest"], weights),
            _shapes(signature["outputs"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(_NO_GRAPH.of(error=sentence(error))) from error


def _node(row: Mapping[str, Any]) -> GraphNode:
    inputs = [name.removesuffix(":0") for name in row.get("input", []) if not name.startswith("^")]
    return GraphNode(row["name"], row["op"], inputs, {key: _value(each) for key, each in row.get("attr", {}).items()})


def _value(attribute: Mapping[str, Any]) -> Any:
    """Return an attribute's value: number, text (base64 in the file), list of integers; None of other kinds."""
    if "s" in attribute:
        return base64.b64decode(attribute["s"]).decode()
    if "list" in attribute:
        return [int(each) for each in attribute["list"].get("i", [])]
    return int(attribute["i"]) if "i" in attribute else attribute.get("f", attribute.get("b"))


def _shapes(signature: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    return {
        name.removesuffix(":0"): tuple(int(dim["size"]) for dim in each["tensorShape"]["dim"])
        for name, each in signature.items()
    }


def _constants(manifest: list[Mapping[str, Any]], weights: bytes) -> dict[str, Constant]:
    found, at = {}, 0
    for entry in (each for group in manifest for each in group["weights"]):
        quantised = entry.get("quantization", {})
        kind = np.dtype(_STORED[quantised.get("dtype", entry["dtype"])])
        count = math.prod(entry["shape"])
        values = np.frombuffer(weights, kind, count, at).reshape(entry["shape"])
        at += count * kind.itemsize
        if entry["dtype"] == "float32":
            found[entry["name"]] = (values * quantised.get("scale", 1.0) + quantised.get("min", 0.0)).astype(np.float32)
        else:
            found[entry["name"]] = values.astype(np.int64)
    if at != len(weights):
        raise ValueError(_OTHER_WEIGHTS.of(there=len(weights), wanted=at))
    return found
