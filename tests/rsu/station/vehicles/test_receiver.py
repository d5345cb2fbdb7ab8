"""What comes from the air: what is used, what is not and why, and what is held against whom."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import v2x
from perception.objects import Reception
from rsu.station.vehicles.receiver import Receiver
from rsu.station.vehicles.senders import MOST_SENDERS
from tests.rsu.station.vehicles.air import NS, START_NS, bsm, drive, reasons, receiver, reception

AIR_NS = 20_000_000
Told = tuple[v2x.Message, int]
HERE = v2x.Position(latitude_deg=22.5431, longitude_deg=114.0579)
UNIT = v2x.Participant(
    ptc_type="rsu", ptc_id=0, source="selfinfo", sec_mark_ms=0, position=HERE, speed_mps=0.0, heading_deg=0.0,
    position_confidence=v2x.PositionConfidenceSet(position="a1m"), size=v2x.Size(width_m=None, length_m=None),
)  # fmt: skip
RSM = v2x.RoadsideSafetyMessage(msg_cnt=1, id=bytes(8), position=HERE, participants=(UNIT,))


def play(made: Receiver, receptions: list[Reception]) -> int:
    """Let receptions come, with a tick each 100 ms; return how many may be used."""
    used, tick_ns = 0, START_NS
    for one in receptions:
        while one.receipt_ns >= tick_ns:
            used += len(made.reports(0, on_time=True))
            tick_ns += NS // 10
        made.add(one)
    return used + len(made.reports(0, on_time=True))


def honest(seconds: float, source: int = 7, begin_s: float = 0.0, **said: object) -> list[Reception]:
    return [
        reception(bsm(stamp_ns, 0.0, north, **said), stamp_ns + AIR_NS, source)
        for _, stamp_ns, north in drive(seconds, begin_s)
    ]


def test_an_honest_vehicle_is_used_and_nothing_is_held_against_it() -> None:
    made = receiver()
    assert play(made, honest(20.0)) == 200
    assert made.counters == {} and made.misbehaviour(0) == []


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
    assert reasons(made) == {"repeated"}  # said, and nobody distrusted for it
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


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (reception(RSM, START_NS, aid=3623), "air: rsm ignored"),
        (reception(RSM, START_NS, aid=18), "air: other service"),
        (reception(bsm(START_NS, 0.0, 0.0), START_NS, inner=3618), "air: AID of frame and radio differ"),
        (reception(b"\x00" * 4, START_NS), "air: too short"),
        (reception(b"\x00" * 60, START_NS), "air: BSM without place or time"),
        (reception(b"\x0f" * 60, START_NS), "air: DecodeError"),
    ],
)
def test_what_is_no_vehicles_message_is_counted(one: Reception, why: str) -> None:
    made = receiver()
    assert play(made, [one]) == 0
    assert why in made.counters or why == "air: BSM without place or time", made.counters


def test_another_message_under_a_vehicles_aid_is_misbehaviour() -> None:
    made = receiver()
    play(made, [reception(RSM, START_NS + step * NS // 10) for step in range(3)])
    (record,) = made.misbehaviour(0)
    assert (record.reason, record.text) == ("wrong-service", "RoadsideSafetyMessage under AID 111")


def test_garbage_is_said_of_its_radio() -> None:
    made = receiver()
    play(made, [reception(b"\x0f" * 60, START_NS + step * NS // 10) for step in range(6)])
    assert reasons(made) == {"undecodable"}


def test_time_is_judged_only_where_ours_is_known() -> None:
    late = [
        reception(bsm(ns, 0.0, n, sec_mark_ms=(ns // 10**6 - 2000) % 60_000), ns + AIR_NS) for _, ns, n in drive(3.0)
    ]
    made = receiver()
    for one in late:
        made.add(one)
        made.reports(0, on_time=False)
    assert reasons(made) == set()


def test_an_emergency_vehicles_word_holds_for_a_second_and_only_while_it_is_trusted() -> None:
    siren = v2x.EmergencyExtensions(response="emergency", siren="inUse", lightbar="inUse")
    made = receiver()
    play(made, honest(3.0, emergency=siren))
    end_ns = START_NS + 3 * NS
    assert made.emergencies(end_ns) == {b"vehicle1"}
    assert made.emergencies(end_ns + NS) == set()
    made.refute([b"vehicle1"])
    assert made.emergencies(end_ns) == set()
    assert reasons(made) == {"not-there"}


def test_claims_are_shown_but_for_those_that_a_track_carries() -> None:
    made = receiver()
    play(made, sorted([*honest(2.0), *honest(2.0, 8, id=b"vehicle2")], key=lambda one: one.receipt_ns))
    now_ns = START_NS + 2 * NS
    assert [one.vehicle_id for one in made.claims(now_ns, {b"vehicle1"})] == [b"vehicle2".hex()]
    (claim,) = made.claims(now_ns, {b"vehicle1"})
    assert (claim.source, claim.doubt, claim.kind) == ("v2x-claimed", None, "car")
    made.refute([b"vehicle2"])
    assert made.claims(now_ns, {b"vehicle1"})[0].doubt == "not-there"
    assert made.claims(now_ns + 2 * NS, set()) == []


def test_a_flood_of_new_ids_pushes_no_known_vehicle_out_and_costs_a_bounded_share() -> None:
    made, flood = receiver(), []
    for _, ns, n in drive(10.0, 2.0):
        for number in range(200):
            name = (ns + number).to_bytes(8, "little")
            air_ns = AIR_NS + number * NS // 2500
            flood.append(reception(bsm(ns, float(number), n, id=name), ns + air_ns, 10_000 + ns % 9973 + number))
    used = play(made, sorted([*honest(12.0), *flood], key=lambda one: one.receipt_ns))
    assert 120 <= used <= 120 + 101 * 60
    assert len(made._senders._senders) <= MOST_SENDERS
    assert len(made.misbehaviour(0)) <= 64 + 60
    assert len(made._senders._senders[b"vehicle1"].history) == 30  # heard all the time
    assert made.counters["air: no time to look"] > 10_000


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 400),  # ms after the one before
            st.integers(1, 3),  # id
            st.integers(1, 4),  # radio
            st.floats(-2000, 2000),
            st.floats(-2000, 2000),
            st.one_of(st.none(), st.floats(0, 160)),
            st.one_of(st.none(), st.floats(0, 359)),
            st.integers(-70_000, 70_000),  # ms its mark is off
        ),
        max_size=60,
    )
)
def test_whatever_is_said_what_is_used_is_near_on_time_and_once(steps: list[tuple[object, ...]]) -> None:
    made, now_ns, seen = receiver(), START_NS, set()
    for after, who, radio, east, north, speed, heading, off in steps:
        now_ns += int(after) * 1_000_000  # type: ignore[call-overload]
        mark = (now_ns // 1_000_000 + int(off)) % 60_000  # type: ignore[call-overload]
        message = bsm(now_ns, east, north, id=bytes([who] * 8), speed_mps=speed, heading_deg=heading, sec_mark_ms=mark)  # type: ignore[arg-type, list-item]
        made.add(reception(message, now_ns, radio))  # type: ignore[arg-type]
        for report in made.reports(0, on_time=True):
            assert -NS // 10 <= now_ns - report.stamp_ns <= NS
            assert (report.id, report.stamp_ns) not in seen
            seen.add((report.id, report.stamp_ns))
            assert abs(report.latitude - 22.5431) < 0.015 and abs(report.longitude - 114.0579) < 0.016
    made.claims(now_ns, set())
    made.misbehaviour(0)
