"""Names of places on a site, for people: the approach, the junction, or off the lanes."""

from __future__ import annotations

import numpy as np
from scipy.spatial import Delaunay, QhullError

from hw.detail import Detail
from perception.objects import Floats
from perception.traffic.lanes import LaneMap
from rsu.site.config import Config
from rsu.site.lanemap import lane_lines

JUNCTION, ELSEWHERE = "junction", "elsewhere"
ZONES = {JUNCTION: Detail("junction", "路口"), ELSEWHERE: Detail("elsewhere", "其他位置")}  # others: names of links


class Places:
    """The zones of a site."""

    def __init__(self, config: Config) -> None:
        self.lanes = LaneMap(lane_lines(config.lane_map))
        ends = self.lanes.ends  # the stop lines
        try:
            self._junction = Delaunay(ends) if len(ends) > 2 else None
        except QhullError:
            self._junction = None  # all stop lines in a row

    def zones(self, position: Floats, heading: Floats) -> list[str]:
        """Return the link of road users (n, 2) on an approach lane, `junction` between the stop lines, `elsewhere`."""
        if not len(position):
            return []
        lane = self.lanes.match(position, heading).lane
        inside = np.zeros(len(position), np.bool_)
        if self._junction is not None:
            inside = self._junction.find_simplex(position) >= 0
        return [
            JUNCTION if within else self.lanes.lines[number].link if number >= 0 else ELSEWHERE
            for number, within in zip(lane.tolist(), inside.tolist(), strict=True)
        ]
