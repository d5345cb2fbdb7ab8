"""Payloads of road users against T/ITS 0180.1-2021: keys, units, codes, and values that must never leave."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from perception.geo import to_site
from perception.objects import RoadUser
from perception.results import LanePlace, RoadEvent, Tracks
from rsu.station import telling
from rsu.station.telling import OnRoad
from rsu.uplink.tits0180 import events
from tests.rsu.uplink.tits0180.made import (
    BOX,
    IDENTITY,
    NOW_NS,
    PLATE,
    as_sent,
    box_of,
    build,
    event_of,
    on_road,
    tracks_of,
)


def _participants(tracks: Tracks, running: list[RoadEvent] | None = None) -> list[dict[str, Any]]:
    return list(as_sent("participant", build(on_road(tracks, running)))["ptcList"])


def test_participant_in_the_units_of_the_standard() -> None:
    road = OnRoad(tracks_of([RoadUser.CAR]), [LanePlace("north", 2, 12.0)], [])
    payload = as_sent("participant", build(road))
    assert payload["timeStamp"] == 1_700_000_000_123
    assert payload["rscuSn"] == "RSCU-1"
    (user,) = payload["ptcList"]
    east, north = to_site(user["latitude"], user["longitude"], IDENTITY.reference)
    assert (float(east), float(north)) == pytest.approx((10.0, -20.0), abs=0.02)
    del user["latitude"], user["longitude"]
    assert user == {
        "timestamp": 1_700_000_000_043,
        "ptcType": 1,
        "ptcId": 1,
        "vehicleClass": 1,
        "vehicleStatus": 0,
        "sourceType": 3,
        "crossId": "C7",
        "linkId": 11,
        "laneId": "2",
        "positionConfidence": 7,  # a5m: the 95 % ellipse reaches 2.45 m
        "status": 2,
        "speed": 5.0,
        "speedConfidence": 4,  # prec1ms: 0.39 m/s
        "heading": 36.87,
        "headingConfidence": 2,  # prec05deg: 3.92 deg
        "length": 4.5,
        "width": 1.8,
    }


def test_participant_types() -> None:
    users = _participants(tracks_of(list(RoadUser)))
    assert [user["ptcType"] for user in users] == [0, 1, 1, 1, 1, 2, 3]
    assert [user.get("vehicleClass") for user in users] == [None, 1, 2, 4, 3, None, None]


def test_vehicle_classes_of_ydt_3709_where_the_site_wants_them() -> None:
    road = on_road(tracks_of([RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS, RoadUser.MOTORCYCLE]))
    sent = as_sent("participant", build(road, box_of(vehicle_class="ydt3709")))
    assert [user["vehicleClass"] for user in sent["ptcList"]] == [10, 25, 50, 40]


def test_a_heading_just_short_of_north_is_north() -> None:
    (user,) = _participants(tracks_of([RoadUser.CAR], heading_deg=np.array([359.999])))
    assert user["heading"] == 0.0


def test_what_is_unknown_is_left_out() -> None:
    n = np.array([np.nan])
    (user,) = _participants(
        tracks_of([RoadUser.UNKNOWN], heading_deg=n, heading_sd_deg=n, size_m=np.full((1, 3), np.nan))
    )
    assert user["headingConfidence"] == 0  # unavailable
    unknown = {"heading", "length", "width", "height", "linkId", "laneId", "vehicleClass"}
    assert not unknown & user.keys()


def test_no_tracks_is_an_empty_list() -> None:
    assert _participants(tracks_of([])) == []


@pytest.mark.parametrize(
    ("sources", "code"), [(("cam",), 3), (("rad",), 5), (("obu",), 2), (("cam", "rad"), 1), ((), 0), (("new",), 0)]
)
def test_source_type(sources: tuple[str, ...], code: int) -> None:
    assert _participants(tracks_of([RoadUser.CAR], sources=[sources]))[0]["sourceType"] == code


@pytest.mark.parametrize(("code", "status"), [(904, 1), (901, 2), (903, 4), (902, 5), (707, 0)])
def test_vehicle_status_tells_the_running_event(code: int, status: int) -> None:
    users = _participants(tracks_of([RoadUser.CAR, RoadUser.CAR]), [event_of(code)])
    assert [user["vehicleStatus"] for user in users] == [0, status]


def test_vehicle_status_is_not_lost_in_another_event() -> None:
    (first,) = _participants(tracks_of([RoadUser.CAR]), [event_of(904, tracks=[1]), event_of(707, tracks=[1])])
    assert first["vehicleStatus"] == 1


def test_standing_still() -> None:
    assert _participants(tracks_of([RoadUser.CAR], velocity_mps=np.array([[0.1, 0.2]])))[0]["status"] == 1


def test_no_plate_and_no_vehicle_id_leaves() -> None:
    road = on_road(tracks_of(list(RoadUser)), [event_of(903)])
    told = events.build(BOX, NOW_NS, telling.events(road.running, road))
    text = json.dumps([build(road), told])
    for canary in ("PLATE1", PLATE.hex(), "license", "brand", "colour"):
        assert canary not in text
