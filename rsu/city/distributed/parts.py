"""The processes of a distributed city: ingest (several), keeper (one, another may stand by), page (several)."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg
import structlog
from nats.aio.msg import Msg

from rsu.city import archive, page
from rsu.city.api import application
from rsu.city.archive import TrackArchive
from rsu.city.distributed.database import Database
from rsu.city.distributed.entries import CityEntry, unpack
from rsu.city.distributed.log import CityLog
from rsu.city.distributed.view import DatabaseBlocks, DatabaseView
from rsu.city.distributed.writing import write
from rsu.city.ingest import Ingest
from rsu.city.link import RECORDS, BrokerDial, CityLink
from rsu.city.settings import CityFile, secret
from rsu.city.store import NotKeptError
from rsu.core.errors import NotReachableError

_SHARED = f"$share/city/{RECORDS}"  # each record goes to one of the workers
_AGAIN_S = 0.5
_log = structlog.get_logger()


def ingest(file: CityFile, stop: threading.Event) -> None:
    """Take records of boxes into the log. NotReachableError: no log; OSError: a password's file."""
    assert file.broker is not None and file.log is not None
    log, told = CityLog(file.log), file.broker
    name = f"rsu-city-{platform.node()}-{os.getpid()}"
    dial = BrokerDial(name, told.host, told.port, told.username, secret(told.password_file), told.ca, _SHARED)
    CityLink(dial, Ingest(log)).serve(stop)
    log.close()


def keeper(file: CityFile, stop: threading.Event) -> None:
    """Take entries of the log into the database, days that are over into Parquet. NotReachableError: at the begin."""
    assert file.log is not None and file.database is not None
    log, database = CityLog(file.log), Database(file.database)
    database.prepare()
    blocks = DatabaseBlocks(Database(file.database))
    with ThreadPoolExecutor() as threads:
        moving = threads.submit(archive.keep_moving, TrackArchive(file.data), blocks, stop)
        try:
            _keep(log, database, stop)
        finally:
            stop.set()
        moving.result()
    log.close()


def show(file: CityFile, stop: threading.Event) -> None:
    """Serve the page. OSError: its port is taken."""
    assert file.database is not None
    view = DatabaseView(Database(file.database), TrackArchive(file.data))
    with page.listener(file.page.address, file.page.port) as listening:
        page.serve(application(view), listening, stop)


def _keep(log: CityLog, database: Database, stop: threading.Event) -> None:
    """Move entries; one that the database has not taken stays in the log."""
    while not stop.is_set():
        try:
            messages = log.fetch()
            if messages:
                _write(database, messages)
                log.done(messages)
        except (NotKeptError, NotReachableError) as error:
            _log.error("records of the city not kept", reason=str(error))
            stop.wait(_AGAIN_S)


def _write(database: Database, messages: Sequence[Msg]) -> None:
    entries = [unpack(message.data) for message in messages]
    try:
        database.run(lambda db: write(db, entries))
    except psycopg.DataError:
        for entry in entries:
            for record in entry.records:
                _alone(database, CityEntry(entry.received_ms, [record], []))


def _alone(database: Database, entry: CityEntry) -> None:
    """Write one record; one that the database can never take does not hold up the others."""
    try:
        database.run(lambda db: write(db, [entry]))
    except psycopg.DataError as error:
        numbers = entry.records[0].numbers
        _log.error("record of the city unfit for the database", box=numbers.box, seq=numbers.seq, reason=str(error))
