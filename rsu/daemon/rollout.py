"""How the processes come onto a new site: one by one, the station first, and back if it does not work there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rsu.daemon.child import Child
from rsu.daemon.duty import Duty
from rsu.daemon.orders import Kill

STATION = "station"
_PATIENCE_S = 12.0  # with one process, before the next one's turn
_PROBATION_S = 30.0  # a station that fails so soon after may fail because of the new site


class Rollout:
    """One change of site. Times are monotonic seconds."""

    def __init__(self, before: Duty | None, names: Iterable[str], now: float) -> None:
        """`before`: where to go back to; `names`: of the processes that run on another site, in starting order."""
        self.before = before
        self._names = list(names)
        self._current: Child | None = None
        self._began = self._turn = now

    def look(self, children: Mapping[str, Child], now: float) -> Iterator[tuple[Child, Kill]]:
        """Yield the process to end now, so that it starts on the new site."""
        if self._current is not None and not self._current.renewed and now - self._turn < _PATIENCE_S:
            return
        self._current = children[self._names.pop(0)] if self._names else None
        if self._current is not None:
            self._turn = now
            yield from ((self._current, order) for order in self._current.renew(now))

    def failed(self, children: Mapping[str, Child]) -> Duty | None:
        """Return where to go back to, if the station does not even start on the new site."""
        return self.before if children[STATION].failing else None

    def over(self, now: float) -> bool:
        """Tell whether all have had their turn, and the station its time to prove itself."""
        return not self._names and now - self._began > _PROBATION_S
