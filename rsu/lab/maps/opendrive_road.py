"""A road of OpenDRIVE: its lanes as lines in driving direction, by lane sections, offsets and widths."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from hw.detail import Detail
from perception.objects import Floats
from rsu.lab.maps.curves import Spine
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.network import LaneKind
from rsu.lab.maps.xml_file import Element, number

_MOTOR = "driving bidirectional bus taxi HOV entry exit onRamp offRamp connectingRamp slipLane mwyEntry mwyExit"
KINDS: dict[str, LaneKind] = {"biking": "bike"}
KINDS |= dict.fromkeys(_MOTOR.split(), "vehicle")
UNITS_MPS = {"m/s": 1.0, "km/h": 1 / 3.6, "mph": 0.44704}
_NARROW_M = 1.5  # where a lane begins or ends beside others
_NARROW_BIKE_M = 0.6

_LEFT_HAND = Detail(
    "line {line}: road {road} has left-hand traffic, which the messages' lane order does not allow for",
    "第 {line} 行：道路 {road} 为左侧通行，不符合消息的车道顺序",
)
_NO_SECTION = Detail("line {line}: road {road} has no lane section", "第 {line} 行：道路 {road} 没有车道段")


class LanePiece(NamedTuple):
    """One lane in one lane section."""

    section: int
    lane: int  # negative: to the right of the reference line, in its direction
    kind: str
    line_m: Floats  # (n, 2), in driving direction, the file's coordinates
    width_m: float
    limit_mps: float | None


class Road:
    """One road."""

    def __init__(self, element: Element) -> None:
        """MapError: no reference line, no lanes, left-hand traffic."""
        self.element, self.id = element, element.get("id", "")
        self.junction = element.get("junction", "-1")
        if element.get("rule", "RHT") == "LHT":
            raise MapError(_LEFT_HAND.of(line=element.sourceline, road=self.id))
        self.spine = Spine(element)
        self.sections = sorted(element.iterfind("lanes/laneSection"), key=lambda each: number(each, "s", 0.0))
        if not self.sections:
            raise MapError(_NO_SECTION.of(line=element.sourceline, road=self.id))
        self._starts = [number(each, "s", 0.0) for each in self.sections] + [self.spine.length_m]

    @cached_property
    def pieces(self) -> dict[tuple[int, int], LanePiece]:
        """Return the lanes of all sections by section and id, all kinds of them."""
        found = (piece for section in range(len(self.sections)) for piece in self._of_section(section))
        return {(piece.section, piece.lane): piece for piece in found}

    def place(self, s: Floats, t: Floats) -> Floats:
        """Return the places (n, 2) at distances s (n,) along and t (n,) to the left of the reference line."""
        places, headings = self.spine.at(np.clip(s, 0.0, self.spine.length_m))
        left: Floats = np.column_stack([-np.sin(headings), np.cos(headings)])
        moved: Floats = places + t[:, None] * left
        return moved

    def _of_section(self, index: int) -> Iterator[LanePiece]:
        begin, end = self._starts[index], self._starts[index + 1]
        if end - begin < 0.01:
            return
        s = self.spine.bends(begin, end)
        lanes = {int(number(lane, "id")): lane for lane in self.sections[index].iterfind("*/lane")}
        base = _polynomials(self.element.iterfind("lanes/laneOffset"), "s", s)
        for side in (-1, 1):
            edge = base
            for lane_id in sorted((each for each in lanes if each * side > 0), key=abs):
                lane = lanes[lane_id]
                width = np.maximum(self._width(lane, s - begin, base, edge), 0.0)
                middle, edge = edge + side * width / 2, edge + side * width
                kind = lane.get("type", "none")
                wide = np.flatnonzero(width >= (_NARROW_BIKE_M if kind == "biking" else _NARROW_M))
                if len(wide) < 2:
                    continue
                part = slice(wide[0], wide[-1] + 1)
                line = self.place(s[part], middle[part])
                yield LanePiece(
                    index, lane_id, kind, line[::-side], float(np.median(width[part])), self._limit(lane, begin)
                )

    @staticmethod
    def _width(lane: Element, s: Floats, base: Floats, edge: Floats) -> Floats:
        """Return the width (n,) of a lane; a lane may give its outer border instead."""
        if lane.find("width") is None and lane.find("border") is not None:
            return np.abs(base + _polynomials(lane.iterfind("border"), "sOffset", s) - edge)
        return _polynomials(lane.iterfind("width"), "sOffset", s)

    def _limit(self, lane: Element, s: float) -> float | None:
        """Return the speed limit of a lane, else that of the road, in m/s."""
        of_road = [each for each in self.element.iterfind("type") if number(each, "s", 0.0) <= s + 0.01]
        for speed in (lane.find("speed"), of_road[-1].find("speed") if of_road else None):
            if speed is not None and speed.get("max") not in (None, "no limit", "undefined"):
                return number(speed, "max") * UNITS_MPS.get(speed.get("unit", "m/s"), 1.0)
        return None


def _polynomials(elements: Iterator[Element], start: str, s: Floats) -> Floats:
    """Return the values (n,) at s (n,) of cubics, each of which holds from its start on."""
    value = np.zeros_like(s)
    for each in sorted(elements, key=lambda element: number(element, start, 0.0)):
        first = number(each, start, 0.0)
        a, b, c, d = (number(each, name, 0.0) for name in "abcd")
        from_here, ds = s >= first - 1e-9, s - first
        value = np.where(from_here, a + b * ds + c * ds**2 + d * ds**3, value)
    return value
