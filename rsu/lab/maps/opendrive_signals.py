"""The signals of OpenDRIVE: which traffic light rules a way through a junction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hw.detail import Detail
from rsu.lab.maps.network import RoadNetwork
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.opendrive_links import JunctionWay, Spot
from rsu.lab.maps.opendrive_road import Road
from rsu.lab.maps.xml_file import Element, number

_FOR_WALKERS = {"1000002", "1000007"}  # pedestrian lights, of the OpenDRIVE catalogue
_NEAR_M = 80.0  # of the junction

_BY_SIGNALS = Detail(
    "phases: one for each controller, else for each light; give them the numbers of the controller",
    "相位：每个控制器一个，否则每个信号灯一个；请改为信号机的编号",
)
_WALKERS = Detail(
    "pedestrian light {key}: the file has no crosswalk for it, draw one",
    "行人信号灯 {key}：文件中没有对应的人行横道，请补画",
)
_UNUSED = Detail(
    "traffic light {key}: no way through a junction is ruled by it", "信号灯 {key}：未控制任何通过路口的流向"
)


class RoadSignals:
    """The dynamic signals of a file."""

    def __init__(self, root: Element, roads: Mapping[str, Road], notes: Notes) -> None:
        self._notes, self._roads = notes, roads
        self._signals = {each.get("id", ""): each for each in root.iterfind("road/signals/signal")}
        self._groups = {
            control.get("signalId", ""): f"controller {controller.get('id')}"
            for controller in root.iterfind("controller")
            for control in controller.iterfind("control")
        }
        self._used: set[str] = set()

    def of(self, way: JunctionWay) -> str | None:
        """Return the group of the light that rules a way: one on the connecting road, else one before it."""
        for spot in way.inner[:1]:
            for light in self._on(spot, near_only=False):
                return self._group(light)
        for light in self._on(way.first, near_only=True):
            return self._group(light)
        return None

    def leftovers(self, network: RoadNetwork) -> None:
        """Tell of lights that rule nothing, and of the way in which they became phases."""
        if any(turn.signal for turn in network.turns):
            self._notes.assumed(_BY_SIGNALS)
        for key, each in self._signals.items():
            if each.get("dynamic") == "yes" and key not in self._used:
                text = _UNUSED if each.get("type") not in _FOR_WALKERS else None if network.walks else _WALKERS
                if text is not None:
                    self._notes.left_out(text.of(key=key))

    def _group(self, light: str) -> str:
        self._used.add(light)
        return self._groups.get(light, f"light {light}")

    def _on(self, spot: Spot, near_only: bool) -> Iterator[str]:
        """Yield the lights for vehicles that hold for a lane of a road."""
        road = self._roads[spot.road]
        for each in road.element.iterfind("signals/*"):
            key = each.get("id", "")
            signal = self._signals.get(key) if each.tag == "signalReference" else each
            if signal is None or signal.get("dynamic") != "yes" or signal.get("type") in _FOR_WALKERS:
                continue
            s = number(each, "s", 0.0)
            away = road.spine.length_m - s if spot.lane < 0 else s
            if _holds(each, spot.lane) and (not near_only or away <= _NEAR_M):
                yield key


def _holds(signal: Element, lane: int) -> bool:
    """Tell whether a signal holds for a lane, by its orientation and its list of lanes."""
    if signal.get("orientation", "none") == ("-" if lane < 0 else "+"):
        return False
    lists = [sorted((number(each, "fromLane"), number(each, "toLane"))) for each in signal.iterfind("validity")]
    return not lists or any(first <= lane <= last for first, last in lists)
