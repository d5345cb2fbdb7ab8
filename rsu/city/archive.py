"""Track states of days that are over: Parquet, one file a box and day, sorted by road user and time, read by DuckDB."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import structlog

from rsu.city.records import STATE
from rsu.city.store import DAY_MS, DayBlocks
from rsu.core import durable
from rsu.core.errors import NotReachableError

_log = structlog.get_logger()

# sorted by road user, neighbours differ little: delta encoding (Parquet version 2), then zstd
_COPY = """COPY (SELECT * FROM states ORDER BY id, time_ms) TO '{file}'
(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 9)"""


_LOOK_S = 60.0  # how often is looked for days that are over
_LATE_MS = 3_600_000  # a day is over one hour after midnight UTC: records come late


def keep_moving(archive: TrackArchive, store: DayBlocks, stop: threading.Event) -> None:
    """Move days that are over, until `stop`. While the store is away they wait."""
    while not stop.wait(_LOOK_S):
        try:
            archive.move(store, (time.time_ns() // 1_000_000 - _LATE_MS) // DAY_MS)
        except NotReachableError as error:
            _log.error("days of the city not archived", reason=str(error))


class TrackArchive:
    """The files under one folder: `tracks/BOX/DAY.parquet`, DAY as YYYY-MM-DD UTC."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tracks"

    def file(self, box: str, day: int) -> Path:
        """Return the file of a box and day (days since 1970 UTC)."""
        return self._folder / box / f"{np.datetime64(day, 'D')}.parquet"

    def move(self, store: DayBlocks, before_day: int) -> tuple[int, int]:
        """Move the days before one from the store; return states and octets. A cut between the steps loses nothing."""
        states = octets = 0
        for box, day in store.days_before(before_day):
            blocks = list(store.blocks(box, day * DAY_MS, (day + 1) * DAY_MS))
            file = self.file(box, day)
            states += self._write(file, np.concatenate([*self._there(file), *blocks]))
            octets += file.stat().st_size
            store.forget(box, day)
        return states, octets

    def _there(self, file: Path) -> list[np.ndarray[Any, np.dtype[np.void]]]:
        """Return the states that the file has already: of records that came late, or of a move that was cut."""
        if not file.exists():
            return []
        with duckdb.connect() as db:
            columns = db.execute("SELECT * FROM read_parquet(?)", [str(file)]).fetchnumpy()
        found = np.zeros(len(columns["time_ms"]), STATE)
        for name in STATE.names or ():
            found[name] = columns[name]
        return [found]

    def _write(self, file: Path, states: np.ndarray[Any, np.dtype[np.void]]) -> int:
        states = np.unique(states)
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        with duckdb.connect() as db:
            db.register("states", {name: np.ascontiguousarray(states[name]) for name in STATE.names or ()})
            db.execute(_COPY.format(file=str(fresh).replace("'", "''")))
        durable.sync(fresh)  # before the store forgets them
        fresh.replace(file)
        durable.sync(file.parent)
        return len(states)

    def states(self, box: str, begin_ms: int, end_ms: int) -> list[dict[str, Any]]:
        """Return the states of a box in a time, of all days that are over."""
        files = sorted(map(str, (self._folder / box).glob("*.parquet")))
        if not files:
            return []
        with duckdb.connect() as db:
            query = "SELECT * FROM read_parquet(?) WHERE time_ms >= ? AND time_ms < ? ORDER BY id, time_ms"
            found = db.execute(query, [files, begin_ms, end_ms])
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
