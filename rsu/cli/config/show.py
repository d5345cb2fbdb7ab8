"""`rsu config show`: the values of a site file and its drop-ins."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rsu.cli.common.options import Json, Site

EXAMPLES = (
    "rsu config show site.yaml",
    "rsu config show --origin site.yaml | grep yaw_deg    # in which file and line each value stands",
)


def command(
    site: Site,
    origin: Annotated[bool, typer.Option("--origin", help="say where each value stands: file and line")] = False,
    as_json: Json = False,
) -> None:
    """Show the values that count, of a site file and its drop-ins.

    One line a value, defaults too. Exit code 3: the site file has errors.
    """
    from rsu.cli.views import config as view

    found = view.shown(site)
    if as_json:
        print(
            json.dumps({each.key: {"value": each.value, "origin": each.origin} for each in found}, ensure_ascii=False)
        )
        return
    for each in found:
        text = f"{each.key}: {view.typed(each.value)}"
        print(f"{text}    # {each.origin}" if origin else text)
