"""The hand-over of numbered things from one process to another over a bus that may drop: one protocol, go-back-N.

The sender numbers its things within a start without gaps, publishes each once, and keeps it until the receiver's
word (`Committed`) says that everything up to a number is held. The receiver takes a thing only when it is the next one,
and says its word again and again. Words without progress for RESEND_NS, while things are under way, make the sender go
back to the thing behind that number. To a silent receiver only the newest thing is published again, once in RESEND_NS:
by that it hears of the start.

So kill -9 of the receiver loses and doubles nothing; kill -9 of the sender loses things not held at that moment. Things
a sender with bounded memory gives up are reported to the receiver: as a marker (`handover`) or by its oldest thing
(`reel`). (`reel`). Pure; time comes in, steady.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Generic, Protocol, TypeVar

from rsu.bus.records import Committed

RESEND_NS = 1_000_000_000


class Numbered(Protocol):
    """A thing that can be handed over."""

    @property
    def seq(self) -> int:
        """Return its number within its start."""


Thing = TypeVar("Thing", bound=Numbered)


class Outbox(Generic[Thing]):
    """The sender's side of one start."""

    def __init__(self, start: str, before: int, at_once: int) -> None:
        """Begin. `before`: the number before the first; `at_once`: things published in one, at most."""
        self._start = start
        self._at_once = at_once
        self._things: list[Thing] = []  # not held, in order
        self._last = self._held = self._sent = before  # numbers: the newest, up to which is held, and was published
        self._heard = False  # a word, since things were published last
        self._moved = False  # the receiver, since then
        self._progress_ns = self._told_ns = 0

    def _add(self, thing: Thing) -> None:
        """Keep a new thing; it is published by the next `due`."""
        self._last = thing.seq
        self._things.append(thing)

    def committed(self, word: Committed) -> None:
        """Take the receiver's word; one behind an earlier word tells that it has lost things that it held."""
        if word.boot != self._start or word.seq > self._last:
            return
        self._heard = True
        if word.seq > self._held:
            self._moved = True
            del self._things[: bisect_right(self._things, word.seq, key=lambda thing: thing.seq)]
            self._cut(word.seq)
        elif word.seq < self._held:
            self._forgotten(word.seq, self._held)
            self._sent = word.seq
        self._held = word.seq

    def _cut(self, seq: int) -> None:
        """Take note that the first thing, which may stand for several numbers, is held up to one of them."""

    def _forgotten(self, seq: int, held: int) -> None:
        """Take note that the receiver has lost the numbers after `seq` up to `held`, which are not here any more."""

    def due(self, now_ns: int) -> list[Thing]:
        """Return the things to publish now: new ones, or, on words without progress for RESEND_NS, those not held."""
        if self._moved or self._sent <= self._held:
            self._progress_ns = now_ns
        elif self._heard and not 0 <= now_ns - self._progress_ns < RESEND_NS:  # clocks step back too
            self._sent, self._progress_ns = self._held, now_ns
        self._moved = self._heard = False
        begin = bisect_right(self._things, self._sent, key=lambda thing: thing.seq)
        due = self._things[begin : begin + self._at_once]
        if due:
            self._sent = due[-1].seq
        elif not 0 <= now_ns - self._told_ns < RESEND_NS:
            due = self._things[-1:]  # a new listener hears of this start
        if due:
            self._told_ns = now_ns
        return due


class Inlet:
    """The receiver's side: takes each number of each start once and in order."""

    def __init__(self, committed: Mapping[str, int], before: int) -> None:
        """Begin with the held numbers: start -> last number. `before`: the number before a start's first."""
        self._committed = dict(committed)
        self._accepted = dict(committed)
        self._before = before
        self._start: str | None = None

    def known(self, start: str) -> int:
        """Return up to which number was taken."""
        return self._accepted.get(start, self._before)

    def accept(self, start: str, first: int, last: int) -> bool:
        """Tell whether a thing that stands for these numbers is the next one; it counts as taken then."""
        self._start = start
        if not first <= self.known(start) + 1 <= last:
            return False
        self._accepted[start] = last
        return True

    def commit(self) -> None:
        """Note that everything taken is held."""
        self._committed = dict(self._accepted)

    def roll_back(self) -> None:
        """Note that things taken since the last commit are not held: the sender will publish it again."""
        self._accepted = dict(self._committed)

    def word(self) -> Committed | None:
        """Return the word for the sender that was heard last; None before any."""
        return None if self._start is None else Committed(self._start, self._committed.get(self._start, self._before))
