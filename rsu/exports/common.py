"""Places and times as the web's forms have them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from perception.geo import Reference, to_wgs84

Json = dict[str, Any]


def time_text(stamp_ns: int) -> str:
    """Return a time UTC by ISO 8601, in milliseconds, with its offset in digits: MEOS 1.3 takes no Z."""
    return datetime.fromtimestamp(stamp_ns // 1_000_000 / 1000.0, UTC).isoformat(timespec="milliseconds")


def interval(begin_ns: int, end_ns: int) -> str:
    """Return a time interval by ISO 8601."""
    return f"{time_text(begin_ns)}/{time_text(end_ns)}"


def degrees(east_m: float, north_m: float, reference: Reference) -> list[float]:
    """Return longitude and latitude of a place in the site frame, WGS-84, to 1 cm."""
    latitude, longitude = to_wgs84(east_m, north_m, reference)
    return [round(float(longitude), 7), round(float(latitude), 7)]


def known(values: Json) -> Json:
    """Return the values that are known."""
    return {key: value for key, value in values.items() if value is not None}
