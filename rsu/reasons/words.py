"""The form of a reason's row."""

from __future__ import annotations

from typing import NamedTuple

from perception.objects import Modality


class Words(NamedTuple):
    """What a reason means and what to do about it, in English and Chinese."""

    text: str
    do: str  # empty: nothing
    text_zh: str
    do_zh: str
    by: tuple[Modality, ...] = ()  # of devices whose loss explains it
    after: tuple[str, ...] = ()  # other reasons that explain it
