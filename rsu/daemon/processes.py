"""The product on one page: the processes, the job of each, and its budget.

The station must never stop. A service that dies, hangs or leaks never delays a broadcast. The supervisor restarts
each that stops, makes no progress or takes more memory than its budget: at once if it had worked, else with back-off
(`rsu.daemon.backoff`), which for the station stays short, since a broadcast waits.
"""

from __future__ import annotations

from typing import NamedTuple

from rsu.bus.topics import VIDEO
from rsu.site.model import Site


class ProcessRow(NamedTuple):
    """One process."""

    module: str  # imported when started: `run(config, run folder, data folder, stop, *further)` works until `stop`
    stuck_after_s: float  # no progress for so long: killed and restarted
    rss_mib: int  # memory budget: more than that for some seconds, and it is restarted
    cpu_percent: int  # processor budget, of one core
    nice: int | None  # None: real time, before everything else, as far as its user may ask for that
    longest_wait_s: float = 60.0  # before it is started again, however often it ends
    further: tuple[str, ...] = ()


PROCESSES: dict[str, ProcessRow] = {
    #               module              stuck  MiB   CPU  nice  wait
    "station": ProcessRow("rsu.station.process", 3.0, 250, 60, None, 8.0),
    "uplink": ProcessRow("rsu.uplink.process", 12.0, 150, 20, 5),
    "recorder": ProcessRow(
        "rsu.recorder.process", 12.0, 150, 20, 5
    ),  # records when the site file or `rsu rec start` asks for it
    "web": ProcessRow("rsu.web.process", 12.0, 200, 20, 10),
}
_REPLAY = ProcessRow("rsu.replay.live", 12.0, 150, 20, 5)  # plays recorded devices in place of the hardware
_CORRIDOR = ProcessRow("rsu.corridor.process", 12.0, 150, 20, 0)  # where the site file names neighbours
_VIDEO = ProcessRow("rsu.video.process", 12.0, 300, 45, 5)  # one for each camera


def names(site: Site) -> list[str]:
    """Return the names of a site's processes, in starting order."""
    played = [name for name, device in site.devices.items() if device.replay is not None]
    cameras = [VIDEO + name for name, device in site.devices.items() if device.video is not None and name not in played]
    replay = ["replay"] if played else []
    corridor = ["corridor"] if site.corridor is not None else []
    return [*PROCESSES, *corridor, *cameras, *replay]


def row(name: str) -> ProcessRow:
    """Return the row of a process."""
    if name.startswith(VIDEO):
        return _VIDEO._replace(further=(name.removeprefix(VIDEO),))
    return {"replay": _REPLAY, "corridor": _CORRIDOR}.get(name) or PROCESSES[name]
