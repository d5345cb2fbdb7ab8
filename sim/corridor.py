"""The road of the corridor: SUMO's traffic on a bending road with two lanes each way, 1.2 km long, and boxes along it.

Neighbouring boxes see 100 m of road together, except where a gap of 150 m that no box sees lies between them. In the
gap a share of the vehicles leaves the road, and others enter it. Site frame: east, north about the road's first point.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sim.frames import WorldFrame
from sim.rows import frame

REACH_M = 150.0  # each way, that a box sees of the road
SHARED_M, GAP_M = 100.0, 150.0
MARGIN_M = 40.0  # of road beyond the first and the last box
WIDTH_DEG = 120.0  # of a sensor's view
POLE_ASIDE_M, POLE_M = 11.0, 8.0  # a box's pole: so far to the right of the axis, so high
SURVEY_SD_M = 0.3  # of a box's reference point, per axis
WAYS = {"east": 1.0, "west": -1.0}  # of traffic and of sensors, along the axis
LANE_M, LANES = 3.5, 2  # each way
SPEED_MPS = 60.0 / 3.6
BEND_M, BENDS_M = 40.0, 1400.0  # of the road: so far aside, over such a length
STEP_M = 20.0  # between points of the axis
HOURLY = 900.0  # vehicles each way
SIDE_SHARE = 0.04  # of them that leave, and as many that enter, in each gap

# name, class, length m, width m, height m, share, m/s2 of acceleration, mean and spread of the share of the limit
TYPES = (
    ("small", "passenger", 3.9, 1.68, 1.5, 0.25, 2.0, 0.95, 0.08),
    ("car", "passenger", 4.7, 1.82, 1.46, 0.4, 2.0, 0.95, 0.08),
    ("large", "passenger", 5.0, 1.95, 1.78, 0.2, 2.0, 0.95, 0.08),
    ("truck", "truck", 8.9, 2.5, 3.4, 0.09, 1.1, 0.85, 0.05),
    ("bus", "bus", 11.9, 2.55, 3.1, 0.06, 1.1, 0.85, 0.05),
)

Point = tuple[float, float]


class RoadLayout(NamedTuple):
    """Where the boxes of a corridor stand."""

    centres_m: list[float]  # along the axis
    gaps_m: list[tuple[float, float]]  # begin and end of each stretch that no box sees
    length_m: float  # of the road


def layout(boxes: int) -> RoadLayout:
    """Return the places of boxes along the road: every second pair of neighbours has a gap between them."""
    centres, gaps = [MARGIN_M + REACH_M], []
    for number in range(1, boxes):
        end = centres[-1] + REACH_M
        apart = GAP_M if number % 2 == 0 else -SHARED_M
        if apart > 0:
            gaps.append((end, end + apart))
        centres.append(end + apart + REACH_M)
    return RoadLayout(centres, gaps, centres[-1] + REACH_M + MARGIN_M)


def point(along_m: float, aside_m: float = 0.0) -> Point:
    """Return the point east, north so far east along the road and to the right of its axis."""
    angle = 2.0 * math.pi * along_m / BENDS_M
    slope = math.atan(BEND_M * math.pi / BENDS_M * math.sin(angle))
    north = BEND_M / 2.0 * (1.0 - math.cos(angle))
    return along_m + aside_m * math.sin(slope), north - aside_m * math.cos(slope)


def axis(length_m: float) -> list[Point]:
    """Return the points of the axis."""
    return _shape(length_m, 0.0)


def pole(along_m: float) -> Point:
    """Return where the pole of a box stands."""
    return point(along_m, POLE_ASIDE_M)


def yaw_deg(along_m: float, way: float) -> float:
    """Return the yaw of a sensor on a box's pole that looks one way along the road: at the end of its reach."""
    (east, north), there = pole(along_m), point(along_m + way * REACH_M)
    return math.degrees(math.atan2(there[0] - east, there[1] - north)) % 360.0


def _shape(length_m: float, aside_m: float) -> list[Point]:
    return [point(step * STEP_M, aside_m) for step in range(math.ceil(length_m / STEP_M) + 1)]


