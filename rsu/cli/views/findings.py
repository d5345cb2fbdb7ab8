"""Findings of a check as text or JSON, and the exit code that they mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hw.detail import Detail, in_language
from rsu.cli.common.language import spoken
from rsu.core.exits import Exit

if TYPE_CHECKING:
    from rsu.core.errors import Finding
    from rsu.lab.live import HeardDevice

_FINE = Detail("fine", "正确")
_ERRORS = Detail("cannot be run: {errors} error{s}", "无法运行：{errors} 个错误")
_WARNINGS = Detail("can be run: {warnings} warning{ss}", "可以运行：{warnings} 个警告")
_BOTH = Detail(
    "cannot be run: {errors} error{s}, {warnings} warning{ss}", "无法运行：{errors} 个错误，{warnings} 个警告"
)


def show(
    file: Path,
    findings: list[Finding],
    strict: bool,
    as_json: bool,
    key: str = "site",
    devices: Sequence[HeardDevice] = (),
) -> None:
    """Print the findings on a file and end with the exit code. `key`: of the file in JSON; `devices`: heard live."""
    errors = sum(finding.level == "error" for finding in findings)
    if as_json:
        facts = {key: str(file), "errors": errors, "warnings": len(findings) - errors}
        live = {"devices": [each.record() for each in devices]} if devices else {}
        print(json.dumps(facts | {"findings": [finding._asdict() for finding in findings]} | live))
    else:
        language = spoken()
        verdict = in_language(_verdict(errors, len(findings) - errors), language)
        print("\n".join([*(finding.said(language) for finding in findings), f"{file}: {verdict}"]))
    if errors:
        raise typer.Exit(Exit.INVALID_CONFIG)
    found = (strict and findings) or not all(each.ok for each in devices)
    raise typer.Exit(Exit.FOUND if found else Exit.FINE)


def _verdict(errors: int, warnings: int) -> Detail:
    if not errors and not warnings:
        return _FINE
    row = _BOTH if errors and warnings else _ERRORS if errors else _WARNINGS
    return row.of(errors=errors, s="s" * (errors != 1), warnings=warnings, ss="s" * (warnings != 1))
