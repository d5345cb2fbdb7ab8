"""Charts as SVG text, to stand in a page: lines over time, steps of histograms, dots on a map."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from perception.objects import Floats

LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 10.0, 30.0  # px around the plot
TICKS = 5  # numbers on a short axis
PX_PER_NUMBER = 90.0  # on a long one


class Plot:
    """A plot with axes; y grows upwards. Elements are drawn in the order in which they are added."""

    def __init__(
        self, x: tuple[float, float], y: tuple[float, float], size: tuple[float, float], left: float = LEFT
    ) -> None:
        """Begin with the ranges of both axes; size and room for labels on the left in px."""
        self._x, self._y = _wide(x), _wide(y)
        self._left = left
        self._width, self._height = size
        self._parts: list[str] = []

    def axes(self, x_name: str, y_name: str) -> Plot:
        """Add the grid, its numbers and the axes' names; an axis without a name has no numbers."""
        bottom, middle = self._height - BOTTOM, (self._height - BOTTOM + TOP) / 2
        for value in _round_steps(*self._y, TICKS) if y_name else ():
            at = self._down(value)
            self._parts.append(f'<path class="grid" d="M{self._left} {at:.1f}H{self._width - RIGHT:.1f}"/>')
            self._parts.append(
                f'<text class="number" x="{self._left - 6}" y="{at + 4:.1f}" text-anchor="end">{value:g}</text>'
            )
        for value in _round_steps(*self._x, max(TICKS, round(self._width / PX_PER_NUMBER))):
            self._parts.append(
                f'<text class="number" x="{self._across(value):.1f}" y="{bottom + 15:.1f}" text-anchor="middle">'
                f"{value:g}</text>"
            )
        self._parts.append(
            f'<text class="name" x="{self._width - RIGHT:.1f}" y="{self._height - 2:.1f}" text-anchor="end">'
            f"{escape(x_name)}</text>"
            f'<text class="name" transform="translate(11 {middle:.1f}) rotate(-90)" text-anchor="middle">'
            f"{escape(y_name)}</text>"
        )
        return self

    def line(self, x: Floats, y: Floats, style: str) -> Plot:
        """Add a line, broken where y is NaN."""
        pen, path = "M", []
        for across, down in zip(self._across(x), self._down(y), strict=True):
            if math.isnan(down):
                pen = "M"
            else:
                path.append(f"{pen}{across:.1f} {down:.1f}")
                pen = "L"
        self._parts.append(f'<path class="{style}" d="{"".join(path)}"/>')
        return self

    def steps(self, edges: Floats, height: Floats, style: str) -> Plot:
        """Add the outline of a histogram, filled."""
        floor = self._down(0.0)
        path = [f"M{self._across(edges[0]):.1f} {floor:.1f}"]
        for right, top in zip(edges[1:], height, strict=True):
            path.append(f"V{self._down(top):.1f}H{self._across(right):.1f}")
        self._parts.append(f'<path class="{style}" d="{"".join(path)}V{floor:.1f}Z"/>')
        return self

    def label(self, y: float, text: str) -> Plot:
        """Add a word beside a height."""
        self._parts.append(
            f'<text x="{self._left - 6}" y="{self._down(y) + 4:.1f}" text-anchor="end">{escape(text)}</text>'
        )
        return self

    def bar(self, begin: float, end: float, y: float, style: str, title: str) -> Plot:
        """Add a horizontal bar 10 px high."""
        left, right = self._across(begin), max(self._across(end), self._across(begin) + 2)
        self._parts.append(
            f'<rect class="{style}" x="{left:.1f}" y="{self._down(y) - 5:.1f}" width="{right - left:.1f}" height="10">'
            f"<title>{escape(title)}</title></rect>"
        )
        return self

    def text(self) -> str:
        """Return the SVG."""
        box = f"0 0 {self._width:.0f} {self._height:.0f}"
        return f'<svg viewBox="{box}" role="img">{"".join(self._parts)}</svg>'

    def _across(self, x: Floats | float) -> Floats:
        low, high = self._x
        across: Floats = self._left + (np.asarray(x) - low) / (high - low) * (self._width - self._left - RIGHT)
        return across

    def _down(self, y: Floats | float) -> Floats:
        low, high = self._y
        down: Floats = self._height - BOTTOM - (np.asarray(y) - low) / (high - low) * (self._height - BOTTOM - TOP)
        return down


class Map:
    """A map of the site, north up, the reference point in its middle."""

    def __init__(self, reach_m: float, size: float) -> None:
        self._reach = reach_m
        self._scale = size / (2.0 * reach_m)
        self._size = size
        self._parts: list[str] = []

    def lane(self, points: Sequence[tuple[float, float]], width_m: float, style: str) -> Map:
        """Add a lane as a band."""
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in map(self._place, points))
        self._parts.append(f'<path class="{style}" stroke-width="{width_m * self._scale:.1f}" d="M{path}"/>')
        return self

    def circle(self, radius_m: float, style: str) -> Map:
        """Add a circle around the middle."""
        middle, radius = self._size / 2, radius_m * self._scale
        self._parts.append(f'<circle class="{style}" cx="{middle:.1f}" cy="{middle:.1f}" r="{radius:.1f}"/>')
        return self

    def dots(self, points: Iterable[Sequence[float]], style: str) -> Map:
        """Add dots; those outside of the map are left out."""
        inside = [point for point in points if max(abs(point[0]), abs(point[1])) <= self._reach]
        path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in map(self._place, inside))
        self._parts.append(f'<path class="{style}" d="{path}"/>')
        return self

    def scale_bar(self, metres: float) -> Map:
        """Add a bar of so many metres, and an arrow to the north."""
        low, width = self._size - 12, metres * self._scale
        self._parts.append(
            f'<path class="rule" d="M12 {low:.1f}h{width:.1f}"/>'
            f'<text class="number" x="{18 + width:.1f}" y="{low + 4:.1f}">{metres:g} m</text>'
            f'<path class="rule" d="M{self._size - 18:.1f} 34v-20m-4 6l4 -6l4 6"/>'
            f'<text class="number" x="{self._size - 18:.1f}" y="46" text-anchor="middle">N</text>'
        )
        return self

    def text(self) -> str:
        """Return the SVG."""
        return (
            f'<svg class="map" viewBox="0 0 {self._size:.0f} {self._size:.0f}" role="img">{"".join(self._parts)}</svg>'
        )

    def _place(self, point: Sequence[float]) -> tuple[float, float]:
        return (point[0] + self._reach) * self._scale, (self._reach - point[1]) * self._scale


def _wide(ends: tuple[float, float]) -> tuple[float, float]:
    """Return a range that is not empty."""
    low, high = ends
    return (low, high) if high > low else (low, low + 1.0)


def _round_steps(low: float, high: float, count: int) -> list[float]:
    """Return round numbers from one to the other, at most about so many."""
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step + 1e-9) + 1)]
