"""`rsu config rollback`: an earlier version of a site."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rsu.cli.common.options import Json, Site

EXAMPLES = (
    "rsu config rollback site.yaml",
    "rsu config rollback site.yaml --to 3",
)
Number = Annotated[
    int | None,
    typer.Option("--to", metavar="N", min=1, help="number of the version", show_default="the one before the last"),
]


def command(site: Site, to: Number = None, as_json: Json = False) -> None:
    """Put an earlier version of a site in the place of the present one.

    Site file, drop-ins, lane map and the files of drivers. It is checked first, and becomes the newest version. A
    running daemon takes it with: rsu reload

    Exit code 3: that version is not valid for this release; nothing was written.
    """
    from rsu.cli.views import config as view

    done = view.rolled_back(site, to)
    print(json.dumps(done.record(), ensure_ascii=False) if as_json else done.text())
