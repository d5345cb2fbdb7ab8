"""`rsu config export`: a site in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.options import Site

EXAMPLES = ("rsu config export site.yaml crossing.tar.gz",)


def command(site: Site, out: Annotated[Path, typer.Argument(metavar="OUT.tar.gz", help="archive to write")]) -> None:
    """Write a site with its drop-ins, lane map and drivers' files into one file.

    Neither secrets nor recordings nor the daemon's state are in it: for those see rsu backup. Exit code 3: the site is
    not valid.
    """
    from rsu.site import exchange

    exchange.export(site, out)
