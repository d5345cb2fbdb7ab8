"""PostgreSQL with PostGIS: the tables of a city, and one connection that comes back when the server does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row

from hw.detail import Detail
from rsu.core.errors import NotReachableError

_Result = TypeVar("_Result")
SRID = 4490  # CGCS2000, degrees
_CONNECT_S = 2
_DOWN = Detail(
    "database of the city: {}; is the server up, and the address in the city's file right?",
    "平台数据库：{}；服务器是否已启动，平台文件中的地址是否正确？",
)
_SCHEMA = f"""
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE IF NOT EXISTS number (
    box text NOT NULL, boot text NOT NULL, seq bigint NOT NULL, part integer NOT NULL, first bigint NOT NULL,
    received_ms bigint NOT NULL, PRIMARY KEY (box, boot, seq, part));
CREATE TABLE IF NOT EXISTS block (box text NOT NULL, stamp_ms bigint NOT NULL, states bytea NOT NULL);
CREATE INDEX IF NOT EXISTS block_of_box ON block (box, stamp_ms);
CREATE TABLE IF NOT EXISTS event (
    box text NOT NULL, id bigint NOT NULL, code bigint NOT NULL, start_ms bigint NOT NULL, end_ms bigint,
    place geometry(Point, {SRID}) NOT NULL, PRIMARY KEY (box, id, start_ms));
CREATE INDEX IF NOT EXISTS event_of_time ON event (start_ms);
CREATE INDEX IF NOT EXISTS event_of_place ON event USING gist (place);
CREATE TABLE IF NOT EXISTS flow (
    box text NOT NULL, branch text NOT NULL, lane text NOT NULL, start_ms bigint NOT NULL, end_ms bigint NOT NULL,
    volume bigint NOT NULL, queue_m float8 NOT NULL, delay_s float8, congestion bigint,
    PRIMARY KEY (box, start_ms, end_ms, branch, lane));
CREATE TABLE IF NOT EXISTS box (
    box text PRIMARY KEY, kind text NOT NULL DEFAULT '', first_ms bigint NOT NULL, last_ms bigint NOT NULL,
    basic jsonb NOT NULL, run jsonb NOT NULL, states_ms bigint NOT NULL, states bytea NOT NULL,
    extent geometry(Polygon, {SRID}), lamps jsonb NOT NULL) WITH (fillfactor = 50);
CREATE INDEX IF NOT EXISTS box_of_place ON box USING gist (extent);
CREATE TABLE IF NOT EXISTS counted (kind text PRIMARY KEY, taken bigint NOT NULL, refused bigint NOT NULL);
CREATE TABLE IF NOT EXISTS refusal (at_ms bigint NOT NULL, reason text NOT NULL);
"""


class Database:
    """One connection for several threads, one after the other."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._db: Connection[Any] | None = None

    def prepare(self) -> None:
        """Make the tables where they are missing. NotReachableError."""
        self.run(lambda db: db.execute(_SCHEMA))

    def run(self, work: Callable[[Connection[Any]], _Result]) -> _Result:
        """Return the result of some work, done in one transaction. NotReachableError: the server is away."""
        with self._lock:
            try:
                if self._db is None or self._db.closed:
                    self._db = psycopg.connect(self._url, autocommit=True, connect_timeout=_CONNECT_S)
                with self._db.transaction():
                    return work(self._db)
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                if self._db is not None:
                    self._db.close()
                raise NotReachableError(_DOWN.of(str(error).strip().partition("\n")[0])) from error

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query by column. NotReachableError."""
        return self.run(lambda db: db.cursor(row_factory=dict_row).execute(query, values).fetchall())

    def close(self) -> None:
        """Disconnect."""
        with self._lock:
            if self._db is not None:
                self._db.close()
