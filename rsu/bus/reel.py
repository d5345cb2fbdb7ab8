"""The station's side of a recording without holes: it keeps its newest ticks and gives them again when asked.

The bus drops what a subscriber does not fetch, and the recorder starts after the station. The recorder asks for the
tick that it misses, and the station goes back to it. Pure; nobody waits for anybody.
"""

from __future__ import annotations

from collections import deque

from rsu.bus.records import Rewind, Tape

KEPT = 600  # ticks: a minute
KEPT_OCTETS = 48 << 20  # of what devices said in them; fewer ticks where they say more
READ_OCTETS = 300  # what keeping one piece of it costs beside its octets
AT_ONCE = 20  # ticks published in one, at most
PATIENCE_S = 5.0  # with a tick that is asked for
AGAIN_S = 1.0  # between two requests


class Reel:
    """The newest ticks of this start, and how far they were published."""

    def __init__(self) -> None:
        self._kept: deque[Tape] = deque()
        self._octets: deque[int] = deque()  # of each
        self._sum = 0
        self._next = 0  # the tick to publish next

    def add(self, tape: Tape) -> None:
        """Keep a new tick; give up the oldest where that is too much."""
        self._kept.append(tape)
        self._octets.append(sum(READ_OCTETS + len(read.data) for each in tape.rounds for read in each.reads))
        self._sum += self._octets[-1]
        while len(self._kept) > KEPT or (self._sum > KEPT_OCTETS and len(self._kept) > 1):
            self._kept.popleft()
            self._sum -= self._octets.popleft()

    def rewind(self, wish: Rewind) -> None:
        """Go back to a tick, as far as it is kept; a wish of another start is none."""
        if self._kept and wish.seed == self._kept[0].seed:
            self._next = min(self._next, wish.seq)

    def due(self) -> list[Tape]:
        """Return what to publish now: as a rule the tick that was just added."""
        if not self._kept:
            return []
        first = self._kept[0].seq
        begin = max(self._next, first) - first
        due = [self._kept[index] for index in range(begin, min(begin + AT_ONCE, len(self._kept)))]
        self._next = due[-1].seq + 1 if due else self._next
        return due


class Sequence:
    """The recorder's side: takes ticks in order, asks for those that are missing, gives up after a while. Pure."""

    def __init__(self, seed: bytes = b"", following: int = 0) -> None:
        """Begin; after an earlier recording with its seed and the number that follows its last tick."""
        self.lost = 0  # ticks that were given up
        self._seed = seed
        self._next = following
        self._asked_s: float | None = None  # when a missing tick was first asked for
        self._again_s = 0.0

    def take(self, tape: Tape, now_s: float) -> tuple[bool, Rewind | None]:
        """Return whether a tick is the next one to record, and what to ask the station. `now_s`: monotonic."""
        if tape.seed != self._seed:
            self._seed, self._asked_s = tape.seed, None
            self._next = 0 if tape.seq < KEPT else tape.seq
        if tape.seq < self._next:
            return False, None
        if tape.seq == self._next:
            self._next, self._asked_s = tape.seq + 1, None
            return True, None
        if self._asked_s is None:
            self._asked_s, self._again_s = now_s, now_s
        if now_s - self._asked_s > PATIENCE_S:
            self.lost += tape.seq - self._next
            self._next, self._asked_s = tape.seq + 1, None
            return True, None
        if now_s < self._again_s:
            return False, None
        self._again_s = now_s + AGAIN_S
        return False, Rewind(self._seed, self._next)
