"""Loading a site: the site file, its lane map and every driver's settings, checked together, all errors at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from hw import registry
from hw.driver import DeviceSettings as DriverSettings
from hw.errors import UnknownDriverError
from perception.objects import Modality
from rsu.checks.signals import SignalSettings
from rsu.errors import ConfigError, Finding
from rsu.reports.common import Identity
from rsu.site import conflicts, lanemap
from rsu.site.model import Site
from rsu.site.yaml_source import YamlSource
from rsu.video import checks as cameras


class Config(NamedTuple):
    """A site that can be run."""

    path: Path
    site: Site
    lane_map: lanemap.LaneMapFile
    drivers: dict[str, DriverSettings]  # device name -> settings of its driver


def load(path: Path, recorded: bool = False) -> Config:
    """Read and check a site. ConfigError: carries every finding with file, line, column and key.

    `recorded`: out of a recording, so that files which only other processes than the station need may be missing.
    """
    source = YamlSource(path)
    try:
        site = Site.model_validate(source.data, context={"folder": path.parent, "recorded": recorded})
    except ValidationError as error:
        raise ConfigError(source.findings(error, Site)) from error
    drivers, findings = _drivers(source, site, path.parent)
    findings += _names(source, site)
    findings += _places(source, drivers)
    findings += cameras.findings(source, site)
    try:
        lane_map = lanemap.load(path.parent / site.site.lane_map)
        findings += _against_map(source, site, lane_map)
    except ConfigError as error:
        raise ConfigError(findings + error.findings) from error
    if findings:
        raise ConfigError(findings)
    return Config(path, site, lane_map, drivers)


def _drivers(source: YamlSource, site: Site, folder: Path) -> tuple[dict[str, DriverSettings], list[Finding]]:
    settings: dict[str, DriverSettings] = {}
    findings: list[Finding] = []
    for name, device in site.devices.items():
        try:
            model = registry.driver_class(device.kind).Settings
            context = {"folder": folder, "device": name, "site": site.whereabouts()}
            settings[name] = model.model_validate(device.driver, context=context)
            if name == site.radio and not hasattr(registry.driver_class(device.kind), "transmit"):
                findings.append(source.finding(("radio",), f'"{name}" is a {device.kind}, which cannot transmit'))
        except UnknownDriverError as error:
            findings.append(source.finding(("devices", name, "kind"), str(error)))
        except ValidationError as error:
            findings += source.findings(error, model, ("devices", name, "driver"))
    return settings, findings


def _names(source: YamlSource, site: Site) -> Iterator[Finding]:
    """Find names that nothing has, and things named twice."""
    named: dict[tuple[str | int, ...], str] = {("radio",): site.radio}
    named |= {("sensors", i, "device"): sensor.device for i, sensor in enumerate(site.sensors)}
    if site.signal is not None:
        named[("signal", "device")] = site.signal.device
    for place, name in named.items():
        if name not in site.devices:
            yield source.finding(place, f'no device is called "{name}", but {", ".join(site.devices)}')
    yield from _twice(source, ("sensors",), "device", [sensor.device for sensor in site.sensors])
    if site.signal is not None:
        phases = [phase.id for phase in site.signal.phases]
        yield from _twice(source, ("signal", "phases"), "id", phases)
        yield from _twice(source, ("signal", "phases"), "lamp", [phase.lamp for phase in site.signal.phases])
        for index, pair in enumerate(site.signal.conflicts):
            if pair[0] == pair[1] or not {*pair} <= {*phases}:
                yield source.finding(("signal", "conflicts", index), f"expected two phases of this signal, got {pair}")


def _places(source: YamlSource, drivers: dict[str, DriverSettings]) -> Iterator[Finding]:
    """Find two ports of devices at one serial line or one listening socket: each would get half of the bytes."""
    users: dict[str, str] = {}
    for name, settings in drivers.items():
        for port in settings.ports().values():
            where = port.endpoint
            place = where.serial.path if where.serial else where.udp.listen if where.udp else None
            if place in users:
                yield source.finding(("devices", name, "driver"), f"{place} is already used by {users[place]}")
            elif place is not None:
                users[place] = name


def _twice(source: YamlSource, place: tuple[str, ...], key: str, values: Sequence[object]) -> Iterator[Finding]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield source.finding((*place, index, key), f"{value} is already used")


def _against_map(source: YamlSource, site: Site, lane_map: lanemap.LaneMapFile) -> list[Finding]:
    """Find what the site file and the lane map say differently (G4: same node ids in MAP, SPAT and RSM)."""
    findings = []
    node = next((n for n in lane_map.nodes if (n.region, n.id) == (site.site.region, site.site.node)), None)
    if node is None:
        known = ", ".join(f"{n.region}/{n.id}" for n in lane_map.nodes)
        return [
            source.finding(
                ("site", "node"), f"the lane map has no node {site.site.region}/{site.site.node}, but {known}"
            )
        ]
    names = {link.name for link in node.links}
    for index, sign in enumerate(site.messages.signs):
        for position, link in enumerate(sign.links):
            if link not in names:
                text = f'the lane map has no link "{link}", but {", ".join(sorted(names))}'
                findings.append(source.finding(("messages", "signs", index, "links", position), text))
    lanes = {(link.name, lane.id) for link in node.links for lane in link.lanes}
    for index, loop in enumerate(site.statistics.loops):
        if (loop.link, loop.lane) not in lanes:
            place = ("statistics", "loops", index, "link")
            findings.append(source.finding(place, f"the lane map has no lane {loop.lane} on a link {loop.link}"))
    if site.signal is not None:
        used = {c.phase for link in node.links for lane in link.lanes for c in lane.connects_to if c.phase is not None}
        missing = sorted(used - {phase.id for phase in site.signal.phases})
        if missing:
            text = f"the lane map uses phases {', '.join(map(str, missing))} that no lamp shows"
            findings.append(source.finding(("signal", "phases"), text))
        findings += _exceptions(source, site.signal, lane_map)
    return findings


def _exceptions(source: YamlSource, signal: SignalSettings, lane_map: lanemap.LaneMapFile) -> Iterator[Finding]:
    """Find conflicts that are taken away and that there are not, or that are also added."""
    known, added = conflicts.derived(signal, lane_map), {conflicts.pair(*two) for two in signal.conflicts}
    for index, each in enumerate(signal.no_conflicts):
        two = conflicts.pair(*each.phases)
        if two not in known:
            text = f"{list(each.phases)} do not meet by the lane map: there is nothing to take away"
            yield source.finding(("signal", "no_conflicts", index), text)
        elif two in added:
            text = f"{list(each.phases)} stand in conflicts too"
            yield source.finding(("signal", "no_conflicts", index), text)


def modalities(site: Site) -> dict[str, Modality]:
    """Return by what means each device of a valid site knows what it says."""
    return {name: registry.modality(device.kind) for name, device in site.devices.items()}


def identity(site: Site) -> Identity:
    """Return how the cloud knows this box."""
    return Identity(
        rscu_sn=site.identity.rscu_sn,
        rsu_sn=site.identity.rsu_sn,
        city_name=site.identity.city_name,
        region_id=site.identity.region_id or str(site.site.region),
        cross_id=str(site.site.node),
        reference=site.site.reference.reference(),
        supplier=site.identity.supplier,
        owner=site.identity.owner,
        software_version=version("rsu-edge"),
    )
