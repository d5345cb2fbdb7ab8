"""Disk, memory, processor, temperature, network and versions of the box, as its kernel tells of them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from perception.kernel.native import kernel
from rsu.bus.records import ProcessView
from v2x import engine_name


class DiskFacts(NamedTuple):
    """The disk of a folder."""

    folder: Path
    free_percent: float
    free_inodes_percent: float
    read_only: bool


class Interface(NamedTuple):
    """A network interface that is up, without the loopback."""

    name: str
    packets: int
    errors: int  # of receipt and sending, packets dropped by the interface included


class BoxFacts(NamedTuple):
    """The box."""

    disks: tuple[DiskFacts, ...]
    memory_free_percent: float
    swap_used_percent: float
    load_percent: float  # load average of the last minute, of all cores
    temperatures_c: dict[str, float]  # sensor -> hottest
    interfaces: tuple[Interface, ...]
    open_files_free_percent: Mapping[str, float]  # process of the daemon -> share of its limit
    codec: str  # engine of the codec
    fusion_native: bool


def read(folders: tuple[Path, ...], processes: Sequence[ProcessView]) -> BoxFacts:
    """Return the facts. `folders`: the run folder and the data folder; `processes`: of the daemon."""
    return BoxFacts(
        disks=tuple(_disk(folder) for folder in dict.fromkeys(filter(Path.is_dir, folders))),
        memory_free_percent=100.0 - psutil.virtual_memory().percent,
        swap_used_percent=psutil.swap_memory().percent,
        load_percent=100.0 * os.getloadavg()[0] / (os.cpu_count() or 1),
        temperatures_c=_temperatures(),
        interfaces=tuple(_interfaces()),
        open_files_free_percent=dict(_open_files(processes)),
        codec=engine_name(),
        fusion_native=kernel is not None,
    )


def _disk(folder: Path) -> DiskFacts:
    state = os.statvfs(folder)
    inodes = 100.0 * state.f_favail / state.f_files if state.f_files else 100.0  # some file systems have no inodes
    return DiskFacts(folder, 100.0 * state.f_bavail / max(1, state.f_blocks), inodes, bool(state.f_flag & os.ST_RDONLY))


def _temperatures() -> dict[str, float]:
    return {name: max(each.current for each in found) for name, found in psutil.sensors_temperatures().items() if found}


def _interfaces() -> list[Interface]:
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    loopback = {name for name, places in psutil.net_if_addrs().items() if any(_is_loopback(at) for at in places)}
    return [
        Interface(name, c.packets_recv + c.packets_sent, c.errin + c.errout + c.dropout)
        for name, c in sorted(psutil.net_io_counters(pernic=True).items())
        if name in up - loopback
    ]


def _is_loopback(place: object) -> bool:
    family, address = getattr(place, "family", None), str(getattr(place, "address", ""))
    return family == socket.AF_INET and address.startswith("127.")


def _open_files(processes: Sequence[ProcessView]) -> Iterator[tuple[str, float]]:
    """Yield the share of open files that each process may still have; those of other users are not told."""
    for each in processes:
        with suppress(psutil.Error):  # ended meanwhile, or another user's
            if each.pid is not None:
                process = psutil.Process(each.pid)
                yield each.name, 100.0 * (1.0 - process.num_fds() / max(1, process.rlimit(psutil.RLIMIT_NOFILE)[0]))
