"""The form of a reason's row."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple, Self

from hw.modality import OTHER, Gives, Modality


class Words(NamedTuple):
    """A reason's code, meaning and remedy, in English and Chinese; {device}: such a device."""

    code: str  # as records carry it
    text: str
    do: str  # empty: nothing
    text_zh: str
    do_zh: str
    by: Gives | None = None  # purpose of the devices whose loss explains it
    after: tuple[str, ...] = ()  # other reasons that explain it

    def of(self, device: Modality = OTHER) -> Words:
        """Return the row as it is said of a device."""
        text, text_zh = self.text.replace("{device}", device.en), self.text_zh.replace("{device}", device.zh)
        return self._replace(text=text, text_zh=text_zh)


class Reason(StrEnum):
    """Base of all reasons: each is its code, and stands with its words."""

    words: Words

    def __new__(cls, *row: Any) -> Self:
        """Make a member of its row, whose fields the enumeration hands over."""
        member = str.__new__(cls, row[0])
        member._value_ = row[0]
        member.words = Words(*row)
        return member
