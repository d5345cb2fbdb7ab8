"""Events on the road as a GeoJSON text sequence (RFC 8142): one feature a state, WGS-84 (RFC 7946)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from perception.geo import Reference
from perception.results import RoadEvent
from rsu.bus.told import RoadEvents
from rsu.exports.common import Json, degrees, known, time_text

RECORD_SEPARATOR = "\x1e"


def text_sequence(told: Iterable[RoadEvents], reference: Reference) -> Iterator[str]:
    """Yield the states of all events, each once, as texts of the sequence."""
    seen = set()
    for event in (event for each in told for event in each.events):
        state = (event.id, event.start_ns, event.stamp_ns, event.state)
        if state not in seen:
            seen.add(state)
            yield f"{RECORD_SEPARATOR}{json.dumps(feature(event, reference), ensure_ascii=False)}\n"


def feature(event: RoadEvent, reference: Reference) -> Json:
    """Return an event as a feature: its place, or the stretch of road that it covers."""
    line = [degrees(*point, reference) for point in event.path_m]
    place = None if event.place is None else {"link": event.place.link, "lane": event.place.lane}
    return {
        "type": "Feature",
        "id": f"{event.start_ns // 1_000_000}-{event.id}",
        "geometry": {"type": "LineString", "coordinates": line}
        if len(line) > 1
        else {"type": "Point", "coordinates": degrees(*event.position_m, reference)},
        "properties": known(
            {
                "code": event.code,
                "name": event.name,
                "state": event.state,
                "start": time_text(event.start_ns),
                "time": time_text(event.stamp_ns),
                "radius_m": event.radius_m,
                "confidence": round(event.confidence, 2),
                "level": event.level,
                "speed_mps": event.speed_mps,
                "heading_deg": event.heading_deg,
                "road_users": event.track_ids,
            }
            | (place or {})
        ),
    }
