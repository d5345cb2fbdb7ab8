"""The junction that a site wants of a foreign map: its reference point, its node, the reach of its roads."""

from __future__ import annotations

from pathlib import Path

from rsu.core.errors import ConfigError
from rsu.lab.maps.build import WantedJunction
from rsu.site.reading import read


def of_site(site: Path, crossing: str | None, reach_m: float) -> WantedJunction:
    """Return it; the site's lane map may be missing yet. ConfigError: its site file cannot be read."""
    reading = read(site)
    if reading.site is None:
        raise ConfigError(reading.findings)
    where = reading.site.site.site
    return WantedJunction(crossing, where.region, where.node, reach_m, reference=where.reference.reference())
