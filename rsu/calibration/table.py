"""Tables of picked points (CSV) with columns by their names.

    u, v                            px of the picture, u right, v down
    east_m, north_m                 the point's place from the site's reference point
    latitude_deg, longitude_deg     instead: as a GNSS receiver gives it, in the site's coordinates
    at                              instead: a point of the lane map (`rsu.calibration.features`)
    height_m                        above the road; 0 where it is left out
    name                            for the report; else the point's place or number

Straight edges: columns line (any name), u, v; three points or more of one edge have the same name.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hw.detail import Detail
from perception.calibration.pairs import Lines, PointPairs
from perception.geo import to_site
from perception.objects import Floats
from rsu.calibration import features
from rsu.core.errors import ConfigError, Finding
from rsu.site.config import Config
from rsu.site.lanemap import Point
from rsu.site.source import read_text

LEAST_ON_LINE = 3

_COLUMN = Detail(
    "expected columns u, v and east_m, north_m, or latitude_deg, longitude_deg, or at; got {got}",
    "应有 u、v 列，以及 east_m、north_m，或 latitude_deg、longitude_deg，或 at 列；实为 {got}",
)
_LINE_COLUMN = Detail("expected columns line, u, v; got {got}", "应有 line、u、v 列；实为 {got}")
_NUMBER = Detail("expected a number, got {got}", "应为数值，实为 {got}")
_FEATURE = Detail(
    "expected a point of the lane map, such as {there}; got {got}", "应为车道地图上的点，如 {there}；实为 {got}"
)
_SHORT = Detail(
    "expected three points or more of a straight edge, got {got}", "一条直边应有三个以上的点，实为 {got} 个"
)
_EMPTY = Detail("expected rows under the names of the columns, got none", "列名之下应有数据行，实际没有")


class Picked(NamedTuple):
    """The points of a table."""

    names: list[str]
    pairs: PointPairs


class _Row(NamedTuple):
    """One row of a table and its place in the file."""

    file: str
    line: int
    cells: Mapping[str, str]

    def finding(self, column: str, text: Detail) -> ConfigError:
        """Return an error at a cell."""
        place = list(self.cells).index(column) + 1 if column in self.cells else 1
        return ConfigError([Finding(self.file, self.line, place, column, *text)])

    def number(self, column: str) -> float:
        """Return the number in a column. ConfigError: there is none."""
        text = self.cells.get(column, "")
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.finding(column, _NUMBER.of(got=text or '""'))
        return value


def points(path: Path, site: Config) -> Picked:
    """Read the points of a table. ConfigError: with its place in the file."""
    rows = _rows(path, _COLUMN, ["u", "v"])
    known = features.places(site.lane_map)
    pixel = [[row.number("u"), row.number("v")] for row in rows]
    place = [(*_place(row, site, known), row.number("height_m") if row.cells.get("height_m") else 0.0) for row in rows]
    names = [row.cells.get("name") or row.cells.get("at") or str(number) for number, row in enumerate(rows, 1)]
    return Picked(names, PointPairs(np.array(pixel), np.array(place)))


def lines(path: Path) -> Lines:
    """Read the straight edges of a table. ConfigError: with its place in the file."""
    rows = _rows(path, _LINE_COLUMN, ["line", "u", "v"])
    found: defaultdict[str, list[Floats]] = defaultdict(list)
    first: dict[str, _Row] = {}
    for row in rows:
        found[row.cells["line"]].append(np.array([row.number("u"), row.number("v")]))
        first.setdefault(row.cells["line"], row)
    for name, edge in found.items():
        if len(edge) < LEAST_ON_LINE:
            raise first[name].finding("line", _SHORT.of(got=len(edge)))
    return [np.array(edge) for edge in found.values()]


def _rows(path: Path, wanted: Detail, columns: list[str]) -> list[_Row]:
    text = read_text(path)
    table = csv.DictReader(io.StringIO(text), skipinitialspace=True, restval="")
    table.fieldnames = [name.strip() for name in table.fieldnames or []]
    rows = [
        _Row(str(path), table.line_num, {key: (value or "").strip() for key, value in cells.items() if key})
        for cells in table
    ]
    heads = set(table.fieldnames)
    if not heads.issuperset(columns) or (wanted is _COLUMN and not _placed(heads)):
        raise ConfigError([Finding(str(path), 1, 1, "", *wanted.of(got=", ".join(table.fieldnames) or '""'))])
    if not rows:
        raise ConfigError([Finding(str(path), 1, 1, "", *_EMPTY)])
    return rows


def _placed(heads: set[str]) -> bool:
    """Say whether columns give places."""
    return "at" in heads or heads >= {"east_m", "north_m"} or heads >= {"latitude_deg", "longitude_deg"}


def _place(row: _Row, site: Config, known: Mapping[str, Point]) -> Point:
    """Return the place of a row, east and north in m."""
    if at := row.cells.get("at"):
        if at not in known:
            near = difflib.get_close_matches(at, known, n=1, cutoff=0.0) or list(known)[:1]
            raise row.finding("at", _FEATURE.of(there=", ".join(near) or "-", got=at))
        return known[at]
    if "latitude_deg" not in row.cells or row.cells.get("east_m"):
        return row.number("east_m"), row.number("north_m")
    reference = site.site.site.reference.reference()
    east, north = to_site([row.number("latitude_deg")], [row.number("longitude_deg")], reference)
    return float(east[0]), float(north[0])
