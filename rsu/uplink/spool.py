"""The spool: records on disk until the platform has acknowledged them. SQLite, WAL, synchronous FULL.

One transaction per group (`rsu/uplink/transaction.py`): all of it, or nothing. One uplink at a time
(`spool_files.alone`); others may read the file meanwhile: a backup does.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rsu.bus.handover import SKIPPED
from rsu.site.uplink import SpoolSettings
from rsu.uplink import rows, spool_files
from rsu.uplink.errors import SpoolDamagedError, SpoolError
from rsu.uplink.record import SpooledRecord
from rsu.uplink.rows import Salvage, salvage
from rsu.uplink.transaction import DAMAGED, SpoolChanges, SpoolLimits, Transaction, add_held, is_of_now

_BOOTS = 16  # boots remembered without records
_LOCK_S = 0.2  # no other process should have it
_PAGE = 1024  # octets; a commit changes ten pages for two rows, and flash memory wears with each octet written


class Waiting(NamedTuple):
    """A record in the spool and its place in the order of arrival."""

    id: int
    record: SpooledRecord


# faults that may pass: permissions, locks, memory, a disk that is full, read-only or fails
_PASSING = {
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
}  # fmt: skip
_FORMATS = (1, 2)  # header octets 18 and 19; with others SQLite takes the file for read-only


@contextmanager
def _translated() -> Iterator[None]:
    """Translate errors: a fault that cannot pass means that the tables are not those that were written."""
    try:
        yield
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter where its own message is damaged
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _PASSING:
            raise SpoolError(str(error)) from error
        raise SpoolDamagedError(str(error)) from error


def _check_header(path: Path) -> None:
    """Raise SpoolDamagedError for a header that SQLite would take for that of a read-only file."""
    try:
        with path.open("rb") as file:
            header = file.read(20)
    except OSError:
        return  # SQLite says why
    if len(header) == 20 and not {*header[18:20]} <= {*_FORMATS}:
        raise SpoolDamagedError("the header is damaged")


class Spool:
    """Records that wait for the platform's acknowledgement."""

    def __init__(self, path: Path, settings: SpoolSettings) -> None:
        """Open or create; SpoolDamagedError, SpoolError."""
        self._limits = SpoolLimits.of(settings)
        self._damaged: set[int] = set()  # ids of rows whose content is not as it was stored
        _check_header(path)
        self._alone = spool_files.alone(path)
        try:
            with _translated():
                self._db = rows.connect(path, _LOCK_S)
                try:
                    self._prepare()
                except BaseException:
                    self._db.close()
                    raise
        except BaseException:
            self._alone.close()
            raise

    def _prepare(self) -> None:
        self._db.execute(f"PRAGMA page_size = {_PAGE}")  # of a file that begins now
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA journal_size_limit = 8388608")
        version = self._one("PRAGMA user_version")
        if version == 0:
            self._db.executescript(f"BEGIN IMMEDIATE; {rows.SCHEMA} PRAGMA user_version = {rows.VERSION}; COMMIT;")
        elif version != rows.VERSION:
            raise SpoolDamagedError(f"spool of version {version}, expected {rows.VERSION}")
        if (found := self._one("PRAGMA quick_check(1)")) != "ok":
            raise SpoolDamagedError(str(found))
        self._counters = self._counted()
        self._db.execute(
            "DELETE FROM boot WHERE name NOT IN (SELECT boot FROM record)"
            " AND rowid NOT IN (SELECT rowid FROM boot ORDER BY rowid DESC LIMIT ?)",
            (_BOOTS,),
        )

    def _counted(self) -> Counter[str]:
        """Return the counters; the records in the spool are counted anew, so that no damage makes it give up any."""
        found = self._db.execute("SELECT name, value FROM counter").fetchall()
        counters = Counter({name: value for name, value in found if type(value) is int and not is_of_now(name)})
        for kind, rank, count, octets in self._db.execute(
            "SELECT kind, rank, count(*), sum(length(payload)) FROM record GROUP BY kind, rank"
        ):
            add_held(counters, str(kind), rank, count, octets or 0)
        return counters

    def _one(self, query: str) -> object:
        return self._db.execute(query).fetchone()[0]

    def close(self) -> None:
        """Close the file; committed records are safe with or without this."""
        self._db.close()
        self._alone.close()

    def copy(self, path: Path) -> None:
        """Write the whole spool beside a path where it no longer is; the next `open_spool` puts it there."""
        fresh = spool_files.fresh(path)
        spool_files.remove(fresh)
        with _translated():
            self._db.execute("VACUUM INTO ?", (str(fresh),))

    @property
    def counters(self) -> Mapping[str, int]:
        """Return counts since the spool exists, and now.

        Since: spooled, acknowledged, `evicted.<kind>`, `refused.<kind>`, `aside.<why>`. Now: waiting, bytes,
        `live.<kind>`. `clock`: the `now_ns` of the last commit.
        """
        return self._counters

    @property
    def damaged(self) -> bool:
        """Tell whether rows were found damaged that the next commit sets aside."""
        return bool(self._damaged)

    def boots(self) -> dict[str, int]:
        """Return boot -> number up to which everything was spooled."""
        with _translated():
            return dict(self._db.execute("SELECT name, last FROM boot"))

    def waiting(self, kind: str, rank: int, after: int, limit: int) -> list[Waiting]:
        """Return up to `limit` records of a stream that arrived after the one with id `after`, in order of arrival.

        Damaged ones are left out; the next commit sets them aside.
        """
        with _translated():
            found = self._db.execute(
                f"SELECT id, {rows.COLUMNS}, seal FROM record"
                " WHERE kind = ? AND rank = ? AND id > ? ORDER BY id LIMIT ?",
                (kind, rank, after, limit),
            ).fetchall()
        whole = []
        for number, *row, seal in found:
            record = rows.record_of(tuple(row))
            if record is None or seal != rows.seal(record):
                self._damaged.add(number)
            else:
                whole.append(Waiting(number, record))
        return whole

    def commit(self, changes: SpoolChanges, now_ns: int) -> None:
        """Change everything at once, or nothing. `now_ns`: any clock that goes on from `counters["clock"]`.

        SpoolError: nothing was changed, may be tried again. SpoolDamagedError: set the spool aside.
        """
        with _translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                transaction = Transaction(self._db, self._counters, now_ns)
                counters = transaction.make(changes, self._damaged, self._limits)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        self._counters = counters
        self._damaged.clear()

    def refill(self, saved: Salvage) -> int:
        """Take over the saved part of a damaged spool, with its counters; return how many records it has lost."""
        held = sum(record.kind != SKIPPED for record in saved.records)
        lost = max(0, saved.counters.get("waiting", held) - held)
        self._counters = Counter({name: count for name, count in saved.counters.items() if not is_of_now(name)})
        self._counters["spooled"] = max(0, saved.counters.get("spooled", held) - held)  # they are counted again
        self._counters[f"aside.{DAMAGED}"] += lost
        self.commit(SpoolChanges(0, saved.records), saved.counters.get("clock", 0))
        with _translated():
            self._db.executemany("INSERT OR REPLACE INTO boot VALUES (?, ?)", saved.boots.items())
        return lost


