"""`rsu corridor key`: the key pair with which a box proves itself to its neighbours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.options import Json

EXAMPLES = (
    "rsu corridor key /etc/rsu/credentials/corridor",
    "rsu corridor key corridor.key --json",
)


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="file of the secret key; one that is there is kept")],
    as_json: Json = False,
) -> None:
    """Make the key pair of a box, and print the public key.

    The public key belongs into the site files of the neighbours. Of a file that is there the public key is printed
    again.
    """
    from rsu.cli.common.errors import usage
    from rsu.corridor import keys

    path = file.resolve()
    with usage():
        pair = keys.read(path) if path.exists() else keys.make(path)
    public = pair.public.decode()
    print(json.dumps({"public_key": public}) if as_json else public)
