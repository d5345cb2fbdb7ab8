"""The journal of commands: SQLite in the data folder, WAL, synchronous FULL. A command is in it before its PUBACK.

States: accepted, then applied or failed; refused. The values that obeyed commands set stand beside them and change in
the same transactions, so that a command is applied once or not at all, at whichever moment the process ends. A command
that fails gives its values back, as far as no later command has set them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from rsu.core import durable
from rsu.downlink.delivery import Delivery
from rsu.downlink.errors import JournalError, RefusedError
from rsu.downlink.judge import Claim, Obeyed
from rsu.downlink.plan import Until
from rsu.downlink.values import SCHEMA, OrderedValues

FILE = "commands.sqlite"  # in the data folder
ACCEPTED, APPLIED, FAILED, REFUSED = "accepted", "applied", "failed", "refused"
_KEPT_REFUSED = 1000
_VERSION = 1
_SCHEMA = """
CREATE TABLE command (
    id INTEGER PRIMARY KEY AUTOINCREMENT, issuer TEXT NOT NULL, command TEXT NOT NULL, number TEXT NOT NULL,
    digest BLOB NOT NULL, utc_ns INTEGER NOT NULL, expires_ns INTEGER NOT NULL, deadline_ns INTEGER NOT NULL,
    state TEXT NOT NULL, code INTEGER NOT NULL DEFAULT 0, why TEXT NOT NULL DEFAULT '', until TEXT NOT NULL,
    begun TEXT NOT NULL DEFAULT '', revision INTEGER NOT NULL DEFAULT 0, topic TEXT NOT NULL, correlation BLOB NOT NULL,
    body BLOB NOT NULL, answer INTEGER NOT NULL);
