"""Points of a lane map that a person can find in a picture, by name.

LINK/LANE/left, /middle, /right     end of a lane at its stop line
crosswalk/N/K                       corner K of crosswalk N, both counted from 1 in the order of the lane map
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rsu.site.lanemap import LaneMapFile, LaneModel, Point

_SIDES = {"left": -0.5, "middle": 0.0, "right": 0.5}  # of the width, right of the middle


def places(lane_map: LaneMapFile) -> dict[str, Point]:
    """Return the places, east and north in m, of all points that have a name."""
    return dict([*_stop_lines(lane_map), *_crosswalks(lane_map)])


def _stop_lines(lane_map: LaneMapFile) -> Iterator[tuple[str, Point]]:
    for node in lane_map.nodes:
        for link in node.links:
            for lane in link.lanes:
                for side, share in _SIDES.items():
                    yield f"{link.name}/{lane.id}/{side}", _end(lane, share * lane.width_m)


def _end(lane: LaneModel, right_m: float) -> Point:
    """Return the place `right_m` right of the end of a lane's middle line."""
    before, end = np.array(lane.points[-2:])
    ahead = (end - before) / np.hypot(*(end - before))
    east, north = end + right_m * np.array([ahead[1], -ahead[0]])
    return float(east), float(north)


def _crosswalks(lane_map: LaneMapFile) -> Iterator[tuple[str, Point]]:
    for number, walk in enumerate(lane_map.crosswalks, 1):
        for corner, place in enumerate(walk.polygon, 1):
            yield f"crosswalk/{number}/{corner}", place
