"""Which parts of a site a process reads when it starts: where others change, it goes on as it is.

The recorder begins a new recording with every site, since a recording holds its site.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from rsu.bus.topics import VIDEO
from rsu.daemon import processes
from rsu.site.config import Config
from rsu.site.keys.effects import READS


def digests(config: Config, copy: str) -> dict[str, str]:
    """Return the processes of a site in starting order, each with the digest of its parts. `copy`: digest of all."""
    return {name: _digest(_parts(config, name, copy)) for name in processes.names(config.site)}


def _parts(config: Config, process: str, copy: str) -> list[object]:
    """Return the values of the keys that a process reads, and the settings of the drivers whose devices it plays."""
    if process == "recorder":
        return [copy]
    device = process.removeprefix(VIDEO) if process.startswith(VIDEO) else ""
    keys = READS.get(f"{VIDEO}NAME" if device else process, ())
    played = [name for name, entry in config.site.devices.items() if process == "replay" and entry.replay]
    drivers = [config.drivers[name] for name in filter(None, (device, *played))]
    return [*(_value(config, key, device) for key in keys), *drivers]


def _value(config: Config, key: str, device: str) -> object:
    """Return the value of a key, of one device or of all of them."""
    if key == "site.lane_map":
        return config.lane_map
    if key == "sensors":
        return [sensor for sensor in config.site.sensors if sensor.device == device]
    nodes: Sequence[object] = [config.site]
    for part in key.split("."):
        nodes = [each for node in nodes for each in _below(node, part, device)]
    return nodes


def _below(node: object, part: str, device: str) -> Iterator[object]:
    if isinstance(node, dict):
        yield from (each for name, each in node.items() if device in ("", name))
    elif node is not None:
        yield getattr(node, part)


def _digest(parts: Sequence[object]) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
