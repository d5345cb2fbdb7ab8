"""Since when the platform acknowledges no record, by kind of record."""

from __future__ import annotations

import time
from collections.abc import Callable


class Silence:
    """Counts, for each kind, from the first record since whose sending no answer has come."""

    def __init__(self, patience_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing sent. `patience_s`: a platform may take so long; `clock`: monotonic, s."""
        self._patience_s = patience_s
        self._clock = clock
        self._asked_s: dict[str, float] = {}
        self._heard_s = float("-inf")  # last answer of any kind

    def restart(self) -> None:
        """Note that the connection is new."""
        self._asked_s.clear()

    def asked(self, kind: str) -> None:
        """Note that a record was sent that travels under a kind."""
        self._asked_s.setdefault(kind, self._clock())

    def answered(self, kind: str) -> None:
        """Note that records that travel under a kind were acknowledged or refused."""
        self._heard_s = self._clock()
        self._asked_s.pop(kind, None)

    def silent_s(self) -> float | None:
        """Return for how long nothing at all has come; None: something does, or nothing is due."""
        since_s = min(self._asked_s.values(), default=float("inf"))
        waited_s = self._clock() - since_s
        return waited_s if self._heard_s < since_s and waited_s > self._patience_s else None

    def kinds(self) -> dict[str, float]:
        """Return kind -> for how long it has had no answer, of those beyond patience."""
        now_s = self._clock()
        return {kind: now_s - since for kind, since in self._asked_s.items() if now_s - since > self._patience_s}
