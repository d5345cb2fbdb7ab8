"""The marked parts of pages that are made of rows in the code, and how pages are renewed.

A part lies between the lines `[//]: # (NAME)` and `[//]: # (end)`, which no reader of the page sees.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_PART = re.compile(
    r"^\[//\]: # \((?!end\))(?P<name>[^)\n]+)\)\n(?P<body>.*?)^\[//\]: # \(end\)$", re.MULTILINE | re.DOTALL
)


def names(text: str) -> list[str]:
    """Return the names of a page's parts."""
    return [found["name"] for found in _PART.finditer(text)]


def renewed(text: str, language: str, parts: Mapping[str, Callable[[str], str]]) -> str:
    """Return a page with its parts as the code has them now. KeyError: a part that is not in `parts`."""

    def part(found: re.Match[str]) -> str:
        return f"[//]: # ({found['name']})\n\n{parts[found['name']](language)}\n\n[//]: # (end)"

    return _PART.sub(part, text)
