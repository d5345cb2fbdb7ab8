"""`rsu config export`: a site in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.options import Json, Site

EXAMPLES = ("rsu config export site.yaml crossing.tar.gz",)


def command(
    site: Site,
    out: Annotated[Path, typer.Argument(metavar="OUT.tar.gz", help="archive to write")],
    as_json: Json = False,
) -> None:
    """Write a site with all its files into one archive.

    Drop-ins, lane map, the drivers' files. Neither secrets nor recordings nor the daemon's state are in it: for those
    see rsu backup. Exit code 3: the site is not valid.
    """
    from rsu.site import exchange

    exchange.export(site, out)
    print(json.dumps({"file": str(out)}) if as_json else out)
