"""The bench's own transcription of the agent protocol and that of the driver say the same."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.radio import protocol
from sim import agent

u32 = st.integers(0, 2**32 - 1)
u64 = st.integers(0, 2**64 - 1)
frames = st.binary(min_size=1, max_size=1400)


@given(u32, st.integers(0, 255), frames, u64)
def test_what_the_host_says(aid: int, priority: int, frame: bytes, time_ns: int) -> None:
    datagram = protocol.encode_transmit(protocol.Transmit(aid, priority, frame))
    assert agent.transmit(aid, priority, frame) == datagram
    assert agent.request(datagram) == (aid, priority, frame)
    assert agent.is_hello(protocol.encode_hello(protocol.Hello(time_ns))) and not agent.is_hello(datagram)


@given(u32, u32, u64, st.one_of(st.none(), st.integers(-127, 127)), frames)
def test_what_the_modem_heard(aid: int, source: int, time_ns: int, rssi: int | None, frame: bytes) -> None:
    datagram = agent.received(aid, source, time_ns, rssi, frame)
    assert protocol.parse_received(datagram) == (aid, source, time_ns, rssi, frame)


@given(u64, st.integers(0, 100), u32, u32, u32)
def test_how_the_modem_is(time_ns: int, busy: int, sent: int, refused: int, heard: int) -> None:
    told = protocol.parse_status(agent.status(time_ns, busy, sent, refused, heard))
    assert told == (time_ns, protocol.AgentState.READY, busy, sent, refused, heard)


@given(st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(lambda rest: b"PC\x01\x02" + rest)))
def test_no_octets_raise_anything_else(datagram: bytes) -> None:
    for read in (agent.is_hello, agent.request):
        with suppress(agent.AgentOctetsError):
            read(datagram)


@pytest.mark.parametrize("size", [0, 1401])
def test_frames_of_no_size_are_refused(size: int) -> None:
    with pytest.raises(agent.AgentOctetsError, match=f"{size} octets"):
        agent.request(agent.transmit(3619, 176, bytes(size)))
