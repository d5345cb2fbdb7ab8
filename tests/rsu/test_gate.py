"""The gate's table, and what it makes of conditions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.station.gate import KINDS, TABLE, Decision, judge


def test_every_row_speaks_of_every_kind() -> None:
    assert {len(row) for row in TABLE.values()} == {len(KINDS)}


def test_no_condition_sends_everything() -> None:
    assert [judge(kind, []) for kind in KINDS] == [(Decision.SEND, ())] * len(KINDS)


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
    assert {kind for kind in KINDS if judge(kind, [condition]).decision is Decision.SILENT} == silent


@given(st.sets(st.sampled_from(sorted(TABLE))), st.sampled_from(KINDS), st.sampled_from(sorted(TABLE)))
def test_more_trouble_never_opens_the_gate(conditions: set[str], kind: str, more: str) -> None:
    before, after = judge(kind, conditions), judge(kind, conditions | {more})
    assert after.decision >= before.decision
    assert set(before.reasons) <= set(after.reasons)
    assert (after.decision is Decision.SEND) == (not after.reasons)


def test_unknown_conditions_are_refused() -> None:
    with pytest.raises(KeyError):
        judge("rsm", ["no-coffee"])
