"""Serial lines: speeds that no device has, the two of a radar swapped, names that are no device files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hw.radar.ti import TiSettings
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.rules.ports import ports

_BAUDS = (
    1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 76800, 115200, 230400, 250000, 460800, 500000, 576000,
    921600, 1000000, 1152000, 1250000, 1500000, 2000000, 2500000, 3000000, 3125000, 3500000, 4000000,
)  # fmt: skip
_DEVICE_FILE = re.compile(r"^(tty(USB|ACM|S|AMA|THS|mxc|O)\d+|serial/.*|by-(id|path)/.*|dev/.*)$")
_WINDOWS = re.compile(r"^(COM\d+|[A-Za-z]:\\.*|\\\\.*)$", re.IGNORECASE)


def bauds(of: OfSite) -> Iterator[Finding]:
    """Find speeds that are none of the usual ones."""
    for _, at, endpoint in ports(of):
        if endpoint.serial and endpoint.serial.baud not in _BAUDS:
            near = min(_BAUDS, key=lambda baud: abs(baud - endpoint.serial.baud) if endpoint.serial else 0)
            text = f"expected a usual speed, got {endpoint.serial.baud} (did you mean {near}?)"
            yield of.source.warning((*at, "serial", "baud"), text)


def radars(of: OfSite) -> Iterator[Finding]:
    """Find radars whose command and data lines are swapped."""
    for name, settings in of.drivers.items():
        if not isinstance(settings, TiSettings) or settings.data is None:
            continue
        cli, data = settings.cli.serial, settings.data.serial
        if cli is None or data is None:
            continue
        at = ("devices", name, "driver")
        if cli.baud > data.baud:
            text = f"expected the slower line (115200) for commands, got {cli.baud} and for data {data.baud} (swapped?)"
            yield of.source.warning((*at, "cli", "serial", "baud"), text)
        elif cli.baud == data.baud:
            text = f"expected the speed of the profile (921600 or 1250000), got {data.baud} as for commands"
            yield of.source.warning((*at, "data", "serial", "baud"), text)
        if "data" in cli.path.lower() and "cli" in data.path.lower():
            text = f"expected the line for commands, got {cli.path} (swapped?)"
            yield of.source.warning((*at, "cli", "serial", "path"), text)


def paths(of: OfSite) -> Iterator[Finding]:
    """Find names of lines that are hardly meant as files of the run folder."""
    for _, at, endpoint in ports(of):
        if endpoint.serial is None:
            continue
        path, hint = endpoint.serial.path, ""
        if _WINDOWS.match(path):
            hint = "a name of Windows; here they are /dev/ttyUSB0, or better /dev/serial/by-id/..."
        elif _DEVICE_FILE.match(path):
            hint = f"a relative name lies in the run folder: /dev/{path.removeprefix('dev/')}?"
        elif not path or path != path.strip() or path.endswith("/") or not path.isprintable():
            hint = "spaces, or no name of a file"
        elif path.startswith("/") and not path.startswith(("/dev/", "/run/", "/tmp/")):
            hint = "device files begin with /dev/"
        if hint:
            text = f'expected the path of a serial line, got "{path}" ({hint})'
            yield of.source.warning((*at, "serial", "path"), text)
