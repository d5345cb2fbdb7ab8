"""Filters of the platform: the road users and events that go up, ordered, answered, and kept out of the air."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from perception.objects import RoadUser
from perception.results import RoadEvent
from rsu.bus.orders import UpFilter
from rsu.bus.told import ToldUser
from rsu.station import selection
from sim.commands import body
from tests.rsu.downlink.office import Office


def user(number: int, kind: RoadUser, east_m: float, position_95_m: float = 1.0) -> ToldUser:
    unknown = dict.fromkeys(("heading_deg", "heading_95_deg", "length_m", "width_m", "height_m", "place"))
    return ToldUser(
        id=number, stamp_ns=0, kind=kind, east_m=east_m, north_m=0.0, position_95_m=position_95_m, speed_mps=0.0,
        speed_95_mps=0.0, sources=[], events=[], **unknown,
    )  # fmt: skip


def event(number: int, code: int, confidence: float, state: str = "update") -> RoadEvent:
    return RoadEvent(
        id=number, code=code, state=state, start_ns=0, stamp_ns=0, position_m=(0.0, 0.0), radius_m=1.0, place=None,
        track_ids=[], confidence=confidence,
    )  # fmt: skip


USERS = [
    user(1, RoadUser.CAR, 50.0),
    user(2, RoadUser.PEDESTRIAN, 9.0, 3.0),
    user(3, RoadUser.CAR, -5.0),
    user(4, RoadUser.BICYCLE, 7.0),
]
EVENTS = [event(1, 904, 0.9), event(2, 401, 0.5), event(3, 904, 0.1, "end")]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (UpFilter(), [1, 2, 3, 4]),
        (UpFilter(kinds=["car"]), [1, 3]),
        (UpFilter(kinds=[]), []),
        (UpFilter(within_m=2.0), [1, 3, 4]),
        (UpFilter(up_limit=2), [3, 4]),
        (UpFilter(up_limit=0), []),
    ],
)
def test_road_users(wanted: UpFilter, ids: list[int]) -> None:
    assert [each.id for each in selection.users(USERS, wanted)] == ids


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (UpFilter(), [1, 2, 3]),
        (UpFilter(types=[904]), [1, 3]),
        (UpFilter(confidence=0.8), [1, 3]),
        (UpFilter(up_limit=1), [1]),
    ],
)
def test_events(wanted: UpFilter, ids: list[int]) -> None:
    assert [each.id for each in selection.events(EVENTS, wanted)] == ids


def test_a_filter_is_ordered_answered_and_taken_back(tmp_path: Path) -> None:
    office = Office(tmp_path)
    said = {"participant": {"kinds": ["pedestrian"], "upLimit": 50}, "event": {"leastConfidence": 0.5}}
    entry = office.give("config", body(1, filterConfig=said))
    office.follow(entry.revision)
    held = office.clerk.orders().filters
    assert held["participant"] == UpFilter(kinds=["pedestrian"], up_limit=50)
    [due] = office.clerk.journal.unanswered()
    answer = json.loads(office.clerk.answer(due, office.now_ns, office.facts()).body)
    assert answer["filterConfig"]["event"]["leastConfidence"] == 0.5
    office.give("config", body(2, filterConfig={"participant": {}}))
    assert office.clerk.orders().filters == {"event": replace(UpFilter(), confidence=0.5)}
    wrong = office.give("config", body(3, filterConfig={"participant": {"kinds": ["plane"]}}))
    assert wrong.state == "refused" and "kinds" in wrong.why
    office.clerk.close()
