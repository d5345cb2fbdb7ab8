"""Topics for viewers in recordings: all that Foxglove's schemas require is there, and of the right kind.

The required fields are a transcription of the package @foxglove/schemas, of the messages that recordings have.
"""

from __future__ import annotations

import json
from typing import Any

from rsu.recorder import views
from rsu.recording import schemas
from rsu.recording.tick import Entry
from rsu.site import config
from tests.rsu.recording.virtual import CONFIGS
from tests.rsu.virtual_site import run

TIME = {"sec": int, "nsec": int}
COLOUR = dict.fromkeys("rgba", float)
POINT = dict.fromkeys("xyz", float)
POSE = {"position": POINT, "orientation": dict.fromkeys("xyzw", float)}
CUBE = {"pose": POSE, "size": POINT, "color": COLOUR}
LINE = {
    "type": int, "pose": POSE, "thickness": float, "scale_invariant": bool, "points": [POINT], "color": COLOUR,
    "colors": [COLOUR], "indices": [int],
}  # fmt: skip
ENTITY = {
    "timestamp": TIME, "frame_id": str, "id": str, "lifetime": TIME, "frame_locked": bool,
    "metadata": [{"key": str, "value": str}], "arrows": [dict], "cubes": [CUBE], "spheres": [dict], "cylinders": [dict],
    "lines": [LINE], "triangles": [dict], "texts": [dict], "models": [dict],
}  # fmt: skip
REQUIRED: dict[str, dict[str, Any]] = {
    "foxglove.SceneUpdate": {"deletions": [{"timestamp": TIME, "type": int, "id": str}], "entities": [ENTITY]},
    "foxglove.LocationFix": {
        "timestamp": TIME, "frame_id": str, "latitude": float, "longitude": float, "altitude": float,
        "position_covariance": [float], "position_covariance_type": int,
    },
    "foxglove.GeoJSON": {"geojson": str},
    "foxglove.Log": {"timestamp": TIME, "level": int, "message": str, "name": str, "file": str, "line": int},
}  # fmt: skip


def missing(value: Any, wanted: Any, path: str = "") -> list[str]:
    """Return the fields that a message lacks, or has of another kind."""
    if isinstance(wanted, dict):
        if not isinstance(value, dict):
            return [path]
        return [each for key, kind in wanted.items() for each in missing(value.get(key), kind, f"{path}.{key}")]
    if isinstance(wanted, list):
        if not isinstance(value, list):
            return [path]
        return [found for each in value for found in missing(each, wanted[0], f"{path}[]")]
    good = isinstance(value, (int, float)) if wanted is float else isinstance(value, wanted)
    return [] if good else [path]


def check(entry: Entry) -> str:
    schema = schemas.of_topic(entry.topic).schema
    assert missing(json.loads(entry.data), REQUIRED[schema]) == []
    known = json.loads(schemas.text(schema))["properties"]
    assert known.keys() == REQUIRED[schema].keys()
    return schema


def test_every_message_has_what_its_schema_requires() -> None:
    site, log, seen = config.load(CONFIGS / "demo.yaml"), views.Log(), set()
    for now_ns, station, _ in run(2.0):
        snapshot = station.snapshot(now_ns)
        for entry in (views.tracks(snapshot), *log.lines(snapshot)):
            seen.add(check(entry))
    reference = site.site.site.reference
    for entry in (
        views.lanes(site.lane_map, 1),
        views.streets(site.lane_map, reference, 1),
        views.position(reference, 1),
    ):
        seen.add(check(entry))
    assert seen == REQUIRED.keys()
