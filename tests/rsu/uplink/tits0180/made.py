"""A box, its tracks and events, and its payloads as T/ITS 0180.1-2021 wants them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from hw.modality import CAMERA, RADAR, V2X
from perception.geo import Reference
from perception.objects import RoadUser
from perception.results import LanePlace, RoadEvent, Tracks
from rsu.bus.told import Participants
from rsu.site.box import Box
from rsu.site.identity import Identity
from rsu.site.uplink import StandardSettings
from rsu.station import telling
from rsu.station.telling import OnRoad
from rsu.uplink.tits0180 import participants
from sim.standard import faults

NOW_NS = 1_700_000_000_123_456_789
IDENTITY = Identity(
    rscu_sn="RSCU-1",
    rsu_sn="RSU-1",
    region_id="440304",
    city_code="440300",
    cross_id="C7",
    reference=Reference(22.5431, 114.0579, 12.0),
    links={"north": 11},
    maneuvers={("north", 1): ["right", "straight"], ("north", 2): ["left", "uturn"]},
)
MODALITIES = {"cam": CAMERA, "rad": RADAR, "obu": V2X}
BOX = Box(IDENTITY, MODALITIES, StandardSettings())
PLATE = b"\x0b\xadPLATE1"


def tracks_of(kinds: list[RoadUser], **columns: Any) -> Tracks:
    n = len(kinds)
    base: dict[str, Any] = {
        "id": np.arange(1, n + 1),
        "stamp_ns": np.full(n, NOW_NS - 80_000_000),
        "receipt_ns": np.full(n, NOW_NS),
        "position_m": np.tile([10.0, -20.0], (n, 1)),
        "velocity_mps": np.tile([3.0, 4.0], (n, 1)),
        "covariance": np.tile(np.diag([1.0, 0.25, 0.04, 0.01]), (n, 1, 1)),
        "heading_deg": np.full(n, 36.87),
        "heading_sd_deg": np.full(n, 2.0),
        "size_m": np.tile([4.5, 1.8, np.nan], (n, 1)),
        "kind": np.array(kinds, dtype=np.int64),
        "existence": np.ones(n),
        "contested": np.zeros(n, dtype=np.bool_),
        "sources": [("cam",)] * n,
        "vehicle_id": [PLATE] * n,
    }
    return Tracks(**base | columns)


def as_sent(kind: str, payload: dict[str, object]) -> dict[str, Any]:
    """Return a payload as it is sent; it fits the bench's own transcription of the standard."""
    sent = json.loads(json.dumps(payload, allow_nan=False))
    assert faults(kind, sent) == []
    return dict(sent)


def on_road(tracks: Tracks, running: list[RoadEvent] | None = None) -> OnRoad:
    return OnRoad(tracks, [None] * len(tracks), running or [])


def build(road: OnRoad, box: Box = BOX) -> dict[str, object]:
    """Return participant/up of the station's report of the road."""
    return participants.build(box, NOW_NS, Participants(telling.users(road)))


def box_of(**settings: Any) -> Box:
    return BOX._replace(standard=StandardSettings.model_validate(settings))


def event_of(code: int, state: str = "update", tracks: list[int] | None = None, **more: Any) -> RoadEvent:
    return RoadEvent(
        id=5,
        code=code,
        state=state,
        start_ns=NOW_NS - 3_000_000_000,
        stamp_ns=NOW_NS,
        position_m=(10.0, -20.0),
        radius_m=2.0,
        place=LanePlace("north", 2, 12.0),
        track_ids=[2] if tracks is None else tracks,
        confidence=0.923,
        **more,
    )
