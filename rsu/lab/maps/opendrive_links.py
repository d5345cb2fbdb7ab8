"""The links of OpenDRIVE lanes: which piece follows which in driving direction, and the ways through junctions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from rsu.lab.maps.opendrive_road import Road
from rsu.lab.maps.xml_file import Element, number

End = Literal["start", "end"]  # of a road, along its reference line
_LONGEST = 20  # pieces of one way


def key(road: str, section: int, lane: int) -> str:
    """Return the key of a lane in a lane section."""
    return f"{road}.{section}.{lane}"


class Spot(NamedTuple):
    """One lane in one lane section of a road."""

    road: str
    section: int
    lane: int

    @property
    def key(self) -> str:
        """Return its key."""
        return key(*self)


class JunctionWay(NamedTuple):
    """A way through a junction, from lane to lane."""

    start: str
    end: str
    first: Spot  # the lane before the junction
    inner: tuple[Spot, ...]  # lanes of the connecting roads


class Links:
    """The links of all lanes."""

    def __init__(self, roads: Mapping[str, Road]) -> None:
        self._roads = roads

    def outside(self) -> Iterator[tuple[str, str]]:
        """Yield the pairs of lanes outside of junctions of which the second follows the first."""
        for road in self._roads.values():
            for section, lane in road.pieces if road.junction == "-1" else ():
                spot = Spot(road.id, section, lane)
                following = self._next(spot)
                if following is not None and self._roads[following.road].junction == "-1":
                    yield spot.key, following.key

    def through(self, junction: Element) -> Iterator[JunctionWay]:
        """Yield the ways through a junction."""
        for connection in junction.iterfind("connection"):
            incoming = self._roads.get(connection.get("incomingRoad", ""))
            inner = self._roads.get(connection.get("connectingRoad", ""))
            if incoming is None or inner is None:
                continue
            contact: End = "end" if connection.get("contactPoint") == "end" else "start"
            at = self._contact(inner, contact, incoming)
            for link in connection.iterfind("laneLink"):
                first = self._outer(incoming, at, int(number(link, "from")))
                begin = self._outer(inner, contact, int(number(link, "to")))
                if _leads_to(first.lane, at) and not _leads_to(begin.lane, contact):
                    yield from self._way(first, begin)

    def _way(self, first: Spot, begin: Spot) -> Iterator[JunctionWay]:
        inner = [begin]
        while (following := self._next(inner[-1])) is not None and len(inner) < _LONGEST:
            if self._roads[following.road].junction == "-1":
                yield JunctionWay(first.key, following.key, first, tuple(inner))
                return
            inner.append(following)

    def _next(self, spot: Spot) -> Spot | None:
        """Return the lane that follows another in driving direction."""
        road = self._roads[spot.road]
        ahead = spot.lane < 0  # along the reference line
        target = self._lane_link(road, spot, "successor" if ahead else "predecessor")
        section = spot.section + (1 if ahead else -1)
        if 0 <= section < len(road.sections):
            found = Spot(road.id, section, spot.lane if target is None else target)
            return found if (found.section, found.lane) in road.pieces else None
        link = road.element.find("link/successor" if ahead else "link/predecessor")
        if link is None or link.get("elementType", "road") != "road":
            return None
        following = self._roads.get(link.get("elementId", ""))
        if following is None or target is None:
            return None
        contact: End = "end" if link.get("contactPoint") == "end" else "start"
        found = self._outer(following, contact, target)
        return found if (found.section, found.lane) in following.pieces and not _leads_to(target, contact) else None

    @staticmethod
    def _lane_link(road: Road, spot: Spot, name: str) -> int | None:
        for lane in road.sections[spot.section].iterfind("*/lane"):
            if int(number(lane, "id")) == spot.lane and (link := lane.find(f"link/{name}")) is not None:
                return int(number(link, "id"))
        return None

    @staticmethod
    def _outer(road: Road, end: End, lane: int) -> Spot:
        """Return a lane at an end of a road."""
        return Spot(road.id, 0 if end == "start" else len(road.sections) - 1, lane)

    @staticmethod
    def _contact(inner: Road, contact: End, incoming: Road) -> End:
        """Return the end of the incoming road at which a connecting road begins."""
        link = inner.element.find("link/predecessor" if contact == "start" else "link/successor")
        if link is not None and link.get("elementId") == incoming.id and link.get("contactPoint"):
            return "end" if link.get("contactPoint") == "end" else "start"
        after = incoming.element.find("link/successor")
        return "end" if after is not None and after.get("elementType") == "junction" else "start"


def _leads_to(lane: int, end: End) -> bool:
    """Tell whether a lane leads to an end of its road; traffic keeps to the right."""
    return (lane < 0) == (end == "end")
