"""WMO code table 4680, present weather of automatic stations: precipitation and obscuration, now.

Codes 20 to 26 tell of the hour before: nothing falls any more. Codes that are not named mean that nothing falls.
"""

from __future__ import annotations

_RANGES: list[tuple[int, int, str]] = [
    (40, 42, "unknown"),
    (43, 44, "rain"),  # liquid
    (45, 46, "snow"),  # solid
    (47, 48, "freezing"),
    (50, 53, "drizzle"),
    (54, 56, "freezing"),
    (57, 63, "rain"),
    (64, 66, "freezing"),
    (67, 68, "mixed"),
    (70, 78, "snow"),  # 74 to 76 ice pellets
    (80, 84, "rain"),  # showers
    (85, 87, "snow"),
    (89, 89, "hail"),
    (92, 92, "unknown"),  # thunderstorm with rain or snow
    (93, 93, "hail"),
    (95, 95, "unknown"),
    (96, 96, "hail"),
]
PRECIPITATION_NOW = {code: kind for first, last, kind in _RANGES for code in range(first, last + 1)}
OBSCURATION = {4: "haze", 5: "haze"} | dict.fromkeys((10, *range(30, 36)), "fog")
