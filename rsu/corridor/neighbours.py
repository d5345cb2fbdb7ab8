"""The neighbours' messages: checked, counted, timed."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Sequence

import numpy as np
import structlog

from perception.corridor.shared import NeighbourOffset, SharedTracks
from perception.geo import Reference
from rsu.bus.corridor import NeighbourView
from rsu.corridor import wire

_KEPT = 600  # delays: a minute of 10 Hz
_HEARD_NS = 1_000_000_000
_log = structlog.get_logger()


class _NeighbourLog:
    """One neighbour."""

    def __init__(self) -> None:
        self.delays_ms: deque[float] = deque(maxlen=_KEPT)
        self.receipt_ns: int | None = None
        self.sent_ns = 0
        self.road_users = 0
        self.refused: Counter[str] = Counter()


class Neighbours:
    """All neighbours of a box, by name."""

    def __init__(self, names: Collection[str]) -> None:
        self._heard = {name: _NeighbourLog() for name in names}

    def take(self, name: str, octets: bytes, receipt_ns: int, reference: Reference) -> SharedTracks | None:
        """Return the tracks of a message of a neighbour in our site frame; None: it is counted and not used."""
        heard = self._heard[name]
        try:
            message = wire.decode(octets)
        except ValueError as error:
            self._refuse(name, "malformed", str(error))
            return None
        resting = heard.receipt_ns is None or receipt_ns - heard.receipt_ns > _HEARD_NS  # its clock may be set back
        repeated = message.sent_ns <= heard.sent_ns and not resting
        if repeated or message.tracks.box != name:
            self._refuse(name, "not newer" if repeated else "other name", message.tracks.box)
            return None
        heard.sent_ns, heard.receipt_ns, heard.road_users = message.sent_ns, receipt_ns, len(message.tracks)
        heard.delays_ms.append((receipt_ns - message.sent_ns) * 1e-6)
        return wire.in_frame(message, reference)

    def _refuse(self, name: str, reason: str, text: str) -> None:
        counts = self._heard[name].refused
        if not counts[reason]:
            _log.warning("tracks of a neighbour not used", neighbour=name, reason=reason, text=text)
        counts[reason] += 1

    def views(self, offsets: Sequence[NeighbourOffset], now_ns: int) -> list[NeighbourView]:
        """Return every neighbour as people see it; `offsets`: of those that were heard."""
        known = {each.box: each for each in offsets}
        return [self._view(name, known.get(name), now_ns) for name in self._heard]

    def _view(self, name: str, offset: NeighbourOffset | None, now_ns: int) -> NeighbourView:
        heard = self._heard[name]
        age_ns = None if heard.receipt_ns is None else max(0, now_ns - heard.receipt_ns)
        p50, p99 = np.percentile(heard.delays_ms, [50, 99]).round(2).tolist() if heard.delays_ms else (None, None)
        return NeighbourView(
            box=name,
            heard=age_ns is not None and age_ns < _HEARD_NS,
            age_ms=None if age_ns is None else age_ns // 1_000_000,
            delay_p50_ms=p50,
            delay_p99_ms=p99,
            road_users=heard.road_users,
            offset=offset,
            refused=dict(heard.refused),
        )
