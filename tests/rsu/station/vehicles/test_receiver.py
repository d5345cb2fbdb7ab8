"""Messages from the air: used ones, unused ones with the reason, and those shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import v2x
from perception.objects import Reception
from rsu.station.vehicles.senders import MOST_SENDERS
from tests.rsu.station.vehicles.air import NS, START_NS, bsm, drive, reasons, receiver, reception
from tests.rsu.station.vehicles.heard import AIR_NS, RSM, honest, play


def test_an_honest_vehicle_is_used_and_nothing_is_held_against_it() -> None:
    made = receiver()
    assert play(made, honest(20.0)) == 200
    assert made.counters == {} and made.misbehaviour(0) == []


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
            assert abs(report.latitude_deg - 22.5431) < 0.015 and abs(report.longitude_deg - 114.0579) < 0.016
    made.claims(now_ns, set())
    made.misbehaviour(0)
