"""The GA/T 1743 driver: golden logs, the controller's clock, which senders are heard, when the plan is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.bytelog import from_lines
from hw.signal.contents import JunctionPlace
from hw.signal.framing import FrameReader, encode_frame
from hw.signal.gat1743 import Gat1743Settings
from hw.signal.messages import (
    Address,
    Kind,
    Message,
    Object,
    Operation,
    encode,
    parse,
)
from hw.utc import NS
from perception.objects import Lamp, LampPlan, Measurement, SignalPlan, SignalState
from sim.gat1743 import encode_lamp_colours, encode_plan
from tests.hw import replay
from tests.hw.gat1743_octets import CONTROLLER, PLACE, RED, T0, US, report

LOGS = {path.stem: path for path in replay.logs("gat1743")}
MS = NS // 1000
AT_SITE = {"latitude_deg": 22.5431, "longitude_deg": 114.0579}


def plan(stamp_ns: int, *lamp_plans: LampPlan) -> bytes:
    content = encode_plan(PLACE, lamp_plans)
    return encode_frame(encode(Message(CONTROLLER, US, stamp_ns, Operation.QUERY_REPLY, Object.CURRENT_PLAN, content)))


STEPS = LampPlan(1, 0, 2, [("red", 30.0), ("green", 24.0), ("flashing-green", 3.0), ("yellow", 3.0)])


@pytest.mark.parametrize("path", LOGS.values(), ids=LOGS)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()


@pytest.mark.parametrize("name", LOGS)
@given(data=st.data())
def test_chunking_changes_nothing(name: str, data: st.DataObject) -> None:
    stream = b"".join(entry.data for entry in from_lines(LOGS[name].read_text().splitlines()))[:3000]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=40)))
    whole, chunked = replay.make_driver("gat1743"), replay.make_driver("gat1743")
    expected = whole.received("link", stream, T0)
    found: list[Measurement] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += chunked.received("link", stream[start:end], T0)
    assert found == expected
    assert chunked.counters == whole.counters


def test_an_endless_frame_is_dropped() -> None:
    driver = replay.make_driver("gat1743")
    for _ in range(100):
        driver.received("link", bytes(1000), T0)
    assert driver.counters["length"] > 5
    assert len(driver.received("link", report(T0, RED), T0)) == 1


@pytest.mark.parametrize(
    ("offset_ms", "believed", "reason"),
    [(-20, True, None), (90, True, None), (-600, False, "clock-past"), (200, False, "clock-future")],
)
def test_the_controllers_clock_is_believed_within_limits(offset_ms: int, believed: bool, reason: str | None) -> None:
    driver = replay.make_driver("gat1743")
    (state,) = driver.received("link", report(T0 + offset_ms * MS, RED), T0)
    assert state.stamp_ns == (T0 + offset_ms * MS if believed else T0)
    assert list(driver.counters) == ([reason] if reason else [])


def test_a_clock_that_stands_is_not_believed() -> None:
    driver = replay.make_driver("gat1743", max_age_ms=5000)
    found = [one for n in range(3) for one in driver.received("link", report(T0, RED), T0 + n * NS)]
    assert [one.stamp_ns for one in found] == [T0, T0 + NS, T0 + 2 * NS]
    assert [isinstance(one, SignalState) and one.repeated for one in found] == [False, True, True]
    assert driver.counters == {"clock-stuck": 2, "repeated": 2}


def test_duplicates_and_overtaken_frames_are_dropped_but_a_clock_set_back_is_not() -> None:
    driver = replay.make_driver("gat1743", max_age_ms=10_000)
    first, second = report(T0, RED), report(T0 + 300 * MS, RED)
    for data in (first, first, second, first):
        driver.received("link", data, T0 + 300 * MS)
    assert driver.counters == {"duplicate": 1, "reordered": 1}
    assert len(driver.received("link", report(T0 - 3 * NS, RED), T0 + NS)) == 1


def test_a_stream_that_is_ahead_by_as_much_as_is_believed_orders_nothing_out() -> None:
    driver = replay.make_driver("gat1743")
    heard: list[Measurement] = []
    for n in range(20):
        now = T0 + n * NS
        driver.received("link", report(now + 80 * MS, GREEN), now - 15 * MS)
        heard += driver.received("link", report(now - 20 * MS, RED), now)
    assert [one.lamps for one in heard if isinstance(one, SignalState)] == [[RED]] * 20


def test_reports_that_come_late_are_as_old_as_they_say() -> None:
    """While the controller's clock is known to be good; all of a cable's 4 s at once, in order and not."""
    driver = replay.make_driver("gat1743")
    reports = [report(T0 + n * NS, Lamp(1, 0, 2, "red", 30.0 - n)) for n in range(5)]
    driver.received("link", reports[0], T0)
    late = [driver.received("link", reports[n], T0 + 4900 * MS) for n in (1, 3, 2, 4)]
    assert [[one.stamp_ns - T0 for one in found] for found in late] == [[1 * NS], [3 * NS], [], [4 * NS]]
    assert driver.counters == {"clock-past": 4, "reordered": 1}


GREEN = Lamp(1, 0, 2, "green", 12.0)


@pytest.mark.parametrize("ahead_ms", [-5000, -600, 101, 500, 900, 3_600_000])
def test_a_clock_that_is_not_believed_orders_nothing_out(ahead_ms: int) -> None:
    """A stream beside the controller's, its stamps off by so much: each report of the controller is heard."""
    driver = replay.make_driver("gat1743")
    heard: list[Measurement] = []
    for n in range(20):
        now = T0 + n * NS
        heard += driver.received("link", report(now - 20 * MS, RED), now)
        heard += driver.received("link", report(now + (400 + ahead_ms) * MS, GREEN), now + 400 * MS)
    assert [one.lamps for one in heard if isinstance(one, SignalState)] == [[RED]] * 20
    assert driver.counters["doubted"] + driver.counters["reordered"] == 20
    assert ahead_ms < 0 or (driver.error is not None and "two controllers?" in driver.error)
    driver.due(T0 + 60 * NS)
    assert driver.error is None


