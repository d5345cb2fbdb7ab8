"""Offences of a radio: lies, replays, many ids, too many messages; and reports that are no lie."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import pytest

import v2x
from tests.rsu.station.vehicles.air import NS, START_NS, bsm, drive, reasons, receiver, reception
from tests.rsu.station.vehicles.heard import AIR_NS, RSM, honest, play

LIES: dict[str, tuple[str, Callable[[float, int, float], v2x.BasicSafetyMessage]]] = {
    "at 0, 0": ("too-far", lambda t, ns, n: at_degrees(ns, 0.0, 0.0)),
    "at the pole": ("too-far", lambda t, ns, n: at_degrees(ns, 90.0, 180.0)),
    "2000 km away": ("too-far", lambda t, ns, n: at_degrees(ns, 40.0, 116.0)),
    "in the next town": ("too-far", lambda t, ns, n: bsm(ns, 1400.0, 600.0 + n)),
    "teleports": ("jump", lambda t, ns, n: bsm(ns, 40.0 * (t % 2.0 > 1.0), n)),
    "jumps about": ("jump", lambda t, ns, n: bsm(ns, 37.0 * (ns // 10**8 % 7), n)),
    "stops at once": ("acceleration", lambda t, ns, n: bsm(ns, 0.0, min(n, -30.0), speed_mps=10.0 * (n < -30.0))),
    "is faster than it moves": ("speed-mismatch", lambda t, ns, n: bsm(ns, 0.0, n, speed_mps=16.0)),
    "is slower than it moves": ("speed-mismatch", lambda t, ns, n: bsm(ns, 0.0, n, speed_mps=5.0)),
    "drives backwards": ("heading-mismatch", lambda t, ns, n: bsm(ns, 0.0, n, heading_deg=180.0)),
    "drives sideways": ("heading-mismatch", lambda t, ns, n: bsm(ns, 0.0, n, heading_deg=270.0)),
    "spins": ("heading-mismatch", lambda t, ns, n: bsm(ns, 0.0, n, heading_deg=ns // 10**8 * 90.0 % 360.0)),
    "is too fast": ("impossible", lambda t, ns, n: bsm(ns, 0.0, 8.0 * n, speed_mps=80.0)),
    "is too long": ("impossible", lambda t, ns, n: bsm(ns, 0.0, n, size=v2x.Size(width_m=2.5, length_m=40.0))),
    "has yesterday's time": ("stale", lambda t, ns, n: bsm(ns, 0.0, n, sec_mark_ms=(ns // 10**6 + 5000) % 60_000)),
    "is 2 s late": ("stale", lambda t, ns, n: bsm(ns, 0.0, n, sec_mark_ms=(ns // 10**6 - 2000) % 60_000)),
    "stands still in time": ("repeated", lambda t, ns, n: bsm(ns - ns % NS, 0.0, n)),
}


def at_degrees(stamp_ns: int, latitude: float, longitude: float) -> v2x.BasicSafetyMessage:
    place = v2x.Position(latitude_deg=latitude, longitude_deg=longitude)
    return msgspec.structs.replace(bsm(stamp_ns, 0.0, 0.0), position=place)


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_found_within_5_s_and_recorded_with_its_octets(lie: str) -> None:
    reason, tell = LIES[lie]
    made = receiver()
    sent = [reception(tell(t, ns, north), ns + AIR_NS) for t, ns, north in drive(5.0)]
    play(made, sent)
    assert reason in reasons(made), made.counters
    record = next(one for one in made.misbehaviour(0) if one.reason == reason)
    assert (record.vehicle_id, record.source, record.aid) == (b"vehicle1".hex(), 7, 111)
    assert set(record.frames) <= {one.payload for one in sent} and record.frames and record.text
    assert START_NS < record.stamp_ns < START_NS + 5 * NS


def test_who_misbehaves_is_not_used_for_a_while_and_then_again() -> None:
    made = receiver(distrust_s=10.0)
    lie = [reception(bsm(ns, 60.0 * (ns // 10**8 % 2), n), ns + AIR_NS) for _, ns, n in drive(2.0)]
    play(made, lie)
    assert play(made, honest(8.0, begin_s=3.0)) == 0
    assert play(made, honest(6.0, begin_s=12.0)) > 40


def test_one_odd_message_is_dropped_and_held_against_nobody() -> None:
    """A bit flips: of the place, the speed, the heading, the time, the id."""
    for odd in ({"speed_mps": 60.0}, {"heading_deg": 90.0}, {"sec_mark_ms": 3}, {"id": b"vehicle2"}):
        made, sent = receiver(), honest(6.0)
        _, ns, north = list(drive(6.0))[30]
        sent[30] = reception(bsm(ns, 0.0, north, **odd), ns + AIR_NS)
        assert play(made, sent) >= 59
        assert reasons(made) == set()
    made, sent = receiver(), honest(6.0)
    sent[30] = reception(bsm(ns, 300.0, north), ns + AIR_NS)
    assert play(made, sent) == 59
    assert reasons(made) == set()


def test_a_hard_brake_a_turn_and_reversing_are_no_lies() -> None:
    made, sent = receiver(), []
    speed, north, heading, east = 15.0, -60.0, 0.0, 0.0
    for step in range(120):
        ns = START_NS + step * NS // 10
        if 20 <= step < 37:
            speed = max(0.0, speed - 0.9)  # 9 m/s2
        elif 45 <= step < 65:
            speed = min(6.0, speed + 0.3)
        elif 65 <= step < 95:
            heading += 3.0  # 30 deg/s
        north += 0.1 * speed * math.cos(math.radians(heading))
        east += 0.1 * speed * math.sin(math.radians(heading))
        sent.append(reception(bsm(ns, east, north, speed_mps=speed, heading_deg=heading % 360.0), ns + AIR_NS))
    backing = [
        reception(
            bsm(ns, 0.0, -(n + 60.0) / 5.0, speed_mps=2.0, transmission="reverseGears", id=b"backing1"), ns + AIR_NS, 8
        )
        for _, ns, n in drive(10.0)
    ]
    assert play(made, sorted([*sent, *backing], key=lambda one: one.receipt_ns)) == 220
    assert made.counters == {}


def test_a_pseudonym_may_change_with_its_radio() -> None:
    made = receiver()
    sent = honest(5.0) + honest(5.0, 99, 5.0, id=b"newname1", msg_cnt=77) + honest(5.0, 100, 10.0, id=b"newname2")
    assert play(made, sent) == 150
    assert reasons(made) == set()


def test_one_radio_with_many_ids_is_one_liar() -> None:
    made = receiver()
    ids = [bytes([number] * 8) for number in range(1, 6)]
    sent = [
        reception(bsm(ns, 20.0 * number, n, id=one), ns + AIR_NS + number)
        for _, ns, n in drive(3.0)
        for number, one in enumerate(ids)
    ]
    play(made, sent)
    (record,) = [one for one in made.misbehaviour(0) if one.reason == "many-ids"]
    assert (record.vehicle_id, record.source) == (None, 7)
    assert made.counters["air: sender not trusted"] > 0


@pytest.mark.parametrize(
    ("varies_mps", "differs_mps", "offences"),
    [(0.4, 0.0, {"same-motion"}), (0.0, 0.0, set()), (0.4, 0.06, set())],
    ids=["one that speaks for two", "two that cruise", "a platoon"],
)
def test_who_moves_as_another_to_the_last_digit_is_invented(
    varies_mps: float, differs_mps: float, offences: set[str]
) -> None:
    """Each id has a radio of its own. The one that is heard first is not accused."""
    made = receiver()
    sent = []
    for t, ns, north in drive(3.0):
        speed = 10.0 + varies_mps * math.sin(7.0 * t)
        for number, name in enumerate((b"vehicle1", b"vehicle2")):
            told = bsm(ns, 0.0, north - 12.0 * number, id=name, speed_mps=speed + number * differs_mps)
            sent.append(reception(told, ns + AIR_NS + number, 7 + number))
    play(made, sent)
    assert reasons(made) == offences
    assert {one.vehicle_id for one in made.misbehaviour(0)} == ({b"vehicle2".hex()} if offences else set())


def test_of_one_id_from_two_radios_the_first_is_heard() -> None:
    made, mine = receiver(), honest(5.0)
    other = [reception(bsm(ns + 40_000_000, 80.0, -n), ns + 2 * AIR_NS + 40_000_000, 8) for _, ns, n in drive(5.0)]
    assert play(made, sorted([*mine, *other], key=lambda one: one.receipt_ns)) == 50
    assert reasons(made) == {"two-senders"}


def test_a_replayed_minute_is_known_by_its_octets() -> None:
    """After exactly a minute the marks are right again, and everything fits together."""
    made = receiver()
    first = honest(10.0)
    again = [
        msgspec.structs.replace(one, stamp_ns=one.stamp_ns + 60 * NS, receipt_ns=one.receipt_ns + 60 * NS)
        for one in first
    ]
    assert play(made, first) == 100
    play(made, again)
    assert "replayed" in reasons(made)


def test_a_replay_at_once_is_no_second_vehicle() -> None:
    made, sent = receiver(), honest(5.0)
    echoes = [msgspec.structs.replace(one, receipt_ns=one.receipt_ns + 300_000_000) for one in sent]
    assert play(made, sorted([*sent, *echoes], key=lambda one: one.receipt_ns)) == 50
    assert reasons(made) == {"repeated"}  # said, and no radio distrusted for it
    assert play(made, honest(1.0, begin_s=6.0)) == 10


@pytest.mark.parametrize(("times", "offence"), [(1, False), (2, False), (4, True), (40, True)])
def test_who_speaks_too_often_is_cut_off(times: int, offence: bool) -> None:
    made = receiver()
    sent = [
        reception(bsm(ns + step * 10**8 // times, 0.0, n + step / times), ns + step * 10**8 // times + AIR_NS)
        for _, ns, n in drive(4.0)
        for step in range(times)
    ]
    used = play(made, sent)
    assert ("too-often" in reasons(made)) == offence
    assert used <= 80


def test_another_message_under_a_vehicles_aid_is_misbehaviour() -> None:
    made = receiver()
    play(made, [reception(RSM, START_NS + step * NS // 10) for step in range(3)])
    (record,) = made.misbehaviour(0)
    assert (record.reason, record.text) == ("wrong-service", "RoadsideSafetyMessage under AID 111")


def test_garbage_is_said_of_its_radio() -> None:
    made = receiver()
    play(made, [reception(b"\x0f" * 60, START_NS + step * NS // 10) for step in range(6)])
    assert reasons(made) == {"undecodable"}
