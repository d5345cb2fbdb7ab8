"""What is wrong with a device, in words: one row in both languages, beside the code that says it.

Records, recordings and the platform carry the English text; where people read Chinese it is found by that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple


class Detail(NamedTuple):
    """One sentence. `{}` in English is a figure or another sentence; Chinese may turn their order: `{1}`, `{0}`."""

    en: str
    zh: str

    def say(self, *figures: object) -> str:
        """Return the English text with its figures."""
        return self.en.format(*figures)


@cache
def _pattern(en: str) -> re.Pattern[str]:
    parts = "((?:(?!: ).)+?)".join(re.escape(part) for part in en.removesuffix("{}").split("{}"))
    return re.compile(parts + "(.+)" * en.endswith("{}"), re.DOTALL)  # the last figure alone may hold a colon


def chinese(text: str, rows: Sequence[Detail]) -> str:
    """Return a text that rows have said in Chinese: whole, else its parts around a colon or commas, else as it is."""
    if (whole := _whole(text, rows)) is not None:
        return whole
    head, colon, rest = text.partition(": ")
    if colon:
        return f"{chinese(head, rows)}：{chinese(rest, rows)}"
    parts = [_whole(part, rows) for part in text.split(", ")]
    return text if None in parts else "，".join(map(str, parts))


def _whole(text: str, rows: Sequence[Detail]) -> str | None:
    for row in rows:
        if (found := _pattern(row.en).fullmatch(text)) is not None:
            return row.zh.format(*(chinese(part, rows) for part in found.groups()))
    return None
