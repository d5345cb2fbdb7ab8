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


class _Waiting(NamedTuple):
    """Entries that are to be written. They are copies: while they are written, others come."""

    changes: list[PastChange]
    last: dict[str, str]  # newest state of everything
    minutes: dict[int, bytes]  # whole ones: means as JSON
    events: dict[str, tuple[int, int, EventView]]


class BoxHistory:
    """Takes states and figures as they come; `write` and the questions may be asked from another thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._lock = threading.Lock()
        self._states = StateChanges()
        self._changes: deque[PastChange] = deque(maxlen=_MOST_WAITING)
        self._last: dict[str, str] = {}  # newest state of everything
        self._sums: dict[int, dict[str, tuple[float, int]]] = {}  # minute -> name -> sum, count
        self._events: dict[str, tuple[int, int, EventView]] = {}  # those of the last minute: begin, last seen
        self._new = False  # one of them began or ended
        self._failed = False

    def states(self, states: Mapping[str, str], now_ns: int) -> None:
        """Take the states of things by name, UTC."""
        for name, state, _ in self._states.note(states, now_ns):
            self._changes.append(PastChange(now_ns, name, state))
            self._last[name] = state

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
        """Write the new entries, if there are any, and remove the oldest ones; a failed write is tried again."""
        minute_ns = now_ns // MINUTE_NS * MINUTE_NS
        minutes = {minute: _means(each.copy()) for minute, each in self._sums.copy().items() if minute < minute_ns}
        if not (self._changes or self._new or minutes or self._failed):
            return
        self._new = False  # entries from here on are new again
        waiting = _Waiting([*self._changes.copy()], self._last.copy(), minutes, self._events.copy())
        try:
            with self._lock, _opened(self._path) as database:
                _store(database, waiting, now_ns)
        except sqlite3.Error as error:
            self._fail(error)
        else:
            self._failed = False
            self._forget(waiting, now_ns)

    def _fail(self, error: sqlite3.Error) -> None:
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            self._path.unlink(missing_ok=True)  # damaged: it begins anew, with the newest state of everything
        if not self._failed:
            _log.error("history not written", file=NAME, why=str(error))
        self._failed = True

    def _forget(self, written: _Waiting, now_ns: int) -> None:
        """Drop entries that are on the disk."""
        changes = set(written.changes)
        while self._changes and self._changes[0] in changes:
            self._changes.popleft()
        for minute in written.minutes:
            self._sums.pop(minute, None)
        for name, row in written.events.items():
            if now_ns - row[1] > MINUTE_NS and self._events[name] is row:
                del self._events[name]

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


def _means(sums: Mapping[str, tuple[float, int]]) -> bytes:
    return msgspec.json.encode({name: round(total / count, 2) for name, (total, count) in sums.items()})


def _store(database: sqlite3.Connection, waiting: _Waiting, now_ns: int) -> None:
    """Write entries within one transaction, and remove the oldest ones."""
    rows = database.execute("SELECT name, state, max(ns) FROM changes GROUP BY name")
    known = {name: state for name, state, _ in rows}
    lost = (PastChange(now_ns, name, state) for name, state in waiting.last.items())  # with a database, or too many
    for change in (*waiting.changes, *lost):
        if known.get(change.name) != change.state:
            known[change.name] = change.state
            database.execute("INSERT INTO changes VALUES (?, ?, ?)", change)
    for minute in waiting.minutes.items():
        database.execute("INSERT OR REPLACE INTO minutes VALUES (?, ?)", minute)
    for name, (begin_ns, end_ns, event) in waiting.events.items():
        row = (name, begin_ns, end_ns, msgspec.json.encode(event))
        database.execute("INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?)", row)
    _prune(database, now_ns)


def _prune(database: sqlite3.Connection, now_ns: int) -> None:
    for table, column, most in (
        ("changes", "ns", MOST_CHANGES),
        ("minutes", "ns", 0),
        ("events", "end_ns", MOST_EVENTS),
    ):
        database.execute(f"DELETE FROM {table} WHERE {column} < ?", (now_ns - KEPT_NS,))
        if most:
            database.execute(f"DELETE FROM {table} WHERE rowid <= (SELECT max(rowid) FROM {table}) - {most}")
