"""`rsu model build`: the model's file, and beside it a text with its origin, its classes and its licences."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import onnx

from rsu.lab.models import nanodet
from rsu.lab.models.package import INTEGRITY, NAME, VERSION, NetworkFiles
from rsu.site.video import COCO


class BuiltModel(NamedTuple):
    """The written files."""

    model: Path
    notes: Path


def write(files: NetworkFiles, folder: Path) -> BuiltModel:
    """Write the model into a folder. ModelError: no such network; OSError: not writable."""
    made = nanodet.build(files.topology, files.weights)
    folder.mkdir(parents=True, exist_ok=True)
    built = BuiltModel(folder / "nanodet.onnx", folder / "nanodet.txt")
    part = built.model.with_suffix(".part")
    part.write_bytes(made.SerializeToString())
    part.replace(built.model)
    built.notes.write_text(_notes(made, files.licence), encoding="utf-8")
    return built


def _notes(model: onnx.ModelProto, licence: str) -> str:
    classes = "\n".join(f"  {number}: {name}" for number, name in COCO.items())
    (given,), (found,) = model.graph.input, model.graph.output
    shapes = [[dim.dim_value for dim in each.type.tensor_type.shape.dim] for each in (given, found)]
    return f"""nanodet.onnx: NanoDet-g, made from {NAME} {VERSION} of the npm registry
({INTEGRITY})

Input {shapes[0]}: red, green, blue, 0..1. Output {shapes[1]}: centre x, y, width, height in px of the
input, then a score for each of COCO's classes. Those that are road users:

{classes}

In the site file: video: {{onnx: {{model: nanodet.onnx}}}}

The network and its weights are those of https://github.com/RangiLyu/nanodet, Copyright RangiLyu, under the Apache
License 2.0, https://www.apache.org/licenses/LICENSE-2.0. Changed: written in another format, with the input's
normalisation and the decoding of boxes added. The package that carries them has this licence:

{licence.strip()}
"""
