"""Signals, statistics and states as OGC SensorThings 1.1 entities: Things, with their parts (deep insert).

A Thing is a device, an approach lane or a lamp; a Datastream a quantity of it; an Observation its value at a time or
over a period. One Thing can be posted to `/v1.1/Things` of any SensorThings server as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from perception.geo import Reference
from perception.results import LaneFlow
from rsu.bus.tape import ToldItem
from rsu.bus.told import DeviceStates, RoadTraffic, SignalLamps
from rsu.exports.common import Json, degrees, interval, time_text
from rsu.site.lanemap import LaneMapFile

_TYPE = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_"
_GEOJSON = "application/geo+json"


class ThingQuantity(NamedTuple):
    """One quantity: its meaning, its unit, its kind of observation (OGC 10-004r3)."""

    name: str
    meaning: str
    unit: str  # UCUM symbol; empty: none
    observation: str

    def stream(self, thing: str, sensor: str) -> Json:
        """Return its Datastream at a thing, without observations."""
        unit = {"name": self.unit or None, "symbol": self.unit or None, "definition": f"ucum:{self.unit}"}
        return {
            "name": f"{thing}: {self.name}",
            "description": self.meaning,
            "observationType": _TYPE + self.observation,
            "unitOfMeasurement": unit if self.unit else dict.fromkeys(("name", "symbol", "definition")),
            "ObservedProperty": {"name": self.name, "definition": f"urn:rsu:{self.name}", "description": self.meaning},
            "Sensor": {
                "name": sensor,
                "description": "roadside box",
                "encodingType": "text/plain",
                "metadata": "rsu-edge",
            },
            "Observations": [],
        }


LANE: dict[ThingQuantity, Callable[[LaneFlow], float | None]] = {
    ThingQuantity("volume", "road users over the stop line in the period", "1", "CountObservation"): lambda f: f.volume,
    ThingQuantity("speed", "mean speed at the stop line", "m/s", "Measurement"): lambda f: f.mean_speed_mps,
    ThingQuantity("occupancy", "share of time in which the stop line was covered", "1", "Measurement"): (
        lambda f: f.occupancy
    ),
    ThingQuantity("queue", "longest queue in the period", "m", "Measurement"): lambda f: f.queue_length_m,
    ThingQuantity("delay", "delay of a road user against driving through freely", "s", "Measurement"): lambda f: (
        f.delay_s
    ),
    ThingQuantity("headway", "time from front to front", "s", "Measurement"): lambda f: f.headway_s,
}
STATE = ThingQuantity("state", "working, or the fault", "", "CategoryObservation")
LIGHT = ThingQuantity("light", "colour of the lamp", "", "CategoryObservation")


class Things:
    """The things of one site, and the observations on them so far."""

    def __init__(self, box: str, lane_map: LaneMapFile, reference: Reference) -> None:
        """`box`: serial number."""
        self._box, self._reference = box, reference
        self._things: dict[str, Json] = {}
        self._streams: dict[tuple[str, str], Json] = {}
        self._last: dict[tuple[str, str], object] = {}
        self._ends = {
            f"lane {link.name} {lane.id}": lane.points[-1]
            for node in lane_map.nodes
            for link in node.links
            for lane in link.lanes
        }

    def add(self, told: Iterable[ToldItem]) -> None:
        """Take in records; of states and lights every change, of statistics every period."""
        for item in told:
            if isinstance(item.data, RoadTraffic):
                for flow in item.data.period.lanes:
                    self._lane(flow)
            else:
                for thing, quantity, value in _states(item):
                    self._change(thing, quantity, item.stamp_ns, value)

    def entities(self) -> list[Json]:
        """Return the Things with Locations, Datastreams and Observations."""
        return list(self._things.values())

    def _lane(self, flow: LaneFlow) -> None:
        time = {"phenomenonTime": interval(flow.start_ns, flow.end_ns), "resultTime": time_text(flow.end_ns)}
        for quantity, value_of in LANE.items():
            if (value := value_of(flow)) is not None:
                self._observe(f"lane {flow.link} {flow.lane}", quantity, time | {"result": round(value, 3)})

    def _change(self, thing: str, quantity: ThingQuantity, stamp_ns: int, value: str) -> None:
        if self._last.get((thing, quantity.name)) != value:
            self._last[thing, quantity.name] = value
            time = time_text(stamp_ns)
            self._observe(thing, quantity, {"phenomenonTime": time, "resultTime": time, "result": value})

    def _observe(self, thing: str, quantity: ThingQuantity, observation: Json) -> None:
        if (stream := self._streams.get((thing, quantity.name))) is None:
            stream = self._streams[thing, quantity.name] = quantity.stream(thing, self._box)
            self._thing(thing)["Datastreams"].append(stream)
        stream["Observations"].append(observation)

    def _thing(self, name: str) -> Json:
        if name not in self._things:
            place = degrees(*self._ends.get(name, (0.0, 0.0)), self._reference)
            self._things[name] = {
                "name": f"{self._box} {name}",
                "description": f"{name} of the roadside box {self._box}",
                "properties": {"box": self._box},
                "Locations": [
                    {
                        "name": f"{self._box} {name}",
                        "description": "stop line" if name in self._ends else "reference point of the site",
                        "encodingType": _GEOJSON,
                        "location": {"type": "Point", "coordinates": place},
                    }
                ],
                "Datastreams": [],
            }
        return self._things[name]


def _states(item: ToldItem) -> Iterator[tuple[str, ThingQuantity, Any]]:
    """Yield thing, quantity and value of devices and lamps."""
    if isinstance(item.data, DeviceStates):
        for device in item.data.devices:
            yield f"device {device.name}", STATE, "working" if device.ok else device.code or "fault"
    elif isinstance(item.data, SignalLamps):
        for lamp in item.data.lamps:
            yield f"lamp {lamp.number}", LIGHT, lamp.steps[0][0] if item.data.shown and lamp.steps else "unknown"
