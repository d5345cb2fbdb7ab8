"""`rsu config explain`: the meaning of a key."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json

EXAMPLES = (
    "rsu config explain page.port",
    "rsu config explain sensors.camera-north.mount    # all keys below it",
)


def command(
    key: Annotated[str, typer.Argument(metavar="KEY", help="key, with dots between its parts")],
    as_json: Json = False,
) -> None:
    """Explain a key of the site file.

    Its meaning, range, unit and default, and the effect of a change: live, or the restart of a process.
    """
    from rsu.cli.views import config as view

    found = view.explained(key, spoken())
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print("\n\n".join("\n".join(f"{name}: {text}" for name, text in each.items()) for each in found))