CREATE UNIQUE INDEX once ON command (issuer, command, number) WHERE state != 'refused';
CREATE INDEX open ON command (state) WHERE state = 'accepted';
CREATE INDEX unanswered ON command (id) WHERE answer = 1;
CREATE TABLE counter (issuer TEXT PRIMARY KEY, last INTEGER NOT NULL);
"""


class CommandEntry(NamedTuple):
    """One command in the journal."""

    id: int
    issuer: str
    command: str
    number: str
    utc_ns: int
    expires_ns: int
    deadline_ns: int
    state: str
    code: int  # errorCode
    why: str
    until: str  # of Until
    begun: str  # the start of the daemon in which it was begun; empty: not begun
    revision: int  # of the values after it
    topic: str  # of its answer; empty: none is due
    correlation: bytes
    body: bytes


_COLUMNS = ", ".join(CommandEntry._fields)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise JournalError(str(error)) from error


class CommandJournal:
    """The journal, opened by one process at a time. All methods raise JournalError where the disk fails."""

    def __init__(self, path: Path, kept: int) -> None:
        """Open or make it. `kept`: obeyed commands that are remembered."""
        self._kept = kept
        with _translated(), ExitStack() as opened:
            self._alone = opened.enter_context(durable.alone(path))
            self._db = opened.enter_context(closing(sqlite3.connect(path, isolation_level=None, timeout=1.0)))
            self._values = OrderedValues(self._db)
            self._prepare()
            opened.pop_all()

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        if self._db.execute("PRAGMA user_version").fetchone() == (0,):
            self._db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} {SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")

    def close(self) -> None:
        """Close the file."""
        self._db.close()
        self._alone.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    # its memory, for the judge

    def counter(self, issuer: str) -> int:
        """Return the highest counter of an issuer's signed commands so far."""
        found = self._one("SELECT last FROM counter WHERE issuer = ?", issuer)
        return 0 if found is None else int(found[0])

    def digest(self, issuer: str, command: str, number: str) -> bytes | None:
        """Return the digest of the body of an obeyed command; None: there was none of this number."""
        query = "SELECT digest FROM command WHERE issuer = ? AND command = ? AND number = ? AND state != 'refused'"
        found = self._one(query, issuer, command, number)
        return None if found is None else bytes(found[0])

    # a command comes

    def accept(self, delivery: Delivery, obeyed: Obeyed, topic: str) -> CommandEntry:
        """Take a command and its values. `topic`: of its answer."""
        plan = obeyed.plan
        assert plan is not None
        with self._transaction():
            number = self._insert(delivery, (obeyed.issuer, obeyed.number), obeyed.digest, topic, ACCEPTED, plan.until)
            times = (obeyed.expires_ns, obeyed.deadline_ns, number)
            self._db.execute("UPDATE command SET expires_ns = ?, deadline_ns = ? WHERE id = ?", times)
            if obeyed.counter:
                query = "INSERT INTO counter VALUES (?1, ?2) ON CONFLICT DO UPDATE SET last = ?2"
                self._db.execute(query, (obeyed.issuer, obeyed.counter))
            self._values.set(number, plan.values)
            self._db.execute("UPDATE command SET revision = ? WHERE id = ?", (self._values.revision, number))
            self._prune("state IN ('applied', 'failed')", self._kept)
        return self.entry(number)

    def refuse(self, delivery: Delivery, claim: Claim, error: RefusedError, topic: str) -> CommandEntry:
        """Take note of a command that is not obeyed."""
        with self._transaction():
            number = self._insert(delivery, (claim.issuer, claim.number), b"", topic, REFUSED, Until.KEPT)
            self._finish(number, REFUSED, error.code, error.text)
            self._prune("state = 'refused'", _KEPT_REFUSED)
        return self.entry(number)

    def again(self, delivery: Delivery, obeyed: Obeyed, topic: str) -> CommandEntry:
        """Have the answer to a command that has come again sent again, if it is known already."""
        query = "SELECT id FROM command WHERE issuer = ? AND command = ? AND number = ? AND state != 'refused'"
        found = self._one(query, obeyed.issuer, delivery.command, obeyed.number)
        assert found is not None
        with self._transaction():
            self._db.execute(
                "UPDATE command SET topic = ?, correlation = ?, answer = (state != 'accepted' AND ?1 != '')"
                " WHERE id = ?",
                (topic, delivery.correlation, found[0]),
            )
        return self.entry(int(found[0]))

    def _insert(
        self, delivery: Delivery, name: tuple[str, str], digest: bytes, topic: str, state: str, until: str
    ) -> int:
        query = "INSERT INTO command (issuer, command, number, digest, utc_ns, expires_ns, deadline_ns, state, until,"
        query += " topic, correlation, body, answer) VALUES (?, ?, ?, ?, ?5, ?5, ?5, ?6, ?7, ?8, ?9, ?10, 0)"
        row = (name[0], delivery.command, name[1], digest, delivery.utc_ns, state, until, topic)
        done = self._db.execute(query, (*row, delivery.correlation, delivery.body))
        return int(done.lastrowid or 0)

    def _prune(self, which: str, kept: int) -> None:
        self._db.execute(
            f"DELETE FROM command WHERE {which} AND answer = 0 AND id <="
            f" (SELECT id FROM command WHERE {which} ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (kept,),
        )

    # a command ends

    def begin(self, number: int, start: str) -> None:
        """Note that a command is being carried out. `start`: the daemon's."""
        with self._transaction():
            self._db.execute("UPDATE command SET begun = ? WHERE id = ?", (start, number))

    def applied(self, number: int) -> CommandEntry:
        """Note that a command is complete."""
        with self._transaction():
            self._finish(number, APPLIED, 0, "")
            self._values.keep(number)
        return self.entry(number)

    def failed(self, number: int, code: int, why: str) -> CommandEntry:
        """Note that a command has failed, and give its values back."""
        with self._transaction():
            self._finish(number, FAILED, code, why)
            self._values.give_back(number)
        return self.entry(number)

    def _finish(self, number: int, state: str, code: int, why: str) -> None:
        query = "UPDATE command SET state = ?, code = ?, why = ?, answer = (topic != '') WHERE id = ?"
        self._db.execute(query, (state, code, why, number))

    def answered(self, number: int) -> None:
        """Note that the platform has an answer."""
        with self._transaction():
            self._db.execute("UPDATE command SET answer = 0 WHERE id = ?", (number,))

    # its content

    def entry(self, number: int) -> CommandEntry:
        """Return one command."""
        return self._entries(f"id = {number:d}")[0]

    def open(self) -> list[CommandEntry]:
        """Return the commands that are accepted and not complete."""
        return self._entries("state = 'accepted'")

    def unanswered(self) -> list[CommandEntry]:
        """Return the commands whose answer the platform has not."""
        return self._entries("answer = 1")

    def values(self) -> dict[str, bytes]:
        """Return the values that hold."""
        with _translated():
            return self._values.all()

    @property
    def revision(self) -> int:
        """Return the revision of the values."""
        with _translated():
            return self._values.revision

    def drop(self, names: list[str]) -> None:
        """Remove values that have run out."""
        with self._transaction():
            self._values.drop(names)

    def _entries(self, which: str) -> list[CommandEntry]:
        with _translated():
            return [CommandEntry(*row) for row in self._db.execute(f"SELECT {_COLUMNS} FROM command WHERE {which}")]

    def _one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        with _translated():
            found: tuple[Any, ...] | None = self._db.execute(query, values).fetchone()
            return found
