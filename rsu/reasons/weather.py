"""The gate's reasons of weather sensors."""

from __future__ import annotations

from hw.modality import Gives
from rsu.reasons.words import Reason, Words


class WeatherReason(Reason):
    """Faults of the view of the weather."""

    WEATHER_LOST = Words(
        "weather-lost",
        "a weather sensor is lost: some weather is not announced",
        "see the device list of `rsu status`",
        "有气象传感器失效，部分天气未发布",
        "查看 `rsu status` 的设备列表",
        by=Gives.WEATHER,
    )