@pytest.mark.parametrize(("off_s", "deaf_s"), [(-3600, 4), (-60, 4), (-1, 1), (1, 2), (37, 2), (60, 2), (28_800, 2)])
def test_a_controller_whose_clock_steps_is_soon_heard_again(off_s: int, deaf_s: int) -> None:
    driver = replay.make_driver("gat1743")
    stamps = [T0 + (n + (off_s if n >= 3 else 0)) * NS for n in range(9)]
    datagrams = [report(stamp, Lamp(1, 0, 2, "red", 30.0 - n)) for n, stamp in enumerate(stamps)]
    heard = [driver.received("link", data, T0 + n * NS) for n, data in enumerate(datagrams)]
    assert [n for n, found in enumerate(heard) if not found] == list(range(3, 3 + deaf_s))
    assert heard[-1][0].stamp_ns == T0 + 8 * NS


@pytest.mark.parametrize(
    ("settings", "sender", "place", "reason"),
    [
        ({}, CONTROLLER, JunctionPlace(0.0, 0.0), None),  # nothing is said of it
        ({"region": 440304, "number": 7}, CONTROLLER, PLACE, None),
        ({"region": 440305}, CONTROLLER, PLACE, "region"),
        ({"number": 0xFFFF}, CONTROLLER, PLACE, "number"),
        ({"place": AT_SITE}, CONTROLLER, JunctionPlace(22.5443, 114.0565), None),
        ({"place": AT_SITE}, CONTROLLER, JunctionPlace(22.5459, 114.0579), "place"),
        ({"place": AT_SITE}, CONTROLLER, JunctionPlace(22.5431, 114.061), "place"),
        ({"place": AT_SITE}, CONTROLLER, JunctionPlace(0.0, 0.0), "place"),
        ({"place": {"latitude_deg": 0, "longitude_deg": 179.999}}, CONTROLLER, JunctionPlace(0.0, 180.0), None),
    ],
)  # fmt: skip
def test_only_the_sites_own_controller_is_heard(
    settings: dict[str, object], sender: Address, place: JunctionPlace, reason: str | None
) -> None:
    driver = replay.make_driver("gat1743", **settings)
    for operation, item, content in [
        (Operation.REPORT, Object.LAMP_COLOURS, encode_lamp_colours(place, [RED])),
        (Operation.QUERY_REPLY, Object.CURRENT_PLAN, encode_plan(place, [STEPS])),
    ]:
        found = driver.received("link", encode_frame(encode(Message(sender, US, T0, operation, item, content))), T0)
        assert len(found) == (reason is None)
    assert driver.counters == ({} if reason is None else {reason: 2})
    assert (driver.error is None) == (reason is None)


