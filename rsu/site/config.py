"""Loading a site: the site file, its lane map and every driver's settings, checked together, all errors at once."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from hw import registry
from hw.driver import DeviceSettings as DriverSettings
from hw.modality import Modality
from rsu.core.errors import ConfigError, Finding
from rsu.site import lanemap
from rsu.site.identity import Identity, LampPhase
from rsu.site.model import Site
from rsu.site.reading import read
from rsu.site.rules import table


class Config(NamedTuple):
    """A site that can be run."""

    path: Path
    site: Site
    lane_map: lanemap.LaneMapFile
    drivers: dict[str, DriverSettings]  # device name -> settings of its driver


def load(path: Path, recorded: bool = False) -> Config:
    """Read and check a site. ConfigError: carries every error with file, line, column and key.

    `recorded`: out of a recording, so that files which only other processes than the station need may be missing.
    """
    reading = read(path, recorded)
    findings = [*reading.findings, *table.errors(reading)]
    if findings or reading.site is None or reading.map is None:
        raise ConfigError(findings)
    return Config(path, reading.site.site, reading.map.map, reading.site.drivers)


def check(path: Path) -> list[Finding]:
    """Return all errors of a site, and all implausible values of its files without errors."""
    try:
        reading = read(path)
    except ConfigError as error:
        return error.findings
    errors = [*reading.findings, *table.errors(reading)]
    return [*errors, *table.warnings(reading, {finding.file for finding in errors})]


def modalities(site: Site) -> dict[str, Modality]:
    """Return the modality of each device of a valid site."""
    return {name: registry.modality(device.kind) for name, device in site.devices.items()}


def identity(config: Config) -> Identity:
    """Return how the cloud knows this box and its roads."""
    site, me = config.site.site, config.site.identity
    links = [link for node in config.lane_map.nodes for link in node.links]
    region_id = me.region_id if len(me.region_id) == 6 else ""  # a shorter one names no district
    return Identity(
        rscu_sn=me.rscu_sn,
        rsu_sn=me.rsu_sn,
        region_id=region_id,
        city_code=me.city_code or (region_id and f"{region_id[:4]}00"),
        cross_id=me.cross_id or str(site.node),
        cross_name=me.cross_name,
        road_id=me.road_id,
        road_name=me.road_name,
        reference=site.reference.reference(),
        supplier=me.supplier,
        owner=me.owner,
        software_version=version("rsu-edge"),
        links={link.name: link.upstream.id for link in links} | me.link_ids,
        maneuvers={(link.name, lane.id): list(lane.maneuvers) for link in links for lane in link.lanes},
        node=(site.region, site.node),
        phases=_phases(config.site),
    )


def _phases(site: Site) -> dict[int, list[LampPhase]]:
    """Return number of a lamp -> the phases that it shows."""
    found: dict[int, list[LampPhase]] = {}
    for phase in site.signal.phases if site.signal is not None else ():
        permissive = phase.green == "permissive" or phase.crosswalk
        found.setdefault(phase.lamp, []).append(LampPhase(phase.id, permissive))
    return found
