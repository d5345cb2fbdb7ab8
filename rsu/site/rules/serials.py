"""Serial lines: speeds that no device has, the two of a radar swapped, names that are no device files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hw.detail import NOTHING, Detail
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

_BAUD = Detail(
    "expected a usual speed, got {got} (did you mean {near}?)",
    "应为常用波特率，实为 {got}（是否为 {near}？）",
)
_SWAPPED_BAUDS = Detail(
    "expected the slower line (115200) for commands, got {cli} and for data {data} (swapped?)",
    "命令口应为较慢的串口 (115200)，实际命令口为 {cli}，数据口为 {data}（是否颠倒？）",
)
_SAME_BAUD = Detail(
    "expected the speed of the profile (921600 or 1250000), got {got} as for commands",
    "应为配置文件所设的波特率（921600 或 1250000），实为 {got}，与命令口相同",
)
_SWAPPED_PATHS = Detail(
    "expected the line for commands, got {path} (swapped?)",
    "应为命令口，实为 {path}（是否颠倒？）",
)
_OF_WINDOWS = Detail(
    "a name of Windows; here they are /dev/ttyUSB0, or better /dev/serial/by-id/...",
    "Windows 的名称；此处应为 /dev/ttyUSB0，最好用 /dev/serial/by-id/...",
)
_IN_RUN_FOLDER = Detail(
    "a relative name lies in the run folder: /dev/{name}?", "相对名称指运行目录中的文件：是否为 /dev/{name}？"
)
_NO_NAME = Detail("spaces, or no name of a file", "含空格，或不是文件名")
_NOT_IN_DEV = Detail("device files begin with /dev/", "设备文件以 /dev/ 开头")
_PATH = Detail(
    'expected the path of a serial line, got "{path}" ({hint})',
    '应为串口的路径，实为 "{path}"（{hint}）',
)


def bauds(of: OfSite) -> Iterator[Finding]:
    """Find speeds that are none of the usual ones."""
    for _, at, endpoint in ports(of):
        if endpoint.serial and endpoint.serial.baud not in _BAUDS:
            near = min(_BAUDS, key=lambda baud: abs(baud - endpoint.serial.baud) if endpoint.serial else 0)
            yield of.source.warning((*at, "serial", "baud"), _BAUD.of(got=endpoint.serial.baud, near=near))


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
            yield of.source.warning((*at, "cli", "serial", "baud"), _SWAPPED_BAUDS.of(cli=cli.baud, data=data.baud))
        elif cli.baud == data.baud:
            yield of.source.warning((*at, "data", "serial", "baud"), _SAME_BAUD.of(got=data.baud))
        if "data" in cli.path.lower() and "cli" in data.path.lower():
            yield of.source.warning((*at, "cli", "serial", "path"), _SWAPPED_PATHS.of(path=cli.path))


def paths(of: OfSite) -> Iterator[Finding]:
    """Find names of lines that are hardly meant as files of the run folder."""
    for _, at, endpoint in ports(of):
        if endpoint.serial is None:
            continue
        path, hint = endpoint.serial.path, NOTHING
        if _WINDOWS.match(path):
            hint = _OF_WINDOWS
        elif _DEVICE_FILE.match(path):
            hint = _IN_RUN_FOLDER.of(name=path.removeprefix("dev/"))
        elif not path or path != path.strip() or path.endswith("/") or not path.isprintable():
            hint = _NO_NAME
        elif path.startswith("/") and not path.startswith(("/dev/", "/run/", "/tmp/")):
            hint = _NOT_IN_DEV
        if hint is not NOTHING:
            yield of.source.warning((*at, "serial", "path"), _PATH.of(path=path, hint=hint))
