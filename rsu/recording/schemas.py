"""Which schema and encoding each channel of a recording has.

Tracks, place, map and log use Foxglove's own schemas (https://docs.foxglove.dev/docs/sdk/schemas), of which the fields
that we fill are described; a viewer knows them by name.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import msgspec

from rsu.bus.records import Misbehaviour, Processes, UplinkState
from rsu.recording.tick import RAW, REPORT, SENT, TICK, TickEntry

SCENE, FIX, LOG = "foxglove.SceneUpdate", "foxglove.LocationFix", "foxglove.Log"
GEOJSON = "foxglove.GeoJSON"
TRACKS, LANES, MAP, POSITION, EVENTS = "/tracks", "/lanes", "/map", "/position", "/log"
SHAPES = ("arrows", "cubes", "spheres", "cylinders", "lines", "triangles", "texts", "models")  # of a scene's entity
BUS = "/bus/"
_TIME = {
    "type": "object",
    "title": "time",
    "properties": {"sec": {"type": "integer", "minimum": 0}, "nsec": {"type": "integer", "minimum": 0}},
}
_DURATION = _TIME | {"title": "duration"}


class ChannelKind(NamedTuple):
    """How the messages of a channel are to be read."""

    encoding: str
    schema: str  # empty: none


def of_topic(topic: str) -> ChannelKind:
    """Return the kind of a channel, by its topic."""
    fixed = {TRACKS: SCENE, LANES: SCENE, MAP: GEOJSON, POSITION: FIX, EVENTS: LOG, TICK: "rsu.Tick"}
    if topic in fixed:
        return ChannelKind("json", fixed[topic])
    if topic.startswith(RAW):
        return ChannelKind("application/octet-stream", "")
    if topic.startswith(SENT):
        return ChannelKind("dsmp", "")
    if topic.startswith(REPORT):
        return ChannelKind("json", "rsu.Report")
    return ChannelKind("json", f"rsu.{topic.removeprefix(BUS)}")


def text(schema: str) -> bytes:
    """Return the JSON Schema of a name that `of_topic` returned."""
    if schema in _FOXGLOVE:
        return json.dumps({"title": schema, "type": "object", "properties": _FOXGLOVE[schema]}).encode()
    if schema == "rsu.Report":
        return json.dumps({"title": "T/ITS 0180.1-2021 record", "type": "object"}).encode()
    return json.dumps(msgspec.json.schema(_RECORDS[schema])).encode()


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _numbers(*names: str) -> dict[str, Any]:
    return _object(**{name: {"type": "number"} for name in names})


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


_RECORDS: dict[str, type[msgspec.Struct]] = {
    "rsu.Tick": TickEntry,
    "rsu.uplink": UplinkState,
    "rsu.processes": Processes,
    "rsu.misbehaviour": Misbehaviour,
}
_TEXT = {"type": "string"}
_POSE = _object(position=_numbers("x", "y", "z"), orientation=_numbers("x", "y", "z", "w"))
_COLOUR = _numbers("r", "g", "b", "a")
_POINT = _numbers("x", "y", "z")
_CUBE = _object(pose=_POSE, size=_POINT, color=_COLOUR)
_LINE = _object(
    type={"type": "integer"},
    pose=_POSE,
    thickness={"type": "number"},
    scale_invariant={"type": "boolean"},
    points=_list(_POINT),
    color=_COLOUR,
    colors=_list(_COLOUR),
    indices=_list({"type": "integer"}),
)
_ENTITY = _object(
    timestamp=_TIME,
    frame_id=_TEXT,
    id=_TEXT,
    lifetime=_DURATION,
    frame_locked={"type": "boolean"},
    metadata=_list(_object(key=_TEXT, value=_TEXT)),
    **({shape: _list({"type": "object"}) for shape in SHAPES} | {"cubes": _list(_CUBE), "lines": _list(_LINE)}),
)
_FOXGLOVE: dict[str, dict[str, Any]] = {
    SCENE: {
        "deletions": _list(_object(timestamp=_TIME, type={"type": "integer"}, id=_TEXT)),
        "entities": _list(_ENTITY),
    },
    FIX: {
        "timestamp": _TIME,
        "frame_id": _TEXT,
        "latitude": {"type": "number"},
        "longitude": {"type": "number"},
        "altitude": {"type": "number"},
        "position_covariance": _list({"type": "number"}),
        "position_covariance_type": {"type": "integer"},
    },
    GEOJSON: {"geojson": _TEXT},
    LOG: {
        "timestamp": _TIME,
        "level": {"type": "integer"},
        "message": _TEXT,
        "name": _TEXT,
        "file": _TEXT,
        "line": {"type": "integer"},
    },
}
