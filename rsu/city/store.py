"""The duties of a city's engine towards its ingest, its page and its archive; one implementation in each folder.

`rsu/city/embedded`: SQLite, all in one process. `rsu/city/distributed`: NATS JetStream and PostgreSQL, processes on
several machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from rsu.city.live import Area
from rsu.city.records import CityRecord
from rsu.core.errors import NotReachableError

DAY_MS = 86_400_000
MOST_ROWS = 10_000  # of an answer

Row = dict[str, Any]


class NotKeptError(NotReachableError):
    """A batch that could not be made durable now; it is to be given again."""


class CityRefusal(NamedTuple):
    """A record that will never be taken."""

    kind: str  # of record, or `other`
    reason: str  # with its topic and the place of the fault


class RecordLog(Protocol):
    """The side of the ingest."""

    def keep(self, records: Sequence[CityRecord], refusals: Sequence[CityRefusal], now_ms: int) -> None:
        """Return when a batch is durable; a record that is already there counts once. NotKeptError."""

    def parts(self, record: CityRecord) -> int:
        """Return how many parts of a record are durable. NotKeptError: not known now."""


class CityView(Protocol):
    """The side of the page; times in ms since 1970 UTC, `begin_ms` included."""

    def boxes(self, now_ms: int) -> list[Row]:
        """Return every box: place, when it was heard, state, number of road users."""

    def box(self, name: str) -> Row | None:
        """Return a box with its statuses, lights and missing numbers."""

    def users(self, area: Area, now_ms: int) -> list[Row]:
        """Return the road users in an area."""

    def events(self, begin_ms: int, end_ms: int) -> list[Row]:
        """Return the events that began in a time, the newest first."""

    def flows(self, box: str, begin_ms: int, end_ms: int) -> list[Row]:
        """Return the traffic of the lanes of a box, the newest first."""

    def tracks(self, box: str, begin_ms: int, end_ms: int) -> list[Row] | None:
        """Return the track states of a box, of the archive and of today; None: no such box."""

    def counts(self) -> Row:
        """Return the records taken and refused by kind, and the reasons of the last refusals."""


class TableRows(Protocol):
    """The side of SensorThings: the tables of the embedded city."""

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return rows of a reading query of SQLite by column."""


class DayBlocks(Protocol):
    """The side of the archive: track states of days that are over."""

    def days_before(self, day: int) -> list[tuple[str, int]]:
        """Return box and day (days since 1970 UTC) of the states before a day."""

    def blocks(self, box: str, begin_ms: int, end_ms: int) -> Iterator[NDArray[np.void]]:
        """Yield the states (n,) STATE of each record of a box in a time."""

    def forget(self, box: str, day: int) -> None:
        """Delete the states of a day that are in the archive; the numbers before it become one a boot."""
