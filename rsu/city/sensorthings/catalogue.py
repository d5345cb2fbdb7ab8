"""The entities of SensorThings: a Thing for each box, Datastreams of its state, its road users and its lanes.

Ids are names: BOX, BOX:state, BOX:LINK:LANE:volume; an Observation's is its Datastream's and its period.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from rsu.city.live import LiveView
from rsu.city.store import TableRows
from rsu.exports.common import interval, time_text
from rsu.exports.sensorthings import LANE, STATE, ThingQuantity

Json = dict[str, Any]
_HOUR_MS = 3_600_000
_MOST = 10_000  # Observations of a Datastream, the newest
USERS = ThingQuantity("users", "road users that the box sees now", "1", "CountObservation")
CONGESTION = ThingQuantity("congestion", "congestion of the lane, GA/T 115: 0 none .. 3", "", "CategoryObservation")
_OF_BOX = {each.name: each for each in (STATE, USERS)}
_COLUMNS = {"volume": "volume", "queue": "queue_m", "delay": "delay_s", "congestion": "congestion"}  # of `flow`
_OF_LANE = {each.name: each for each in (*LANE, CONGESTION) if each.name in _COLUMNS}
# set -> navigation property -> set of it, and whether it has many
RELATIONS: Mapping[str, Mapping[str, tuple[str, bool]]] = {
    "Things": {"Datastreams": ("Datastreams", True), "Locations": ("Locations", True)},
    "Locations": {"Things": ("Things", True)},
    "Datastreams": {
        "Thing": ("Things", False),
        "Sensor": ("Sensors", False),
        "ObservedProperty": ("ObservedProperties", False),
        "Observations": ("Observations", True),
    },
    "Sensors": {"Datastreams": ("Datastreams", True)},
    "ObservedProperties": {"Datastreams": ("Datastreams", True)},
    "Observations": {"Datastream": ("Datastreams", False)},
}


class _Stream(NamedTuple):
    """One Datastream's subject."""

    box: str
    branch: str  # empty: of the box
    lane: str
    quantity: ThingQuantity

    @property
    def id(self) -> str:
        parts = (self.box, self.branch, self.lane) if self.branch else (self.box,)
        return ":".join((*parts, self.quantity.name))


