"""Commands are obeyed once, in time, by those that may give them; every refusal has its reason."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import v2x
from rsu.core import audit
from rsu.downlink import journal, table
from rsu.downlink.errors import JournalError
from rsu.downlink.journal import FILE
from rsu.downlink.plan import CommandPlan, air_orders
from sim.commands import body
from tests.rsu.downlink.office import CITY, NOW_NS, THIEF, TOPICS, Office, works

QUERY = body(1, InfoId=0)
SWITCH = body(2, airConfig={"rsm": {"send": False}})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.clerk.close()


def dues(office: Office) -> list[tuple[int, str, bytes]]:
    """Return command, topic and correlation of the answers that are due."""
    return [(due.command, due.topic, due.correlation) for due in office.clerk.journal.unanswered()]


def test_a_query_is_answered_with_the_box_as_it_is(office: Office) -> None:
    entry = office.give("query", QUERY, correlation=b"c")
    assert entry.state == "applied" and dues(office) == [(entry.id, f"{TOPICS['query']}/ack", b"c")]
    said = office.answer(entry)
    assert said.pop("timeStamp") == NOW_NS // 1_000_000
    assert said == {"seqNum": "1", "errorCode": 0, "state": "applied", "InfoId": 0, "cpu": {"uti": 1.0}}


def test_a_repeat_gets_the_same_answer_and_changes_nothing(office: Office) -> None:
    first = office.give_signed("rsi", works(7), 1)
    office.follow(first.revision)
    office.now_ns += 100_000_000_000
    again = office.give_signed("rsi", works(7), 1)
    assert (again.id, again.state, again.revision) == (first.id, "applied", first.revision)
    assert [number for number, *_ in dues(office)] == [first.id]


def test_each_delivery_of_a_command_is_answered(office: Office) -> None:
    first = office.give_signed("rsi", works(7), 1, correlation=b"first", response_topic="there")
    for correlation in (b"again", b"again", b"once more"):
        office.give_signed("rsi", works(7), 1, correlation=correlation, response_topic="there")
    assert dues(office) == []
    office.follow(first.revision)
    assert dues(office) == [(first.id, "there", each) for each in (b"first", b"again", b"once more")]
    office.clerk.journal.answered(office.clerk.journal.unanswered()[0].id)
    assert [said for *_, said in dues(office)] == [b"again", b"once more"]
    for number in range(20):
        office.give_signed("rsi", works(7), 1, correlation=bytes([number]), response_topic="there")
    assert [said for *_, said in dues(office)] == [bytes([number]) for number in range(12, 20)]


REFUSALS: dict[str, tuple[str, str, bytes, dict[str, Any]]] = {
    "retained": ("retained messages", "query", QUERY, {"retained": True}),
    "QoS 0": ("expected QoS 1", "query", QUERY, {"qos": 0}),
    "too long": ("70000 octets", "query", b" " * 70_000, {}),
    "no JSON": ("content not understood", "query", b"{", {}),
    "no InfoId": ("content not understood", "query", body(1), {}),
    "for another box": ("is for other", "query", body(1, InfoId=0, rscuSn="other"), {}),
    "no number": ("no seqNum", "query", body(None, InfoId=0), {}),
    "not allowed": ("does not allow versions to platform", "versions", body(1), {}),
    "an issuer without his signature": ("does not allow query to city", "query", QUERY, {"issuer": "city"}),
    "unsigned": ("no signature; rsi needs one", "rsi", works(1), {}),
    "expired": ("expired 0.0 s before", "query", QUERY, {"expiry_s": 0}),
    "signature unread": ("signature is not understood", "rsi", works(1), {"signature": "eyJ..x"}),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_has_its_reason(office: Office, name: str) -> None:
    why, command, said, more = REFUSALS[name]
    entry = office.give(command, said, **more)
    assert entry.state == "refused" and why in entry.why and entry.code in (1, 2)
    assert office.answer(entry)["errorDesc"] == entry.why[:128]
    assert office.clerk.orders().revision == 0
    assert [each.outcome for each in audit.entries(office.clerk._audit)] == [f"refused: {entry.why}"]


def test_a_signature_is_for_one_body_one_topic_one_key(office: Office) -> None:
    signature = CITY.sign(TOPICS["rsi"], works(1), 1, NOW_NS // 1_000_000_000 + 9)
    assert office.give("rsi", works(2), signature=signature).why == "the signature is wrong"
    assert "is for rsu/radio/rsi/down" in office.give("v2x", works(1), signature=signature).why
    assert office.give_signed("rsi", works(1), 1, THIEF).why == "the signature is wrong"
    assert office.give("rsi", works(1), signature=signature).state == "accepted"


def test_a_counter_is_used_once(office: Office) -> None:
    assert office.give_signed("rsi", works(1), 5).state == "accepted"
    assert office.give_signed("rsi", works(2), 5).why == "counter 5 is not above 5, the last one"
    assert office.give_signed("rsi", works(3), 4).why == "counter 4 is not above 5, the last one"
    assert office.give_signed("rsi", works(1, alert="b"), 6).why == "seqNum 1 was used for another command"
    assert office.give_signed("rsi", works(2), 6).state == "accepted"
    assert {each.actor for each in audit.entries(office.clerk._audit)} == {"platform: city"}


def test_an_expired_signature_is_refused(office: Office) -> None:
    assert office.give_signed("rsi", works(1), 1, for_s=-3).why == "expired 3.0 s before it came"


def test_a_command_that_the_station_does_not_follow_fails_and_is_undone(office: Office) -> None:
    first = office.give_signed("config", SWITCH, 1)
    office.follow(first.revision)
    second = office.give_signed("config", body(3, airConfig={"rsm": {"send": True}}), 2)
    assert office.clerk.orders().switches == {}
    office.now_ns += 5_000_000_000
    office.follow(first.revision)
    entry = office.clerk.journal.entry(second.id)
    assert (entry.state, entry.why) == ("failed", "not applied within 5 s")
    assert office.clerk.orders().switches["rsm"].send is False
    assert office.clerk.orders().revision > second.revision


def test_nothing_is_applied_after_its_expiry(office: Office) -> None:
    entry = office.give_signed("rsi", works(1), 1, for_s=2)
    office.now_ns += 2_000_000_000
    office.follow(entry.revision)
    entry = office.clerk.journal.entry(entry.id)
    assert (entry.state, entry.why) == ("failed", "expired before it could be applied")
    assert office.clerk.orders().orders == []


def test_an_event_is_ordered_changed_withdrawn_and_runs_out(office: Office) -> None:
    office.give_signed("rsi", works(1, alert="a"), 1)
    office.give_signed("rsi", works(2, alert="b", duration_s=10), 2)
    last = office.give_signed("rsi", works(3, alert="a", duration_s=90), 3)
    office.follow(last.revision)
    found = {order.id: order for order in office.clerk.orders().orders}
    numbers = {name: v2x.decode(order.payload).events[0].rte_id for name, order in found.items()}
    assert numbers == {"a": 192, "b": 193} and found["a"].until_ns == NOW_NS + 90_000_000_000
    office.now_ns += 10_000_000_000
    office.follow()
    assert [order.id for order in office.clerk.orders().orders] == ["a"]
    office.give_signed("rsi", works(4, alert="a", on=False), 4)
    assert office.clerk.orders().orders == []
    assert office.give_signed("rsi", works(5, alert="a", on=False), 5).why == "no order a is on air"


def test_a_place_far_away_and_lights_beside_a_controller_cannot_go_on_air(office: Office) -> None:
    far = json.loads(works(1))
    far["rsi"]["eventPosition"][0]["lat"] += 10_000_000
    assert "110" in (entry := office.give_signed("rsi", json.dumps(far).encode(), 1)).why and entry.state == "refused"
    assert "own signal controller" in office.give_signed("spat", body(2, spat="AA=="), 2).why
    assert "cannot go on air" in office.give_signed("map", body(3, mapSlice="1", eTag="e", map="AA=="), 3).why


def test_everything_holds_over_a_restart(office: Office, tmp_path: Path) -> None:
    entry = office.give_signed("rsi", works(1), 1)
    office.follow(entry.revision)
    orders = office.clerk.orders()
    office.clerk.close()
    later = Office(tmp_path)
    assert later.clerk.orders() == orders == air_orders(entry.revision, later.clerk.journal.values())
    assert later.give_signed("rsi", works(2), 1).why == "counter 1 is not above 1, the last one"
    assert later.give_signed("rsi", works(1), 1).id == entry.id
    later.clerk.close()


def test_every_command_is_in_the_chained_log(office: Office) -> None:
    entry = office.give_signed("config", SWITCH, 1)
    office.follow(entry.revision)
    office.give("config", SWITCH)
    told = [(each.actor, each.about, each.outcome) for each in audit.entries(office.clerk._audit)]
    assert told == [
        ("platform: city", "config 2", "accepted"),
        ("platform: city", "config 2", "applied"),
        ("platform: platform", "config 2", "refused: no signature; switches needs one"),
    ]
    first = next(audit.entries(office.clerk._audit))
    assert (first.before, first.after) == (
        {"switch.rsm": None},
        {"switch.rsm": {"send": False, "local": True, "platform": True}},
    )
    assert audit.verify(office.clerk._audit) == []


@pytest.mark.parametrize(
    "stamp", [1_796_054_400_000_000, 1_796_054_400_000_000_000, 1 << 52, -1, "9999-12-31T23:59:59-14:00", "0001-01-01"]
)
def test_a_time_that_no_event_begins_at_is_refused(office: Office, stamp: object) -> None:
    wrong = json.loads(works(1))
    wrong["rsi"]["timeStamp"] = stamp
    entry = office.give_signed("rsi", json.dumps(wrong).encode(), 1)
    assert entry.state == "refused" and entry.why.startswith("content not understood")


def test_a_mistake_of_ours_refuses_one_command(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    row = table.COMMANDS["query"]._replace(effect=lambda _, __: CommandPlan({"a": bytes([1 // 0])}))
    monkeypatch.setitem(table.COMMANDS, "query", row)
    entry = office.give("query", QUERY)
    assert (entry.state, entry.why) == ("refused", "a mistake in this box: ZeroDivisionError")


def test_a_command_that_expires_while_it_waits_in_the_box_is_refused(office: Office) -> None:
    waited = office.give("query", QUERY, waited_s=3600)
    assert (waited.state, waited.why) == ("refused", "expired before it could be applied")
    assert office.give_signed("rsi", works(1), 1, for_s=2, waited_s=3).state == "refused"
    assert office.give_signed("rsi", works(1), 2, for_s=2, waited_s=1).state == "accepted"


def test_an_unproven_issuer_is_a_claim_and_no_actor(office: Office) -> None:
    forged = office.give("rsi", works(1), issuer="city")
    office.give("versions", body(2), issuer="x" * 60_000)
    told = [(each.actor, each.about) for each in audit.entries(office.clerk._audit)]
    assert forged.why == "no signature; rsi needs one"
    assert told == [
        ("platform: platform", "rsi 1 (claims city)"),
        ("platform: platform", f"versions 2 (claims {'x' * 64})"),
    ]


def test_refusals_from_anyone_do_not_fill_the_log(office: Office) -> None:
    """Each reason has one entry a minute, whatever stands in it; a proven issuer's refusals have all of theirs."""
    for number in range(50):
        office.give("query", body(number, InfoId=0, rscuSn=f"other{number}"), issuer=f"{number}")
        office.give("query", body(number, InfoId=0, rscuSn="x" * 60_000))
        office.give_signed("rsi", works(number), number + 1, for_s=-1)
    found = list(audit.entries(office.clerk._audit))
    assert sum(each.actor == "platform: platform" for each in found) == 2
    assert sum(each.actor == "platform: city" for each in found) == 50
    assert max(len(each.outcome) for each in found) < 150
    office.now_ns += 60_000_000_000
    office.give("query", body(60, InfoId=0, rscuSn="other"))
    assert len(list(audit.entries(office.clerk._audit))) == 53


