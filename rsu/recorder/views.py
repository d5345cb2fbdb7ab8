"""The records of a recording for people: tracks, lanes, place and log in Foxglove's schemas, made of bus records."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec
import numpy as np

from perception.geo import to_wgs84
from rsu.bus.snapshot import Snapshot, TrackView
from rsu.recording.schemas import EVENTS, LANES, MAP, POSITION, SHAPES, TRACKS
from rsu.recording.tick import Entry
from rsu.site.lanemap import LaneMapFile
from rsu.site.model import ReferenceSettings

Json = dict[str, object]
_SITE = "site"  # frame: east, north, up in metres around the reference point
_LIFE = {"sec": 0, "nsec": 500_000_000}
_HEIGHT = {"truck": 3.2, "bus": 3.2, "pedestrian": 1.7, "bicycle": 1.6, "motorcycle": 1.5}  # m; others 1.5
_COLOUR = {"pedestrian": (0.95, 0.6, 0.1), "bicycle": (0.4, 0.8, 0.2), "motorcycle": (0.4, 0.8, 0.2)}
_INFO, _WARNING = 2, 3
_LINE_STRIP = 0
_encode = msgspec.json.Encoder().encode


def time(stamp_ns: int) -> Json:
    """Return a time as Foxglove has it."""
    return {"sec": stamp_ns // 10**9, "nsec": stamp_ns % 10**9}


def tracks(snapshot: Snapshot) -> Entry:
    """Return all road users as boxes."""
    at = time(snapshot.stamp_ns)
    entities = [_box(track, at) for track in snapshot.tracks]
    return Entry(TRACKS, snapshot.stamp_ns, _encode({"deletions": [], "entities": entities}))


def _box(track: TrackView, at: Json) -> Json:
    red, green, blue = _COLOUR.get(track.kind, (0.2, 0.5, 0.95))
    half = math.radians(90.0 - (track.heading_deg or 0.0)) / 2
    height = _HEIGHT.get(track.kind, 1.5)
    pose = {
        "position": {"x": track.east_m, "y": track.north_m, "z": height / 2},
        "orientation": {"x": 0, "y": 0, "z": round(math.sin(half), 4), "w": round(math.cos(half), 4)},
    }
    size = {"x": track.length_m, "y": track.width_m, "z": height}
    cube = {"pose": pose, "size": size, "color": {"r": red, "g": green, "b": blue, "a": 0.8}}
    facts = {"kind": track.kind, "speed": f"{track.speed_mps} m/s", "sources": " ".join(track.sources)}
    return {
        "timestamp": at,
        "frame_id": _SITE,
        "id": str(track.id),
        "lifetime": _LIFE,
        "frame_locked": False,
        "metadata": [{"key": key, "value": value} for key, value in facts.items()],
        **_nothing(),
        "cubes": [cube],
    }


def _nothing() -> Json:
    """Return the shapes that an entity must name, without any of them."""
    return {shape: [] for shape in SHAPES}


def lanes(lane_map: LaneMapFile, now_ns: int) -> Entry:
    """Return the lanes' centre lines."""
    identity = {"position": {"x": 0, "y": 0, "z": 0}, "orientation": {"x": 0, "y": 0, "z": 0, "w": 1}}
    lines = [
        {
            "type": _LINE_STRIP,
            "pose": identity,
            "thickness": 0.2,
            "scale_invariant": False,
            "points": [{"x": point[0], "y": point[1], "z": 0} for point in lane.points],
            "color": {"r": 0.6, "g": 0.6, "b": 0.6, "a": 1},
            "colors": [],
            "indices": [],
        }
        for node in lane_map.nodes
        for link in node.links
        for lane in link.lanes
    ]
    entity = {
        "timestamp": time(now_ns),
        "frame_id": _SITE,
        "id": "lanes",
        "lifetime": {"sec": 0, "nsec": 0},
        "frame_locked": True,
        "metadata": [],
        **_nothing(),
        "lines": lines,
    }
    return Entry(LANES, now_ns, _encode({"deletions": [], "entities": [entity]}))


def streets(lane_map: LaneMapFile, reference: ReferenceSettings, now_ns: int) -> Entry:
    """Return the lanes' centre lines in WGS-84, for a map (GeoJSON, RFC 7946)."""
    place, features = reference.reference(), []
    for link in (link for node in lane_map.nodes for link in node.links):
        for lane in link.lanes:
            points = np.array(lane.points)
            latitude, longitude = to_wgs84(points[:, 0], points[:, 1], place)
            line = {"type": "LineString", "coordinates": np.column_stack([longitude, latitude]).round(7).tolist()}
            about = {"name": f"{link.name} {lane.id}"}
            features.append({"type": "Feature", "geometry": line, "properties": about})
    collection = _encode({"type": "FeatureCollection", "features": features}).decode()
    return Entry(MAP, now_ns, _encode({"geojson": collection}))


def position(reference: ReferenceSettings, now_ns: int) -> Entry:
    """Return where the site frame's origin is."""
    fix = {
        "timestamp": time(now_ns),
        "frame_id": _SITE,
        "latitude": reference.latitude_deg,
        "longitude": reference.longitude_deg,
        "altitude": reference.elevation_m,
        "position_covariance": [0.0] * 9,
        "position_covariance_type": 0,
    }
    return Entry(POSITION, now_ns, _encode(fix))


class Log:
    """Changes between snapshots, as lines of a log."""

    def __init__(self) -> None:
        self._states: dict[str, str] = {}

    def lines(self, snapshot: Snapshot) -> Iterator[Entry]:
        """Yield a line for each device, message type and event that is not as it was."""
        states = {
            f"device {each.name}": each.state + (f" ({each.error})" if each.error else "") for each in snapshot.devices
        }
        states |= {f"message {each.kind}": " ".join([each.decision, *each.reasons]) for each in snapshot.messages}
        states |= {f"event {each.id}": f"{each.code} {each.state}" for each in snapshot.events}
        for name, state in states.items():
            if self._states.get(name) != state:
                level = _INFO if state.split()[0] in ("ok", "send", "starting") else _WARNING
                line = {"timestamp": time(snapshot.stamp_ns), "level": level, "message": f"{name}: {state}"}
                yield Entry(EVENTS, snapshot.stamp_ns, _encode(line | {"name": "rsu", "file": "", "line": 0}))
        self._states = states
