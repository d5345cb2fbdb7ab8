"""A new site for a station at work: read and built on a thread beside its loop, taken over between two ticks.

Devices whose settings stay the same keep their links, and parts of the station that are made of the same keep all that
they know (`rsu.station.parts`). A site that cannot be built changes nothing: the supervisor, which hears that the
station does not follow, starts it anew on that site.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import structlog
from pydantic import BaseModel

from hw.device import Device, maker
from rsu.site import config
from rsu.site.config import Config
from rsu.station.heart import Heart

_SWITCH_S = 0.0005  # the loop waits no longer for the thread, each time that it comes back from the system
_log = structlog.get_logger()

Build = Callable[[Config, str], Device]


class Successor(NamedTuple):
    """A heart that may take the place of the one at work."""

    path: str  # of its site file
    config: Config
    heart: Heart


class Succession:
    """The way to the newest site. `make`: builds the heart of a site beside the one at work."""

    def __init__(self, path: str, make: Callable[[Config], Heart]) -> None:
        self._make = make
        self._asked = path
        self._thread: threading.Thread | None = None
        self._ready: Successor | None = None
        sys.setswitchinterval(_SWITCH_S)

    def ask(self, path: str) -> None:
        """Begin to build a site, unless it is the one that was asked for last."""
        if path != self._asked and self._thread is None:
            self._asked = path
            self._thread = threading.Thread(target=self._work, args=(path,), name="succession", daemon=True)
            self._thread.start()

    def ready(self) -> Successor | None:
        """Return, once, the site that was built."""
        if self._thread is None or self._thread.is_alive():
            return None
        found, self._thread, self._ready = self._ready, None, None
        return found

    def _work(self, path: str) -> None:
        try:
            site = config.load(Path(path))
            self._ready = Successor(path, site, self._make(site))
        except Exception:
            _log.exception("new site not taken over at work", path=path)


def devices(before: Mapping[str, Device], old: Config, new: Config, build: Build) -> dict[str, Device]:
    """Return the devices of a new site: those of the old one where they are the same, others built."""
    return {name: before[name] if _same(old, new, name) else build(new, name) for name in new.site.devices}


def renew(before: Mapping[str, Device], site: Config) -> None:
    """Let devices that stay make their drivers, where they must again, from the files of the new site."""
    for name, device in before.items():
        if name in site.site.devices:
            device.renew(maker(name, site.site.devices[name].kind, site.drivers[name]))


def _same(old: Config, new: Config, name: str) -> bool:
    if name not in old.site.devices or old.site.devices[name].kind != new.site.devices[name].kind:
        return False
    return [*_told(old.drivers[name])] == [*_told(new.drivers[name])]


def _told(settings: BaseModel) -> Iterator[object]:
    """Yield the values of a driver's settings; of a file its content, since each copy of a site has its own."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        yield value.read_bytes() if isinstance(value, Path) and value.is_file() else value
