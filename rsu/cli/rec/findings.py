"""How findings on the sources of recordings are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw.detail import Detail
from rsu.cli.common.language import spoken

if TYPE_CHECKING:
    from rsu.lab.importing.findings import ImportFinding

_NONE = Detail("none", "无")
_ROW = Detail("  {}: {} x{}, {} to {}: {}", "  {}：{} x{}，{} 至 {}：{}")


def show(findings: list[ImportFinding], title: Detail) -> None:
    """Print findings under a title."""
    from rsu.lab.importing.findings import told

    language = spoken()
    print(title.told(language) if findings else f"{title.told(language)} {_NONE.told(language)}")
    for each in findings:
        text = told(each.text, language)
        print(_ROW.of(each.device, each.kind, each.count, each.first, each.last, text).told(language))
