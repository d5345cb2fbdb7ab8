"""Payloads of events against T/ITS 0180.1-2021."""

from __future__ import annotations

from perception.objects import RoadUser
from perception.results import LanePlace
from rsu.station import telling
from rsu.station.telling import OnRoad
from rsu.uplink.tits0180 import events
from tests.rsu.uplink.tits0180.made import BOX, NOW_NS, as_sent, build, event_of, on_road, tracks_of


def test_event() -> None:
    road = on_road(tracks_of([RoadUser.CAR, RoadUser.TRUCK, RoadUser.CAR]))
    told = [event_of(903, level=4), event_of(904, "end", [2, 9], speed_mps=3.0, heading_deg=359.999)]
    running, ended = as_sent("event", events.build(BOX, NOW_NS, telling.events(told, road)))["eventList"]
    assert (running["eventId"], running["eventType"], running["priority"]) == (5, 903, "4")
    assert (running["startTime"], running["eventConfidence"]) == (1_699_999_997_123, 0.92)
    assert (running["linkId"], running["referenceLanes"]) == (11, "2")
    assert [(user["ptcId"], user["vehicleClass"]) for user in running["ptcList"]] == [(2, 2)]
    assert "endTime" not in running
    assert (ended["endTime"], ended["heading"]) == (1_700_000_000_123, 0.0)
    assert [user["ptcId"] for user in ended["ptcList"]] == [2], "who is gone is not described"


def test_a_road_that_leads_away_has_no_number_unless_the_site_says_one() -> None:
    road = OnRoad(tracks_of([RoadUser.CAR]), [LanePlace("north_out", 1, None)], [])
    (user,) = as_sent("participant", build(road))["ptcList"]
    assert ("linkId" in user, user["laneId"]) == (False, "1")
