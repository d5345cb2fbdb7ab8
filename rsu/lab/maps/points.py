"""Surveyed points (CSV): one point a row, with the name of its lane, stop line or crosswalk.

Columns by their names, in English or Chinese, in any order: a name of the line, its place (longitude and latitude in
degrees, or east and north in metres), optionally its kind (in, out, bike, crosswalk, stop), width_m, arrows, phase,
speed_limit_mps. Without a kind the name tells it: a name with `stop`, `crosswalk`. Without column names a row is that
of a total station: point, north, east, height, name of the line.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hw.detail import Detail
from perception.objects import Floats
from rsu.lab.maps import ends
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.loose import joined, widths
from rsu.lab.maps.network import RoadLane, RoadNetwork, Walkway, tidy
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.placing import Placing, Stated
from rsu.lab.maps.xml_file import octets
from rsu.site.lanemap import Maneuver

_NAMES = {
    "line": ("line", "lane", "name", "code", "feature", "layer", "线名", "车道", "编码", "地物"),
    "longitude": ("longitude", "lon", "lng", "long", "longitude_deg", "经度"),
    "latitude": ("latitude", "lat", "latitude_deg", "纬度"),
    "east": ("east", "easting", "e", "x", "east_m", "东", "东坐标", "横坐标"),
    "north": ("north", "northing", "n", "y", "north_m", "北", "北坐标", "纵坐标"),
    "kind": ("kind", "type", "role", "类型"),
    "width": ("width", "width_m", "宽度"),
    "arrows": ("arrows", "arrow", "maneuvers", "turn", "箭头", "流向"),
    "phase": ("phase", "相位"),
    "limit": ("speed_limit_mps", "limit_mps", "限速"),
}
_STATION = ("point", "north", "east", "height", "line")  # rows of a total station without column names
_KINDS = {"stop": ("stop", "停止"), "crosswalk": ("walk", "斑马", "人行"), "bike": ("bike", "非机动")}
_ARROWS: dict[str, Maneuver] = {
    "straight": "straight", "through": "straight", "s": "straight", "直": "straight", "left": "left", "l": "left",
    "左": "left", "right": "right", "r": "right", "右": "right", "uturn": "uturn", "u": "uturn", "掉": "uturn",
}  # fmt: skip

_NO_COLUMN = Detail(
    "{file}: expected a column with the {what} of the points, got {got}", "{file}：应有点的{what}一列，实为 {got}"
)
_LINE, _PLACE = Detail("line", "线名"), Detail("place", "坐标")
_BAD_ROW = Detail(
    "{file}:{row}: expected a number in {column}, got {value}", "{file}:{row}：{column} 应为数值，实为 {value}"
)
_SINGLE = Detail("{name}: a single point", "{name}：只有一个点")
_NO_KEYS = Detail(
    "columns: point, north, east, height, line, as of a total station; the file names none",
    "列：点号、北、东、高、线名，按全站仪格式；文件未给出列名",
)
_NO_CSV = Detail("{file}: not CSV: {problem}", "{file}：不是 CSV：{problem}")
_EMPTY = Detail("{file} has no points", "{file} 中没有点")


class Surveyed(NamedTuple):
    """The points of one line, and the keys of its first row that has them."""

    points: Floats  # (n, 2), the file's coordinates
    keys: dict[str, str]


def read(path: Path, stated: Stated, notes: Notes) -> RoadNetwork:
    """Read a survey. MapError: it has no points, or columns that are not known."""
    lines, degrees = _surveyed(octets(path).decode("utf-8-sig", "replace"), path.name, notes)
    placing = Placing(stated, notes, degrees=degrees)
    numbered = all(each.keys.get("phase", "1").isdecimal() for each in lines.values())
    network = RoadNetwork(reference=None, keeps_numbers=numbered)
    unknown, phases = [], {}
    for name, each in lines.items():
        line = tidy(placing(each.points))
        kind = _kind(name, each.keys)
        if len(line) < 2:
            notes.left_out(_SINGLE.of(name=name))
        elif kind == "stop":
            network.stop_lines_m.append(line)
        elif kind == "crosswalk":
            network.walks.append(Walkway(line, each.keys.get("phase")))
        else:
            network.lanes[name] = _lane(line, kind, each.keys)
            phases[name] = each.keys.get("phase")
            unknown += [name] if not each.keys.get("width") else []
    joined(network)
    widths(network, unknown, notes)
    ends.junctions(network, notes)
    for turn in network.turns:
        turn.signal = phases.get(turn.start)
    placing.settle(network)
    return network


def _surveyed(text: str, file: str, notes: Notes) -> tuple[dict[str, Surveyed], bool]:
    """Return the lines of a survey by name, and whether they are in degrees."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text), _dialect(text)) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise MapError(_NO_CSV.of(file=file, problem=error)) from error
    if not rows:
        raise MapError(_EMPTY.of(file=file))
    header = _header(rows[0])
    if not header and all(_is_number(cell) for cell in rows[0][1:3]):
        header, first = dict(zip(_STATION, range(len(_STATION)), strict=True)), 0
        notes.assumed(_NO_KEYS)
    else:
        first = 1
    degrees = {"longitude", "latitude"} <= header.keys()
    columns = ("longitude", "latitude") if degrees else ("east", "north")
    if not set(columns) <= header.keys() or "line" not in header:
        what = _LINE if "line" not in header else _PLACE
        raise MapError(_NO_COLUMN.of(file=file, what=what, got=", ".join(rows[0])[:80]))
    points: dict[str, list[tuple[float, ...]]] = {}
    keys: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows[first:], first + 1):
        cells = {name: row[index].strip() for name, index in header.items() if index < len(row)}
        name = cells.get("line") or "?"
        points.setdefault(name, []).append(tuple(_number(cells.get(key, ""), file, number, key) for key in columns))
        keys[name] = {**{key: value for key, value in cells.items() if value}, **keys.get(name, {})}
    return {name: Surveyed(np.array(each), keys[name]) for name, each in points.items()}, degrees


