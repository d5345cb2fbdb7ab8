"""`rsu check`: find the mistakes in a site's files before a box runs from them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rsu.cli.common.options import Json, Site
from rsu.core.exits import Exit

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

    findings = config.check(site)
    errors = sum(finding.level == "error" for finding in findings)
    if as_json:
        facts = {"site": str(site), "errors": errors, "warnings": len(findings) - errors}
        print(json.dumps(facts | {"findings": [finding._asdict() for finding in findings]}))
    else:
        print("\n".join([*map(str, findings), f"{site}: {_verdict(errors, len(findings) - errors)}"]))
    if errors:
        raise typer.Exit(Exit.INVALID_CONFIG)
    raise typer.Exit(Exit.FOUND if strict and findings else Exit.FINE)


def _verdict(errors: int, warnings: int) -> str:
    counted = [f"{n} {word}{'s' * (n != 1)}" for n, word in ((errors, "error"), (warnings, "warning")) if n]
    return ("cannot be run: " if errors else "can be run: ") + ", ".join(counted) if counted else "fine"
