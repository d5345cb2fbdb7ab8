"""`rsu backup`: a site in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.options import Data, Json, Site

EXAMPLES = ("rsu backup /etc/rsu/site.yaml /media/usb/crossing-12.rsu-backup",)


def command(
    site: Site,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="backup to write; it holds the site's secrets")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Save a site for a replacement box.

    The folder of the site file with its secrets, and the daemon's state; no recordings. The daemon may run meanwhile.
    """
    from rsu.core import folders
    from rsu.upgrade import backup

    manifest = backup.save(out, site.absolute(), data or folders.default_data())
    if as_json:
        print(json.dumps({"backup": str(out), "files": len(manifest.files), "release": manifest.version}))
        return
    print(f"{out}: {len(manifest.files)} files, of release {manifest.version}")
