"""How the processes come onto a new site: the station first, at work; then, one by one, those that must start on it.

A station that does not follow is started on the new site like the others; if it does not work there, all go back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rsu.daemon.child import Child
from rsu.daemon.duty import Duty
from rsu.daemon.orders import Kill

STATION = "station"
_FOLLOWS_S = 5.0  # a station at work reads and builds a site in less than one
_PATIENCE_S = 12.0  # with one process, before the next one's turn
_PROBATION_S = 30.0  # a station that fails so soon after may fail because of the new site


class Rollout:
    """One change of site. Times are monotonic seconds."""

    def __init__(self, before: Duty | None, site: str, names: Iterable[str], now: float) -> None:
        """`before`: where to go back to; `site`: path of the new one; `names`: of those that must start, in order."""
        self.before = before
        self._site = site
        self._names = [STATION, *(name for name in names if name != STATION)]
        self._current: Child | None = None
        self._began = self._turn = now

    @property
    def left(self) -> list[str]:
        """Return the processes that have not had their turn."""
        return self._names

    def look(self, children: Mapping[str, Child], now: float) -> Iterator[tuple[Child, Kill]]:
        """Yield the process to end now, so that it starts on the new site."""
        if self._names[:1] == [STATION] and not self._follows(children[STATION], now):
            return
        if self._current is not None and not self._current.renewed and now - self._turn < _PATIENCE_S:
            return
        self._current = children[self._names.pop(0)] if self._names else None
        if self._current is not None and self._current.site != self._site:
            self._turn = now
            yield from ((self._current, order) for order in self._current.renew(now))

    def _follows(self, station: Child, now: float) -> bool:
        """Tell whether a station has followed, or is not to be waited for any longer."""
        return not station.working or station.site == self._site or now - self._began > _FOLLOWS_S

    def failed(self, children: Mapping[str, Child]) -> Duty | None:
        """Return where to go back to, if the station does not even start on the new site."""
        return self.before if children[STATION].failing else None

    def over(self, now: float) -> bool:
        """Tell whether all have had their turn, and the station its time to prove itself."""
        return not self._names and now - self._began > _PROBATION_S
