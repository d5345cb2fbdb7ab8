"""One crossing of four roads, written in the formats of others: what an import must find in all of them.

The north road has two lanes in (left; straight and right), the others one; every road has one lane out. Metres, 3.5 m
lanes, stop lines 15 m from the middle, roads of 100 m.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

WIDTH_M, STOP_M, REACH_M = 3.5, 15.0, 115.0
OUTWARDS = {"north": (0.0, 1.0), "east": (1.0, 0.0), "south": (0.0, -1.0), "west": (-1.0, 0.0)}
LANES_IN = {"north": 2, "east": 1, "south": 1, "west": 1}
TO = {  # road -> where left, straight and right lead
    "north": ("east", "south", "west"),
    "east": ("south", "west", "north"),
    "south": ("west", "north", "east"),
    "west": ("north", "east", "south"),
}
ARROWS = {("north", 1): ["left"], ("north", 2): ["straight", "right"]}


def arrows(road: str, lane: int) -> list[str]:
    return ARROWS.get((road, lane), ["left", "straight", "right"])


def ways() -> list[tuple[str, int, str, str]]:
    """Return (road, lane, manoeuvre, road that it leads to)."""
    return [
        (road, lane, arrow, TO[road][["left", "straight", "right"].index(arrow)])
        for road, count in LANES_IN.items()
        for lane in range(1, count + 1)
        for arrow in arrows(road, lane)
    ]


def lane_in(road: str, lane: int) -> np.ndarray:
    """Return the middle line towards the crossing."""
    out = np.array(OUTWARDS[road])
    right = np.array([-out[1], out[0]])
    return np.array([REACH_M * out, STOP_M * out]) + (lane - 0.5) * WIDTH_M * right


def lane_out(road: str) -> np.ndarray:
    """Return the middle line away from the crossing."""
    out = np.array(OUTWARDS[road])
    return np.array([STOP_M * out, REACH_M * out]) - 0.5 * WIDTH_M * np.array([-out[1], out[0]])


def _shape(line: Any) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in line)


def sumo(offset: tuple[float, float] = (0.0, 0.0), projection: str = "!") -> str:
    """Return the crossing as a network of SUMO with a signal program."""
    parts = [
        f'<net><location netOffset="{offset[0]},{offset[1]}" convBoundary="0,0,1,1" origBoundary="0,0,1,1" '
        f'projParameter="{projection}"/>'
    ]
    move = np.array(offset)
    for road, count in LANES_IN.items():
        parts.append(f'<edge id="{road}_in" from="{road}" to="J">')
        for index in range(count):  # SUMO counts from the right
            line = lane_in(road, count - index) + move
            parts.append(
                f'<lane id="{road}_in_{index}" index="{index}" speed="16.67" width="3.5" shape="{_shape(line)}"/>'
            )
        line = lane_out(road) + move
        parts.append(
            f'</edge><edge id="{road}_out" from="J" to="{road}"><lane id="{road}_out_0" index="0" '
            f'speed="16.67" width="3.5" shape="{_shape(line)}"/></edge>'
        )
    found = ways()
    green = ["G" if road in ("north", "south") else "r" for road, *_ in found]
    other = ["r" if each == "G" else "G" for each in green]
    parts.append('<tlLogic id="J" type="static" programID="0" offset="0">')
    parts += [f'<phase duration="30" state="{"".join(state)}"/>' for state in (green, other)]
    parts.append(f'</tlLogic><junction id="J" type="traffic_light" x="{offset[0]}" y="{offset[1]}"/>')
    for index, (road, lane, _, target) in enumerate(found):
        parts.append(
            f'<connection from="{road}_in" to="{target}_out" fromLane="{LANES_IN[road] - lane}" toLane="0" '
            f'tl="J" linkIndex="{index}"/>'
        )
    return "\n".join([*parts, "</net>"])


def opendrive(header: str = "") -> str:
    """Return the crossing as OpenDRIVE: one lane of each kind, ways as parametric cubics, a light on the north road."""
    parts = [f"<OpenDRIVE><header>{header}</header>"]
    ids = {road: number for number, road in enumerate(OUTWARDS, 1)}
    for road, out in OUTWARDS.items():
        light = '<signals><signal s="2" t="0" id="77" dynamic="yes" orientation="-" type="1000001"/></signals>'
        left = "".join(_lane(lane, "driving", WIDTH_M) for lane in range(LANES_IN[road], 0, -1))
        parts.append(
            f'<road id="{ids[road]}" junction="-1" length="100"><link><predecessor elementType="junction" '
            f'elementId="9"/></link><type s="0" type="town"><speed max="60" unit="km/h"/></type><planView><geometry '
            f's="0" x="{STOP_M * out[0]}" y="{STOP_M * out[1]}" hdg="{math.atan2(out[1], out[0])}" length="100"><line/>'
            f'</geometry></planView><lanes><laneSection s="0"><left>{left}</left><center><lane id="0" type="none"/>'
            f"</center><right>{_lane(-1, 'driving', WIDTH_M)}{_lane(-2, 'sidewalk', 2.0)}</right></laneSection></lanes>"
            f"{light if road == 'north' else ''}</road>"
        )
    links = []
    for number, (road, lane, _, target) in enumerate(ways(), 100):
        parts.append(_way(number, road, lane, target, ids))
        links.append(
            f'<connection id="{number}" incomingRoad="{ids[road]}" connectingRoad="{number}" '
            f'contactPoint="start"><laneLink from="{lane}" to="-1"/></connection>'
        )
    parts.append(f'<junction id="9" name="Main">{"".join(links)}</junction></OpenDRIVE>')
    return "\n".join(parts)


def _lane(number: int, kind: str, width: float) -> str:
    return f'<lane id="{number}" type="{kind}"><width sOffset="0" a="{width}" b="0" c="0" d="0"/></lane>'


def _way(number: int, road: str, lane: int, target: str, ids: dict[str, int]) -> str:
    first, ahead = lane_in(road, lane)[-1], -np.array(OUTWARDS[road])
    last, onward = lane_out(target)[0], np.array(OUTWARDS[target])
    reach = 0.4 * float(np.hypot(*(last - first)))
    turn = np.array([ahead, [-ahead[1], ahead[0]]])
    a, b, c, d = (turn @ each for each in (first - first, reach * ahead, last - reach * onward - first, last - first))
    terms = (a, 3 * (b - a), 3 * (a - 2 * b + c), d - 3 * c + 3 * b - a)
    cubic = " ".join(f'{"abcd"[n]}{axis}="{each[k]}"' for n, each in enumerate(terms) for k, axis in enumerate("UV"))
    lanes = (
        f'<laneOffset s="0" a="1.75" b="0" c="0" d="0"/><laneSection s="0"><center><lane id="0" type="none"/></center>'
        f'<right><lane id="-1" type="driving"><link><predecessor id="{lane}"/><successor id="-1"/></link>'
        f'<width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane></right></laneSection>'
    )
    return (
        f'<road id="{number}" junction="9" length="20"><link><predecessor elementType="road" elementId="{ids[road]}" '
        f'contactPoint="start"/><successor elementType="road" elementId="{ids[target]}" contactPoint="start"/></link>'
        f'<planView><geometry s="0" x="{first[0]}" y="{first[1]}" hdg="{math.atan2(ahead[1], ahead[0])}" length="20">'
        f'<paramPoly3 {cubic} pRange="normalized"/></geometry></planView><lanes>{lanes}</lanes></road>'
    )
