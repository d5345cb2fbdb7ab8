"""event/up (tables 17 and 18): what happens on the road."""

from __future__ import annotations

from collections.abc import Sequence

from perception.geo import to_wgs84
from perception.results import RoadEvent
from rsu.reports import codes, participants
from rsu.reports.common import Payload, head, known, lane, ms, rounded
from rsu.reports.participants import Users
from rsu.site.identity import Identity


def build(identity: Identity, stamp_ns: int, told: Sequence[RoadEvent], users: Users) -> Payload:
    """Build event/up; an event whose state is `end` carries its endTime. `users`: everybody on the road now."""
    return head(identity, stamp_ns) | {"eventList": [_event(identity, event, users) for event in told]}


def _event(identity: Identity, event: RoadEvent, users: Users) -> Payload:
    latitude, longitude = to_wgs84(event.position[0], event.position[1], identity.reference)
    where = lane(identity, event.place)
    return known(
        {
            "eventId": event.id,
            "eventType": event.code,
            "sourceType": codes.FUSED,
            "crossId": identity.cross_id,
            "linkId": where.get("linkId"),
            "startTime": ms(event.start_ns),
            "endTime": ms(event.stamp_ns) if event.state == "end" else None,
            "longitude": round(float(longitude), 7),
            "latitude": round(float(latitude), 7),
            "speed": rounded(event.speed),
            "heading": None if event.heading is None else round(event.heading, 2) % 360.0,
            "priority": None if event.level is None else str(event.level),
            "eventConfidence": round(event.confidence, 2),
            "referenceLanes": where.get("laneId"),
            "ptcList": participants.listed(identity, users.of(event.track_ids)),
        }
    )