class Catalogue:
    """The entities as they are at one time."""

    def __init__(self, store: TableRows, live: LiveView, now_ms: int) -> None:
        self._store, self._now_ms = store, now_ms
        self._boxes = {box["box"]: box for box in live.boxes(now_ms)}

    def entities(self, of: str) -> list[Json]:
        """Return all entities of a set; Observations are those of the last hour."""
        match of:
            case "Things":
                return [self._thing(box) for box in self._boxes.values()]
            case "Locations":
                return [self._location(box) for box in self._boxes.values() if box["place"]]
            case "Datastreams":
                return [self._datastream(stream) for stream in self._streams()]
            case "Sensors":
                return [self._sensor(box) for box in self._boxes]
            case "ObservedProperties":
                return [_property(quantity) for quantity in (*_OF_BOX.values(), *_OF_LANE.values())]
            case _:
                return [each for stream in self._streams() for each in self._observations(stream)][:_MOST]

    def one(self, of: str, id: str) -> Json | None:
        """Return an entity by its id."""
        if of == "Observations":
            stream = self._stream(id.rpartition("@")[0])
            found = [] if stream is None else self._observations(stream)
        elif of == "Datastreams":
            stream = self._stream(id)
            return None if stream is None else self._datastream(stream)
        else:
            found = self.entities(of)
        return next((each for each in found if each["@iot.id"] == id), None)

    def related(self, of: str, entity: Json, name: str) -> list[Json]:
        """Return the entities behind a navigation property of one."""
        id = entity["@iot.id"]
        match of, name:
            case "Things", "Datastreams":
                return [self._datastream(stream) for stream in self._streams(id)]
            case ("Things", "Locations") | ("Locations", "Things"):
                return self._only(name, id)
            case "Datastreams", "Observations":
                stream = self._stream(id)
                return [] if stream is None else self._observations(stream)
            case "Datastreams", "ObservedProperty":
                return self._only("ObservedProperties", id.rpartition(":")[2])
            case "Datastreams", _:
                return self._only(f"{name}s", id.split(":")[0])
            case "Sensors", _:
                return [self._datastream(stream) for stream in self._streams(id)]
            case "ObservedProperties", _:
                return [self._datastream(stream) for stream in self._streams() if stream.quantity.name == id]
        return self._only("Datastreams", id.rpartition("@")[0])

    def _only(self, of: str, id: str) -> list[Json]:
        found = self.one(of, id)
        return [] if found is None else [found]

    def _streams(self, box: str = "") -> Iterator[_Stream]:
        """Yield the Datastreams of a box, or of all."""
        for name in [box] if box else self._boxes:
            for quantity in _OF_BOX.values():
                yield _Stream(name, "", "", quantity)
        query = "SELECT DISTINCT box, branch, lane FROM flow WHERE end_ms >= ? AND ? IN ('', box) ORDER BY 1, 2, 3"
        for row in self._store.rows(query, (self._now_ms - _HOUR_MS, box)):
            for quantity in _OF_LANE.values():
                yield _Stream(row["box"], row["branch"], row["lane"], quantity)

    def _stream(self, id: str) -> _Stream | None:
        box, *place, quantity = id.split(":") if ":" in id else ("", "", "")
        if box not in self._boxes:
            return None
        if not place:
            return _Stream(box, "", "", _OF_BOX[quantity]) if quantity in _OF_BOX else None
        branch, lane = ":".join(place[:-1]), place[-1]
        return _Stream(box, branch, lane, _OF_LANE[quantity]) if branch and quantity in _OF_LANE else None

    def _observations(self, stream: _Stream) -> list[Json]:
        """Return the Observations of a Datastream, the newest first."""
        if not stream.branch:
            box = self._boxes[stream.box]
            result = box["state"] if stream.quantity is STATE else box["users"]
            return [_observation(stream, box["heard_ms"], box["heard_ms"], result)]
        column = _COLUMNS[stream.quantity.name]
        query = f"SELECT start_ms, end_ms, {column} AS result FROM flow WHERE box = ? AND branch = ? AND lane = ?"
        query += f" AND {column} IS NOT NULL AND end_ms >= ? ORDER BY end_ms DESC, start_ms LIMIT {_MOST}"
        rows = self._store.rows(query, (stream.box, stream.branch, stream.lane, self._now_ms - _HOUR_MS))
        return [_observation(stream, row["start_ms"], row["end_ms"], row["result"]) for row in rows]

    def _thing(self, box: Json) -> Json:
        about = {"box": box["box"], "state": box["state"]}
        return {"@iot.id": box["box"], "name": box["box"], "description": "roadside box", "properties": about}

    def _location(self, box: Json) -> Json:
        place = {"type": "Point", "coordinates": [*box["place"]]}
        named = {"@iot.id": box["box"], "name": box["box"], "description": "reference point of the site"}
        return {**named, "encodingType": "application/geo+json", "location": place}

    def _sensor(self, box: str) -> Json:
        named = {"@iot.id": box, "name": box, "description": "roadside box"}
        return {**named, "encodingType": "text/plain", "metadata": "T/ITS 0180.1-2021"}

    def _datastream(self, stream: _Stream) -> Json:
        thing = f"{stream.box} {stream.branch} {stream.lane}".rstrip()
        made = stream.quantity.stream(thing, stream.box)
        kept = ("name", "description", "observationType", "unitOfMeasurement")
        return {"@iot.id": stream.id, **{name: made[name] for name in kept}}


def _property(quantity: ThingQuantity) -> Json:
    return {"@iot.id": quantity.name, **quantity.stream("", "")["ObservedProperty"]}


def _observation(stream: _Stream, begin_ms: int, end_ms: int, result: Any) -> Json:
    begin_ns, end_ns = begin_ms * 1_000_000, end_ms * 1_000_000
    phenomenon = time_text(end_ns) if begin_ms == end_ms else interval(begin_ns, end_ns)
    time = {"phenomenonTime": phenomenon, "resultTime": time_text(end_ns)}
    return {"@iot.id": f"{stream.id}@{begin_ms}-{end_ms}", **time, "result": result}
