"""Picked points and edges as the page sends them, and as the tables that `rsu calibrate camera` reads."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Literal

import msgspec

MOST_POINTS, MOST_EDGES = 200, 50
_POINT, _EDGE = ("u", "v", "at", "east_m", "north_m", "height_m", "name"), ("line", "u", "v")
Figure = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]  # finite


class PickedPoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A point of a picture, px, with its place: m from the reference point, or a point of the lane map."""

    u: Figure
    v: Figure
    at: str = ""
    east_m: Figure | None = None
    north_m: Figure | None = None
    height_m: Figure = 0.0
    name: str = ""


class PickedTask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A camera to be calibrated."""

    camera: str
    points: Annotated[list[PickedPoint], msgspec.Meta(max_length=MOST_POINTS)]
    edges: Annotated[list[list[tuple[Figure, Figure]]], msgspec.Meta(max_length=MOST_EDGES)] = []
    find: Literal["", "aim", "pose", "lens", "homography"] = ""
    language: str = "en"


def points(task: PickedTask) -> str:
    """Return the table of points."""
    return _table(_POINT, [[getattr(each, name) for name in _POINT] for each in task.points])


def edges(task: PickedTask) -> str:
    """Return the table of straight edges."""
    return _table(_EDGE, [[number, *place] for number, edge in enumerate(task.edges, 1) for place in edge])


def _table(columns: tuple[str, ...], rows: list[list[object]]) -> str:
    text = io.StringIO()
    written = csv.writer(text)
    written.writerow(columns)
    written.writerows(rows)
    return text.getvalue()
