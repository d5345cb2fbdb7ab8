"""Frames of TI radars: octets by hand, any chunking, damage that costs only itself."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from hw.radar.ti_frames import HEADER, LAYOUTS, FrameParser, TiFrame, encode
from hw.radar.ti_headers import MAGIC, MAX_LENGTH
from hw.radar.ti_types import POINTS, SIDE_INFO, STATS, TARGET_INDEX, TARGETS
from tests.hw.octets import written


def some_frame(number: int, targets: int = 2) -> TiFrame:
    rng = np.random.default_rng(number)
    points = np.zeros(targets, LAYOUTS[POINTS])
    points["position"] = rng.normal(0, 10, (targets, 3))
    rows = np.zeros(targets, LAYOUTS[TARGETS])
    rows["tid"] = np.arange(targets)
    rows["position"] = rng.normal(0, 10, (targets, 3))
    return TiFrame(number, 0, {POINTS: points, TARGETS: rows, STATS: np.ones(1, LAYOUTS[STATS])})


FRAMES = [encode(some_frame(number, number % 3)) for number in range(100, 108)]


def parse(data: bytes, cuts: list[int] | None = None) -> tuple[list[int], Counter[str]]:
    """Return the numbers of the frames found, and the counters."""
    counters: Counter[str] = Counter()
    parser = FrameParser(counters)
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts or []), len(data)]
    frames = [frame for a, b in pairwise(edges) for frame in parser.feed(data[a:b])]
    return [frame.number for frame in frames], counters


def test_a_frame_decodes_to_what_was_encoded() -> None:
    sent = some_frame(7, 3)
    [got] = FrameParser(Counter()).feed(encode(sent))
    assert got.number == 7 and got.length % 32 == 0
    assert got.tlvs.keys() == sent.tlvs.keys()
    assert all((got.tlvs[kind] == rows).all() for kind, rows in sent.tlvs.items())


def test_the_bytes_of_a_small_frame() -> None:
    index = np.array([3, 253], LAYOUTS[TARGET_INDEX])
    data = encode(TiFrame(258, 0, {TARGET_INDEX: index}, 0x03050004, 0x000A6843, 1))
    assert data.hex(" ", 4) == (
        "02010403 06050807 04000503 40000000 43680a00 02010000 01000000 00000000 01000000 00000000 "  # header A
        "f3030000 02000000 03fd0000 00000000 00000000 00000000"  # TLV 1011, 2 bytes, padding
    )


# A frame by hand, as the out-of-box demo of an IWR6843 sends it; f32 and u16 little endian.
DEMO_FRAME = """
    02 01 04 03 06 05 08 07                              | magic
    02 00 03 03  c0 00 00 00  43 68 0a 00  d1 00 00 00   | version 3.3.0.2, 192 octets, IWR6843, frame 209
    00 e1 f5 05  02 00 00 00  04 00 00 00  00 00 00 00   | 100 000 000 cycles, 2 points, 4 TLVs, sub-frame 0
    01 00 00 00  20 00 00 00                             | TLV 1, points, 32 octets
    00 00 20 c0  00 00 48 41  00 00 00 3f  00 00 c0 bf   | x -2.5 m, y 12.5 m, z 0.5 m, Doppler -1.5 m/s
    00 00 80 3f  00 00 a0 41  00 00 80 be  00 00 00 00   | x 1 m, y 20 m, z -0.25 m, Doppler 0
    07 00 00 00  08 00 00 00                             | TLV 7, side information, 8 octets
    b5 00 54 03  78 00 54 03                             | SNR 18.1 dB, noise 85.2 dB; SNR 12 dB, noise 85.2 dB
    02 00 00 00  20 00 00 00                             | TLV 2, range profile: not used
    10 00 20 00  30 00 40 00  10 00 20 00  30 00 40 00
    10 00 20 00  30 00 40 00  10 00 20 00  30 00 40 00
    06 00 00 00  18 00 00 00                             | TLV 6, statistics, 24 octets
    ea 0f 00 00  8f 21 00 00  8b 28 01 00                | processing 4074 us, sending 8591 us, margin 75915 us
    00 00 00 00  00 00 00 00  04 00 00 00                | chirp margin 0, load 0 % active, 4 % idle
    aa aa aa aa  aa aa aa aa  aa aa aa aa                | padding to a multiple of 32
    aa aa aa aa  aa aa aa aa  aa aa aa aa
"""
# A frame of other firmware: type 6 is one of its own, 28 octets, no whole number of our rows of 24.
PRIVATE_TLV = """
    02 01 04 03 06 05 08 07                              | magic
    04 00 00 02  60 00 00 00  42 16 0a 00  01 00 00 00   | version 2.0.0.4, 96 octets, IWR1642, frame 1
    00 00 00 00  00 00 00 00  01 00 00 00  00 00 00 00   | no points, 1 TLV
    06 00 00 00  1c 00 00 00                             | TLV 6, 28 octets
    00 00 0f 00  48 55 00 00  35 22 00 00  08 00 1a 00  00 00 00 00  00 00 00 00  01 00 00 00
    00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
