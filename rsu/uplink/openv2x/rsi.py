"""V2X/RSU/{esn}/RSI/UP: events on the road."""

from __future__ import annotations

from perception.results import RoadEvent
from rsu.bus.told import RoadEvents
from rsu.site.box import Box
from rsu.uplink import csae53
from rsu.uplink.csae53 import Json

_WEATHER, _VEHICLE = 3, 9  # hundreds of GB/T 29100's code


def build(box: Box, told: RoadEvents) -> Json:
    """Build the message; an event whose state is `end` has the status false."""
    events = [_event(box, event) for event in told.events]
    return {"rsiSourceType": "integrated", "rsiSourceId": box.identity.rsu_sn, "rsiDatas": events}


def _event(box: Box, event: RoadEvent) -> Json:
    return {
        "alertID": str(event.id),
        "duration": 0,
        "eventStatus": event.state != "end",
        "timeStamp": csae53.utc(event.stamp_ns),
        "eventClass": _event_class(event.code),
        "eventType": event.code,
        "eventSource": "detection",
        "eventConfidence": csae53.confidence(event.confidence),
        "eventPosition": csae53.position(*event.position_m, box.identity.reference),
        "eventRadius": csae53.decimetres(event.radius_m),
    }


def _event_class(code: int) -> str:
    """Return the class of an event by its code."""
    return {_WEATHER: "AdverseWeather", _VEHICLE: "AbnormalVehicle"}.get(code // 100, "AbnormalTraffic")
