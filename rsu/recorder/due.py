"""Jobs that are done at intervals."""

from __future__ import annotations

import time


class Due:
    """Remembers when each job is due again; one that was never done is due."""

    def __init__(self) -> None:
        self._at_s: dict[str, float] = {}  # monotonic

    def is_due(self, what: str, period_s: float) -> bool:
        """Tell whether it is time for something, which is then due again in `period_s`."""
        now_s = time.monotonic()
        if now_s < self._at_s.get(what, 0.0):
            return False
        self._at_s[what] = now_s + period_s
        return True

    def now(self, what: str) -> None:
        """Let something be due."""
        self._at_s.pop(what, None)
