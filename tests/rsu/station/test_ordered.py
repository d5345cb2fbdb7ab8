"""Messages that the platform orders: through the gate, marked, in their time, and switches of the box's own."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import pytest

import v2x
from perception.geo import Reference
from rsu.bus.orders import AirOrder, AirOrders, AirSwitch
from rsu.bus.snapshot import OrderView
from rsu.downlink import airing
from rsu.downlink.contents import OrderedEvent
from rsu.downlink.plan import Circumstances
from rsu.site import config
from rsu.station.broadcast import Outgoing
from rsu.station.station import Station
from tests.rsu.recording.virtual import CONFIGS, EPOCH_NS
from tests.rsu.virtual_site import SEED, run
from v2x import dsmp

S = 1_000_000_000
PLACE: Reference = config.load(CONFIGS / "demo.yaml").site.site.reference.reference()
AT = Circumstances("city", EPOCH_NS, "ydt3709-2020", PLACE, True, True, None, {})


def works(alert: str = "a1", **more: Any) -> AirOrder:
    said = {
        "alertID": alert,
        "duration": 6,
        "eventStatus": True,
        "eventType": 501,
        "eventSource": "police",
        "eventPosition": [{"lat": round(PLACE.latitude_deg * 1e7) + 500, "lon": round(PLACE.longitude_deg * 1e7)}],
    }
    return airing.event(msgspec.convert(said | more, OrderedEvent), AT)


MAP = v2x.MapData(
    msg_cnt=0,
    nodes=(
        v2x.Node(
            id=v2x.NodeReferenceId(region=1, id=77),
            position=v2x.Position(latitude_deg=PLACE.latitude_deg, longitude_deg=PLACE.longitude_deg, elevation_m=0.0),
            links=(),
        ),
    ),
)
LATER = works("b2", duration=60)


def a_map(name: str) -> AirOrder:
    return AirOrder(name, "map", "city", v2x.encode(MAP), 0, 2 * EPOCH_NS, once=name == "once")


SCHEDULE = {  # tick after which orders come
    9: AirOrders(1, {}, [works(duration=2), a_map("once"), a_map("map")]),
    24: AirOrders(2, {"map": AirSwitch(local=False), "rsm": AirSwitch(send=False)}, [LATER]),
    29: AirOrders(3, {"rsi": AirSwitch(platform=False)}, [LATER]),
    34: AirOrders(4, {"rsi": AirSwitch(send=False)}, [LATER]),
}


class Aired(NamedTuple):
    """One tick."""

    ordered: dict[str, Outgoing]
    own: set[str]
    reasons: dict[str, list[str]]
    views: list[OrderView]


@pytest.fixture(scope="module")
def aired() -> list[Aired]:
    """Return the frames of four seconds."""
    found = []
    for number, (now_ns, station, output) in enumerate(run(4.0)):
        ordered = {frame.order: frame for frame in output.frames if frame.order}
        own = {frame.kind for frame in output.frames if not frame.order}
        views = station.orders.views(now_ns, PLACE)
        found.append(Aired(ordered, own, {each.kind: each.reasons for each in output.messages}, views))
        if number in SCHEDULE:
            station.orders.take(SCHEDULE[number])
    return found


def test_an_event_leaves_twice_a_second_until_it_runs_out(aired: list[Aired]) -> None:
    assert [number for number, tick in enumerate(aired) if "a1" in tick.ordered] == [10, 15]
    frame, view = aired[10].ordered["a1"], aired[12].views[0]
    message = v2x.decode(frame.payload)
    assert isinstance(message, v2x.RoadSideInformation)
    assert (message.events[0].source, message.events[0].rte_id, message.moy is None) == ("police", 192, False)
    assert dsmp.parse(frame.frame).aid == v2x.SERVICES["rsi-semi-static"].aid
    assert (view.id, view.kind, view.issuer, view.on_air, view.code) == ("a1", "rsi", "city", True, 501)
    assert view.north_m == pytest.approx(5.54, abs=0.01)


def test_a_message_of_a_moment_leaves_once_and_a_map_once_a_second(aired: list[Aired]) -> None:
    assert [number for number, tick in enumerate(aired) if "once" in tick.ordered] == [10]
    assert [number for number, tick in enumerate(aired) if "map" in tick.ordered] == [10, 20]


def test_a_silent_gate_lets_no_order_pass(aired: list[Aired]) -> None:
    silent = aired[26:30]
    assert not any("map" in tick.own or "rsm" in tick.own or tick.ordered for tick in silent)
    assert all(tick.reasons["rsm"] == ["ordered-off"] for tick in silent)
    assert all("nothing-to-say" in tick.reasons["map"] for tick in silent)
    assert all(tick.reasons["rsi"][0] == "map-silent" for tick in silent)  # RSI leaves only together with MAP


def test_switches_are_for_own_and_for_ordered_messages(aired: list[Aired]) -> None:
    assert all("rsm" in tick.own and not tick.ordered for tick in aired[30:35])
    assert any("rsi" in tick.own for tick in aired[30:35])
    assert all("rsi" not in tick.own and tick.reasons["rsi"] == ["ordered-off"] for tick in aired[36:])


def test_another_site_goes_on_with_the_orders() -> None:
    site = config.load(CONFIGS / "demo.yaml")
    before, after = Station(site, SEED), Station(site, SEED)
    before.orders.take(AirOrders(3, {}, [works()]))
    after.take_over(before)
    assert after.orders.held == before.orders.held
