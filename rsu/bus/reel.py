"""Ticks from the station to the recorder (`resend`): they are held once they are in a file, or there is none.

The recorder starts after the station, and again after it was killed: the station keeps a minute of ticks that no
recorder holds. Each tick says which is the oldest one kept, so that the recorder knows which ticks will never come.
"""

from __future__ import annotations

from collections import deque

import msgspec

from rsu.bus.resend import Inlet, Outbox
from rsu.bus.tape import Tape

BEFORE = -1  # ticks are numbered 0, 1, 2...
KEPT = 600  # ticks: a minute
KEPT_OCTETS = 48 << 20  # of the devices' octets in them; fewer ticks where devices send more
READ_OCTETS = 300  # overhead of each read beside its octets
AT_ONCE = 20  # ticks published in one, at most


def start_of(seed: bytes) -> str:
    """Return the name of a start of the station."""
    return seed.hex()[:16]


class Reel(Outbox[Tape]):
    """The ticks of this start that no recorder holds, as far as there is room for them."""

    def __init__(self, seed: bytes) -> None:
        """Begin a start."""
        super().__init__(start_of(seed), BEFORE, AT_ONCE)
        self._octets: deque[int] = deque()  # of each
        self._sum = 0

    def add(self, tape: Tape) -> None:
        """Keep a new tick; give up the oldest where that is too much."""
        self._add(tape)
        self._octets.append(sum(READ_OCTETS + len(read.data) for each in tape.rounds for read in each.reads))
        self._sum += self._octets[-1]
        while len(self._things) > KEPT or (self._sum > KEPT_OCTETS and len(self._things) > 1):
            del self._things[0]
            self._sum -= self._octets.popleft()

    def _cut(self, seq: int) -> None:
        while len(self._octets) > len(self._things):
            self._sum -= self._octets.popleft()

    def due(self, now_ns: int) -> list[Tape]:
        """Return the ticks to publish now: as a rule the one just added."""
        due = super().due(now_ns)
        return [msgspec.structs.replace(tape, oldest=self._things[0].seq) for tape in due]


class TickInlet(Inlet):
    """The recorder's side."""

    def __init__(self, seed: bytes | None = None, last: int = BEFORE) -> None:
        """Begin; after an earlier recording with its seed and the number of its last tick."""
        super().__init__({} if seed is None else {start_of(seed): last}, BEFORE)
        self.lost = 0  # ticks that will never come, of starts of which there were some

    def take(self, tape: Tape) -> bool:
        """Tell whether a tick is the next one to record."""
        start, known = start_of(tape.seed), self.known(start_of(tape.seed))
        begun, gap = start in self._accepted, tape.seq == tape.oldest and tape.seq > known + 1
        taken = self.accept(start, known + 1 if gap else tape.seq, tape.seq)
        self.lost += tape.seq - known - 1 if gap and begun else 0
        return taken
