"""The answers that are due, in a table of the journal: changed inside its transactions.

Each delivery of a command has an answer of its own, to its own topic and with its own correlation data: a platform that
repeats a command while the first is not answered yet waits for both.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

SCHEMA = """
CREATE TABLE due (
    id INTEGER PRIMARY KEY AUTOINCREMENT, command INTEGER NOT NULL, topic TEXT NOT NULL, correlation BLOB NOT NULL,
    UNIQUE (command, topic, correlation));
INSERT INTO due (command, topic, correlation)
    SELECT id, topic, correlation FROM command WHERE topic != '' AND (answer = 1 OR state = 'accepted');
DROP INDEX unanswered;
ALTER TABLE command DROP COLUMN topic;
ALTER TABLE command DROP COLUMN correlation;
ALTER TABLE command DROP COLUMN answer;
"""
_MOST = 8  # of one command, the newest


class DueAnswer(NamedTuple):
    """An answer that the platform has not."""

    id: int
    command: int  # its number in the journal
    topic: str
    correlation: bytes


class DueAnswers:
    """The table `due`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, command: int, topic: str, correlation: bytes) -> None:
        """Note that a delivery is to be answered. `topic` empty: it is not."""
        if topic:
            row = (command, topic, correlation)
            self._db.execute("DELETE FROM due WHERE (command, topic, correlation) = (?, ?, ?)", row)
            self._db.execute("INSERT INTO due (command, topic, correlation) VALUES (?, ?, ?)", row)
            newest = "SELECT id FROM due WHERE command = ?1 ORDER BY id DESC LIMIT ?2"
            self._db.execute(f"DELETE FROM due WHERE command = ?1 AND id NOT IN ({newest})", (command, _MOST))

    def remove(self, number: int) -> None:
        """Note that the platform has an answer."""
        self._db.execute("DELETE FROM due WHERE id = ?", (number,))

    def ended(self) -> list[DueAnswer]:
        """Return the answers to commands that have ended."""
        rows = self._db.execute(
            "SELECT due.id, due.command, due.topic, due.correlation FROM due"
            " JOIN command ON command.id = due.command WHERE command.state != 'accepted' ORDER BY due.id"
        )
        return [DueAnswer(*row) for row in rows]
