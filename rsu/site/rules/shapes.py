"""Lines and areas as numbers: lengths, headings, turns. Metres, site frame; degrees clockwise from north."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from perception.geo import heading_difference, heading_of
from perception.objects import Floats
from rsu.site.conflicts import crosses

Points = Sequence[tuple[float, float]]


def line(points: Points) -> Floats:
    """Return points (n, 2)."""
    return np.array(points, dtype=np.float64).reshape(-1, 2)


def steps(points: Points) -> Floats:
    """Return the lengths (n - 1,) of a line's pieces."""
    lengths: Floats = np.hypot(*np.diff(line(points), axis=0).T)
    return lengths


def heading(points: Points, at_end: bool = True) -> float:
    """Return where a line leads at its end, or at its start."""
    piece = line(points)[-2:] if at_end else line(points)[:2]
    return float(heading_of(piece[1] - piece[0]))


def sharpest_turn(points: Points) -> tuple[float, int]:
    """Return the largest change of heading along a line, 0..180, and the point where it is."""
    headings = heading_of(np.diff(line(points), axis=0))
    turns = np.abs(heading_difference(headings[1:], headings[:-1]))
    return (float(turns.max()), int(turns.argmax()) + 1) if len(turns) else (0.0, 0)


def turn(before: float, after: float) -> float:
    """Return the change from one heading to another, right +, -180..180."""
    return float(heading_difference(after, before))


def distance(one: tuple[float, float] | Floats, other: tuple[float, float] | Floats) -> float:
    """Return how far two points are from each other."""
    return float(np.hypot(*np.subtract(one, other)))


def area(polygon: Points) -> float:
    """Return the area in m2 (of one that crosses itself, something smaller)."""
    east, north = line(polygon).T
    return abs(float(east @ np.roll(north, -1) - north @ np.roll(east, -1))) / 2.0


def crosses_itself(polygon: Points) -> bool:
    """Tell whether edges of a polygon cross that are not neighbours: two corners are in the wrong order."""
    corners, count = line(polygon), len(polygon)
    edges = [corners[[i, (i + 1) % count]] for i in range(count)]
    return any(
        crosses(edges[i], edges[j]) for i in range(count) for j in range(i + 2, count) if (i, j) != (0, count - 1)
    )


def outline(polygon: Points) -> Floats:
    """Return the corners with the first one again at the end."""
    return line([*polygon, polygon[0]])
