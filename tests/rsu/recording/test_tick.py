"""Ticks taken apart and put together: nothing is lost, and nothing but a ValueError comes of other bytes."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from hw.tape import LinkState, Read, Round, SystemClock
from rsu.bus.tape import Decision, Frame, Item, Outcome, Tape
from rsu.recording.tick import Entry, from_entries, number, to_entries

times = st.integers(0, 1 << 62)
corrections = st.integers(-(1 << 62), 1 << 62)
names = st.text("abcxyz-0123456789", min_size=1, max_size=12)
octets = st.binary(max_size=40)
links = st.lists(
    st.builds(
        LinkState,
        names,
        names,
        st.integers(0, 9),
        st.booleans(),
        st.booleans(),
        st.none() | st.text(max_size=9),
        st.dictionaries(names, st.integers(0, 99), max_size=2),
    ),
    max_size=2,
)
reads = st.lists(st.builds(Read, names, names, times, octets), max_size=3)
outcomes = st.builds(
    Outcome,
    times,
    st.lists(
        st.builds(Frame, names, st.integers(0, 1 << 30), st.integers(0, 255), st.none() | times, octets), max_size=3
    ),
    st.lists(st.builds(Item, names, times, octets), max_size=3),
    st.lists(st.builds(Decision, names, names, st.lists(names, max_size=2)), max_size=3),
)
tapes = st.builds(
    Tape,
    st.binary(max_size=16),
    times,
    st.lists(st.builds(Round, times, links, reads, corrections), max_size=3),
    links,
    outcomes,
    st.builds(SystemClock, corrections, corrections, st.booleans()),
)


@given(tapes)
def test_every_tick_comes_back(tape: Tape) -> None:
    entries = to_entries(tape)
    assert from_entries(entries) == tape
    assert number(entries[-1].data) == (tape.seed, tape.seq)


@given(tapes, st.data())
def test_other_bytes_are_refused_with_a_value_error(tape: Tape, data: st.DataObject) -> None:
    entries = to_entries(tape)
    last = bytearray(entries[-1].data)
    for _ in range(data.draw(st.integers(1, 4))):
        last[data.draw(st.integers(0, len(last) - 1))] = data.draw(st.integers(0, 255))
    left = data.draw(st.integers(0, len(entries) - 1))
    with contextlib.suppress(ValueError):
        from_entries([*entries[left:-1], Entry("/tick", 0, bytes(last))])
