"""Devices and what the site uses them for, by the modality that their drivers say. Other ones are not judged."""

from __future__ import annotations

from collections.abc import Iterator

from hw import registry
from hw.errors import UnknownDriverError
from hw.modality import OTHER, ROWS, Gives, Modality
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.source import Path_


def _modality(kind: str) -> Modality:
    try:
        return registry.modality(kind)
    except UnknownDriverError:  # found where it stands
        return OTHER


def _transmits(kind: str) -> bool:
    try:
        return hasattr(registry.driver_class(kind), "transmit")
    except UnknownDriverError:  # found where it stands
        return True


def _gives(kind: str) -> Gives:
    return _modality(kind).gives


def kinds(of: OfSite) -> Iterator[Finding]:
    """Find devices that cannot do what they are named for."""
    site = of.site
    if (radio := site.devices.get(site.radio)) and not _transmits(radio.kind):
        yield of.source.finding(("radio",), f'"{site.radio}" is a {radio.kind}, which cannot transmit')
    uses: list[tuple[Path_, str, Gives]] = [
        (("sensors", index, "device"), sensor.device, Gives.ROAD_USERS) for index, sensor in enumerate(site.sensors)
    ]
    if site.signal is not None:
        uses.append((("signal", "device"), site.signal.device, Gives.SIGNALS))
    for place, name, wanted in uses:
        kind = site.devices[name].kind if name in site.devices else ""
        if (gives := _gives(kind)) not in (wanted, Gives.OTHER):
            fit = ", ".join(each for each, found in site.devices.items() if _gives(found.kind) == wanted)
            text = f'expected a device that gives {wanted}, got "{name}", a {kind}, which gives {gives}'
            yield of.source.finding(place, text + (f" (there are {fit})" if fit else ""))


def fault_types(of: OfSite) -> Iterator[Finding]:
    """Find numbers of faults for what is no modality."""
    names = {row.name for row in (*ROWS, *(_modality(device.kind) for device in of.site.devices.values()))}
    for name in sorted(of.site.uplink.standard.fault_types.keys() - names):
        text = f"expected a modality ({', '.join(sorted(names))}), got {name}"
        yield of.source.finding(("uplink", "standard", "fault_types", name), text)


def idle(of: OfSite) -> Iterator[Finding]:
    """Find devices without a use, and roles without a device."""
    site = of.site
    sensors = {sensor.device for sensor in site.sensors}
    by_role = {role: [n for n, d in site.devices.items() if _gives(d.kind) == role] for role in Gives}
    for name in by_role[Gives.ROAD_USERS]:
        if name not in sensors and site.devices[name].kind != "video":  # of video it is an error
            text = f'expected an entry in `sensors` with device "{name}", got none: it is read and never used'
            yield of.source.warning(("devices", name), text)
    if not sensors:
        yield of.source.warning(("sensors",), "expected cameras or radars, got none: there will be no RSM")
    if not by_role[Gives.POSITION]:
        text = "expected a device of kind gnss, got none: without its time and place nothing with a time goes on air"
        yield of.source.warning(("devices",), text)
    for name in by_role[Gives.POSITION][1:]:
        first = by_role[Gives.POSITION][0]
        text = f"expected one device of kind gnss, got {name} beside {first}: their fixes are mixed"
        yield of.source.warning(("devices", name, "kind"), text)
    if site.signal is None and by_role[Gives.SIGNALS]:
        name = by_role[Gives.SIGNALS][0]
        yield of.source.warning(("devices", name), "expected a section `signal`, got none: there will be no SPAT")
    for role, used in ((Gives.SIGNALS, site.signal and site.signal.device), (Gives.RADIO, site.radio)):
        for name in by_role[role]:
            if used and name != used:
                yield of.source.warning(("devices", name, "kind"), f"gives {role} beside {used}, and is never used")
