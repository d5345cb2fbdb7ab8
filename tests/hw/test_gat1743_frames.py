"""GA/T 1743 on the line: octets by hand, framing, contents, damage that costs only itself."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.signal.contents import (
    colour_of,
    parse_lamp_colours,
    parse_plan,
)
from hw.signal.framing import FrameReader, crc16, encode_frame
from hw.signal.messages import (
    Address,
    Kind,
    MessageError,
    Object,
    encode,
    parse,
)
from hw.utc import NS
from perception.objects import COLOURS, Lamp, LampPlan, SignalPlan, SignalState
from sim.gat1743 import encode_lamp_colours, encode_plan
from tests.hw import replay
from tests.hw.gat1743_octets import PLACE, RED, T0, report
from tests.hw.octets import written

numbers = st.integers(0, 255)
angles = st.integers(0, 359)
colours = st.sampled_from(COLOURS)
countdowns = st.one_of(st.none(), st.integers(1, 254).map(float))
lamps = st.lists(st.builds(Lamp, numbers, angles, numbers, colours, countdowns), max_size=40)
steps = st.lists(st.tuples(colours, st.integers(0, 65535).map(float)), max_size=8)
plans = st.lists(st.builds(LampPlan, numbers, angles, numbers, steps), max_size=40)
# Two frames by hand, octet by octet from the standard; the CRC comes from the polynomial, bit by bit.
HEAD = """
    04 00                         | link: to a roadside unit
    f8 b7 06  00 10  c0 00        | from region 440312, a signal controller, number 192
    f8 b7 06  00 20  ff ff        | to the region's roadside units
    00 82 03 6b  00 00            | 2026-11-23 00:00:00.000 UTC
    3c 10                         | 60 s to live, version 1.0
"""
LAMPS = """
    82  03 01  00 00 00 00        | report of the lamp colours, not signed
    25 00                         | 37 octets follow
    b8 da fb 43  d8 cd 6f 0d      | 114.0579 E, 22.5431 N
    00 00  02                     | altitude, two approaches
    00 00  02                     | from the north: two lamps
    01 01 16 1e                   | 1, straight, red, 30 s
    02 02 15 00                   | 2, left, dark, countdown unknown
    5a 00  03                     | from the east: three lamps
    03 01 25 0c                   | 3, straight, green, 12 s
    04 08 35 03                   | 4, crosswalk, flashing green, 3 s
    05 04 19 ff                   | 5, round, yellow, more than 254 s
    e0 92                         | CRC
"""
PLAN = """
    83  01 03  00 00 00 00        | answer to the query of the plan, not signed
    30 00                         | 48 octets follow
    b8 da fb 43  d8 cd 6f 0d      | 114.0579 E, 22.5431 N
    00 00  02 02                  | altitude, two lamps in all, two approaches
    00 00  01                     | from the north: one lamp
    01 01 04                      | 1, straight, four steps
    16 1e 00  25 18 00  35 03 00  19 03 00
    5a 00  01                     | from the east: one lamp
    02 01 04                      | 2, straight, four steps
    25 1a 00  35 01 00  19 03 00  16 1e 00
    3a 06                         | CRC
"""


def on_line(body: bytes) -> bytes:
    """Return a frame as SLIP has it; the standard's escapes, one by one."""
    escaped = {0xC0: b"\xdb\xdc", 0xDB: b"\xdb\xdd"}
    return b"\xc0" + b"".join(escaped.get(octet, bytes([octet])) for octet in body) + b"\xc0"