"""


def test_the_frame_of_the_demo_by_hand() -> None:
    counters: Counter[str] = Counter()
    (frame,) = FrameParser(counters).feed(written(DEMO_FRAME))
    assert (frame.number, frame.length, frame.version, frame.platform) == (209, 192, 0x03030002, 0x000A6843)
    assert (frame.cycles, frame.points) == (100_000_000, 2)
    assert {kind: rows.nbytes for kind, rows in frame.tlvs.items()} == {POINTS: 32, SIDE_INFO: 8, STATS: 24}
    assert frame.tlvs[POINTS]["position"].tolist() == [[-2.5, 12.5, 0.5], [1.0, 20.0, -0.25]]
    assert frame.tlvs[POINTS]["doppler"].tolist() == [-1.5, 0.0]
    assert frame.tlvs[SIDE_INFO].tolist() == [(181, 852), (120, 852)]
    assert frame.tlvs[STATS].tolist() == [(4074, 8591, 75915, 0, 0, 4)]
    assert counters == {"unused-tlv": 1}  # the range profile


def test_a_type_that_we_know_in_a_size_that_we_do_not() -> None:
    counters: Counter[str] = Counter()
    (frame,) = FrameParser(counters).feed(written(PRIVATE_TLV))
    assert (frame.version, frame.platform, frame.length) == (0x02000004, 0x000A1642, 96)
    assert not frame.tlvs and counters == {"tlv-length": 1}


@given(st.lists(st.integers(0, sum(map(len, FRAMES))), max_size=30))
def test_chunking_changes_nothing(cuts: list[int]) -> None:
    assert parse(b"".join(FRAMES), cuts) == (list(range(100, 108)), Counter())


@given(st.integers(0, len(FRAMES)), st.binary(max_size=300), st.lists(st.integers(0, 10_000), max_size=10))
@example(0, MAGIC, [])
def test_garbage_between_frames_costs_no_frame(place: int, garbage: bytes, cuts: list[int]) -> None:
    numbers, counters = parse(b"".join([*FRAMES[:place], garbage, *FRAMES[place:]]), cuts)
    assert numbers == list(range(100, 108))
    if MAGIC in garbage:
        assert counters["length"] + counters["torn"] > 0  # of a header that is none
    elif place < len(FRAMES):
        assert counters["noise"] == len(garbage)


@given(st.integers(0, len(FRAMES) - 2), st.data(), st.lists(st.integers(0, 10_000), max_size=10))
def test_bytes_lost_inside_a_frame_cost_no_other_frame(torn: int, data: st.DataObject, cuts: list[int]) -> None:
    frame = FRAMES[torn]
    start = data.draw(st.integers(0, len(frame) - 1))
    end = data.draw(st.integers(start + 1, len(frame)))
    numbers, _ = parse(b"".join([*FRAMES[:torn], frame[:start] + frame[end:], *FRAMES[torn + 1 :]]), cuts)
    assert [number for number in numbers if number != 100 + torn] == [n for n in range(100, 108) if n != 100 + torn]


@given(st.integers(0, len(FRAMES) - 2), st.data(), st.lists(st.integers(0, 10_000), max_size=10))
def test_a_flipped_bit_costs_no_other_frame(damaged: int, data: st.DataObject, cuts: list[int]) -> None:
    frame = bytearray(FRAMES[damaged])
    bit = data.draw(st.integers(0, len(frame) * 8 - 1))
    frame[bit // 8] ^= 1 << bit % 8
    numbers, _ = parse(b"".join([*FRAMES[:damaged], bytes(frame), *FRAMES[damaged + 1 :]]), cuts)
    rest = list(numbers)
    if bit // 8 in range(20, 24):  # the frame number itself: nothing tells that it is wrong
        del rest[damaged]  # by place: it may be the number of another frame now
    assert [n for n in rest if n != 100 + damaged] == [n for n in range(100, 108) if n != 100 + damaged]


@given(st.lists(st.one_of(st.binary(max_size=80), st.just(MAGIC), st.sampled_from(FRAMES)), max_size=20))
def test_no_bytes_raise_or_pile_up(pieces: list[bytes]) -> None:
    parser = FrameParser(Counter())
    for piece in pieces:
        parser.feed(piece)
    assert len(parser._buffer) <= MAX_LENGTH + HEADER.size


def test_a_length_that_cannot_be_is_not_waited_for() -> None:
    header = HEADER.pack(MAGIC, 0, MAX_LENGTH + 1, 0, 1, 0, 0, 0, 0)
    numbers, counters = parse(header + FRAMES[0])
    assert numbers == [100] and counters["length"] == 1


def test_a_flood_of_magic_words_is_cheap() -> None:
    numbers, counters = parse(MAGIC * 20_000 + FRAMES[0])
    assert numbers == [100] and counters["length"] > 0
