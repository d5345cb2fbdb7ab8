"""Bits out of octets in straight-line Python: the part of the generator that knows nothing of types.

A window of 64 octets is held as one integer: `w`, of which the lowest `r` bits are not read yet and end at bit `q` of
the message. Fields that follow each other without a condition are a run: the run is taken out of the window at once and
the fields out of the run. A run whose last field decides what follows takes the bits that may follow along: then these
need not be taken out of the window again. The data is padded, so that a window is always there; whether it was read
beyond its end is asked once, when all is done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from v2x.engine.coding import IrregularError
from v2x.engine.source import Source

WINDOW = 64  # octets that are read as one integer
MOST = 8 * WINDOW - 7  # bits that a window holds at any alignment
_TOGETHER = 60  # bits of a run and of what it takes along: Python's integers of two digits are fast
_AT_MOST = 120  # such bits where less would not do


class _Place(NamedTuple):
    """What is known of the window at a place of the source.

    Attributes:
        held: bits that it has at least.
        lag: bits that were read and not yet taken from `r`.
        ahead: the variable of the last run, and how many bits behind the run it holds.

    """

    held: int = 0
    lag: int = 0
    ahead: tuple[str, int] = ("", 0)


class Window:
    """The state of the generator: the run, and what is known of the window."""

    def __init__(self) -> None:
        self.source = Source({"Irregular": IrregularError, "number": int.from_bytes})
        self.place = _Place()
        self.wanted = 0  # bits that the window should have after the next reading
        self._run: list[tuple[str, int]] = []  # marks of the fields, and their sizes
        self._bits = 0  # in the run
        self._zero: list[int] = []  # places in the run that must be 0
        self._limits: dict[str, int] = {}  # fields that must not be more than a number
        self._found: dict[str, str] = {}  # expression by mark

    def resolved(self, text: str) -> str:
        """Put expressions in the place of marks."""
        return re.sub(r"\$\d+\$", lambda mark: self._found[mark[0]], text)

    def want(self, most: float) -> None:
        """See to it that the next reading of the window brings what will be read next, `most` bits."""
        if self.place.held - self._bits < most <= MOST - self._bits:
            self.wanted = max(self.wanted if self._run else 0, self._bits + int(most))

    def lost(self) -> None:
        """Know nothing of the window: code that was not generated here, or a loop, moves `r`."""
        self.place = _Place()

    def field(self, bits: int, most: int | None = None) -> str:
        """Read a number of `bits` bits, not more than `most`; return a mark that stands for its expression."""
        if not bits:
            return "0"
        if self._bits + bits > MOST:
            self.flush()
        mark = f"${len(self._found)}$"
        self._found[mark] = ""
        self._run.append((mark, bits))
        self._bits += bits
        if most is not None and most < (1 << bits) - 1:
            self._limits[mark] = most
        return mark

    def marker(self, extensible: bool) -> None:
        """Read an extension bit that must be 0."""
        if extensible:
            self._zero.append(self._bits)
            self.field(1)

    def variable(self, value: str) -> str:
        """Hold a value in a variable; what is in the run must have been written out."""
        found = self._found.get(value, value)
        if found.isidentifier():
            return found
        name = self.source.fresh("x")
        self.source.line(f"{name} = {value}")
        return name

    def flush(self) -> None:
        """Write out the run."""
        self._flush(0)

    def decide(self, most: float, least: float) -> None:
        """Write out the run, whose fields decide about what follows; take that along.

        `most`: bits of the longest that may follow; `least`: of the shortest.
        """
        room = _TOGETHER - self._bits
        if least < most and least <= room:
            self._flush(int(min(most, room)))
        else:
            self._flush(int(most) if self._bits + most <= _AT_MOST else 0)

    def _flush(self, ahead: int) -> None:
        bits, (run, left) = self._bits, self.place.ahead
        if bits and bits + ahead <= left:  # it was taken along
            self._find(run, left, MOST)
            self.place = self.place._replace(lag=self.place.lag + bits, ahead=(run, left - bits))
        elif bits:
            self._settle()
            self._take(bits, ahead)
        if not ahead:
            self._settle()
        self.place = self.place._replace(held=self.place.held - bits)
        self._run, self._bits, self._zero, self._limits = [], 0, [], {}

    def _settle(self) -> None:
        """Let `r` say what is left."""
        if self.place.lag:
            self.source.line(f"r -= {self.place.lag}")
        self.place = _Place(self.place.held)

    def _take(self, bits: int, ahead: int) -> None:
        """Take so many bits out of the window, and some along."""
        run, size = self.source.fresh("x"), bits + ahead
        self._need(size)
        if ahead:
            self.place = self.place._replace(lag=bits, ahead=(run, ahead))
            self.source.line(f"{run} = w >> r - {size} & {(1 << size) - 1:#x}")
        else:
            self.source.line(f"r -= {bits}")
            self.source.line(f"{run} = w >> r & {(1 << size) - 1:#x}")
        self._find(run, size, size)

    def _need(self, bits: int) -> None:
        """See to it that the window holds so many bits, or as many as are wanted."""
        if self.place.held >= bits:
            return
        held = max(bits, min(self.wanted, MOST))
        self.place = self.place._replace(held=held)
        with self.source.block(f"if r < {held}:"):
            self.source.line("p = q - r")
            self.source.line(f"w = number(d[p >> 3:(p >> 3) + {WINDOW}])")
            self.source.line(f"r = {8 * WINDOW} - (p & 7)")
            self.source.line("q = p + r")

    def _find(self, run: str, left: int, size: int) -> None:
        """Find the fields of the run in the `left` lowest bits of a variable of `size` bits, and check them."""
        conditions = []
        if self._zero:
            mask = sum(1 << left - 1 - place for place in self._zero)
            conditions.append(f"{run} & {mask:#x}" if size > 1 else run)
        for mark, bits in self._run:
            left -= bits
            expression = f"{run} >> {left}" if left else run
            if left + bits < size:
                expression = f"{expression} & {(1 << bits) - 1:#x}"
            if expression != run:
                expression = f"({expression})"
            if mark in self._limits:
                expression = self.variable(expression)
                conditions.append(f"{expression} > {self._limits[mark]}")
            self._found[mark] = expression
        if conditions:
            with self.source.block(f"if {' or '.join(conditions)}:"):
                self.source.line("raise Irregular")

    @contextmanager
    def ways(self) -> Iterator[Ways]:
        """Begin a fork: each way on starts here, and where they meet only that is known which is so on all of them."""
        ways = Ways(self)
        yield ways
        self.place = _Place(ways.held)


class Ways:
    """The ways of a fork; each writes out its run at its end."""

    def __init__(self, window: Window) -> None:
        self.held = window.place.held
        self._window = window
        self._fork = window.place

    @contextmanager
    def way(self, head: str) -> Iterator[None]:
        """Indent one way behind `head`, an `if`, `elif` or `else`."""
        self._window.place = self._fork
        with self._window.source.block(head):
            yield
            self._window.flush()
        self.held = min(self.held, self._window.place.held)
