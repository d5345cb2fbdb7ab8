"""The gate's table, and its decisions under conditions."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.messages.row import DOUBT, SILENCE, MessageRow, Permission
from rsu.messages.table import ROWS
from rsu.reasons.gate import GATE
from rsu.site.model import MessageKind
from rsu.station.gate import KINDS, TABLE, judge
from v2x.aids import SERVICES


def test_every_kind_that_a_site_file_may_switch_off_has_a_row() -> None:
    assert sorted(KINDS) == sorted(get_args(MessageKind))


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_table_is_what_the_rows_say(row: MessageRow) -> None:
    decisions = {reason: judge(row.kind, [reason]).decision for reason in GATE}
    assert {reason for reason, one in decisions.items() if one is Permission.SILENT} == SILENCE | row.silent
    assert {reason for reason, one in decisions.items() if one is Permission.SEND}.isdisjoint(DOUBT | row.degraded)


def test_no_condition_sends_everything() -> None:
    assert [judge(kind, []) for kind in KINDS] == [(Permission.SEND, ())] * len(KINDS)


@pytest.mark.parametrize(
    ("condition", "silent"),
    [
        ("no-time", {"bsm", "rsm", "spat", "rsi"}),
        ("time-uncertain-50ms", {"bsm", "rsm"}),
        ("time-uncertain-100ms", {"bsm", "rsm", "spat", "rsi"}),
        ("no-position", set(KINDS)),
        ("position-mismatch", set(KINDS)),
        ("signal-lost", {"spat"}),
        ("conflicting-greens", {"spat"}),
        ("map-silent", {"rsi"}),
    ],
)
def test_what_silences_what(condition: str, silent: set[str]) -> None:
    assert {kind for kind in KINDS if judge(kind, [condition]).decision is Permission.SILENT} == silent


@given(st.sets(st.sampled_from(sorted(TABLE))), st.sampled_from(KINDS), st.sampled_from(sorted(TABLE)))
def test_more_trouble_never_opens_the_gate(conditions: set[str], kind: str, more: str) -> None:
    before, after = judge(kind, conditions), judge(kind, conditions | {more})
    assert after.decision >= before.decision
    assert set(before.reasons) <= set(after.reasons)
    assert (after.decision is Permission.SEND) == (not after.reasons)


def test_unknown_conditions_are_refused() -> None:
    with pytest.raises(KeyError):
        judge("rsm", ["no-coffee"])


def test_every_row_names_services_that_there_are_and_a_turn_of_its_own() -> None:
    assert {service for row in ROWS.values() for service in row.services} <= SERVICES.keys()
    assert sorted(row.turn for row in ROWS.values()) == list(range(len(ROWS)))
