"""`rsu support-bundle`: the files of the archive, each file without its secrets."""

from __future__ import annotations

import io
import json
import os
import platform
import tarfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from hw.detail import Detail
from rsu.bus.troubles import Newest
from rsu.cli.common.versions import versions
from rsu.cli.views import log, status
from rsu.cli.views.listening import NO_DAEMON, NewestRecords
from rsu.cli.views.redacted import redact
from rsu.core.errors import ConfigError, NotReachableError, RsuError
from rsu.recorder.shelf import Shelf, view
from rsu.site import config
from rsu.site.recording import RecordingSettings
from rsu.site.yaml_source import YamlSource

_LOG_LINES = 20_000
_LARGEST = 4 * 2**20  # octets of one file of the site


class Piece(NamedTuple):
    """One file of the archive."""

    name: str
    content: bytes
    meaning: Detail
    taken_out: int  # secrets


def collect(run: Path, data: Path, site: Path | None, log_file: Path | None) -> list[Piece]:
    """Return the files; one that cannot be had says why instead."""
    state = _state(run)
    if site is None and state is not None and state.processes is not None:
        site = Path(state.processes.site_file)
    pieces = [
        _piece(
            "versions.json", Detail("this product and its libraries", "本产品及其所用的库"), lambda: _json(versions())
        ),
        _piece(
            "machine.json",
            Detail("processor, memory, disks, load", "处理器、内存、磁盘、负载"),
            lambda: _json(_machine(data)),
        ),
        _piece(
            "status.json",
            Detail("state and troubles of the daemon", "守护程序的状态与故障"),
            lambda: _json(status.plain(_running(state, run))),
        ),
        _piece(
            "recordings.json",
            Detail("names and sizes of recordings", "录制的名称与大小"),
            lambda: _json(_recordings(data)),
        ),
        _piece(
            "log.jsonl", Detail("the newest lines of the log", "最新的日志行"), lambda: "\n".join(_log(log_file)) + "\n"
        ),
    ]
    if site is None:
        return [
            *pieces,
            _piece("site.txt", Detail("the site", "站点"), lambda: "no site file was named, and no daemon runs\n"),
        ]
    named = site
    pieces.append(
        _piece("check.txt", Detail("findings of `rsu check`", "`rsu check` 的结果"), lambda: _findings(named))
    )
    return pieces + [
        _piece(f"site/{path.name}", Detail("of the site", "站点的文件"), partial(_text, path)) for path in _site(site)
    ]


def write(path: Path, pieces: list[Piece]) -> None:
    """Write the archive, readable for its owner only. OSError: it cannot be written."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
        for piece in pieces:
            entry = tarfile.TarInfo(f"rsu-support/{piece.name}")
            entry.size, entry.mtime, entry.mode = len(piece.content), int(time.time()), 0o640
            archive.addfile(entry, io.BytesIO(piece.content))


def _piece(name: str, meaning: Detail, make: Callable[[], str]) -> Piece:
    try:
        text = make()
    except (OSError, RsuError) as error:
        text = f"missing: {error}\n"
    text, taken_out = redact(text)
    return Piece(name, text.encode("utf-8", "replace"), meaning, taken_out)


def _json(plain: Any) -> str:
    return json.dumps(plain, indent=1, ensure_ascii=False, default=str) + "\n"


def _state(run: Path) -> Newest | None:
    listener = NewestRecords(run)
    try:
        return listener.first()
    except NotReachableError:
        return None
    finally:
        listener.close()


def _running(state: Newest | None, run: Path) -> Newest:
    if state is None:
        raise NotReachableError(NO_DAEMON.of(folder=run))
    return state


def _machine(data: Path) -> dict[str, Any]:
    memory, there = psutil.virtual_memory(), next(path for path in (data, *data.parents) if path.exists())
    disk = psutil.disk_usage(str(there))
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": psutil.cpu_count(),
        "load": psutil.getloadavg(),
        "memory_mib": {"total": memory.total >> 20, "available": memory.available >> 20},
        "disk_mib": {"folder": str(there), "total": disk.total >> 20, "free": disk.free >> 20},
        "up_s": round(time.time() - psutil.boot_time()),
        "utc": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "interfaces": {name: each.isup for name, each in psutil.net_if_stats().items()},
    }


def _recordings(data: Path) -> list[dict[str, Any]]:
    shelved = [view(item) for item in Shelf(data / "recordings", RecordingSettings()).items()]
    return [{"name": one.name, "class": one.kind, "bytes": one.bytes, "why": one.why} for one in shelved]


def _log(path: Path | None) -> list[str]:
    return log.newest(path, "rsu", _LOG_LINES)


def _findings(site: Path) -> str:
    return "\n".join([*map(str, config.check(site)), ""])


def _site(site: Path) -> Iterator[Path]:
    """Yield the site file and its lane map, which may both be wrong."""
    yield site
    try:
        found = YamlSource(site).data.get("site", {}).get("lane_map")
    except (ConfigError, OSError, AttributeError):
        return
    if isinstance(found, str) and (site.parent / found).is_file():
        yield site.parent / found


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(_LARGEST)
