"""Is a message of now? Its time labels against the arrival of its frame at the radio.

Minute of the UTC year and DSecond as T/CSAE 53-2020 prints them, transcribed here a second time: nothing of the
product's own time module is used. The bench's clock is the truth; the daemon's may be another.
"""

from __future__ import annotations

from datetime import UTC, datetime

OLDEST_S, NEWEST_S = 1.0, 0.3  # a frame of now was made so long ago at most, and no more than so far ahead
_MINUTE_S = 60.0


def of_year(moy: int | None, second_ms: int | None, arrival_ns: int) -> str | None:
    """Return the fault of a minute of the year with milliseconds inside it; None: it is the present time."""
    if moy is None or second_ms is None:
        return "undated"
    now = datetime.fromtimestamp(arrival_ns / 1e9, UTC)
    begin = datetime(now.year, 1, 1, tzinfo=UTC)
    # around the turn of the year the minute may still be one of the old year, or already one of the new
    years = (begin, datetime(now.year - 1, 1, 1, tzinfo=UTC), datetime(now.year + 1, 1, 1, tzinfo=UTC))
    ages = [(now - year).total_seconds() - moy * _MINUTE_S - second_ms / 1e3 for year in years]
    return _judged(min(ages, key=abs))


def minute_of_year(moy: int | None, arrival_ns: int) -> str | None:
    """Return the fault of a minute of the year that stands alone; None: it is the present minute."""
    if moy is None:
        return "undated"
    wrongs = []
    for made_ns in (arrival_ns, arrival_ns - round(OLDEST_S * 1e9)):  # the minute may have ended on the way
        wrongs.append(of_year(moy, made_ns // 1_000_000 % 60_000, made_ns))
    return wrongs[0] if all(wrongs) else None


def of_minute(second_ms: int | None, arrival_ns: int) -> str | None:
    """Return the fault of milliseconds inside the running minute; None: they are the present time."""
    if second_ms is None:
        return "undated"
    age = arrival_ns / 1e9 % _MINUTE_S - second_ms / 1e3
    return _judged((age + _MINUTE_S / 2) % _MINUTE_S - _MINUTE_S / 2)


def _judged(age_s: float) -> str | None:
    return None if -NEWEST_S <= age_s <= OLDEST_S else f"time label {age_s:+.2f} s old"
