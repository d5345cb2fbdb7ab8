"""The radio's agent: every octet of the protocol, damage, clocks, hellos and sizes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.radio.agent import RadioAgent, RadioAgentSettings
from hw.radio.protocol import (
    AgentError,
    AgentState,
    Hello,
    ReceivedFrame,
    Status,
    Transmit,
    encode_hello,
    encode_received,
    encode_status,
    encode_transmit,
    message_type,
    parse_hello,
    parse_received,
    parse_status,
    parse_transmit,
)
from hw.utc import NS
from perception.objects import ChannelState, Reception
from tests.hw import replay
from tests.hw.air import piece

LOGS = {path.stem: path for path in replay.logs("radio-agent")}
T0 = 1795392000 * NS
MS = NS // 1000

u32 = st.integers(0, 2**32 - 1)
u64 = st.integers(0, 2**64 - 1)
payloads = st.binary(min_size=1, max_size=1400)
transmits = st.builds(Transmit, u32, st.integers(0, 255), payloads)
receiveds = st.builds(ReceivedFrame, u32, u32, u64, st.one_of(st.none(), st.integers(-127, 127)), payloads)
statuses = st.builds(Status, u64, st.sampled_from(AgentState), st.one_of(st.none(), st.integers(0, 100)), u32, u32, u32)


def agent() -> RadioAgent:
    return RadioAgent("radio", RadioAgentSettings.model_validate(replay.SETTINGS["radio-agent"]))


@pytest.mark.parametrize("path", LOGS.values(), ids=LOGS)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()


@pytest.mark.parametrize(
    ("datagram", "octets"),
    [
        (encode_hello(Hello(0x0102030405060708)), "5043 01 01 0008 0102030405060708"),
        (encode_transmit(Transmit(3619, 176, b"\x04\x00\x8d\xa3")), "5043 01 02 0009 00000e23 b0 04008da3"),
        (
            encode_received(ReceivedFrame(111, 0x0ABCDE, 1, -70, b"\x04\x00\x6f")),
            "5043 01 03 0014 0000006f 000abcde 0000000000000001 ba 04006f",
        ),
        (
            encode_status(Status(2, AgentState.READY, None, 3, 4, 5)),
            "5043 01 04 0016 0000000000000002 02 ff 00000003 00000004 00000005",
        ),
    ],
)
def test_octets(datagram: bytes, octets: str) -> None:
    assert datagram.hex() == octets.replace(" ", "")


@given(transmits, receiveds, statuses, u64)
def test_round_trip(transmit: Transmit, received: ReceivedFrame, status: Status, time_ns: int) -> None:
    assert parse_transmit(encode_transmit(transmit)) == transmit
    assert parse_received(encode_received(received)) == received
    assert parse_status(encode_status(status)) == status
    assert parse_hello(encode_hello(Hello(time_ns))) == Hello(time_ns)


@given(st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(lambda rest: b"PC\x01" + rest)))
def test_no_bytes_raise(data: bytes) -> None:
    driver = agent()
    driver.received("link", data, T0)
    for parse in (message_type, parse_hello, parse_transmit, parse_received, parse_status):
        with suppress(AgentError):
            parse(data)


@pytest.mark.parametrize("size", [0, 1401, 70_000])
def test_sizes_that_the_air_does_not_carry_are_refused(size: int) -> None:
    driver = agent()
    with pytest.raises(AgentError, match=f"{size} octets; 1 to 1400"):
        driver.transmit(piece(b"")._replace(frame=bytes(size)))
    assert driver.counters == {"size": 1}


def test_transmit() -> None:
    ((port, datagram),) = agent().transmit(piece(b"payload"))
    assert port == "link"
    assert parse_transmit(datagram) == Transmit(3619, 176, b"\x04\x00\x8d\xa3\x00\x07payload")


@pytest.mark.parametrize(("offset_ms", "believed"), [(-3, True), (-600, False), (40, True), (60, False)])
def test_the_agents_clock_is_believed_within_limits(offset_ms: int, believed: bool) -> None:
    stamp_ns = T0 + offset_ms * MS
    (found,) = agent().received("link", encode_received(ReceivedFrame(111, 9, stamp_ns, None, b"x")), T0)
    assert found == Reception(
        device="radio", stamp_ns=stamp_ns if believed else T0, receipt_ns=T0, aid=111, payload=b"x", source=9
    )


def test_hello_is_said_at_once_and_then_every_second() -> None:
    driver = agent()
    times = [0.0] if driver.opened("link", T0) else []
    times += [n / 50 for n in range(1, 120) if driver.due(T0 + n * 20 * MS)]
    assert times == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(("octet", "busy"), [(0, 0.0), (90, 0.9), (100, 1.0), (255, None)])
def test_the_channels_busy_ratio_is_a_measurement(octet: int, busy: float | None) -> None:
    status = bytearray(encode_status(Status(T0 - 5 * NS, AgentState.READY, 0, 0, 0, 0)))
    status[15] = octet
    found = agent().received("link", bytes(status), T0)
    assert found == [ChannelState(device="radio", stamp_ns=T0, receipt_ns=T0, busy=busy)]


@pytest.mark.parametrize("octet", [101, 254])
def test_a_channel_that_is_busier_than_always_is_no_word_of_the_protocol(octet: int) -> None:
    driver, status = agent(), bytearray(encode_status(Status(T0, AgentState.READY, 0, 0, 0, 0)))
    status[15] = octet
    assert driver.received("link", bytes(status), T0) == []
    assert driver.counters == {"busy": 1}


def test_frames_that_the_agent_refuses_are_an_error_until_it_sends_again() -> None:
    """Its counts begin again when it starts again, and go round at 2^32."""
    driver, told = agent(), []
    for refused in (5, 5, 8, 8, 0, 2):
        driver.received("link", encode_status(Status(T0, AgentState.READY, None, 0, refused, 0)), T0)
        told.append(driver.error)
    assert told == [None, None, "modem: 3 frames refused", None, None, "modem: 2 frames refused"]
    assert driver.counters == {"refused": 5}


def test_the_modems_state_is_told_and_forgotten_with_the_port() -> None:
    driver = agent()
    assert driver.error is None
    driver.received("link", encode_status(Status(T0, AgentState.NO_SYNC, 12, 0, 0, 0)), T0)
    assert driver.error == "modem: no sync"
    assert driver.status == Status(T0, AgentState.NO_SYNC, 12, 0, 0, 0)
    driver.received("link", encode_status(Status(T0, AgentState.READY, 12, 0, 0, 0)), T0)
    assert driver.error is None
    driver.opened("link", T0)
    assert driver.status is None
