"""The serial lines of a site's devices: whether they are there, may be opened, and keep their names."""

from __future__ import annotations

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rsu.site.config import Config

_LASTING = ("/dev/serial/", "/dev/gps", "/dev/rsu")  # names that udev gives by the device, not by the order of plugging


class SerialLine(NamedTuple):
    """One serial line of a site."""

    device: str
    path: Path
    exists: bool
    allowed: bool  # this user may read and write it
    group: str  # that may; empty: not known
    lasting: bool  # its name stays the same after a restart


def read(config: Config, run: Path) -> tuple[SerialLine, ...]:
    """Return the lines of all devices. `run`: folder of relative names."""
    return tuple(_lines(config, run))


def _lines(config: Config, run: Path) -> Iterator[SerialLine]:
    for name, settings in config.drivers.items():
        for port in settings.ports().values():
            if (line := port.endpoint.serial) is not None:
                yield _line(name, run / line.path)


def _line(device: str, path: Path) -> SerialLine:
    exists = path.exists()
    return SerialLine(
        device=device,
        path=path,
        exists=exists,
        allowed=exists and os.access(path, os.R_OK | os.W_OK),
        group=_group(path) if exists else "",
        lasting=not str(path).startswith("/dev/") or str(path).startswith(_LASTING) or _is_built_in(path),
    )


def _group(path: Path) -> str:
    state = path.stat()
    try:
        return grp.getgrgid(state.st_gid).gr_name if state.st_mode & stat.S_IWGRP else ""
    except KeyError:
        return str(state.st_gid)


def _is_built_in(path: Path) -> bool:
    """Tell whether a line is soldered to the box: only plugged ones change their names."""
    return not path.name.startswith(("ttyUSB", "ttyACM"))
