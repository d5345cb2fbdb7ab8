"""The junctions of a map, and the one that is taken: the one that is named, else the one with the most lanes."""

from __future__ import annotations

from typing import NamedTuple

from hw.detail import Detail
from perception.geo import to_wgs84
from rsu.lab.maps.errors import MapError, PlaceUnknownError
from rsu.lab.maps.network import Junction, RoadNetwork
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.roads import bundles

_NONE = Detail(
    "no crossing in the file: lanes that lead from one road to another were not found",
    "文件中没有路口：未找到由一条道路通往另一条道路的车道",
)
_UNKNOWN = Detail("no crossing {name}; there are: {known}", "没有路口 {name}；现有：{known}")
_LARGEST = Detail(
    "crossing {key}, the one with the most lanes of {count} (--list shows all, --crossing takes another)",
    "路口 {key}：{count} 个路口中车道最多者（--list 列出全部，--crossing 另选）",
)
_LEFT = Detail("{count} other crossings of the file", "文件中的其他 {count} 个路口")


class FoundJunction(NamedTuple):
    """A junction as a list shows it."""

    key: str
    name: str
    place: str  # latitude and longitude in degrees, or metres
    roads: int  # that lead to it
    lanes: int  # that lead to it
    signalled: bool


def listing(network: RoadNetwork) -> list[FoundJunction]:
    """Return the junctions of a map, those with the most lanes first."""
    found = []
    for key, junction in network.junctions.items():
        turns = [turn for turn in network.turns if turn.junction == key]
        lanes = {turn.start for turn in turns}
        roads = bundles({lane: network.lanes[lane] for lane in lanes}, incoming=True)
        signalled = any(turn.signal for turn in turns)
        found.append(FoundJunction(key, junction.name, _place(network, junction), len(roads), len(lanes), signalled))
    return sorted((each for each in found if each.lanes), key=lambda each: (-each.lanes, each.key))


def choose(network: RoadNetwork, name: str | None, notes: Notes) -> Junction:
    """Return the junction of a key or name. MapError: there is none."""
    found = listing(network)
    if not found:
        raise MapError(_NONE)
    if name is None:
        chosen = found[0]
        if len(found) > 1:
            notes.assumed(_LARGEST.of(key=chosen.key, count=len(found)))
    else:
        named = [each for each in found if name in (each.key, each.name)]
        if not named:
            known = ", ".join(each.key for each in found[:12]) + (" ..." if len(found) > 12 else "")
            raise PlaceUnknownError(_UNKNOWN.of(name=name, known=known))
        chosen = named[0]
    if len(found) > 1:
        notes.left_out(_LEFT.of(count=len(found) - 1))
    return network.junctions[chosen.key]


def _place(network: RoadNetwork, junction: Junction) -> str:
    east, north = map(float, junction.position_m)
    if network.reference is None:
        return f"[{east:.1f}, {north:.1f}]"
    latitude, longitude = to_wgs84(east, north, network.reference)
    return f"{float(latitude):.6f}, {float(longitude):.6f}"
