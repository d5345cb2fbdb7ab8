"""Weather that drivers must know of, by the site's weather sensors: fog, haze, rain, snow, hail, wind, icy road.

Each rises at one threshold and clears at another, and holds for the whole site. Where no sensor measures the quantity
of a rule, the rule sees nothing. Thresholds of fog: GB/T 27964-2011; of wind: Beaufort 8 and 7 (GB/T 28591-2012); the
others are of our choice.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Set
from typing import ClassVar

from perception.events.rule import Code, EventRow, Occurrence, RuleSettings
from perception.sensor import NotNegative, Positive
from perception.traffic.lanes import LaneMap
from perception.traffic.situation import Situation
from perception.traffic.weather import WeatherNow

FOG_LEVELS_M = ((50.0, 5), (200.0, 4), (500.0, 3), (1000.0, 2))  # visibility below which fog has a level
WET = ("drizzle", "unknown", "rain", "mixed")


class WeatherSettings(RuleSettings):
    """The common part of the rules of weather."""

    start_after_s: NotNegative = 60.0
    end_after_s: NotNegative = 300.0
    sure_for_s: NotNegative = 0.0
    update_every_s: Positive = 10.0
    radius_m: Positive = 1000.0  # of its area on air, around the site's reference point

    @abstractmethod
    def holds(self, weather: WeatherNow, runs: bool) -> bool:
        """Tell whether the weather is so; `runs`: the event runs, so that the softer threshold counts."""

    def level(self, weather: WeatherNow) -> int | None:
        """Return how bad it is, 1..5, 5 the worst; None: it has no levels."""
        return None

    def rule(self, lanes: LaneMap) -> WeatherRule:
        """Return the rule that looks for it."""
        return WeatherRule(self)


class WeatherRule:
    """The rule of each of them; its one key is the site."""

    def __init__(self, settings: WeatherSettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the site where the weather is so."""
        if not self.settings.holds(now.weather, bool(running)):
            return ()
        level, radius_m = self.settings.level(now.weather), self.settings.radius_m
        return (Occurrence(key=0, position_m=(0.0, 0.0), radius_m=radius_m, track_ids=[], level=level),)


class FogSettings(WeatherSettings):
    """Visibility so short that it is fog: nothing but drizzle falls, and haze is not said."""

    row: ClassVar = EventRow("Fog", "大雾", urgency=5)

    code: Code = 305
    raise_below_m: Positive = 500.0  # visibility
    clear_above_m: Positive = 600.0  # visibility

    def holds(self, weather: WeatherNow, runs: bool) -> bool:
        """Tell whether there is fog."""
        if weather.obscuration == "haze" or weather.precipitation not in (None, "none", "drizzle"):
            return False
        return _below(weather.visibility_m, self.clear_above_m if runs else self.raise_below_m)

    def level(self, weather: WeatherNow) -> int | None:
        """Return the level by visibility."""
        visibility_m = weather.visibility_m
        return next((n for below_m, n in FOG_LEVELS_M if visibility_m is not None and visibility_m < below_m), 1)


class HazeSettings(WeatherSettings):
    """Short visibility in haze, where a sensor says that it is haze."""

    row: ClassVar = EventRow("Haze", "霾", urgency=4)

    code: Code = 311
    raise_below_m: Positive = 1000.0  # visibility
    clear_above_m: Positive = 1500.0  # visibility

    def holds(self, weather: WeatherNow, runs: bool) -> bool:
        """Tell whether there is haze."""
        limit_m = self.clear_above_m if runs else self.raise_below_m
        return weather.obscuration == "haze" and _below(weather.visibility_m, limit_m)


class RainSettings(WeatherSettings):
    """Heavy rain."""

    row: ClassVar = EventRow("Heavy rain", "大雨", urgency=4)

    code: Code = 301
    raise_above_mm_h: Positive = 10.0  # of rain
    clear_below_mm_h: Positive = 5.0  # of rain

    def holds(self, weather: WeatherNow, runs: bool) -> bool:
        """Tell whether it rains heavily."""
        limit = self.clear_below_mm_h if runs else self.raise_above_mm_h
        return weather.precipitation in WET and _above(weather.intensity_mm_h, limit)


class SnowSettings(WeatherSettings):
    """Snowfall."""

    row: ClassVar = EventRow("Snow", "降雪", urgency=4)

    code: Code = 308
    raise_above_mm_h: Positive = 0.5  # water in the snow
    clear_below_mm_h: Positive = 0.1  # water in the snow

    def holds(self, weather: WeatherNow, runs: bool) -> bool:
        """Tell whether it snows."""
        limit = self.clear_below_mm_h if runs else self.raise_above_mm_h
        return weather.precipitation in ("snow", "mixed") and _above(weather.intensity_mm_h, limit)


class HailSettings(WeatherSettings):
    """Hail, as soon as a sensor says so."""

    row: ClassVar = EventRow("Hail", "冰雹", urgency=5)

    code: Code = 302
    start_after_s: NotNegative = 0.0

    def holds(self, weather: WeatherNow, runs: bool) -> bool:
        """Tell whether hail falls."""
        return weather.precipitation == "hail"


class WindSettings(WeatherSettings):
    """Gusts that push vehicles aside."""

    row: ClassVar = EventRow("Strong wind", "大风", urgency=4)

    code: Code = 304
    raise_above_mps: Positive = 17.2  # of the gusts
    clear_below_mps: Positive = 13.9  # of the gusts

    def holds(self, weather: WeatherNow, runs: bool) -> bool:
        """Tell whether the wind is strong."""
        return _above(weather.gust_mps, self.clear_below_mps if runs else self.raise_above_mps)


class IcyRoadSettings(WeatherSettings):
    """Freezing rain or drizzle: the road turns to ice, and stays so after it."""

    row: ClassVar = EventRow("Icy road", "道路结冰", urgency=6)

    code: Code = 409
    start_after_s: NotNegative = 0.0
    end_after_s: NotNegative = 3600.0

    def holds(self, weather: WeatherNow, runs: bool) -> bool:
        """Tell whether water freezes where it falls."""
        return weather.precipitation == "freezing"


def _below(value: float | None, limit: float) -> bool:
    return value is not None and value < limit


def _above(value: float | None, limit: float) -> bool:
    return value is not None and value > limit
