"""`rsu run`: the daemon."""

from __future__ import annotations

from typing import Annotated

import typer

from rsu.cli.common.ends import until_interrupted
from rsu.cli.common.errors import usage
from rsu.cli.common.options import Data, Run, Site

EXAMPLES = (
    "rsu run site.yaml",
    "rsu run --run /tmp/rsu-1 --data /tmp/rsu-1/data site.yaml    # a second daemon on one machine",
    "rsu run --last-good site.yaml                                # as a service: never off air for a typing mistake",
)


def command(
    site: Site,
    run: Run = None,
    data: Data = None,
    last_good: Annotated[
        bool,
        typer.Option(
            "--last-good",
            help="if the site file cannot be used, run on the last one that could, else show its mistakes on the page",
        ),
    ] = False,
) -> None:
    """Run the daemon for a site.

    It runs until Ctrl-C or SIGTERM; on SIGHUP it reads the site file again. It logs on stderr, one JSON object per
    line.

    Exit code 3: the site file cannot be used; 6: another daemon has the run folder.
    """
    from rsu.core import folders
    from rsu.daemon.launch import launch

    run, data = run or folders.default_run(), data or folders.default_data()
    with usage():
        code = until_interrupted(lambda stop: launch(site, run, data, stop, last_good))
    raise typer.Exit(code)
