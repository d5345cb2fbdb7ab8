"""V2X/RSU/{esn}/RSI/UP: events on the road."""

from __future__ import annotations

from datetime import UTC, datetime

from perception.results import RoadEvent
from rsu.bus.told import RoadEvents
from rsu.site.box import Box
from rsu.uplink.openv2x import units
from rsu.uplink.openv2x.units import Json

_WEATHER, _VEHICLE = 3, 9  # hundreds of GB/T 29100's code
_CONFIDENCE = 0.005


def build(box: Box, told: RoadEvents) -> Json:
    """Build the message; an event whose state is `end` has the status false."""
    events = [_event(box, event) for event in told.events]
    return {"rsiSourceType": "integrated", "rsiSourceId": box.identity.rsu_sn, "rsiDatas": events}


def _event(box: Box, event: RoadEvent) -> Json:
    return {
        "alertID": str(event.id),
        "duration": 0,
        "eventStatus": event.state != "end",
        "timeStamp": _utc(event.stamp_ns),
        "eventClass": _event_class(event.code),
        "eventType": event.code,
        "eventSource": "detection",
        "eventConfidence": round(event.confidence / _CONFIDENCE),
        "eventPosition": units.position(*event.position_m, box.identity.reference),
        "eventRadius": units.decimetres(event.radius_m),
    }


def _event_class(code: int) -> str:
    """Return the class of an event by its code."""
    return {_WEATHER: "AdverseWeather", _VEHICLE: "AbnormalVehicle"}.get(code // 100, "AbnormalTraffic")


def _utc(stamp_ns: int) -> str:
    """Return a time as ISO 8601 with milliseconds."""
    seconds, ms = divmod(stamp_ns // 1_000_000, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{ms:03}Z"
