"""A station's records, in small: a box, road users, events, and one record of each kind."""

from __future__ import annotations

from typing import Any

from hw.modality import CAMERA, RADAR, V2X
from perception.geo import Reference
from perception.objects import RoadUser
from perception.results import RoadEvent, TrafficPeriod
from rsu.bus.told import DeviceStates, Participants, RoadEvents, RoadTraffic, SignalLamps, Told, ToldUser
from rsu.site.box import Box
from rsu.site.identity import Identity
from rsu.site.uplink import StandardSettings

RSCU = "R1"
NOW_NS = 1_795_000_000_000_000_000


def box(standard: dict[str, Any] | None = None, **identity: Any) -> Box:
    place = Reference(22.5431, 114.0579, 12.0)
    about = {"rscu_sn": RSCU, "rsu_sn": "RSU-1", "region_id": "440304", "city_code": "440300", "cross_id": "C7"}
    modalities = {"cam": CAMERA, "rad": RADAR, "obu": V2X}
    return Box(
        Identity(**about | {"reference": place} | identity), modalities, StandardSettings.model_validate(standard or {})
    )


def user(number: int = 1, **more: Any) -> ToldUser:
    base: dict[str, Any] = {
        "id": number,
        "stamp_ns": NOW_NS - 80_000_000,
        "kind": RoadUser.CAR,
        "east_m": 10.0,
        "north_m": -20.0,
        "position_95_m": 2.4477,
        "speed_mps": 5.0,
        "speed_95_mps": 0.392,
        "heading_deg": 36.87,
        "heading_95_deg": 3.92,
        "length_m": 4.5,
        "width_m": 1.8,
        "height_m": None,
        "sources": ["cam"],
        "place": None,
        "events": [],
    }
    return ToldUser(**base | more)


def event(number: int = 5, **more: Any) -> RoadEvent:
    base: dict[str, Any] = {
        "id": number,
        "code": 903,
        "state": "update",
        "start_ns": NOW_NS - 3_000_000_000,
        "stamp_ns": NOW_NS,
        "position_m": (10.0, -20.0),
        "radius_m": 2.0,
        "place": None,
        "track_ids": [],
        "confidence": 0.923,
    }
    return RoadEvent(**base | more)


def crowd(count: int) -> list[ToldUser]:
    return [user(number + 1) for number in range(count)]


def told(kind: str) -> Told:
    """Return a small record of a kind."""
    kinds: dict[str, Told] = {
        "participant": Participants([]),
        "event": RoadEvents([event()], []),
        "traffic": RoadTraffic(TrafficPeriod(start_ns=NOW_NS - 60_000_000_000, end_ns=NOW_NS, lanes=[])),
        "lamp": SignalLamps([], shown=True, ok=True),
        "basic-status": DeviceStates([]),
        "run-status": DeviceStates([]),
    }
    return kinds[kind]
