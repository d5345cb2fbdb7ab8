"""event/down and traffic/down: the platform's events on air, changed, withdrawn, ended, and kept over a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import v2x
from rsu.downlink.road import lane_paths
from rsu.site import config
from sim.commands import body
from tests.rsu.downlink.office import NOW_NS, Office
from tests.rsu.recording.virtual import CONFIGS

NOW_MS = NOW_NS // 1_000_000


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.clerk.close()


def reported(number: int = 7, **more: Any) -> dict[str, Any]:
    said = {"eventId": number, "eventType": 401, "longitude": 114.0005, "latitude": 22.5005, "sourceType": 1}
    return said | {"startTime": NOW_MS - 60_000, "priority": "5", "eventConfidence": 0.9, "ptcList": []} | more


def events(number: int, *told: dict[str, Any]) -> bytes:
    return body(number, rscuSn="box", timeStamp=NOW_MS, eventList=list(told))


def traffic(number: int, level: int | None, lane: str = "1", **more: Any) -> bytes:
    flow = {"branchId": "north", "laneId": lane, "laneFlow": [1], "trafficNumber": 40}
    flow |= {} if level is None else {"congestionLevel": level}
    said = {"crossId": "4403000000001", "periodTime": 4, "startTime": NOW_MS - 60_000, "endTime": NOW_MS}
    return body(number, rscuSn="box", timeStamp=NOW_MS, **(said | more), directionFlowData=[], laneFlowData=[flow])


def on_air(office: Office) -> dict[str, v2x.records.rsi.Event]:
    return {order.id: v2x.decode(order.payload).events[0] for order in office.clerk.orders().orders}


def test_two_events_go_on_air_with_numbers_of_their_own(office: Office) -> None:
    entry = office.give_signed("event", events(1, reported(7), reported(8, eventType=904)), 1)
    assert (entry.state, entry.until) == ("accepted", "station")
    found = on_air(office)
    assert {name: (each.rte_id, each.event_type) for name, each in found.items()} == {
        "event-7": (192, 401),
        "event-8": (193, 904),
    }
    said = found["event-7"]
    assert (said.source, said.priority, said.confidence_percent) == ("detection", 5, 90.0)


def test_an_event_ends_at_its_end_or_when_it_does_not_come_again(office: Office) -> None:
    entry = office.give_signed("event", events(1, reported(7), reported(8, endTime=NOW_MS + 20_000)), 1)
    office.follow(entry.revision)
    office.now_ns += 20_000_000_000
    office.follow()
    assert [*on_air(office)] == ["event-7"]
    office.now_ns += 3_580_000_000_000
    office.follow()
    assert on_air(office) == {}


def test_an_event_whose_end_is_over_is_withdrawn(office: Office) -> None:
    office.give_signed("event", events(1, reported(7)), 1)
    assert office.give_signed("event", events(2, reported(7, endTime=NOW_MS)), 2).state == "accepted"
    assert on_air(office) == {}
    assert office.give_signed("event", events(3, reported(7, endTime=NOW_MS)), 3).why == "no order event-7 is on air"


def test_events_hold_over_a_restart(office: Office, tmp_path: Path) -> None:
    office.follow(office.give_signed("event", events(1, reported(7)), 1).revision)
    office.clerk.close()
    again = Office(tmp_path)
    assert [*on_air(again)] == ["event-7"]
    again.clerk.close()


def test_a_congested_lane_goes_on_air_along_its_line_until_it_flows(office: Office) -> None:
    assert office.give_signed("traffic", traffic(1, 2), 1).state == "accepted"
    found = on_air(office)["traffic-north-1"]
    assert (found.event_type, len(found.paths[0].points), found.paths[0].radius_m) == (707, 2, 1.8)
    assert office.clerk.orders().orders[0].until_ns == NOW_NS + 120_000_000_000
    office.give_signed("traffic", traffic(2, 0), 2)
    assert on_air(office) == {}
    assert office.give_signed("traffic", traffic(3, 0), 3).state == "applied"


REFUSALS: dict[str, tuple[str, str, bytes]] = {
    "another place": ("m from this box", "event", events(1, reported(latitude=23.5))),
    "no events": ("content not understood", "event", events(1)),
    "priority": ("content not understood", "event", events(1, reported(priority="9"))),
    "another crossing": ("crossId 4403 is not this one", "traffic", traffic(1, 2, crossId="4403")),
    "no such lane": ("no lane north 9 in the lane map", "traffic", traffic(1, 2, "9")),
    "no level": ("there is nothing in it", "traffic", traffic(1, None)),
    "period": ("endTime is before startTime", "traffic", traffic(1, 2, endTime=1)),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(office: Office, name: str) -> None:
    why, command, said = REFUSALS[name]
    entry = office.give_signed(command, said, 1)
    assert entry.state == "refused" and why in entry.why
    assert on_air(office) == {}


@pytest.mark.parametrize(("command", "said"), [("event", events(1, reported())), ("traffic", traffic(1, 2))])
def test_without_a_signature_nothing_goes_on_air(office: Office, command: str, said: bytes) -> None:
    assert office.give(command, said).why == f"no signature; {command} needs one"
    assert on_air(office) == {}


def test_the_lanes_of_a_site_have_the_names_of_its_traffic_records() -> None:
    loaded = config.load(CONFIGS / "demo.yaml")
    paths = lane_paths(loaded.lane_map, loaded.site.site.reference.reference())
    assert {link for link, _ in paths} == {link.name for node in loaded.lane_map.nodes for link in node.links}
    assert all(len(path.points_deg) >= 2 and path.radius_dm > 0 for path in paths.values())
