"""`rsu check`: find the mistakes in a site's files before a box runs from them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from hw.detail import Detail, in_language
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Site
from rsu.core.exits import Exit

_FINE = Detail("fine", "正确")
_ERRORS = Detail("cannot be run: {errors} error{s}", "无法运行：{errors} 个错误")
_WARNINGS = Detail("can be run: {warnings} warning{ss}", "可以运行：{warnings} 个警告")
_BOTH = Detail(
    "cannot be run: {errors} error{s}, {warnings} warning{ss}", "无法运行：{errors} 个错误，{warnings} 个警告"
)
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
        language = spoken()
        verdict = in_language(_verdict(errors, len(findings) - errors), language)
        print("\n".join([*(finding.said(language) for finding in findings), f"{site}: {verdict}"]))
    if errors:
        raise typer.Exit(Exit.INVALID_CONFIG)
    raise typer.Exit(Exit.FOUND if strict and findings else Exit.FINE)


def _verdict(errors: int, warnings: int) -> Detail:
    if not errors and not warnings:
        return _FINE
    row = _BOTH if errors and warnings else _ERRORS if errors else _WARNINGS
    return row.of(errors=errors, s="s" * (errors != 1), warnings=warnings, ss="s" * (warnings != 1))
