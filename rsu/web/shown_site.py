"""The parts of a site that the page needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self

from hw.device import maker
from hw.driver import Driver
from perception.sensor import Sensor
from rsu.explain.look import RsmReading
from rsu.recorder.shelf import Shelf
from rsu.site.config import Config
from rsu.web.patch import Document


class ShownSite(NamedTuple):
    """One site."""

    name: str
    lane_map: Document
    air: RsmReading
    sensors: list[Sensor]
    data: Path  # data folder
    recordings: Shelf
    hold_s: float  # a position counts so long without GNSS
    drivers: dict[str, Callable[[], Driver]]  # makers, by device

    @classmethod
    def of(cls, config: Config, data: Path) -> Self:
        """Return that of a site file."""
        site = config.site
        drivers = {name: maker(name, each.kind, config.drivers[name]) for name, each in site.devices.items()}
        shelf = Shelf(data / site.recording.path, site.recording)
        return cls(
            name=site.site.name,
            lane_map=config.lane_map.model_dump(mode="json"),
            air=RsmReading.of(site),
            sensors=list(site.sensors),
            data=data,
            recordings=shelf,
            hold_s=site.position.hold_s,
            drivers=drivers,
        )
