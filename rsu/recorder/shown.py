"""Parts of the station's snapshots for a recording: tracks and log lines for viewers, marks where events begin."""

from __future__ import annotations

from collections.abc import Iterator

from rsu.bus.snapshot import Snapshot
from rsu.recorder import views
from rsu.recorder.shelf import KeepMark
from rsu.recording.tick import Entry

_SHOWN_EVERY = 2  # of the snapshots


class Shown:
    """Remembers the parts of the snapshots that were used before."""

    def __init__(self) -> None:
        self._log = views.Log()
        self._snapshots = 0
        self._events: set[int] = set()  # those that are marked

    def entries(self, snapshot: Snapshot) -> Iterator[Entry]:
        """Yield the records for viewers."""
        self._snapshots += 1
        if self._snapshots % _SHOWN_EVERY == 0:
            yield views.tracks(snapshot)
        yield from self._log.lines(snapshot)

    def marks(self, snapshot: Snapshot) -> list[KeepMark]:
        """Return the marks of events that are worth keeping and began since the snapshot before."""
        new = [event for event in snapshot.events if event.keep and event.id not in self._events]
        self._events = {event.id for event in snapshot.events}
        return [KeepMark("event", snapshot.stamp_ns, f"event {event.code}") for event in new]
