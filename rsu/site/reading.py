"""A site read from its files, as far as it can be: parts with mistakes are missing, the rest is there to be judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from hw import registry, system
from hw.detail import Detail
from hw.driver import DeviceSettings as DriverSettings
from hw.errors import UnknownDriverError
from rsu.core.errors import ConfigError, Finding
from rsu.site.foreign import known
from rsu.site.hints import closest
from rsu.site.lanemap import LaneMapFile, NodeModel
from rsu.site.layers import SiteLayers
from rsu.site.map_source import map_source
from rsu.site.model import DeviceEntry, Site
from rsu.site.source import UNREADABLE, ParsedFile

_NO_DRIVER = Detail("{problem}{hint}", "{problem}{hint}")


class OfMap(NamedTuple):
    """A lane map with all keys that a lane map must have."""

    source: ParsedFile
    map: LaneMapFile


class OfSite(NamedTuple):
    """A site file with all keys that a site file must have, without its lane map."""

    source: ParsedFile
    site: Site
    drivers: dict[str, DriverSettings]  # device name -> settings of its driver, where they have no mistakes
    folder: Path


class OfBoth(NamedTuple):
    """Both, and the node of the lane map that the site file names."""

    source: ParsedFile
    site: Site
    drivers: dict[str, DriverSettings]
    map_source: ParsedFile
    map: LaneMapFile
    node: NodeModel


class SiteReading(NamedTuple):
    """The readable parts; None: a part has mistakes, which `findings` tell."""

    site: OfSite | None
    map: OfMap | None
    findings: list[Finding]

    @property
    def both(self) -> OfBoth | None:
        """Return both parts where they are there and go together."""
        if self.site is None or self.map is None:
            return None
        place = self.site.site.site
        node = next((n for n in self.map.map.nodes if (n.region, n.id) == (place.region, place.node)), None)
        return None if node is None else OfBoth(*self.site[:3], *self.map, node)


def read(path: Path, recorded: bool = False) -> SiteReading:
    """Read a site file and the files that it names. ConfigError: it is no YAML map.

    `recorded`: out of a recording, so that files which only other processes than the station need may be missing.
    """
    source = SiteLayers(path)
    context = {"folder": path.parent, "recorded": recorded}
    site, findings = None, []
    try:
        site = Site.model_validate(source.data, context=context)
    except ValidationError as error:
        findings += source.findings(error, Site)
    drivers, wrong = _drivers(source, context | {"site": {} if site is None else site.whereabouts()})
    lane_map, of_lane_map = _lane_map(source, path.parent)
    findings += [*wrong, *of_lane_map]
    return SiteReading(OfSite(source, site, drivers, path.parent) if site else None, lane_map, findings)


def _drivers(source: ParsedFile, context: dict[str, Any]) -> tuple[dict[str, DriverSettings], list[Finding]]:
    """Return the settings of every driver that can be read, in spite of other faults of the site file."""
    settings: dict[str, DriverSettings] = {}
    findings: list[Finding] = []
    devices = source.data.get("devices")
    for name, entry in devices.items() if isinstance(devices, dict) else ():
        try:
            device = DeviceEntry.model_validate(entry, context=context)
        except ValidationError:
            continue  # the model of the whole site tells the mistake
        at = ("devices", name, "driver", *(("driver",) if device.replay else ()))
        try:
            model = registry.driver_class(device.kind).Settings
            settings[name] = model.model_validate(device.driver, context={**context, "device": name})
        except UnknownDriverError as error:
            text = _NO_DRIVER.of(problem=known(str(error)), hint=closest(device.kind, registry.kinds()))
            findings.append(source.finding(("devices", name, "kind"), text))
        except ValidationError as error:
            findings += source.findings(error, model, at)
    return settings, findings


def _lane_map(source: ParsedFile, folder: Path) -> tuple[OfMap | None, list[Finding]]:
    """Return the lane map that a site file names, in spite of other faults of the site file."""
    place = source.data.get("site")
    name = place.get("lane_map") if isinstance(place, dict) else None
    if not isinstance(name, str):
        return None, []  # the model of the whole site says so
    try:
        (folder / name).open("rb").close()
        found = map_source(folder / name)
    except (OSError, ValueError) as error:  # the latter of a zero octet
        return None, [source.finding(("site", "lane_map"), UNREADABLE.of(reason=system.said(error)))]
    except ConfigError as error:
        return None, error.findings
    return of_map(found)


def of_map(source: ParsedFile) -> tuple[OfMap | None, list[Finding]]:
    """Return a lane map by itself, or its mistakes."""
    try:
        return OfMap(source, LaneMapFile.model_validate(source.data)), []
    except ValidationError as error:
        return None, source.findings(error, LaneMapFile)
