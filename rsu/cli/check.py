"""`rsu check`: find the mistakes in a site's files before a box runs from them."""

from __future__ import annotations

from typing import Annotated

import typer

from rsu.cli.common.options import Json, Site
from rsu.cli.views import findings

EXAMPLES = (
    "rsu check configs/demo.yaml",
    "rsu check --strict site.yaml    # exit code 1 also for warnings",
    "rsu check --json site.yaml      # the same for a program",
)


def command(
    site: Site,
    strict: Annotated[bool, typer.Option("--strict", help="exit code 1 when there are warnings")] = False,
    as_json: Json = False,
) -> None:
    """Check a site file before a box runs it.

    Its lane map and drivers are checked with it. Every finding is printed with line, column, key and a hint. A warning
    is a value that is possible but hardly meant.

    Exit code 3: errors, with which the daemon does not run; 1: with --strict, warnings.
    """
    from rsu.site import config

    findings.show(site, config.check(site), strict, as_json)
