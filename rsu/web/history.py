"""The last two days of a box in a small database: changes of state, minute means of rates, events.

    history.db     changes (ns, name, state), minutes (ns, means as JSON), events; at most a few MiB

It survives restarts of processes and of the box. It is written at most every ten seconds, and only where something is
new; a disk that fails costs the newest entries and nothing else.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
import structlog

from rsu.bus.changes import StateChanges
from rsu.bus.snapshot import EventView

NAME = "history.db"
KEPT_NS = 48 * 3600 * 1_000_000_000
MINUTE_NS = 60_000_000_000
MOST_CHANGES, MOST_EVENTS = 20_000, 5_000  # rows
_MOST_WAITING = 1000  # between two writes: a thing that flutters costs its oldest changes
_log = structlog.get_logger()
_TABLES = """
CREATE TABLE IF NOT EXISTS changes (ns INTEGER, name TEXT, state TEXT);
CREATE INDEX IF NOT EXISTS changes_by_time ON changes (ns);
CREATE TABLE IF NOT EXISTS minutes (ns INTEGER PRIMARY KEY, means BLOB);
CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, begin_ns INTEGER, end_ns INTEGER, event BLOB);
"""


class PastChange(NamedTuple):
    """One change of state."""

    ns: int  # UTC
    name: str
    state: str


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database for one transaction. sqlite3.Error: it is damaged, or the disk fails."""
    database = sqlite3.connect(path, timeout=2.0)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.executescript(_TABLES)
        with database:
            yield database
    finally:
        database.close()


class BoxHistory:
    """Takes states and figures as they come; `write` and the questions may be asked from another thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._lock = threading.Lock()
        self._states = StateChanges()
        self._changes: deque[PastChange] = deque(maxlen=_MOST_WAITING)
        self._sums: dict[int, dict[str, tuple[float, int]]] = {}  # minute -> name -> sum, count
        self._events: dict[str, tuple[int, int, EventView]] = {}  # those of the last minute: begin, last seen
        self._new = False  # one of them began or ended
        self._known: dict[str, str] | None = None  # last states on disk
        self._failed = False

    def states(self, states: Mapping[str, str], now_ns: int) -> None:
        """Take the states of things by name, UTC."""
        self._changes += (PastChange(now_ns, name, state) for name, state, _ in self._states.note(states, now_ns))

    def figures(self, figures: Mapping[str, float], now_ns: int) -> None:
        """Take figures by name, UTC."""
        minute = self._sums.setdefault(now_ns // MINUTE_NS * MINUTE_NS, {})
        for name, value in figures.items():
            total, count = minute.get(name, (0.0, 0))
            minute[name] = total + value, count + 1

    def running(self, boot: str, events: Iterable[EventView], now_ns: int) -> None:
        """Take the events of a start of the station as they are now, UTC."""
        for event in events:
            name = f"{boot} {event.id}"
            self._new |= self._events.get(name, (0, 0, event))[2].state != event.state or name not in self._events
            self._events[name] = event.since_ns, now_ns, event

    def write(self, now_ns: int) -> None:
        """Write the new entries, if there are any, and remove the oldest ones."""
        whole = any(minute < now_ns // MINUTE_NS * MINUTE_NS for minute in self._sums)
        if not (self._changes or self._new or whole):
            return
        try:
            with self._lock, _opened(self._path) as database:
                self._store(database, now_ns)
            self._failed = False
        except sqlite3.Error as error:
            if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
                self._path.unlink(missing_ok=True)  # damaged: it begins anew
            if not self._failed:
                _log.error("history not written", file=NAME, why=str(error))
            self._failed = True

    def _store(self, database: sqlite3.Connection, now_ns: int) -> None:
        if self._known is None:
            last = database.execute("SELECT name, state, max(ns) FROM changes GROUP BY name")
            self._known = {name: state for name, state, _ in last}
        while self._changes:
            change = self._changes.popleft()
            if self._known.get(change.name) != change.state:
                self._known[change.name] = change.state
                database.execute("INSERT INTO changes VALUES (?, ?, ?)", change)
        for minute in [each for each in self._sums if each < now_ns // MINUTE_NS * MINUTE_NS]:
            means = {name: round(total / count, 2) for name, (total, count) in self._sums.pop(minute).items()}
            database.execute("INSERT OR REPLACE INTO minutes VALUES (?, ?)", (minute, msgspec.json.encode(means)))
        for name, (begin_ns, end_ns, event) in list(self._events.items()):
            row = (name, begin_ns, end_ns, msgspec.json.encode(event))
            database.execute("INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?)", row)
            if now_ns - end_ns > MINUTE_NS:
                del self._events[name]
        self._new = False
        for table, column, most in (
            ("changes", "ns", MOST_CHANGES),
            ("minutes", "ns", 0),
            ("events", "end_ns", MOST_EVENTS),
        ):
            database.execute(f"DELETE FROM {table} WHERE {column} < ?", (now_ns - KEPT_NS,))
            if most:
                database.execute(f"DELETE FROM {table} WHERE rowid <= (SELECT max(rowid) FROM {table}) - {most}")

    def changes(self, begin_ns: int) -> list[PastChange]:
        """Return the changes since a moment, the oldest first, and before them the state of each thing at it."""
        before = "SELECT max(ns), name, state FROM changes WHERE ns < ? GROUP BY name"
        since = "SELECT ns, name, state FROM changes WHERE ns >= ? ORDER BY ns"
        return [PastChange(*row) for query in (before, since) for row in self._rows(query, begin_ns)]

    def minutes(self, begin_ns: int) -> list[tuple[int, dict[str, float]]]:
        """Return the means of every whole minute since a moment."""
        rows = self._rows("SELECT ns, means FROM minutes WHERE ns >= ? ORDER BY ns", begin_ns)
        return [(ns, msgspec.json.decode(means)) for ns, means in rows]

    def events(self, begin_ns: int) -> list[tuple[str, int, int, EventView]]:
        """Return the events since a moment, the newest first: name, begin, last seen, the event."""
        query = "SELECT id, begin_ns, end_ns, event FROM events WHERE end_ns >= ? ORDER BY begin_ns DESC"
        rows = self._rows(query, begin_ns)
        return [(name, begin, end, msgspec.json.decode(event, type=EventView)) for name, begin, end, event in rows]

    def _rows(self, query: str, begin_ns: int) -> list[tuple]:  # type: ignore[type-arg]
        """Return the rows that a query has since a moment; none from a database that cannot be read."""
        try:
            with self._lock, _opened(self._path) as database:
                return database.execute(query, (begin_ns,)).fetchall()
        except sqlite3.Error:
            return []