class OpenedSpool(NamedTuple):
    """An open spool, and the fate of the earlier file."""

    spool: Spool
    aside: Path | None = None  # where a damaged one is now
    saved: int = 0  # records of it that were taken over
    lost: int = 0  # that were not


def open_spool(path: Path, settings: SpoolSettings, distrusted: bool = False) -> OpenedSpool:
    """Open or create the spool; of a damaged one, or of another version, the readable rows go into a new one.

    `distrusted`: it proved damaged in use, however well it opens. SpoolError: not possible now, nothing was changed.
    """
    fresh = spool_files.fresh(path)
    try:
        if fresh.exists() and not path.exists():  # the last step of an earlier attempt is missing, or it was deleted
            spool_files.remove(path)  # a journal that stayed alone belongs to no file
            spool_files.rename(fresh, path)
        if not distrusted:
            return OpenedSpool(Spool(path, settings))
    except SpoolDamagedError:
        pass
    saved = salvage(path)
    spool_files.remove(fresh)
    spool = Spool(fresh, settings)
    try:
        lost = spool.refill(saved)
    finally:
        spool.close()
    aside = path.with_name(path.name + ".damaged")  # over an earlier one: the disk stays bounded
    spool_files.remove(aside)
    spool_files.rename(path, aside)
    spool_files.rename(fresh, path)
    return OpenedSpool(Spool(path, settings), aside, len(saved.records), lost)
