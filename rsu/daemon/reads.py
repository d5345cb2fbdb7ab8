"""Which parts of a site a process reads when it starts: where others change, it goes on as it is.

The station follows a new site while it works (`rsu.station.succession`). The recorder begins a new recording with every
site, since a recording holds its site.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from rsu.bus.topics import VIDEO
from rsu.daemon import processes
from rsu.site.box import box
from rsu.site.config import Config


def digests(config: Config, copy: str) -> dict[str, str]:
    """Return the processes of a site in starting order, each with the digest of its parts. `copy`: digest of all."""
    return {name: _digest(_parts(config, name, copy)) for name in processes.names(config.site)}


def _parts(config: Config, name: str, copy: str) -> tuple[object, ...]:
    site = config.site
    if name.startswith(VIDEO):
        device = name.removeprefix(VIDEO)
        sensors = [sensor for sensor in site.sensors if sensor.device == device]
        return site.devices[device], config.drivers[device], sensors, config.lane_map
    if name == "replay":
        return tuple((device, config.drivers[each]) for each, device in site.devices.items() if device.replay)
    of: Mapping[str, tuple[object, ...]] = {
        "station": (),
        "uplink": (site.uplink.platform, site.uplink.spool, box(config)),
        "recorder": (copy,),
        "web": (site.page, site.site.name, config.lane_map),
    }
    return of[name]


def _digest(parts: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
