"""Common parts of all builders: UTC marks of the messages, positions, counters."""

from __future__ import annotations

import datetime
import random
from functools import lru_cache

from perception.geo import Reference, to_wgs84
from v2x import Position

_MINUTE_NS = 60_000_000_000


def sec_mark_ms(stamp_ns: int) -> int:
    """Return DSecond: ms inside the UTC minute, 0..59999, rounded down."""
    return stamp_ns % _MINUTE_NS // 1_000_000


def minute_of_year(stamp_ns: int) -> int:
    """Return MinuteOfTheYear: elapsed whole minutes of the UTC year, 0..527039."""
    minutes = stamp_ns // _MINUTE_NS
    return minutes - _year_start_minutes(minutes // 1440)


@lru_cache(maxsize=8)
def _year_start_minutes(day: int) -> int:
    """Return the minutes from the epoch to the start of the year that holds a day (counted from the epoch)."""
    date = datetime.date(1970, 1, 1) + datetime.timedelta(days=day)
    return (datetime.date(date.year, 1, 1) - datetime.date(1970, 1, 1)).days * 1440


def position(east: float, north: float, reference: Reference, elevation: bool = True) -> Position:
    """Return a point of the site frame, at the elevation of the reference point, as a message has it."""
    latitude, longitude = to_wgs84(east, north, reference)
    return Position(
        latitude_deg=float(latitude),
        longitude_deg=float(longitude),
        elevation_m=reference.elevation_m if elevation else None,
    )


class Slots:
    """The messages that were sent in each slot of time."""

    def __init__(self) -> None:
        self._slots: dict[str, int] = {}

    def due(self, what: str, slot: int) -> bool:
        """Tell once in every slot that it is time, even where a tick was missed."""
        due = self._slots.get(what) != slot
        self._slots[what] = slot
        return due


class MessageCounter:
    """msgCnt of one message type: random start, +1 modulo 128 (T/CSAE 159-2020)."""

    def __init__(self, chance: random.Random) -> None:
        self._next = chance.randrange(128)

    def __call__(self) -> int:
        """Return the next count."""
        count, self._next = self._next, (self._next + 1) % 128
        return count
