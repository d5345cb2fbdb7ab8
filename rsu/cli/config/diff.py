"""`rsu config diff`: the difference between two versions of a site."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rsu.cli.common.options import Json, Run, Site

EXAMPLES = (
    "rsu config diff site.yaml                  # against the one that the daemon runs with",
    "rsu config diff site.yaml --to 3           # against version 3",
    "rsu config diff site.yaml --to other.yaml",
)
To = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="N|SITE.yaml", help="version or site file to compare with", show_default="the daemon's"
    ),
]


def command(site: Site, to: To = None, run: Run = None, as_json: Json = False) -> None:
    """Show the differences of a site file from another version.

    The value of the other version stands first; behind it the effect of the difference. Exit code 1: they differ.
    """
    from rsu.cli.views import config as view
    from rsu.core import folders
    from rsu.core.exits import Exit

    found = view.differences(site, to, run or folders.default_run())
    if as_json:
        print(json.dumps([each._asdict() | {"effect": each.effect} for each in found], ensure_ascii=False))
    elif found:
        print("\n".join(map(view.line, found)))
    raise typer.Exit(Exit.FOUND if found else Exit.FINE)