def _dialect(text: str) -> type[csv.Dialect]:
    class Separated(csv.excel):
        delimiter = max(",;\t", key=text[:2000].count)

    return Separated


def _header(row: list[str]) -> dict[str, int]:
    """Return the columns that are known, by their meaning."""
    found: dict[str, int] = {}
    for index, cell in enumerate(row):
        word = cell.strip().lower().partition("(")[0].partition("（")[0].strip()
        for meaning, names in _NAMES.items():
            if word in names:
                found.setdefault(meaning, index)
    return found


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _number(text: str, file: str, row: int, column: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e9:
        raise MapError(_BAD_ROW.of(file=file, row=row, column=column, value=text[:30] or "nothing"))
    return value


def _kind(name: str, keys: dict[str, str]) -> str:
    word = (keys.get("kind") or name).lower()
    return next((kind for kind, words in _KINDS.items() if any(each in word for each in words)), "vehicle")


def _lane(line: Floats, kind: str, keys: dict[str, str]) -> RoadLane:
    arrows = (_ARROWS.get(part.strip().lower()) for part in keys.get("arrows", "").replace("|", "+").split("+"))
    numbers = {}
    for key in ("width", "limit"):
        try:
            numbers[key] = float(keys.get(key, ""))
        except ValueError:
            numbers[key] = 0.0
    return RoadLane(
        line_m=line,
        width_m=numbers["width"] if 0.3 < numbers["width"] < 15.0 else 3.5,
        kind="bike" if kind == "bike" else "vehicle",
        limit_mps=numbers["limit"] if 0.5 < numbers["limit"] < 60.0 else None,
        arrows=tuple(arrow for arrow in arrows if arrow is not None),
    )