def test_region_and_place_are_the_sites_unless_the_driver_is_told_others() -> None:
    site = {"region": 440304, "place": AT_SITE}
    settings = Gat1743Settings.model_validate({"link": replay.UDP}, context={"site": site})
    assert settings.region == 440304 and settings.place is not None and settings.place.latitude_deg == 22.5431
    told = Gat1743Settings.model_validate({"link": replay.UDP, "region": 110115, "place": None}, context={"site": site})
    assert (told.region, told.place) == (110115, None)


def test_only_a_signal_controller_is_heard() -> None:
    content = encode_lamp_colours(PLACE, [RED])
    frame = encode_frame(encode(Message(US, US, T0, Operation.REPORT, Object.LAMP_COLOURS, content)))
    driver = replay.make_driver("gat1743")
    assert driver.received("link", frame, T0) == []
    assert driver.counters == {"sender": 1}


def queries(driver_time_s: list[float], **settings: object) -> list[float]:
    """Return the times in s after T0, of those given, at which the driver asks for the plan; it gets one at 2.5 s."""
    driver = replay.make_driver("gat1743", **settings)
    asked = [0.0] if driver.opened("link", T0) else []
    for seconds in driver_time_s:
        if seconds == 2.5:
            driver.received("link", plan(T0 + round(2.5 * NS), STEPS), T0 + round(2.5 * NS))
        if driver.due(T0 + round(seconds * NS)):
            asked.append(seconds)
    return asked


def test_the_plan_is_asked_for_until_it_came_and_again_when_it_is_old() -> None:
    assert queries([n / 2 for n in range(1, 30)], plan_query_s=5) == [0.0, 1.0, 2.0, 7.5, 12.5]


def test_a_query_is_addressed_to_the_sites_controller() -> None:
    """Senders other than the controller."""
    driver = replay.make_driver("gat1743", region=440300)
    ((_, first),) = driver.opened("link", T0)
    driver.received("link", report(T0, RED), T0)
    ((port, second),) = driver.due(T0 + NS)
    assert port == "link"
    us, controller = Address(440300, Kind.ROADSIDE_UNIT, 0xFFFF), Address(440300, Kind.SIGNAL_CONTROLLER, 0xFFFF)
    messages = [parse(FrameReader().feed(data)[0]) for data in (first, second)]
    assert messages == [Message(us, controller, T0 + n * NS, Operation.QUERY, Object.CURRENT_PLAN) for n in (0, 1)]


def test_lamps_whose_steps_do_not_sum_to_the_cycle_are_left_out() -> None:
    short = LampPlan(2, 0, 1, [("red", 10.0)])
    other = LampPlan(3, 0, 1, [("green", 20.0), ("red", 40.0)])
    driver = replay.make_driver("gat1743")
    (found,) = driver.received("link", plan(T0, STEPS, short, other, LampPlan(4, 0, 1, [])), T0)
    assert isinstance(found, SignalPlan)
    assert found.lamps == [STEPS, other]
    assert driver.counters == {"plan": 2}
