"""The page of a distributed city, and the archive's side of its database: out of PostgreSQL and Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rsu.city.archive import TrackArchive
from rsu.city.distributed.database import SRID, Database
from rsu.city.live import FRESH_MS, Area, inside, place_of, presence, told
from rsu.city.numbers import missing
from rsu.city.records import STATE
from rsu.city.store import DAY_MS, MOST_ROWS, Row

_BOXES = "SELECT box, last_ms, basic, states_ms, length(states) AS octets FROM box ORDER BY box"
_BOX = "SELECT box, kind, first_ms, last_ms, basic, run, lamps FROM box WHERE box = %s"
_USERS = f"""SELECT box, states FROM box
WHERE states_ms >= %s AND extent && ST_MakeEnvelope(%s, %s, %s, %s, {SRID}) ORDER BY box"""
_EVENTS = """SELECT box, id, code, start_ms, end_ms, ST_X(place) AS longitude, ST_Y(place) AS latitude FROM event
WHERE start_ms >= %s AND start_ms < %s ORDER BY start_ms DESC LIMIT %s"""
_FLOWS = """SELECT * FROM flow WHERE end_ms >= %s AND end_ms < %s AND box = %s
ORDER BY end_ms DESC, branch, lane LIMIT %s"""
_GAPS = "SELECT boot, first, seq FROM number WHERE box = %s GROUP BY boot, first, seq ORDER BY boot, seq"
_BLOCKS = "SELECT states FROM block WHERE box = %s AND stamp_ms >= %s AND stamp_ms < %s ORDER BY stamp_ms"
_DAYS = f"SELECT DISTINCT box, stamp_ms / {DAY_MS} AS day FROM block WHERE stamp_ms < %s ORDER BY 1, 2"
_FORGET = "DELETE FROM block WHERE box = %s AND stamp_ms >= %s AND stamp_ms < %s"
_JOIN = """WITH old AS (DELETE FROM number WHERE box = %s AND received_ms < %s RETURNING *)
INSERT INTO number SELECT box, boot, max(seq), 0, 1, max(received_ms) FROM old GROUP BY box, boot"""


class DatabaseBlocks:
    """Track states that are not in Parquet yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def days_before(self, day: int) -> list[tuple[str, int]]:
        """Return box and day of the states before a day."""
        return [(row["box"], row["day"]) for row in self._database.rows(_DAYS, (day * DAY_MS,))]

    def blocks(self, box: str, begin_ms: int, end_ms: int) -> Iterator[NDArray[np.void]]:
        """Yield the states (n,) STATE of each record."""
        for row in self._database.rows(_BLOCKS, (box, begin_ms, end_ms)):
            yield np.frombuffer(row["states"], STATE)

    def forget(self, box: str, day: int) -> None:
        """Delete a day that is in the archive; the numbers that came before it become one row a boot."""

        def work(db: Any) -> None:
            db.execute(_FORGET, (box, day * DAY_MS, (day + 1) * DAY_MS))
            db.execute(_JOIN, (box, day * DAY_MS))

        self._database.run(work)


class DatabaseView:
    """The answers for the page. NotReachableError: the database is away."""

    def __init__(self, database: Database, archive: TrackArchive) -> None:
        self._database, self._archive = database, archive
        self._blocks = DatabaseBlocks(database)

    def boxes(self, now_ms: int) -> list[Row]:
        """Return every box."""
        return [
            {
                "box": row["box"],
                "place": place_of(row["basic"]),
                "heard_ms": row["last_ms"],
                "state": presence(row["basic"].get("active", 0) == 0, row["last_ms"], now_ms),
                "users": row["octets"] // STATE.itemsize if now_ms - row["states_ms"] <= FRESH_MS else 0,
            }
            for row in self._database.rows(_BOXES)
        ]

    def box(self, name: str) -> Row | None:
        """Return a box."""
        rows = self._database.rows(_BOX, (name,))
        if not rows:
            return None
        return rows[0] | {"lamps": rows[0]["lamps"] or [], "gaps": missing(self._numbers(name))}

    def _numbers(self, name: str) -> Iterator[tuple[str, int, int]]:
        for row in self._database.rows(_GAPS, (name,)):
            yield row["boot"], row["first"], row["seq"]

    def users(self, area: Area, now_ms: int) -> list[Row]:
        """Return the road users in an area."""
        rows = self._database.rows(_USERS, (now_ms - FRESH_MS, *area))
        return [
            told(row["box"], state)
            for row in rows
            for state in inside(np.frombuffer(row["states"], STATE), area).tolist()
        ]

    def events(self, begin_ms: int, end_ms: int) -> list[Row]:
        """Return the events that began in a time."""
        return self._database.rows(_EVENTS, (begin_ms, end_ms, MOST_ROWS))

    def flows(self, box: str, begin_ms: int, end_ms: int) -> list[Row]:
        """Return the traffic of the lanes of a box."""
        return self._database.rows(_FLOWS, (begin_ms, end_ms, box, MOST_ROWS))

    def tracks(self, box: str, begin_ms: int, end_ms: int) -> list[Row] | None:
        """Return the track states of a box."""
        if not self._database.rows("SELECT box FROM box WHERE box = %s", (box,)):
            return None
        rows = self._archive.states(box, begin_ms, end_ms)
        fresh = [told(box, row) for states in self._blocks.blocks(box, begin_ms, end_ms) for row in states.tolist()]
        return (rows + fresh)[:MOST_ROWS]

    def counts(self) -> Row:
        """Return the counts since the database was made."""
        rows = self._database.rows("SELECT * FROM counted")
        reasons = self._database.rows("SELECT reason FROM refusal ORDER BY at_ms DESC")
        return {
            "taken": {row["kind"]: row["taken"] for row in rows if row["taken"]},
            "refused": {row["kind"]: row["refused"] for row in rows if row["refused"]},
            "reasons": [row["reason"] for row in reasons],
        }
