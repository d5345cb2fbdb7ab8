"""Source text in the making: lines, fresh names, and the objects that the lines refer to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Source:
    """A function in the making.

    `names` are the globals of the function; `constant` adds to them.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self._lines: list[str] = []
        self._depth = 1
        self._fresh = 0

    def line(self, text: str) -> None:
        """Add a line."""
        self._lines.append("    " * self._depth + text)

    def fresh(self, letter: str) -> str:
        """Return a name that is not taken."""
        self._fresh += 1
        return f"{letter}{self._fresh}"

    def constant(self, value: object) -> str:
        """Return the name under which the function finds `value`."""
        name = self.fresh("K")
        self.names[name] = value
        return name

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Indent what is added inside behind `head`, an `if`, `elif`, `else` or `for`."""
        self.line(head)
        self._depth += 1
        yield
        self._depth -= 1

    def text(self, head: str) -> str:
        """Return the source of the function."""
        return "\n".join([head, *self._lines, ""])


def made(text: str, name: str, names: dict[str, Any]) -> Callable[[Any], Any]:
    """Execute the source of a function; return the function."""
    exec(compile(text, f"<{name}>", "exec"), names)  # generated from the schema, never from what is received
    function: Callable[[Any], Any] = names[name]
    return function
