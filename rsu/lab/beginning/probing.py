"""Devices found by listening: a place is read once, then every driver is asked whether it reads the octets.

Only devices that speak by themselves are found: nothing is written to a port whose device is not known.
"""

from __future__ import annotations

import select
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from pydantic import ValidationError

from hw import registry
from hw.endpoint import Endpoint
from hw.link import Chunk, PortLink
from hw.modality import Gives
from perception.geo import Reference
from perception.objects import Fix, Measurement

BY_ID = Path("/dev/serial/by-id")  # names that stay the same over restarts
BAUDS = (115200, 9600, 921600, 38400, 460800)
_LOOK_S = 0.02
_LEAST = 2  # measurements by which a device is recognised


class ProbedDevice(NamedTuple):
    """A device that speaks, and the driver that reads it best."""

    kind: str
    gives: Gives
    link: dict[str, Any]  # as in a site file
    measurements: list[Measurement]


def serial_lines(folder: Path = BY_ID) -> list[Path]:
    """Return the serial lines of this box by their lasting names."""
    return sorted(path for path in folder.iterdir() if path.is_char_device()) if folder.is_dir() else []


def serial(path: Path, seconds: float) -> ProbedDevice | None:
    """Return the device on a serial line, at the first usual speed at which a driver reads it."""
    for baud in BAUDS:
        if found := at({"serial": {"path": str(path), "baud": baud}}, seconds):
            return found
    return None


def at(link: dict[str, Any], seconds: float) -> ProbedDevice | None:
    """Return the device at a place, None where none of the drivers reads its octets. `link`: as in a site file."""
    endpoint = Endpoint.model_validate(link)
    chunks = _heard(endpoint, seconds)
    found = [
        ProbedDevice(kind, registry.modality(kind).gives, link, got) for kind, got in _read(endpoint, link, chunks)
    ]
    best = max(found, key=lambda each: len(each.measurements), default=None)
    return best if best is not None and len(best.measurements) >= _LEAST else None


def _heard(endpoint: Endpoint, seconds: float) -> list[Chunk]:
    link, chunks = PortLink(endpoint, Path(), time.time_ns), list[Chunk]()
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            link.tick(time.time_ns())
            descriptor = link.fileno()
            if descriptor is None:
                time.sleep(_LOOK_S)
            elif select.select([descriptor], [], [], _LOOK_S)[0]:
                chunks += link.read()
    finally:
        link.close()
    return chunks


def _read(endpoint: Endpoint, link: dict[str, Any], chunks: Sequence[Chunk]) -> Iterator[tuple[str, list[Measurement]]]:
    """Yield the kinds that a place may have, and the measurements that each driver makes of the octets."""
    ways = [way for way in ("serial", "tcp", "udp") if getattr(endpoint, way) is not None]
    for kind in registry.DRIVERS:
        make = registry.driver_class(kind)
        try:
            settings = make.Settings.model_validate({"link": link})
        except ValidationError:
            continue  # it wants more than a link
        if not set(ways) & set(registry.ways(kind)):
            continue
        driver, port = make(kind, settings), next(iter(settings.ports()))
        driver.opened(port, time.time_ns())
        yield kind, [one for chunk in chunks for one in driver.received(port, chunk.data, chunk.receipt_ns)]


def place_of(measurements: Sequence[Measurement]) -> Reference | None:
    """Return the mean place of GNSS solutions, the median on each axis; None: there is no valid one."""
    fixes = [each for each in measurements if isinstance(each, Fix) and each.valid and each.latitude_deg is not None]
    if not fixes:
        return None
    axes = ([f.latitude_deg for f in fixes], [f.longitude_deg for f in fixes], [f.height_m or 0.0 for f in fixes])
    return Reference(*(median(value for value in axis if value is not None) for axis in axes))


def names(found: Sequence[ProbedDevice]) -> list[str]:
    """Return a name for each device: its kind's use, with a number where there are several."""
    words = [_WORDS.get(each.gives, "device") for each in found]
    many, seen = Counter(words), Counter[str]()
    told = []
    for word in words:
        seen[word] += 1
        told.append(f"{word}-{seen[word]}" if many[word] > 1 else word)
    return told


_WORDS = {Gives.POSITION: "gnss", Gives.ROAD_USERS: "sensor", Gives.SIGNALS: "signal", Gives.RADIO: "radio"}
