"""The product on one page: which processes run, what each of them is, with which budget.

The station must never stop. A service that dies, hangs or leaks never delays a broadcast. The supervisor restarts
whatever stops, makes no progress or takes more memory than its budget: at once if it had worked, else with back-off
(`rsu.daemon.backoff`), which for the station stays short, since a broadcast waits.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rsu.site.config import Config
from rsu.site.model import Site

Start = Callable[[Config, Path, Path, threading.Event], None]  # site, run folder, data folder, until when


# each process imports only what it needs


def _station(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    from rsu.station import process as station_process

    station_process.run(config, run, data, stop)


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
    from rsu.replay import live

    live.run(config, run, stop)


class Row(NamedTuple):
    """One process."""

    start: Start  # runs until it is told to stop
    stuck_after_s: float  # no progress for so long: killed and restarted
    rss_mib: int  # memory budget: more than that for some seconds, and it is restarted
    cpu_percent: int  # processor budget, of one core
    nice: int | None  # None: real time, before everything else, as far as its user may ask for that
    longest_wait_s: float = 60.0  # before it is started again, however often it ends


PROCESSES: dict[str, Row] = {
    #               start     stuck  MiB   CPU  nice  wait
    "station": Row(_station, 3.0, 250, 60, None, 8.0),
    "uplink": Row(_uplink, 12.0, 150, 20, 5),
    "recorder": Row(_recorder, 12.0, 150, 20, 5),  # records when the site file or `rsu rec start` says so
    "web": Row(_web, 12.0, 200, 20, 10),
}
_REPLAY = Row(_replay, 12.0, 150, 20, 5)  # plays recorded devices in place of the hardware
VIDEO = "video."  # and the name of a device of kind `video`: each camera has a process of its own


def names(site: Site) -> list[str]:
    """Return the names of a site's processes, in starting order."""
    played = [name for name, device in site.devices.items() if device.replay is not None]
    cameras = [VIDEO + name for name, device in site.devices.items() if device.video is not None and name not in played]
    replay = ["replay"] if played else []
    return [*PROCESSES, *cameras, *replay]


def row(name: str) -> Row:
    """Return the row of a process."""
    if name.startswith(VIDEO):
        #                                                                      stuck  MiB  CPU nice
        return Row(functools.partial(_video, name.removeprefix(VIDEO)), 12.0, 300, 45, 5)
    return _REPLAY if name == "replay" else PROCESSES[name]
