"""`rsu config import`: a site from one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.options import Json, Site

EXAMPLES = ("rsu config import crossing.tar.gz site.yaml",)


def command(
    archive: Annotated[Path, typer.Argument(metavar="IN.tar.gz", help="archive that rsu config export wrote")],
    site: Site,
    as_json: Json = False,
) -> None:
    """Put a site that was exported in the place of a site file.

    It is checked first; the site before is kept as a version. Exit code 3: it is not valid; 8: the archive is damaged.
    Nothing was written then.
    """
    from rsu.cli.views import config as view

    done = view.imported(archive, site)
    print(json.dumps(done.record(), ensure_ascii=False) if as_json else done.text())
