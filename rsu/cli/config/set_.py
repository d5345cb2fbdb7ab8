"""`rsu config set`: change values of a site file."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rsu.cli.common.options import Json, Site

EXAMPLES = (
    "rsu config set site.yaml page.port=18090",
    "rsu config set site.yaml sensors.camera-north.mount.yaw_deg=2.5 --into 20-aim.yaml    # in conf.d",
    "rsu config set site.yaml recording.max_age_h=null    # back to the default",
)
Values = Annotated[
    list[str], typer.Argument(metavar="KEY=VALUE", help="value as it is typed in YAML; null: take it away")
]
Into = Annotated[
    str | None,
    typer.Option(
        metavar="NN-NAME.yaml", help="drop-in to write the values into", show_default="the file in which each stands"
    ),
]


def command(site: Site, values: Values, into: Into = None, as_json: Json = False) -> None:
    """Change values of a site file; comments stay.

    The site is checked with the new values first; only a valid one is written, whole. The versions before and after are
    kept: rsu config history. A running daemon takes them with: rsu reload

    Exit code 3: the site would not be valid; nothing was written.
    """
    from rsu.cli.views import config as view

    done = view.set_values(site, values, into)
    print(json.dumps(done.record(), ensure_ascii=False) if as_json else done.text())
