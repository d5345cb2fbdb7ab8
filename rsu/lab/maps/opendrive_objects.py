"""Objects on OpenDRIVE roads: crosswalks and stop lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from perception.objects import Floats
from rsu.lab.maps.network import Walkway
from rsu.lab.maps.opendrive_road import Road
from rsu.lab.maps.xml_file import Element, number

_STOP_LINE = re.compile("stop.?line", re.IGNORECASE)
_CROSSWALK = re.compile("cross.?walk|zebra", re.IGNORECASE)


def crosswalks(road: Road) -> Iterator[Walkway]:
    """Yield the crosswalks of a road, in the file's coordinates."""
    for each in _objects(road, _CROSSWALK):
        yield Walkway(_outline(road, each))


def stop_lines(road: Road) -> Iterator[Floats]:
    """Yield the stop lines (n, 2) of a road, in the file's coordinates."""
    for each in _objects(road, _STOP_LINE):
        s, t = number(each, "s", 0.0), number(each, "t", 0.0)
        half = max(number(each, "width", 0.0), number(each, "length", 0.0), 3.0) / 2
        yield road.place(np.array([s, s]), np.array([t - half, t + half]))


def _objects(road: Road, pattern: re.Pattern[str]) -> Iterator[Element]:
    for each in road.element.iterfind("objects/object"):
        if any(pattern.search(each.get(name) or "") for name in ("type", "subtype", "name")):
            yield each


def _outline(road: Road, element: Element) -> Floats:
    """Return the corners (n, 2) of an object: in road coordinates, in its own, or a box of its length and width."""
    corners = element.findall(".//cornerRoad")
    if len(corners) >= 3:
        return road.place(*np.array([[number(each, "s"), number(each, "t")] for each in corners]).T)
    local = element.findall(".//cornerLocal")
    if len(local) >= 3:
        points = np.array([[number(each, "u"), number(each, "v")] for each in local])
    else:
        u, v = number(element, "length", 3.0) / 2, number(element, "width", 10.0) / 2
        points = np.array([[-u, -v], [u, -v], [u, v], [-u, v]])
    s = np.array([number(element, "s", 0.0)])
    _, heading = road.spine.at(s)
    angle = float(heading[0]) + number(element, "hdg", 0.0)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    placed: Floats = road.place(s, np.array([number(element, "t", 0.0)])) + points @ turn
    return placed
