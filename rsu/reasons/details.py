"""Details of devices and clocks in Chinese: by the rows of all drivers, and those that hold for every device."""

from __future__ import annotations

from functools import cache

from hw import checkup, detail, registry
from rsu.reasons import doubts


@cache
def _rows() -> tuple[detail.Detail, ...]:
    """Return all rows; a driver that cannot be imported has none."""
    found = [*checkup.DETAILS, *doubts.DETAILS]
    for kind in registry.kinds():
        try:
            found += registry.details(kind)
        except ImportError:
            continue
    return tuple(dict.fromkeys(found))


def said(text: str, language: str) -> str:
    """Return a detail, which records carry in English, in a language."""
    return detail.chinese(text, _rows()) if language == "zh" and text else text
