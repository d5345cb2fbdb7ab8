"""The account of an import: facts read, values assumed, parts left out with the reason; nothing is dropped silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple

from hw.detail import Detail

Kind = Literal["read", "assumed", "left out"]
KINDS: dict[Kind, Detail] = {
    "read": Detail("read", "已读取"),
    "assumed": Detail("assumed", "已假定"),
    "left out": Detail("left out", "未采用"),
}
_TIMES = Detail("{text} ({count} times)", "{text}（{count} 次）")


class Note(NamedTuple):
    """One sentence of the account."""

    kind: Kind
    text: Detail


class Notes:
    """The account while it is written; the same sentence again is counted."""

    def __init__(self) -> None:
        self._found: Counter[Note] = Counter()

    def read(self, text: Detail) -> None:
        """Tell of something that was taken over."""
        self._found[Note("read", text)] += 1

    def assumed(self, text: Detail) -> None:
        """Tell of a value that the file does not have."""
        self._found[Note("assumed", text)] += 1

    def left_out(self, text: Detail) -> None:
        """Tell of something that the lane map does not have, and why."""
        self._found[Note("left out", text)] += 1

    def extend(self, other: Notes) -> None:
        """Take over the sentences of another account."""
        self._found.update(other._found)

    def __iter__(self) -> Iterator[Note]:
        """Yield the sentences by kind, in the order in which they came."""
        for kind in KINDS:
            for note, count in self._found.items():
                if note.kind == kind:
                    text = note.text if count == 1 else _TIMES.of(text=note.text, count=count)
                    yield Note(kind, text)
