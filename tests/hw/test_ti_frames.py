"""Frames of TI radars: real bytes, any chunking, damage that costs only itself."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.radar.ti_frames import HEADER, LAYOUTS, MAGIC, MAX_LENGTH, FrameParser, TiFrame, encode
from hw.radar.ti_types import POINTS, SIDE_INFO, STATS, TARGET_INDEX, TARGETS

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "devices" / "ti"
needs_real = pytest.mark.skipif(not REAL.exists(), reason=f"no real captures at {REAL}")


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


@needs_real
def test_the_real_capture_of_an_iwr6843() -> None:
    counters: Counter[str] = Counter()
    frames = FrameParser(counters).feed((REAL / "xwr68xx_50_frames.dat").read_bytes())
    assert [frame.number for frame in frames] == list(range(209, 259))
    first = frames[0]
    assert (first.length, first.version, first.platform) == (768, 0x03030002, 0x000A6843)
    assert {kind: rows.nbytes for kind, rows in first.tlvs.items()} == {POINTS: 112, SIDE_INFO: 28, STATS: 24}
    assert first.tlvs[STATS].tolist() == [(4074, 8591, 75915, 0, 0, 4)]
    assert first.tlvs[SIDE_INFO][0].tolist() == (181, 852)
    assert counters == {"unused-tlv": 50}  # the range profiles


@needs_real
def test_the_real_capture_with_a_private_tlv() -> None:
    counters: Counter[str] = Counter()
    frames = FrameParser(counters).feed((REAL / "unknown_tlv_288B_x10.bin").read_bytes())
    assert [(frame.version, frame.platform, frame.length) for frame in frames] == [(0x02000004, 0x000A1642, 288)] * 10
    assert all(not frame.tlvs for frame in frames)
    assert counters["tlv-length"] == 10  # a type that we know, in a size that we do not


@given(st.lists(st.integers(0, sum(map(len, FRAMES))), max_size=30))
def test_chunking_changes_nothing(cuts: list[int]) -> None:
    assert parse(b"".join(FRAMES), cuts) == (list(range(100, 108)), Counter())


@given(st.integers(0, len(FRAMES)), st.binary(max_size=300), st.lists(st.integers(0, 10_000), max_size=10))
def test_garbage_between_frames_costs_no_frame(place: int, garbage: bytes, cuts: list[int]) -> None:
    numbers, counters = parse(b"".join([*FRAMES[:place], garbage, *FRAMES[place:]]), cuts)
    assert numbers == list(range(100, 108))
    if place < len(FRAMES):
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
