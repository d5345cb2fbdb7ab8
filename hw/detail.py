"""Texts of faults of devices, site files and commands: one row in both languages, beside the code that reports them.

Records, recordings and the platform carry the English text; where people read Chinese it is found by that
(`chinese`). Where a text stays in one process, both are kept together (`Detail.of`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple


class Detail(NamedTuple):
    """One sentence. `{}` or `{name}` in English is a figure or another sentence; Chinese may turn their order."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.en

    def told(self, language: str) -> str:
        """Return the text in a language."""
        return self.zh if language == "zh" else self.en

    def say(self, *figures: object) -> str:
        """Return the English text with its figures."""
        return self.en.format(*figures)

    def says(self, text: str) -> bool:
        """Tell whether an English text is this sentence, with any figures."""
        return _pattern(self.en, "(.+)").fullmatch(text) is not None

    def of(self, *figures: object, **named: object) -> Detail:
        """Return the sentence with its figures in both languages."""
        in_chinese = {name: in_language(each, "zh") for name, each in named.items()}
        zh = self.zh.format(*(in_language(each, "zh") for each in figures), **in_chinese)
        return Detail(self.en.format(*figures, **named), zh)


NOTHING = Detail("", "")
_PLACED = Detail("{place}: {reason}", "{place}：{reason}")


def sentence(reason: object) -> object:
    """Return the sentence that an error carries, else the argument itself: a sentence, a name, another error."""
    carried = reason.args[0] if isinstance(reason, Exception) and reason.args else reason
    return carried if isinstance(carried, Detail) else reason


def placed(place: object, reason: object) -> Detail:
    """Return a sentence, or an error's, behind the place that it is about."""
    return _PLACED.of(place=sentence(place), reason=sentence(reason))


def in_language(text: object, language: str) -> object:
    """Return a sentence in a language; anything else, such as a figure or a name, is the same in all."""
    return text.told(language) if isinstance(text, Detail) else text


_FIGURE = "((?:(?!: ).)+?)"  # holds no colon


@cache
def _pattern(en: str, last: str) -> re.Pattern[str]:
    """Return the pattern of a row. `last`: that of a figure with which it ends."""
    parts = _FIGURE.join(re.escape(part) for part in en.removesuffix("{}").split("{}"))
    return re.compile(parts + last * en.endswith("{}"), re.DOTALL)


def chinese(text: str, rows: Sequence[Detail]) -> str:
    """Return a text that rows have said in Chinese: whole, else its parts around a colon or commas, else as it is."""
    for end in [len(text), *(found.start() for found in reversed([*re.finditer(": ", text)]))]:
        if (said := _whole(text[:end], rows, _FIGURE)) is not None:
            return f"{said}：{chinese(text[end + 2 :], rows)}" if end < len(text) else said
    if (whole := _whole(text, rows, "(.+)")) is not None:
        return whole
    head, colon, rest = text.partition(": ")
    if colon:
        return f"{chinese(head, rows)}：{chinese(rest, rows)}"
    parts = [_whole(part, rows, _FIGURE) for part in text.split(", ")]
    return text if None in parts else "，".join(map(str, parts))


def _whole(text: str, rows: Sequence[Detail], last: str) -> str | None:
    for row in rows:
        if (found := _pattern(row.en, last).fullmatch(text)) is not None:
            return row.zh.format(*(chinese(part, rows) for part in found.groups()))
    return None
