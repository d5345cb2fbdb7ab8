"""The product on one page: which processes run, from which module, with which budget.

The station must never stop. A service that dies, hangs or leaks never delays a broadcast. The supervisor restarts
whatever stops or makes no progress: with back-off, at most RESTARTS in WINDOW_S, then it is left degraded and tried
once a WINDOW_S.
"""

from __future__ import annotations

from typing import NamedTuple

RESTARTS = 5
WINDOW_S = 60.0


class Row(NamedTuple):
    """One process."""

    module: str  # has run(config, run, data, stop)
    stuck_after_s: float  # no progress for so long: killed and restarted
    rss_mib: int  # memory budget
    cpu_percent: int  # of one core
    nice: int  # the station goes first, as far as its user may ask for that


PROCESSES: dict[str, Row] = {
    #               module                stuck  MiB   % of a core  nice
    "station": Row("rsu.station_process", 3.0, 250, 60, -10),
    "uplink": Row("rsu.uplink.process", 15.0, 150, 20, 5),
    "web": Row("rsu.web.process", 15.0, 200, 20, 10),
}
