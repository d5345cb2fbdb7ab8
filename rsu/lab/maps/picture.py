"""A lane map as a picture: SVG, north up, one unit a metre."""

from __future__ import annotations

import html
from collections.abc import Iterator

import numpy as np

from perception.objects import Floats
from rsu.lab.maps.network import along, at, band, towards
from rsu.site.lanemap import LaneMapFile, Point
from rsu.site.ways import ALONG_EXIT_M, through

_SHOWN_M = 80.0  # around the junctions
_MARGIN_M = 4.0
_COLOURS = {("vehicle", True): "#4a5568", ("vehicle", False): "#8a94a6", ("bike", True): "#2f855a"}
_OTHER = "#68a384"
_WAYS = {"left": "#2b6cb0", "straight": "#2f855a", "right": "#c05621", "uturn": "#805ad5"}
_STYLE = (
    "text{font:2.4px sans-serif;fill:#1a202c}polyline{fill:none;stroke-linejoin:round}"
    ".way{stroke-width:.4;opacity:.9}.stop{stroke:#fff;stroke-width:.6}.walk{fill:#fff;stroke:#718096;stroke-width:.25}"
    ".number{fill:#fff;text-anchor:middle;font-weight:bold;font-size:2px}.quiet{font-size:2px;fill:#4a5568}"
)


def svg(lane_map: LaneMapFile) -> str:
    """Return the picture of a lane map: lanes, stop lines, ways, crosswalks; lanes with their ids, ways with phases."""
    west, south, east, north = _view(lane_map)
    parts = [*_lanes(lane_map), *_walks(lane_map), *_ways(lane_map), *_words(lane_map), *_legend(west, south)]
    size = f"{west:.1f} {-north:.1f} {east - west:.1f} {north - south:.1f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" width="{6 * (east - west):.0f}" '
        f'height="{6 * (north - south):.0f}"><style>{_STYLE}</style>'
        f'<rect x="{west:.1f}" y="{-north:.1f}" width="100%" height="100%" fill="#f7f5ef"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _view(lane_map: LaneMapFile) -> tuple[float, float, float, float]:
    """Return west, south, east, north of the lanes, at most some metres around the junctions."""
    nodes = np.array([node.position for node in lane_map.nodes])
    lanes = [lane.points for node in lane_map.nodes for link in node.links for lane in link.lanes]
    lanes += [lane.points for road in lane_map.exits for lane in road.lanes]
    points = np.vstack([nodes, *lanes])
    low = np.maximum(points.min(axis=0), nodes.min(axis=0) - _SHOWN_M) - _MARGIN_M
    high = np.minimum(points.max(axis=0), nodes.max(axis=0) + _SHOWN_M) + _MARGIN_M
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _lanes(lane_map: LaneMapFile) -> Iterator[str]:
    lanes: list[tuple[bool, str, float, list[Point]]] = [
        (True, lane.type, lane.width_m, lane.points)
        for node in lane_map.nodes
        for link in node.links
        for lane in link.lanes
    ]
    lanes += [
        (False, lane.type or "vehicle", lane.width_m or 3.25, lane.points)
        for road in lane_map.exits
        for lane in road.lanes
    ]
    for _, _, width, points in lanes:
        yield _line(points, "#fff", width)
    for leads_in, kind, width, points in lanes:
        yield _line(points, _COLOURS.get((kind, leads_in), _OTHER), max(width - 0.25, 0.2))
    for leads_in, _, width, points in lanes:
        if leads_in:
            line = np.array(points)
            end = line[-1] - 0.3 * towards(line)
            yield _line(_across(end, towards(line), width), "", 0.0, "stop")


def _across(middle: Floats, ahead: Floats, width: float) -> Floats:
    corners: Floats = band(np.array([middle, middle + ahead]), width)[[0, 3]]
    return corners


def _walks(lane_map: LaneMapFile) -> Iterator[str]:
    for walk in lane_map.crosswalks:
        yield f'<polygon class="walk" points="{_points(walk.polygon)}"/>'
        if walk.phase is not None:
            yield _text(np.mean(walk.polygon, axis=0), f"P{walk.phase}", "quiet")


def _ways(lane_map: LaneMapFile) -> Iterator[str]:
    for way in through(lane_map):
        walked = along(way.line_m)[-1]
        line = at(way.line_m, np.linspace(0.0, max(walked - ALONG_EXIT_M + 1.5, 1.0), 24))
        colour = _WAYS[way.connection.maneuver]
        yield _line(line, colour, 0.0, "way")
        tip, ahead = line[-1], towards(line, reach_m=1.0)
        aside = np.array([-ahead[1], ahead[0]])
        head = [tip, tip - 1.5 * ahead + 0.6 * aside, tip - 1.5 * ahead - 0.6 * aside]
        yield f'<polygon points="{_points(head)}" fill="{colour}"/>'


def _words(lane_map: LaneMapFile) -> Iterator[str]:
    for node in lane_map.nodes:
        yield _text(np.array(node.position), node.name, "quiet")
        for link in node.links:
            for lane in link.lanes:
                line = np.array(lane.points)
                phases = {way.phase for way in through(lane_map) if way.lane is lane and way.phase is not None}
                yield _text(line[-1] - 4.0 * towards(line), str(lane.id), "number")
                if phases:
                    yield _text(
                        line[-1] - 9.0 * towards(line), ",".join(f"p{each}" for each in sorted(phases)), "number"
                    )
            middle = np.array(link.points)
            yield _text(at(middle, np.array([max(along(middle)[-1] - 25.0, 0.0)]))[0], link.name, "number")


def _legend(west: float, south: float) -> Iterator[str]:
    left, low = west + 3.0, south + 3.0
    yield _line(np.array([[left, low], [left + 20.0, low]]), "#1a202c", 0.5)
    yield _text(np.array([left, low + 1.0]), "20 m, north is up")
    for number, (name, colour) in enumerate(_WAYS.items()):
        yield f'<text x="{left:.1f}" y="{-(low + 5.0 + 3.0 * number):.1f}" style="fill:{colour}">{name}</text>'


def _line(points: Floats | list[Point], colour: str, width: float, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    drawn = f' stroke="{colour}"' if colour else ""
    thick = f' stroke-width="{width:.2f}"' if width else ""
    return f'<polyline{named}{drawn}{thick} points="{_points(points)}"/>'


def _text(place: Floats, words: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{place[0]:.2f}" y="{-place[1] + 0.7:.2f}">{html.escape(words)}</text>'


def _points(points: Floats | list[Point] | list[Floats]) -> str:
    return " ".join(f"{point[0]:.2f},{-point[1]:.2f}" for point in points)
