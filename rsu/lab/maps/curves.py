"""Reference lines of OpenDRIVE: line, arc, spiral, cubic and parametric cubic polynomials (ASAM OpenDRIVE 1.8, 7)."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.polynomial import polynomial

from hw.detail import Detail
from perception.objects import Floats
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.xml_file import Element, number

_STEP_M = 0.05  # of integration
_LONGEST_M = 100_000.0

_NO_SHAPE = Detail("line {line}: a geometry of unknown shape: {tag}", "第 {line} 行：未知的几何类型：{tag}")
_NO_PLAN = Detail("line {line}: road {road} has no reference line", "第 {line} 行：道路 {road} 没有参考线")


class Spine:
    """The reference line of a road: places and headings by the distance s from its start."""

    def __init__(self, road: Element) -> None:
        """MapError: it has none, or one of unknown shape."""
        self._pieces = sorted(road.iterfind("planView/geometry"), key=lambda each: number(each, "s", 0.0))
        if not self._pieces:
            raise MapError(_NO_PLAN.of(line=road.sourceline, road=road.get("id")))
        self._starts = np.array([number(each, "s", 0.0) for each in self._pieces])
        self.length_m = min(float(self._starts[-1] + number(self._pieces[-1], "length")), _LONGEST_M)
        self._forms = [_form(each) for each in self._pieces]

    def at(self, s: Floats) -> tuple[Floats, Floats]:
        """Return places (n, 2) and headings (n,), radians counter-clockwise from east, at distances (n,)."""
        piece = np.clip(np.searchsorted(self._starts, s, side="right") - 1, 0, None)
        places, headings = np.empty((len(s), 2)), np.empty(len(s))
        for index in np.unique(piece):
            chosen = piece == index
            u, v, turned = self._forms[index](s[chosen] - self._starts[index])
            each = self._pieces[index]
            heading = number(each, "hdg", 0.0)
            cos, sin = math.cos(heading), math.sin(heading)
            places[chosen, 0] = number(each, "x") + cos * u - sin * v
            places[chosen, 1] = number(each, "y") + sin * u + cos * v
            headings[chosen] = heading + turned
        return places, headings

    def bends(self, first: float, last: float) -> Floats:
        """Return the distances (n,) between two at which a drawing of the line needs points."""
        marks = [first]
        for each, following in pairwise([*self._starts, self.length_m]):
            begin, end = max(each, first), min(following, last)
            index = int(np.searchsorted(self._starts, each, side="right")) - 1
            step = 1.0 if self._pieces[index].find("line") is None else 1e9
            if end > begin:
                marks += np.linspace(begin, end, max(2, math.ceil((end - begin) / step) + 1)).tolist()
        return np.unique(np.array([*marks, last]).round(6))


def _integral(values: Floats, over: Floats) -> Floats:
    """Return the integral (n,) up to each place, by trapezoids."""
    return np.concatenate([[0.0], np.cumsum((values[1:] + values[:-1]) / 2 * np.diff(over))])


def _value(at: Floats, terms: list[float]) -> Floats:
    """Return the values (n,) of a polynomial, the constant term first."""
    return np.asarray(polynomial.polyval(at, terms), dtype=np.float64)


Form = Callable[[Floats], tuple[Floats, Floats, Floats]]  # s (n,) -> u, v, heading, each (n,), in the piece's own frame


def _form(piece: Element) -> Form:
    """Return the shape of a geometry."""
    if (arc := piece.find("arc")) is not None:
        return _curved(lambda s: np.full_like(s, number(arc, "curvature")))
    if (spiral := piece.find("spiral")) is not None:
        first, last = number(spiral, "curvStart"), number(spiral, "curvEnd")
        length = max(number(piece, "length"), 1e-6)
        return _curved(lambda s: first + (last - first) * s / length)
    if (cubic := piece.find("poly3")) is not None:
        return _cubic([number(cubic, name, 0.0) for name in "abcd"])
    if (parametric := piece.find("paramPoly3")) is not None:
        return _parametric(parametric, number(piece, "length"))
    if piece.find("line") is not None or len(piece) == 0:
        return lambda s: (s, np.zeros_like(s), np.zeros_like(s))
    raise MapError(_NO_SHAPE.of(line=piece.sourceline, tag=piece[0].tag))


def _curved(curvature: Callable[[Floats], Floats]) -> Form:
    """Return a shape by its curvature (1/m, left positive): heading and place are its integrals."""

    def form(s: Floats) -> tuple[Floats, Floats, Floats]:
        most = float(s.max(initial=0.0))
        fine = np.linspace(0.0, most, max(2, math.ceil(most / _STEP_M) + 1))
        heading = _integral(curvature(fine), fine)
        u = _integral(np.cos(heading), fine)
        v = _integral(np.sin(heading), fine)
        return np.interp(s, fine, u), np.interp(s, fine, v), np.interp(s, fine, heading)

    return form


def _cubic(terms: list[float]) -> Form:
    """Return v as a cubic of u; u is found by the length of the curve."""
    slope = [terms[1], 2 * terms[2], 3 * terms[3]]

    def form(s: Floats) -> tuple[Floats, Floats, Floats]:
        most = float(s.max(initial=0.0))
        fine = np.linspace(0.0, most, max(2, math.ceil(most / _STEP_M) + 1))
        walked = _integral(np.hypot(1.0, _value(fine, slope)), fine)
        u = np.interp(s, walked, fine)
        return u, _value(u, terms), np.arctan(_value(u, slope))

    return form


def _parametric(element: Element, length: float) -> Form:
    """Return u and v as cubics of p, which is the length or a share of it."""
    u, v = ([number(element, f"{name}{axis}", 0.0) for name in "abcd"] for axis in "UV")
    scale = 1.0 if element.get("pRange", "normalized") == "arcLength" else 1.0 / max(length, 1e-6)

    def form(s: Floats) -> tuple[Floats, Floats, Floats]:
        p = s * scale
        steps = ([terms[1], 2 * terms[2], 3 * terms[3]] for terms in (u, v))
        du, dv = (_value(p, terms) for terms in steps)
        return _value(p, u), _value(p, v), np.arctan2(dv, du)

    return form
