"""`rsu model build`: a neural detector from public parts."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hw.detail import Detail
from rsu.cli.common.options import Json

EXAMPLES = (
    "rsu model build nanodet                      # nanodet.onnx here, from the npm registry",
    "rsu model build nanodet --out /etc/rsu --file human-models-3.0.4.tgz     # brought along: no network needed",
)

_NO_ONNX = Detail(
    "making models needs onnx: pip install 'rsu-edge[lab]'",
    "制作模型需要 onnx：pip install 'rsu-edge[lab]'",
)


class ModelName(StrEnum):
    """Models that can be made."""

    NANODET = "nanodet"


def command(
    name: Annotated[ModelName, typer.Argument(help="network")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="folder for the model and its notes")] = Path(),
    file: Annotated[
        Path | None,
        typer.Option(metavar="TGZ", help="the package, brought along", show_default="fetched with npm"),
    ] = None,
    registry: Annotated[
        str | None, typer.Option(metavar="URL", help="npm registry", show_default="npm's own setting")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a neural detector for cameras from a published package.

    Fetches the package (145 MB) or takes it from --file, checks its digest, and writes the model (15 MB, ONNX) with its
    classes and licences.
    """
    from rsu.lab.errors import MissingError
    from rsu.lab.models import package

    try:
        from rsu.lab.models import building
    except ModuleNotFoundError as error:
        raise MissingError(_NO_ONNX) from error

    files = package.opened(file) if file is not None else package.fetched(registry)
    built = building.write(files, out)
    print(json.dumps({"model": str(built.model), "notes": str(built.notes)}) if as_json else built.model)
