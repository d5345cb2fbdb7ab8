"""`rsu check`: what is wrong with a site's files, and what is hardly meant so, before a box runs from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rsu.core.exits import Exit


def check(
    site: Annotated[Path, typer.Argument(metavar="SITE.yaml", help="the site file")],
    strict: Annotated[bool, typer.Option("--strict", help="exit code 1 when there are warnings")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="a list of all findings on stdout")] = False,
) -> None:
    """Check a site file with its lane map and drivers; print every finding with line, column, key and a hint.

    Errors keep the daemon from running (exit code 3). Warnings do not: a value that is possible and hardly meant so.
    """
    from rsu.site import config

    findings = config.check(site)
    errors = sum(finding.level == "error" for finding in findings)
    if as_json:
        print(json.dumps([finding._asdict() for finding in findings]))
    else:
        print("\n".join([*map(str, findings), f"{site}: {_verdict(errors, len(findings) - errors)}"]))
    if errors:
        raise typer.Exit(Exit.INVALID_CONFIG)
    raise typer.Exit(Exit.FOUND if strict and findings else Exit.FINE)


def _verdict(errors: int, warnings: int) -> str:
    counted = [f"{n} {word}{'s' * (n != 1)}" for n, word in ((errors, "error"), (warnings, "warning")) if n]
    return ("cannot be run: " if errors else "can be run: ") + ", ".join(counted) if counted else "fine"
