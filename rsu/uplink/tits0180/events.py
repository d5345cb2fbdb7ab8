"""event/up (tables 17 and 18): events on the road."""

from __future__ import annotations

from collections.abc import Sequence

from perception.geo import to_wgs84
from perception.results import RoadEvent
from rsu.bus.told import RoadEvents, ToldUser
from rsu.site.box import Box
from rsu.uplink.tits0180 import codes, participants
from rsu.uplink.tits0180.common import Payload, head, known, lane, ms, rounded


def build(box: Box, stamp_ns: int, told: RoadEvents) -> Payload:
    """Build event/up; an event whose state is `end` carries its endTime."""
    return head(box.identity, stamp_ns) | {"eventList": [_event(box, event, told.users) for event in told.events]}


def _event(box: Box, event: RoadEvent, users: Sequence[ToldUser]) -> Payload:
    identity = box.identity
    latitude, longitude = to_wgs84(event.position_m[0], event.position_m[1], identity.reference)
    place = lane(identity, event.place)
    return known(
        {
            "eventId": event.id,
            "eventType": event.code,
            "sourceType": codes.FUSED,
            "crossId": identity.cross_id,
            "linkId": place.get("linkId"),
            "startTime": ms(event.start_ns),
            "endTime": ms(event.stamp_ns) if event.state == "end" else None,
            "longitude": round(float(longitude), 7),
            "latitude": round(float(latitude), 7),
            "speed": rounded(event.speed_mps),
            "heading": None if event.heading_deg is None else round(event.heading_deg, 2) % 360.0,
            "priority": None if event.level is None else str(event.level),
            "eventConfidence": round(event.confidence, 2),
            "referenceLanes": place.get("laneId"),
            "ptcList": participants.listed(box, [user for user in users if user.id in event.track_ids]),
        }
    )