def _edge(name: str, ends: tuple[str, str], shapes: list[list[Point]]) -> str:
    lanes = [
        f'<lane id="{name}_{index}" index="{index}" speed="{SPEED_MPS:.2f}" width="{LANE_M}" '
        f'length="{sum(map(math.dist, shape, shape[1:])):.2f}" shape="{_text(shape)}"/>'
        for index, shape in enumerate(shapes)
    ]
    return f'<edge id="{name}" from="{ends[0]}" to="{ends[1]}" priority="1">{"".join(lanes)}</edge>'


def _text(shape: list[Point]) -> str:
    return " ".join(f"{east:.3f},{north:.3f}" for east, north in shape)


def net(length_m: float) -> str:
    """Return the road as SUMO's net."""
    asides = [LANE_M * (LANES - index - 0.5) for index in range(LANES)]  # SUMO counts lanes from the right
    east = [_shape(length_m, aside) for aside in asides]
    west = [_shape(length_m, -aside)[::-1] for aside in asides]
    ends = {"a": ("west", 0.0), "b": ("east", length_m)}
    junctions = [
        f'<junction id="{name}" type="dead_end" x="{point(at)[0]:.2f}" y="{point(at)[1]:.2f}" intLanes="" '
        f'incLanes="{" ".join(f"{edge}_{index}" for index in range(LANES))}" '
        f'shape="{_text([point(at, LANE_M * LANES), point(at, -LANE_M * LANES)])}"/>'
        for name, (edge, at) in ends.items()
    ]
    edges = [_edge("east", ("a", "b"), east), _edge("west", ("b", "a"), west)]
    everywhere = "-10000000000.00,-10000000000.00,10000000000.00,10000000000.00"
    location = (
        f'<location netOffset="0.00,0.00" convBoundary="{everywhere}" origBoundary="{everywhere}" projParameter="!"/>'
    )
    return f'<net version="1.20">{location}{"".join(edges + junctions)}</net>'


def routes(place: RoadLayout) -> str:
    """Return the traffic as SUMO's flows: through the whole road, out of it in a gap, and into it there."""
    types = [
        f'<vType id="{name}" vClass="{kind}" length="{length}" width="{width}" height="{height}" '
        f'probability="{share}" accel="{accel}" decel="2.5" emergencyDecel="8" minGap="2" sigma="0.3" '
        f'speedFactor="normc({mean},{spread},0.7,1.15)"/>'
        for name, kind, length, width, height, share, accel, mean, spread in TYPES
    ]
    lines = [f'<vTypeDistribution id="motor">{"".join(types)}</vTypeDistribution>']
    for edge in ("east", "west"):
        lines.append(f'<route id="{edge}" edges="{edge}"/>')
        lines.append(_flow(edge, edge, HOURLY, 'departPos="base"'))
        for number, (begin, end) in enumerate(place.gaps_m):
            middle = (begin + end) / 2.0
            along = middle if edge == "east" else place.length_m - middle
            side = HOURLY * SIDE_SHARE
            lines.append(_flow(f"{edge}-out-{number}", edge, side, f'departPos="base" arrivalPos="{along:.1f}"'))
            lines.append(_flow(f"{edge}-in-{number}", edge, side, f'departPos="{along:.1f}"'))
    return f"<routes>{''.join(lines)}</routes>"


def _flow(name: str, route: str, hourly: float, further: str) -> str:
    return (
        f'<flow id="{name}" type="motor" route="{route}" begin="0" end="100000000" period="exp({hourly / 3600.0:.5f})" '
        f'departSpeed="desired" departLane="random" {further}/>'
    )


def frames(seed: int, boxes: int) -> Iterator[WorldFrame]:
    """Yield the road's frames for ever; their stamps count from 0. There are no signals."""
    from sim.traffic import Traffic  # here, because libsumo is an extra

    place = layout(boxes)
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "road.net.xml"), Path(folder, "road.rou.xml")
        for file, text in zip(files, (net(place.length_m), routes(place)), strict=True):
            file.write_text(text, encoding="utf-8")
        traffic = Traffic(seed, 1.0, *files)
    number = 0
    while True:
        yield frame(number, traffic.step(), "", 1.0)
        number += 1
