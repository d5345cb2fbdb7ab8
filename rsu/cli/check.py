"""`rsu check`: find the mistakes in a site's files before a box runs from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Run, Site
from rsu.cli.views import findings

if TYPE_CHECKING:
    from rsu.lab.live import HeardDevice

EXAMPLES = (
    "rsu check configs/demo.yaml",
    "rsu check --strict site.yaml    # exit code 1 also for warnings",
    "rsu check --live site.yaml      # and which data come from each device",
    "rsu check --json site.yaml      # the same for a program",
)


def command(
    site: Site,
    strict: Annotated[bool, typer.Option("--strict", help="exit code 1 when there are warnings")] = False,
    live: Annotated[bool, typer.Option("--live", help="open every port for 5 s and say which data come")] = False,
    run: Run = None,
    as_json: Json = False,
) -> None:
    """Check a site file before a box runs it.

    Its lane map and drivers are checked with it. Every finding is printed with line, column, key and a hint. A warning
    is a value that is possible but hardly meant.

    With --live the ports of all devices are opened, so that no daemon may run with them.

    Exit code 3: errors, with which the daemon does not run; 1: with --strict, warnings; with --live, a device from
    which not all comes that should.
    """
    from rsu.site import config

    found = config.check(site)
    devices: list[HeardDevice] = []
    if live and not any(each.level == "error" for each in found):
        from rsu.cli.views import check_live
        from rsu.core import folders

        devices = check_live.heard(site, run or folders.default_run())
        if not as_json:
            check_live.show(devices, spoken())
    findings.show(site, found, strict, as_json, devices=devices)
