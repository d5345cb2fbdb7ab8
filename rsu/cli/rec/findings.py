"""How findings on the sources of recordings are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rsu.lab.importing.findings import ImportFinding


def show(findings: list[ImportFinding], title: str) -> None:
    """Print findings under a title."""
    print(title if findings else f"{title} nothing")
    for each in findings:
        print(f"  {each.device}: {each.kind} x{each.count}, {each.first} to {each.last}: {each.text}")
