"""event/up (table 18): what happens on the road."""

from __future__ import annotations

from collections.abc import Sequence

from perception.geo import to_wgs84
from perception.objects import Event
from rsu.reports import codes
from rsu.reports.common import Identity, Payload, head, known, ms, rounded


def build(identity: Identity, stamp_ns: int, running: Sequence[Event]) -> Payload:
    """Build event/up (table 18); an event whose state is `end` carries its endTime."""
    return head(identity, stamp_ns) | {"eventList": [_event(identity, event) for event in running]}


def _event(identity: Identity, event: Event) -> Payload:
    latitude, longitude = to_wgs84(event.position[0], event.position[1], identity.reference)
    return known(
        {
            "eventId": event.id,
            "eventType": event.code,
            "sourceType": codes.FUSED,
            "crossId": identity.cross_id,
            "linkId": event.place and event.place.link,
            "startTime": ms(event.start_ns),
            "endTime": ms(event.stamp_ns) if event.state == "end" else None,
            "longitude": round(float(longitude), 7),
            "latitude": round(float(latitude), 7),
            "speed": rounded(event.speed),
            "heading": rounded(event.heading),
            "priority": event.level,
            "eventConfidence": round(event.confidence, 2),
            "referenceLanes": [event.place.lane] if event.place else None,
            "ptcList": event.track_ids,
        }
    )
