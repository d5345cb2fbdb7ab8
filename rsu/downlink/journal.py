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
from rsu.downlink import due, values
from rsu.downlink.delivery import Delivery
from rsu.downlink.due import DueAnswer, DueAnswers
from rsu.downlink.errors import JournalError, RefusedError
from rsu.downlink.judge import Claim, Obeyed
from rsu.downlink.plan import Until
from rsu.downlink.values import OrderedValues

FILE = "commands.sqlite"  # in the data folder
ACCEPTED, APPLIED, FAILED, REFUSED = "accepted", "applied", "failed", "refused"
_KEPT_REFUSED = 1000
_FIRST = """
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
_SECOND = "ALTER TABLE command ADD COLUMN content BLOB NOT NULL DEFAULT x'';"
_STEPS = (_FIRST + values.SCHEMA, due.SCHEMA, _SECOND)  # to each version of the file


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
    body: bytes
    content: bytes  # of its answer, JSON, where an errand has one


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
            self._values, self._due = OrderedValues(self._db), DueAnswers(self._db)
            self._prepare()
            opened.pop_all()

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        [version] = self._db.execute("PRAGMA user_version").fetchone()
        for number, step in list(enumerate(_STEPS, 1))[version:]:
            self._db.executescript(f"BEGIN IMMEDIATE; {step} PRAGMA user_version = {number}; COMMIT;")

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
            number = self._insert(delivery, (obeyed.issuer, obeyed.number), obeyed.digest, ACCEPTED, plan.until)
            self._due.add(number, topic, delivery.correlation)
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
            number = self._insert(delivery, (claim.issuer, claim.number), b"", REFUSED, Until.KEPT)
            self._due.add(number, topic, delivery.correlation)
            self._finish(number, REFUSED, error.code, error.text)
            self._prune("state = 'refused'", _KEPT_REFUSED)
        return self.entry(number)

    def again(self, delivery: Delivery, obeyed: Obeyed, topic: str) -> CommandEntry:
        """Have a command that has come again answered again, once it has ended."""
        query = "SELECT id FROM command WHERE issuer = ? AND command = ? AND number = ? AND state != 'refused'"
        found = self._one(query, obeyed.issuer, delivery.command, obeyed.number)
        assert found is not None
        with self._transaction():
            self._due.add(int(found[0]), topic, delivery.correlation)
        return self.entry(int(found[0]))

    def _insert(self, delivery: Delivery, name: tuple[str, str], digest: bytes, state: str, until: str) -> int:
        query = "INSERT INTO command (issuer, command, number, digest, utc_ns, expires_ns, deadline_ns, state, until,"
        query += " body) VALUES (?, ?, ?, ?, ?5, ?5, ?5, ?6, ?7, ?8)"
        row = (name[0], delivery.command, name[1], digest, delivery.utc_ns, state, until, delivery.body)
        return int(self._db.execute(query, row).lastrowid or 0)

    def _prune(self, which: str, kept: int) -> None:
        self._db.execute(
            f"DELETE FROM command WHERE {which} AND id NOT IN (SELECT command FROM due) AND id <="
            f" (SELECT id FROM command WHERE {which} ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (kept,),
        )

    # a command ends

    def begin(self, number: int, start: str) -> None:
        """Note that a command is being carried out. `start`: the daemon's."""
        with self._transaction():
            self._db.execute("UPDATE command SET begun = ? WHERE id = ?", (start, number))

    def applied(self, number: int, content: bytes = b"") -> CommandEntry:
        """Note that a command is complete. `content`: of its answer."""
        with self._transaction():
            self._finish(number, APPLIED, 0, "")
            self._db.execute("UPDATE command SET content = ? WHERE id = ?", (content, number))
            self._values.keep(number)
        return self.entry(number)

    def failed(self, number: int, code: int, why: str) -> CommandEntry:
        """Note that a command has failed, and give its values back."""
        with self._transaction():
            self._finish(number, FAILED, code, why)
            self._values.give_back(number)
        return self.entry(number)

    def _finish(self, number: int, state: str, code: int, why: str) -> None:
        query = "UPDATE command SET state = ?, code = ?, why = ? WHERE id = ?"
        self._db.execute(query, (state, code, why, number))

    def answered(self, number: int) -> None:
        """Note that the platform has an answer. `number`: of that, `DueAnswer.id`."""
        with self._transaction():
            self._due.remove(number)

    # its content

    def entry(self, number: int) -> CommandEntry:
        """Return one command."""
        return self._entries(f"id = {number:d}")[0]

    def open(self) -> list[CommandEntry]:
        """Return the commands that are accepted and not complete."""
        return self._entries("state = 'accepted'")

    def unanswered(self) -> list[DueAnswer]:
        """Return the answers to commands that have ended, as far as the platform has them not."""
        with _translated():
            return self._due.ended()

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
