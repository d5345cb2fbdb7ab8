"""`rsu restore`: a site from its backup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.options import Data, Json, Site

EXAMPLES = ("rsu restore /media/usb/crossing-12.rsu-backup /etc/rsu/site.yaml",)


def command(
    backup: Annotated[Path, typer.Argument(metavar="FILE", help="backup")],
    site: Site,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Put a site from its backup onto a replacement box.

    The box must have no site file yet. Start the daemon afterwards, or restart the box: systemctl restart rsu

    Exit code 8: the backup is damaged; 6: the box has a site already. Nothing was changed then.
    """
    from rsu.core import folders
    from rsu.upgrade import backup as backups

    manifest = backups.restore(backup, site.absolute(), data or folders.default_data())
    if as_json:
        print(json.dumps({"site": str(site), "files": len(manifest.files), "release": manifest.version}))
        return
    print(f"{site}: {len(manifest.files)} files, of release {manifest.version}")
