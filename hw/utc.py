"""Broken-down UTC, as devices print it, to nanoseconds and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

NS = 1_000_000_000
NS_PER_DAY = 86400 * NS
_ERA_NS = 1024 * 7 * NS_PER_DAY
_EPOCH_DAY = date(1970, 1, 1).toordinal()


class Utc(NamedTuple):
    """A time of day on a date, to the nanosecond. `nanosecond` may be negative where the source rounds its second."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    nanosecond: int


def to_ns(utc: Utc) -> int:
    """Return ns since 1970 as the system's clock counts them; ValueError when there is no such time.

    Second 60, a leap second, is second 59 once more, as the Linux kernel counts it.
    """
    return midnight_ns(utc.year, utc.month, utc.day) + of_day_ns(utc.hour, utc.minute, utc.second) + utc.nanosecond


def weeks_off(stamp_ns: int, utc_ns: int) -> int:
    """Return by how many weeks a receiver's date is off that counts them in ten bits, as GPS does; 0: it is not."""
    off_ns = stamp_ns - utc_ns
    eras = round(off_ns / _ERA_NS)
    return 1024 * eras if abs(off_ns - eras * _ERA_NS) < NS_PER_DAY else 0


def midnight_ns(year: int, month: int, day: int) -> int:
    """Return ns from 1970 to the beginning of a day; ValueError when there is no such day."""
    return (date(year, month, day).toordinal() - _EPOCH_DAY) * NS_PER_DAY


def of_day_ns(hour: int, minute: int, second: int) -> int:
    """Return ns since midnight; ValueError when there is no such time of day."""
    if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 60):
        raise ValueError(f"no such time: {hour}:{minute}:{second}")
    return (hour * 3600 + minute * 60 + min(second, 59)) * NS


def from_ns(stamp_ns: int) -> Utc:
    """Return the broken-down UTC of ns since 1970."""
    seconds, nanosecond = divmod(stamp_ns, NS)
    time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return Utc(time.year, time.month, time.day, time.hour, time.minute, time.second, nanosecond)
