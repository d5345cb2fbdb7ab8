"""The parts of a site that the page needs."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Self

from perception.sensor import Sensor
from rsu.explain.look import RsmReading
from rsu.site.config import Config
from rsu.web.patch import Document


class ShownSite(NamedTuple):
    """One site."""

    name: str
    lane_map: Document
    air: RsmReading
    sensors: list[Sensor]
    data: Path  # data folder

    @classmethod
    def of(cls, config: Config, data: Path) -> Self:
        """Return that of a site file."""
        site = config.site
        air = RsmReading(site.site.reference.reference(), site.messages.profile)
        return cls(site.site.name, config.lane_map.model_dump(mode="json"), air, list(site.sensors), data)
