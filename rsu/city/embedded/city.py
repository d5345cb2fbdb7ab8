"""Ingest and page of an embedded city: records go to SQLite and to the memory of the last ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from rsu.city.archive import TrackArchive
from rsu.city.embedded.tables import SqliteTables
from rsu.city.ingest import Ingest
from rsu.city.live import Area, LiveView, told
from rsu.city.records import CityRecord
from rsu.city.store import MOST_ROWS, CityRefusal, NotKeptError, Row


class EmbeddedLog:
    """Where the ingest keeps."""

    def __init__(self, tables: SqliteTables, live: LiveView) -> None:
        """Take over the knowledge of an earlier run."""
        self._tables, self._live = tables, live
        for row in tables.rows("SELECT box, last_ms, basic FROM box"):
            live.remember(row["box"], row["last_ms"], msgspec.json.decode(row["basic"]))

    def keep(self, records: Sequence[CityRecord], refusals: Sequence[CityRefusal], now_ms: int) -> None:
        """Commit, then show. Refusals are counted by the ingest itself."""
        try:
            self._tables.keep(records, now_ms)
        except sqlite3.OperationalError as error:
            raise NotKeptError(error) from error
        for record in records:
            self._live.take(record, now_ms)

    def parts(self, record: CityRecord) -> int:
        """Return how many parts of a record are committed."""
        return self._tables.parts(record)


class EmbeddedView:
    """The answers for the page; of its own connection to the tables, which never waits for a commit."""

    def __init__(self, tables: SqliteTables, archive: TrackArchive, live: LiveView, ingest: Ingest) -> None:
        self._tables, self._archive, self._live, self._ingest = tables, archive, live, ingest

    def boxes(self, now_ms: int) -> list[Row]:
        """Return every box."""
        return list(self._live.boxes(now_ms))

    def box(self, name: str) -> Row | None:
        """Return a box."""
        rows = self._tables.rows("SELECT * FROM box WHERE box = ?", (name,))
        if not rows:
            return None
        known = {key: msgspec.json.decode(rows[0][key]) for key in ("basic", "run")}
        return rows[0] | known | {"lamps": self._live.lamps(name), "gaps": self._tables.gaps(name)}

    def users(self, area: Area, now_ms: int) -> list[Row]:
        """Return the road users in an area."""
        return list(self._live.users(area, now_ms))

    def events(self, begin_ms: int, end_ms: int) -> list[Row]:
        """Return the events that began in a time."""
        query = "SELECT * FROM event WHERE start_ms >= ? AND start_ms < ? ORDER BY start_ms DESC LIMIT ?"
        return self._tables.rows(query, (begin_ms, end_ms, MOST_ROWS))

    def flows(self, box: str, begin_ms: int, end_ms: int) -> list[Row]:
        """Return the traffic of the lanes of a box."""
        query = (
            "SELECT * FROM flow WHERE end_ms >= ? AND end_ms < ? AND box = ? ORDER BY end_ms DESC, branch, lane LIMIT ?"
        )
        return self._tables.rows(query, (begin_ms, end_ms, box, MOST_ROWS))

    def tracks(self, box: str, begin_ms: int, end_ms: int) -> list[Row] | None:
        """Return the track states of a box."""
        if not self._tables.rows("SELECT box FROM box WHERE box = ?", (box,)):
            return None
        rows = self._archive.states(box, begin_ms, end_ms)
        fresh = [told(box, row) for states in self._tables.blocks(box, begin_ms, end_ms) for row in states.tolist()]
        return (rows + fresh)[:MOST_ROWS]

    def counts(self) -> Row:
        """Return the counts since the begin of this process."""
        ingest = self._ingest
        return {"taken": ingest.taken, "refused": ingest.refused, "reasons": [*ingest.reasons]}