def test_every_place_of_an_event_is_near_the_box(office: Office) -> None:
    near, far = {"lat": 225_005_000, "lon": 1_140_005_000}, {"lat": 232_000_000, "lon": 1_140_005_000}
    wrong = json.loads(works(1))
    wrong["rsi"]["referencePaths"] = [{"active_path": [near, far]}]
    assert "m from this box" in office.give_signed("rsi", json.dumps(wrong).encode(), 1).why
    wrong["rsi"]["referencePaths"] = [{"active_path": [near, near]}]
    assert office.give_signed("rsi", json.dumps(wrong).encode(), 2).state == "accepted"
    wrong["rsi"]["eventPosition"] *= 2
    wrong["seqNum"] = 2
    assert "content not understood" in office.give_signed("rsi", json.dumps(wrong).encode(), 3).why


def test_no_signed_command_is_obeyed_by_a_clock_that_the_station_does_not_believe(office: Office) -> None:
    office.clock_plausible = False
    assert office.give_signed("rsi", works(1), 1).why.startswith("this box does not know UTC")
    assert office.give("query", QUERY).state == "applied"
    office.clock_plausible = True
    assert office.give_signed("rsi", works(1), 1).state == "accepted"


def test_a_slice_of_a_map_is_told_from_its_etag(office: Office) -> None:
    """Two names that join to the same one would replace each other on air."""
    assert "no order a-b-1 is" in office.give_signed("map", body(1, eTag="a-b", mapSlice="1", map=""), 1).why
    assert "content not understood" in office.give_signed("map", body(2, eTag="a", mapSlice="b-1", map=""), 2).why


