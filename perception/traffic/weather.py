"""The weather of the site, of the newest measurements of all weather sensors: of each quantity the worst."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from perception.objects import PRECIPITATION, SECOND_NS, Weather

FRESH_NS = 180 * SECOND_NS  # weather sensors speak once a minute or more often


class WeatherNow(msgspec.Struct, frozen=True, kw_only=True):
    """The weather of the site; None: no sensor measures it now."""

    visibility_m: float | None = None  # m
    precipitation: str | None = None  # one of PRECIPITATION
    intensity_mm_h: float | None = None  # mm/h of water
    obscuration: str | None = None  # clear, fog or haze
    gust_mps: float | None = None  # m/s; the mean where no gusts are measured
    temperature_c: float | None = None  # deg C


UNKNOWN_WEATHER = WeatherNow()
_SIGHT = ("clear", "haze", "fog")  # the worst last


class WeatherBoard:
    """Keeps the last value of each quantity of each weather sensor."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], tuple[int, Any]] = {}  # (device, quantity) -> (receipt, value)

    def update(self, weather: Weather) -> None:
        """Take a measurement; quantities that it leaves out stay as they are until they are old."""
        for name in weather.__struct_fields__:
            value = getattr(weather, name)
            if name not in ("device", "stamp_ns", "receipt_ns") and value is not None:
                self._values[weather.device, name] = weather.receipt_ns, value

    def now(self, now_ns: int) -> WeatherNow:
        """Return the weather."""
        if not self._values:
            return UNKNOWN_WEATHER
        self._values = {key: each for key, each in self._values.items() if now_ns - each[0] <= FRESH_NS}
        wind = [*self._of("gust_mps")] or [*self._of("wind_mps")]
        return WeatherNow(
            visibility_m=min(self._of("visibility_m"), default=None),
            precipitation=max(self._of("precipitation"), key=PRECIPITATION.index, default=None),
            intensity_mm_h=max(self._of("intensity_mm_h"), default=None),
            obscuration=max(self._of("obscuration"), key=_SIGHT.index, default=None),
            gust_mps=max(wind, default=None),
            temperature_c=min(self._of("temperature_c"), default=None),
        )

    def _of(self, quantity: str) -> Iterator[Any]:
        return (value for (_, name), (_, value) in self._values.items() if name == quantity)
