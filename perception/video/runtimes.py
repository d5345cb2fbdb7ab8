"""Loaded networks: ONNX files run by onnxruntime or OpenVINO, each an extra."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.float32]


class Model(Protocol):
    """A loaded network."""

    size: tuple[int, int]  # width and height of its input

    def run(self, tensor: Tensor) -> Tensor:
        """Return the output for an input (1, 3, height, width), 0..1; layouts (1, ..., ...): see `network`."""


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
        """Return the output (1, ..., ...) for an input (1, 3, height, width)."""
        return np.asarray(self._session.run(None, {self._input: tensor})[0], dtype=np.float32)


class OpenVino:
    """A model run by OpenVINO: faster on Intel's processors."""

    def __init__(self, path: Path, threads: int) -> None:
        import openvino  # an extra

        options = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
        self._model = openvino.Core().compile_model(str(path), "CPU", options)
        self.size = _size([side.get_length() if side.is_static else 0 for side in self._model.input(0).partial_shape])

    def run(self, tensor: Tensor) -> Tensor:
        """Return the output (1, ..., ...) for an input (1, 3, height, width)."""
        return np.asarray(self._model([tensor])[0], dtype=np.float32)


RUNTIMES: dict[str, type[OnnxRuntime] | type[OpenVino]] = {"onnxruntime": OnnxRuntime, "openvino": OpenVino}


def _size(shape: list[int | str]) -> tuple[int, int]:
    """Return width and height of an input shape (1, 3, height, width); 640 where the model leaves it open."""
    height, width = (side if isinstance(side, int) and side > 0 else 640 for side in shape[-2:])
    return width, height
