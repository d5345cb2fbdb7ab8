"""Devices and what the site uses them for, by the modality that their drivers say. Other ones are not judged."""

from __future__ import annotations

from collections.abc import Iterator

from hw import registry
from hw.errors import UnknownDriverError
from perception.objects import Modality
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.source import Path_

ROAD_USERS, POSITION, SIGNALS, RADIO = "road users", "position and time", "signal states", "frames of the air"
_GIVES = {
    Modality.CAMERA: ROAD_USERS,
    Modality.RADAR: ROAD_USERS,
    Modality.LIDAR: ROAD_USERS,
    Modality.LOOP: ROAD_USERS,
    Modality.GNSS: POSITION,
    Modality.SIGNAL: SIGNALS,
    Modality.V2X: RADIO,
}


def _gives(kind: str) -> str | None:
    """Return what devices of a kind give; None: it is not known, or there is no such kind."""
    try:
        return _GIVES.get(registry.modality(kind))
    except UnknownDriverError:  # found where it stands
        return None


def kinds(of: OfSite) -> Iterator[Finding]:
    """Find devices that cannot do what they are named for."""
    site = of.site
    if (radio := site.devices.get(site.radio)) and not hasattr(registry.driver_class(radio.kind), "transmit"):
        yield of.source.finding(("radio",), f'"{site.radio}" is a {radio.kind}, which cannot transmit')
    uses: list[tuple[Path_, str, str]] = [
        (("sensors", index, "device"), sensor.device, ROAD_USERS) for index, sensor in enumerate(site.sensors)
    ]
    if site.signal is not None:
        uses.append((("signal", "device"), site.signal.device, SIGNALS))
    for place, name, wanted in uses:
        kind = site.devices[name].kind if name in site.devices else ""
        if (gives := _gives(kind) or wanted) != wanted:
            fit = ", ".join(each for each, found in site.devices.items() if _gives(found.kind) == wanted)
            text = f'expected a device that gives {wanted}, got "{name}", a {kind}, which gives {gives}'
            yield of.source.finding(place, text + (f" (there are {fit})" if fit else ""))


def idle(of: OfSite) -> Iterator[Finding]:
    """Find devices that nothing uses, and roles that nobody has."""
    site = of.site
    sensors = {sensor.device for sensor in site.sensors}
    by_role = {role: [n for n, d in site.devices.items() if _gives(d.kind) == role] for role in _GIVES.values()}
    for name in by_role[ROAD_USERS]:
        if name not in sensors and site.devices[name].kind != "video":  # of video it is an error
            text = f'expected an entry in `sensors` with device "{name}", got none: it is read and never used'
            yield of.source.warning(("devices", name), text)
    if not sensors:
        yield of.source.warning(("sensors",), "expected cameras or radars, got none: there will be no RSM")
    if not by_role[POSITION]:
        text = "expected a device of kind gnss, got none: without its time and place nothing with a time goes on air"
        yield of.source.warning(("devices",), text)
    for name in by_role[POSITION][1:]:
        text = f"expected one device of kind gnss, got {name} beside {by_role[POSITION][0]}: their fixes are mixed"
        yield of.source.warning(("devices", name, "kind"), text)
    if site.signal is None and by_role[SIGNALS]:
        name = by_role[SIGNALS][0]
        yield of.source.warning(("devices", name), "expected a section `signal`, got none: there will be no SPAT")
    for role, used in ((SIGNALS, site.signal and site.signal.device), (RADIO, site.radio)):
        for name in by_role[role]:
            if used and name != used:
                yield of.source.warning(("devices", name, "kind"), f"gives {role} beside {used}, and is never used")
