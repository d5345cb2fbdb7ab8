"""Automated vehicles under supervision: their newest states, and the 90 s before each accident, kept for good.

States come as IM_7001 and IM_7002 of the traffic police's draft for cooperative services. An accident is a State that
turns abnormal, or one that a user of the page notes. States of the time before it are kept also if they come late.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

BEFORE_S = 90  # road test rules of 2021
_HELD_MS = 900_000  # other states: longer than a state may be late
_ABNORMAL = 1
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS state (
    operator TEXT NOT NULL, vehicle TEXT NOT NULL, time_s INTEGER NOT NULL, received_ms INTEGER NOT NULL,
    state INTEGER NOT NULL, longitude REAL NOT NULL, latitude REAL NOT NULL, speed_kmh REAL NOT NULL, altitude_m REAL,
    bearing_deg REAL, PRIMARY KEY (operator, vehicle, time_s)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS state_received ON state (received_ms);
CREATE TABLE IF NOT EXISTS accident (
    id INTEGER PRIMARY KEY, operator TEXT NOT NULL, vehicle TEXT NOT NULL, time_s INTEGER NOT NULL, by TEXT NOT NULL,
    UNIQUE (operator, vehicle, time_s));
CREATE VIEW IF NOT EXISTS kept AS SELECT accident.id AS accident, state.* FROM accident JOIN state
    ON state.operator = accident.operator AND state.vehicle = accident.vehicle
    AND state.time_s BETWEEN accident.time_s - {BEFORE_S} AND accident.time_s;
"""


class VehicleState(msgspec.Struct, frozen=True, rename={"vehicle": "VehicleID", "state": "State", "time_s": "Time",
                                                        "longitude_deg": "Longitude", "latitude_deg": "Latitude",
                                                        "speed_kmh": "Speed", "altitude_m": "Altitude",
                                                        "bearing_deg": "Bearing"}):  # fmt: skip
    """One state of one vehicle."""

    vehicle: Annotated[str, Meta(min_length=1, max_length=64)]
    state: Annotated[int, Meta(ge=0, le=1)]  # 0 normal, 1 abnormal
    longitude_deg: Annotated[float, Meta(ge=-180, le=180)]
    latitude_deg: Annotated[float, Meta(ge=-90, le=90)]
    speed_kmh: Annotated[float, Meta(ge=0, le=500)]
    time_s: Annotated[int, Meta(ge=0, lt=1 << 40)]  # since 1970, UTC
    altitude_m: float | None = None
    bearing_deg: Annotated[float, Meta(ge=0, le=360)] | None = None


class VehicleName(NamedTuple):
    """A vehicle: names are its operator's."""

    operator: str
    vehicle: str


class VehicleDesk:
    """The vehicles of a city; several threads use it."""

    def __init__(self, path: Path) -> None:
        """Open or create."""
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)
        self._lock = threading.Lock()

    def take(self, operator: str, states: Sequence[VehicleState], now_ms: int) -> None:
        """Keep states, note accidents, and forget old states that no accident follows."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for each in states:
                name = VehicleName(operator, each.vehicle)
                if each.state == _ABNORMAL and not self._was_abnormal(name, each.time_s):
                    self._note(name, each.time_s, "vehicle")
                row = (*name, each.time_s, now_ms, each.state, each.longitude_deg, each.latitude_deg, each.speed_kmh)
                query = "INSERT OR IGNORE INTO state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                self._db.execute(query, (*row, each.altitude_m, each.bearing_deg))
            self._db.execute(
                "DELETE FROM state WHERE received_ms < ? AND NOT EXISTS (SELECT 1 FROM accident"
                " WHERE accident.operator = state.operator AND accident.vehicle = state.vehicle"
                f" AND state.time_s BETWEEN accident.time_s - {BEFORE_S} AND accident.time_s)",
                (now_ms - _HELD_MS,),
            )

    def _was_abnormal(self, name: VehicleName, time_s: int) -> bool:
        query = (
            "SELECT state FROM state WHERE operator = ? AND vehicle = ? AND time_s <= ? ORDER BY time_s DESC LIMIT 1"
        )
        row = self._db.execute(query, (*name, time_s)).fetchone()
        return row is not None and row[0] == _ABNORMAL

    def _note(self, name: VehicleName, time_s: int, by: str) -> None:
        query = "INSERT OR IGNORE INTO accident (operator, vehicle, time_s, by) VALUES (?, ?, ?, ?)"
        self._db.execute(query, (*name, time_s, by))

    def accident(self, name: VehicleName, time_s: int, by: str) -> None:
        """Note an accident: the states before it stay. `by`: name of the user that notes it."""
        with self._lock, self._db:
            self._note(name, time_s, by)

    def now(self) -> list[dict[str, Any]]:
        """Return the newest state of each vehicle that is held."""
        return self._rows("SELECT *, max(time_s) AS time_s FROM state GROUP BY operator, vehicle ORDER BY 1, 2")

    def accidents(self) -> list[dict[str, Any]]:
        """Return all accidents, the newest first, with the number of their states."""
        query = "SELECT accident.*, (SELECT count(*) FROM kept WHERE accident = accident.id) AS states FROM accident"
        return self._rows(f"{query} ORDER BY time_s DESC, id DESC")

    def kept(self, number: int) -> list[dict[str, Any]]:
        """Return the states before an accident, the first one first."""
        return self._rows("SELECT * FROM kept WHERE accident = ? ORDER BY time_s", number)

    def _rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        with self._lock:
            found = self._db.execute(query, values)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]

    def close(self) -> None:
        """Close the file."""
        self._db.close()
