"""The product on one page: which processes run, what each of them is, with which budget.

The station must never stop. A service that dies, hangs or leaks never delays a broadcast. The supervisor restarts
whatever stops or makes no progress: after BACKOFF_S, the first two times in WINDOW_S at once, since a broadcast waits;
after the last of them it is left degraded and tried once a WINDOW_S.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rsu.site.config import Config
from rsu.site.model import Site

BACKOFF_S = (0.0, 0.0, 1.0, 3.0, 8.0)  # before each restart of a process that keeps ending within WINDOW_S
WINDOW_S = 60.0

Start = Callable[[Config, Path, Path, threading.Event], None]  # site, run folder, data folder, until when


# each process imports only what it needs


def _station(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    from rsu import station_process

    station_process.run(config, run, stop)


def _uplink(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    from rsu.uplink import process

    process.run(config.site.uplink, config.site.identity.rscu_sn, run, data, stop)


def _web(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    from rsu.web import process

    process.run(config.site.page, config.site.site.name, config.lane_map.model_dump(mode="json"), run, stop)


def _recorder(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    from rsu.recorder import process

    process.run(config, run, data, stop)


def _video(camera: str, config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    from rsu.video import process

    process.run(camera, config, run, data, stop)


def _replay(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    from rsu.recording import live

    live.run(config, run, stop)


class Row(NamedTuple):
    """One process."""

    start: Start  # runs until it is told to stop
    stuck_after_s: float  # no progress for so long: killed and restarted
    rss_mib: int  # memory budget
    cpu_percent: int  # processor budget, of one core
    nice: int | None  # None: real time, before everything else, as far as its user may ask for that


PROCESSES: dict[str, Row] = {
    #               start     stuck  MiB   CPU  nice
    "station": Row(_station, 3.0, 250, 60, None),
    "uplink": Row(_uplink, 15.0, 150, 20, 5),
    "recorder": Row(_recorder, 30.0, 150, 20, 5),  # records when the site file or `rsu rec start` says so
    "web": Row(_web, 15.0, 200, 20, 10),
}
VIDEO = "video."  # and the name of a device of kind `video`: each camera has a process of its own


def of(site: Site) -> dict[str, Row]:
    """Return the processes of a site."""
    cameras = [name for name, device in site.devices.items() if device.video is not None]
    #                                                            stuck  MiB   CPU  nice
    rows = {VIDEO + name: Row(functools.partial(_video, name), 15.0, 300, 45, 5) for name in cameras}
    if any(device.replay is not None for device in site.devices.values()):
        rows["replay"] = Row(_replay, 15.0, 150, 20, 5)  # plays recorded devices in place of the hardware
    return PROCESSES | rows
