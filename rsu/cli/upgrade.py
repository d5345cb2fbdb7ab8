"""`rsu upgrade`: another release of this software."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json

_IN_USE = Detail("{} is in use", "{} 已启用")
EXAMPLES = (
    "rsu upgrade /media/usb/rsu-0.2.0.rsu-release",
    "rsu upgrade /media/usb/rsu-0.2.0",
)


def command(
    package: Annotated[
        Path, typer.Argument(metavar="PACKAGE|FOLDER", help="the signed release, as a file or a folder")
    ],
    site: Annotated[Path, typer.Option(metavar="SITE.yaml", help="site file that it must take")] = Path(
        "/etc/rsu/site.yaml"
    ),
    as_json: Json = False,
) -> None:
    """Bring a signed release into use, and go back if it does not work.

    Two of the keys in /etc/rsu/trust/root.json must have signed it; it must be newer than the one in use, and not
    expired. It is put beside the one in use, and checks the site file. Then the daemon is started from it; if it does
    no worse than before for 10 s on end, it stays, else the box goes back within 120 s, also after a power cut.
    Site file and state are not touched. A box without internet needs a clock that is right.

    Exit code 8: refused, nothing was changed; 1: tried, and left again.
    """
    from rsu.core import folders
    from rsu.upgrade import trial
    from rsu.upgrade.releases import Releases

    where = trial.TrialPlace(site, folders.default_run(), Path("/etc/rsu/trust/root.json"))
    version = trial.upgrade(
        package, where, Releases(), trial.Systemd(), lambda text: typer.echo(text.told(spoken()), err=True)
    )
    print(json.dumps({"release": version}) if as_json else _IN_USE.of(version).told(spoken()))