def test_a_journal_is_open_once(office: Office, tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="is locked"):
        Office(tmp_path)
    office.clerk.close()
    Office(tmp_path).clerk.close()


def test_a_journal_that_cannot_be_prepared_is_closed(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all, " * 100)
    for _ in range(2):  # the lock of the first attempt is gone
        with pytest.raises(JournalError, match="not a database"):
            Office(tmp_path)
    (tmp_path / FILE).unlink()
    Office(tmp_path).clerk.close()


def test_the_journal_of_an_older_version_is_taken_over(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as db:
        db.executescript(f"{journal._STEPS[0]} PRAGMA user_version = 1;")
        query = "INSERT INTO command (issuer, command, number, digest, utc_ns, expires_ns, deadline_ns, state, until,"
        query += (
            " topic, correlation, body, answer) VALUES ('city', 'query', ?, x'', 1, 1, 1, ?, 'kept', ?, x'63', ?, ?)"
        )
        rows = [("1", "applied", "t", QUERY, 1), ("2", "applied", "t", QUERY, 0), ("3", "accepted", "t", QUERY, 0)]
        db.executemany(query, rows)
    made = Office(tmp_path)
    assert dues(made) == [(1, "t", b"c")] and made.answer(made.clerk.journal.entry(1))["InfoId"] == 0
    made.follow()
    assert dues(made) == [(1, "t", b"c"), (3, "t", b"c")]
    made.clerk.close()
