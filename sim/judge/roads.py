"""The roads of the bench world, read from SUMO's own net: the truth's geometry, not the daemon's lane map."""

from __future__ import annotations

import gzip
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np

from perception.objects import Floats, Ints
from sim.build_net import DATA
from sim.judge.polygons import Mask, Polygons

NONE = -1
LEAST_COSINE = 0.5  # between a road user and the lane that it drives on: 60 degrees
_AROUND = np.array([[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])


class LanePlaces(NamedTuple):
    """Where n road users are on the lanes of motor vehicles; rows of NONE and NaN: on none."""

    lane: Ints  # (n,) index into Roads.names
    along: Floats  # (n, 2) unit vector in which traffic drives there
    to_end_m: Floats  # (n,) m along the lane to its end


class Roads:
    """Lanes of motor vehicles, crosswalks and pavements."""

    def __init__(self) -> None:
        net = ElementTree.fromstring(gzip.decompress((DATA / "crossing.net.xml.gz").read_bytes()))
        found = [
            (edge.attrib["id"], edge.get("function"), lane) for edge in net.iter("edge") for lane in edge.iter("lane")
        ]
        motor = [(name, function, lane) for name, function, lane in found if "pedestrian" in lane.get("disallow", "")]
        self.names = [name for name, _, _ in motor]
        self.is_inward: Mask = np.array([name.endswith("_in") for name in self.names])
        self.is_open: Mask = np.array([function is None for _, function, _ in motor])  # not inside the crossing
        self.limit: Floats = np.array([float(lane.attrib["speed"]) for _, _, lane in motor])  # m/s
        self._segments(
            [_points(lane) for _, _, lane in motor], [float(lane.attrib["width"]) / 2.0 for _, _, lane in motor]
        )
        walks = [
            _band(_points(lane), float(lane.attrib["width"])) for _, function, lane in found if function == "crossing"
        ]
        self._walks = Polygons(walks + [_points(lane) for _, function, lane in found if function == "walkingarea"])
        self._crossings = Polygons(
            [_points(each) for each in net.iter("junction") if each.get("type") == "traffic_light"]
        )
        numbers = {(name, lane.attrib["index"]): at for at, (name, _, lane) in enumerate(motor)}
        self.lights: list[list[int]] = [[] for _ in motor]  # of each lane: its characters in SUMO's state
        for each in net.iter("connection"):
            at = numbers.get((each.attrib["from"], each.attrib["fromLane"]))
            if at is not None and "linkIndex" in each.attrib:
                self.lights[at].append(int(each.attrib["linkIndex"]))

    def _segments(self, lines: list[Floats], half: list[float]) -> None:
        """Lay out all segments of all lanes as columns (s,)."""
        steps = [np.diff(line, axis=0) for line in lines]
        lengths = [np.hypot(step[:, 0], step[:, 1]) for step in steps]
        self._first: Floats = np.concatenate([line[:-1] for line in lines])
        self._length: Floats = np.concatenate(lengths)
        self._ahead: Floats = np.concatenate(steps) / self._length[:, None]
        self._to_end: Floats = np.concatenate([np.cumsum(length[::-1])[::-1] for length in lengths])
        self._lane: Ints = np.repeat(np.arange(len(lines)), [len(step) for step in steps])
        self._half: Floats = np.array(half)[self._lane]

    def _off(self, position: Floats) -> tuple[Floats, Floats]:
        """Return how far places (n, 2) are along each segment and beside it, (n, s) m."""
        gap = position[:, None] - self._first
        along = (gap * self._ahead).sum(axis=2)
        rest = gap - np.clip(along, 0.0, self._length)[..., None] * self._ahead
        return along, np.hypot(rest[..., 0], rest[..., 1])

    def place(self, position: Floats, heading: Floats, turned: bool = False) -> LanePlaces:
        """Return the lane of each (n, 2), (n,) deg whose direction fits best; `turned`: that drives against it."""
        ahead = np.column_stack([np.sin(np.radians(heading)), np.cos(np.radians(heading))]) * (-1 if turned else 1)
        along, beside = self._off(position)
        fit = np.where(beside <= self._half, ahead @ self._ahead.T, -1.0)
        row, best = np.arange(len(position)), fit.argmax(axis=1)
        on = fit[row, best] > LEAST_COSINE
        return LanePlaces(
            lane=np.where(on, self._lane[best], NONE),
            along=np.where(on[:, None], self._ahead[best], np.nan),
            to_end_m=np.where(on, self._to_end[best] - along[row, best], np.nan),
        )

    def on_carriageway(self, position: Floats, beside: float, away: float = 0.0) -> Mask:
        """Return which places (n, 2) are where only motor vehicles drive, or no more than `beside` metres from there.

        `away`: and at least so far from crosswalks and pavements, m.
        """
        on = np.asarray((self._off(position)[1] <= self._half + beside).any(axis=1))
        on |= self._crossings.hold(position)
        for off in _AROUND * away:
            on &= ~self._walks.hold(position + off)
        return on


def _points(shaped: ElementTree.Element) -> Floats:
    return np.array([[float(value) for value in pair.split(",")] for pair in shaped.attrib["shape"].split()])


def _band(line: Floats, width: float) -> Floats:
    """Return the corners of a straight band."""
    ahead = (line[-1] - line[0]) / np.hypot(*(line[-1] - line[0]))
    across = width / 2.0 * np.array([-ahead[1], ahead[0]])
    return np.array([line[0] + across, line[-1] + across, line[-1] - across, line[0] - across])
