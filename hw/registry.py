"""The drivers, by the kind that a site file names: imported when asked for.

A third party adds a kind without touching this file: an entry point in the group `rsu.drivers` whose name is the kind
and whose value is the driver class (`hw/driver.py`).
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import ClassVar, Protocol, cast, get_args

from hw.detail import Detail
from hw.driver import DeviceSettings, Driver
from hw.endpoint import Way
from hw.errors import UnknownDriverError
from hw.modality import OTHER, Modality

GROUP = "rsu.drivers"

DRIVERS: dict[str, str] = {
    "ti-mmwave": "hw.radar.ti:TiRadar",
    "ars408": "hw.radar.ars408:Ars408",
    "radar-c0": "hw.radar.c0:C0Radar",
    "acc7320": "hw.radar.acc:AccRadar",
    "radar-json": "hw.mapped.radar:JsonRadar",
    "radar-video": "hw.mapped.radar_video:RadarVideo",
    "ops243": "hw.radar.ops243:Ops243",
    "ss125": "hw.radar.ss125:Ss125",
    "camera-json": "hw.camera:JsonCamera",
    "camera-mapped": "hw.mapped.camera:MappedCamera",
    "camera-onvif": "hw.onvif.camera:OnvifCamera",
    "video": "hw.video:Video",
    "gnss": "hw.gnss:Gnss",
    "gat1743": "hw.signal.gat1743:Gat1743",
    "tscbm": "hw.signal.tscbm:Tscbm",
    "gb20999": "hw.signal.gb20999:Gb20999",
    "pwd": "hw.weather.pwd:Pwd",
    "wxt": "hw.weather.wxt:Wxt",
    "radio-agent": "hw.radio.agent:RadioAgent",
    "rsu41": "hw.radio.rsu41:Rsu41",
}


class DriverClass(Protocol):
    """A driver class: all that is true of its kind, and the driver made of a device's name and settings.

    The source of a device's data on air and in the cloud, its icon, its alarms and its purpose follow from its
    modality.
    """

    Settings: ClassVar[type[DeviceSettings]]
    modality: ClassVar[Modality]
    ways: ClassVar[tuple[Way, ...]]  # by which its protocol is carried; may be left out: by any
    details: ClassVar[tuple[Detail, ...]]  # texts in both languages; may be left out: shown as they are

    def __call__(self, name: str, settings: DeviceSettings) -> Driver:
        """Make the driver of one device."""


def kinds() -> list[str]:
    """Return every kind there is, sorted."""
    return sorted({*DRIVERS, *(entry.name for entry in entry_points(group=GROUP))})


def driver_class(kind: str) -> DriverClass:
    """Import and return the driver of a kind; raises UnknownDriverError."""
    if kind in DRIVERS:
        module, name = DRIVERS[kind].split(":")
        return cast(DriverClass, getattr(import_module(module), name))
    for entry in entry_points(group=GROUP, name=kind):
        return cast(DriverClass, entry.load())
    raise UnknownDriverError(f'no driver "{kind}": there are {", ".join(kinds())}')


def modality(kind: str) -> Modality:
    """Return the modality of devices of a kind; raises UnknownDriverError."""
    return modality_of(driver_class(kind))


def ways(kind: str) -> tuple[Way, ...]:
    """Return the ways that the protocol of a kind takes; raises UnknownDriverError."""
    return getattr(driver_class(kind), "ways", get_args(Way))


def details(kind: str) -> tuple[Detail, ...]:
    """Return the texts of errors and causes of a kind in both languages; raises UnknownDriverError."""
    return getattr(driver_class(kind), "details", ())


def modality_of(driver: object) -> Modality:
    """Return an attribute of a driver or its class, or the default where a third party left it out."""
    return getattr(driver, "modality", OTHER)