class TestFramesByHand:
    def test_lamp_colours(self) -> None:
        (state,) = replay.make_driver("gat1743").received("link", on_line(written(HEAD + LAMPS)), T0)
        assert isinstance(state, SignalState)
        assert state.stamp_ns == T0
        assert state.lamps == [
            Lamp(1, 0, 1, "red", 30.0),
            Lamp(2, 0, 2, "dark", None),
            Lamp(3, 90, 1, "green", 12.0),
            Lamp(4, 90, 8, "flashing-green", 3.0),
            Lamp(5, 90, 4, "yellow", None),
        ]

    def test_plan(self) -> None:
        (found,) = replay.make_driver("gat1743").received("link", on_line(written(HEAD + PLAN)), T0)
        assert isinstance(found, SignalPlan)
        assert found.lamps == [
            LampPlan(1, 0, 1, [("red", 30.0), ("green", 24.0), ("flashing-green", 3.0), ("yellow", 3.0)]),
            LampPlan(2, 90, 1, [("green", 26.0), ("flashing-green", 1.0), ("yellow", 3.0), ("red", 30.0)]),
        ]

    @pytest.mark.parametrize("text", [LAMPS, PLAN])
    def test_encoding_gives_the_same_octets(self, text: str) -> None:
        data = on_line(written(HEAD + text))
        (body,) = FrameReader().feed(data)
        message = parse(body)
        assert message.sender == Address(440312, Kind.SIGNAL_CONTROLLER, 192)
        if message.object == Object.LAMP_COLOURS:
            lamps = parse_lamp_colours(message.content)
            # 255 has no number of seconds: any above 254 gives it back
            content = encode_lamp_colours(PLACE, [*lamps[:-1], Lamp(5, 90, 4, "yellow", 300.0)])
        else:
            content = encode_plan(PLACE, parse_plan(message.content))
        assert encode_frame(encode(message._replace(content=content))).hex() == data.hex()


def test_crc_and_escapes() -> None:
    assert crc16(b"123456789") == 0xAEE7  # CRC-16/CMS: 8005, init FFFF, not reflected
    assert encode_frame(b"\xc0\xdb\xdc")[:6].hex(" ") == "c0 db dc db dd dc"
    assert FrameReader().feed(encode_frame(b"\xc0\xdb\xdc")) == [b"\xc0\xdb\xdc"]


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=8))
def test_framing_round_trip(bodies: list[bytes]) -> None:
    reader = FrameReader()
    assert [body for sent in bodies for body in reader.feed(encode_frame(sent))] == bodies


@given(lamps)
def test_lamp_colours_round_trip(lamps: list[Lamp]) -> None:
    assert parse_lamp_colours(encode_lamp_colours(PLACE, lamps)) == lamps


@given(plans)
def test_plan_round_trip(plans: list[LampPlan]) -> None:
    assert parse_plan(encode_plan(PLACE, plans)) == plans


@pytest.mark.parametrize(
    ("octet", "colour"),
    [
        (0x16, "red"), (0x19, "yellow"), (0x25, "green"), (0x35, "flashing-green"), (0x17, "flashing-red"),
        (0x1D, "flashing-yellow"), (0x15, "dark"), (0x00, "unknown"),
        (0x12, "red"), (0x21, "green"), (0x11, "dark"),  # a crosswalk without yellow
        (0x1A, "unknown"), (0x3F, "unknown"), (0x96, "unknown"),
    ],
)  # fmt: skip
def test_colours(octet: int, colour: str) -> None:
    assert colour_of(octet) == colour


@pytest.mark.parametrize(
    ("seconds", "reported"), [(0.2, 1.0), (23.0, 23.0), (254.0, 254.0), (255.0, None), (400.0, None)]
)
def test_countdowns(seconds: float, reported: float | None) -> None:
    (lamp,) = parse_lamp_colours(encode_lamp_colours(PLACE, [Lamp(1, 0, 1, "red", seconds)]))
    assert lamp.countdown_s == reported


@given(st.binary(max_size=400))
def test_no_content_raises_anything_else(content: bytes) -> None:
    for parser in (parse_lamp_colours, parse_plan):
        with suppress(MessageError):
            parser(content)


@given(st.lists(st.binary(max_size=80)))
def test_no_bytes_raise_and_a_good_frame_behind_them_is_found(chunks: list[bytes]) -> None:
    driver = replay.make_driver("gat1743")
    for chunk in chunks:
        driver.received("link", chunk, T0)
    assert len(driver.received("link", report(T0 + NS, RED), T0 + NS)) == 1


@given(st.integers(0), st.integers(1, 255))
def test_a_changed_octet_costs_one_frame(at: int, change: int) -> None:
    damaged = bytearray(report(T0 + NS, RED))
    damaged[at % len(damaged)] ^= change
    driver = replay.make_driver("gat1743")
    datagrams = [report(T0, RED), bytes(damaged), report(T0 + 2 * NS, RED)]
    found = [one for n, data in enumerate(datagrams) for one in driver.received("link", data, T0 + n * NS)]
    assert [one.stamp_ns for one in found] == [T0, T0 + 2 * NS]
