"""The values that commands have set, in the tables of the journal: changed inside its transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

SCHEMA = """
CREATE TABLE value (name TEXT PRIMARY KEY, json BLOB NOT NULL, command INTEGER NOT NULL);
CREATE TABLE before (
    command INTEGER NOT NULL, name TEXT NOT NULL, json BLOB NOT NULL, owner INTEGER NOT NULL,
    PRIMARY KEY (command, name));
CREATE TABLE revision (last INTEGER NOT NULL);
INSERT INTO revision VALUES (0);
"""


class OrderedValues:
    """The tables `value` (an empty one holds no longer), `before` (those before an open command), `revision`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def all(self) -> dict[str, bytes]:
        """Return the values that hold."""
        return dict(self._db.execute("SELECT name, json FROM value WHERE json != x'' ORDER BY name").fetchall())

    @property
    def revision(self) -> int:
        """Return the revision: it rises with every change."""
        return int(self._db.execute("SELECT last FROM revision").fetchone()[0])

    def set(self, command: int, values: Mapping[str, bytes | None]) -> None:
        """Change values for a command, and remember those before."""
        for name, json in values.items():
            found = self._db.execute("SELECT json, command FROM value WHERE name = ?", (name,)).fetchone()
            self._db.execute("INSERT INTO before VALUES (?, ?, ?, ?)", (command, name, *(found or (b"", 0))))
            self._put(name, json or b"", command)
        self._turn(bool(values))

    def keep(self, command: int) -> None:
        """Note that a command is complete: its values stay."""
        self._db.execute("DELETE FROM before WHERE command = ?", (command,))

    def give_back(self, command: int) -> None:
        """Put the values before a command back; a later command that has set one gets them as those before its own."""
        rows = self._db.execute("SELECT name, json, owner FROM before WHERE command = ?", (command,)).fetchall()
        for name, json, owner in rows:
            own = self._db.execute("SELECT 1 FROM value WHERE name = ? AND command = ?", (name, command)).fetchone()
            if own is not None:
                self._put(name, json, owner)
            self._db.execute(
                "UPDATE before SET json = ?, owner = ? WHERE name = ? AND owner = ?", (json, owner, name, command)
            )
        self.keep(command)
        self._turn(bool(rows))

    def drop(self, names: list[str]) -> None:
        """Remove values that have run out."""
        for name in names:
            self._put(name, b"", 0)
        self._db.execute("DELETE FROM value WHERE json = x'' AND name NOT IN (SELECT name FROM before)")
        self._turn(bool(names))

    def _put(self, name: str, json: bytes, command: int) -> None:
        query = "INSERT INTO value VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET json = ?2, command = ?3"
        self._db.execute(query, (name, json, command))

    def _turn(self, changed: bool) -> None:
        self._db.execute("UPDATE revision SET last = last + ?", (int(changed),))
