"""The GB/T 20999 driver: frames, rounds of queries against the emulated controller, lacking and standing figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.intake import Intake
from hw.signal import gb20999_frames as frames
from hw.signal.gb20999 import Gb20999, Gb20999Settings
from hw.signal.gb20999_frames import ControllerFrame, FrameStream, FrameType, Gb20999Error, ObjectAddress
from perception.objects import Measurement, SignalState
from sim.bench import SignalSpec
from sim.frames import WorldFrame
from sim.gb20999 import Gb20999Controller, checksum
from sim.signal import lamps_at
from sim.signals import load
from tests.hw import replay
from tests.hw.fed import BEGIN_NS, MS, NS, TCP, UDP

LOGS = {path.stem: path for path in replay.logs("gb20999")}
SIGNALS = load()
items = st.builds(ObjectAddress, *[st.integers(0, 255)] * 4)
some_frames = st.builds(
    ControllerFrame,
    type=st.sampled_from([0x10, 0x20, 0x21, 0x70]),
    values=st.lists(st.tuples(items, st.binary(max_size=20)), max_size=5),
    host=st.integers(0, 255),
    controller=st.integers(0, 2**32 - 1),
    crossing=st.integers(0, 255),
    sequence=st.integers(0, 255),
    version=st.sampled_from(frames.VERSIONS),
)


@pytest.mark.parametrize("path", LOGS.values(), ids=list(LOGS))
def test_golden_log(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text(encoding="utf-8")


def test_a_frame_octet_by_octet() -> None:
    frame = ControllerFrame(
        FrameType.QUERY, [(ObjectAddress(3, 3, 1, 7), b"")], host=9, controller=0x01020304, crossing=2, sequence=0xAB
    )
    body = bytes.fromhex("0013 0100 09 01020304 02 AB 10 01 01 04 03 03 01 07".replace(" ", ""))
    octets = frames.encode(frame)
    assert octets == b"\x7e" + body + checksum(body).to_bytes(2, "big") + b"\x7d"
    assert frames.parse(octets) == frame


@given(some_frames)
def test_there_and_back(frame: ControllerFrame) -> None:
    octets = frames.encode(frame)
    assert frames.parse(octets) == frame
    assert frames.crc(octets[1:-3]) == checksum(octets[1:-3])
    assert FrameStream(Counter()).feed(frames.escaped(octets)) == [octets]


@given(some_frames, st.data())
def test_a_changed_octet_is_noticed(frame: ControllerFrame, data: st.DataObject) -> None:
    octets = bytearray(frames.encode(frame))
    at = data.draw(st.integers(1, len(octets) - 2))
    octets[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Gb20999Error) as found:
        frames.parse(bytes(octets))
    assert found.value.reason in {"length", "checksum"}


@given(st.lists(some_frames, min_size=1, max_size=4), st.binary(max_size=10), st.data())
def test_a_stream_in_any_chunking(some: list[ControllerFrame], noise: bytes, data: st.DataObject) -> None:
    octets = b"".join(frames.escaped(frames.encode(frame)) for frame in some)
    stream, counters, found = bytes(each for each in noise if each != 0x7E) + octets, Counter[str](), []
    reader = FrameStream(counters)
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        found += reader.feed(stream[:cut])
        stream = stream[cut:]
    assert [frames.parse(each) for each in found] == some


class Talk:
    """A driver and the emulated controller, every 20 ms of 20 s; `lose`: replies that do not arrive."""

    def __init__(self, lose: Callable[[bytes], bool] = lambda _: False, **settings: object) -> None:
        spec = SignalSpec(
            kind="gb20999", period_ms=100, latency_ms=1, phase_ms=0, listen="127.0.0.1:1", host="127.0.0.1:2"
        )
        self.controller = Gb20999Controller("signal", spec, bench=None)  # type: ignore[arg-type]
        self.driver = Gb20999("signal", Gb20999Settings.model_validate(UDP | settings))
        self._lose = lose
        self.log: list[tuple[int, bytes]] = []
        self.asked: Counter[ObjectAddress] = Counter()

    def run(self, seconds: float, begin_s: float = 0.0) -> Iterator[tuple[float, SignalState]]:
        sends = self.driver.opened("link", BEGIN_NS)
        for step in range(round(seconds * 50)):
            now_ns = BEGIN_NS + step * 20 * MS
            cycle_s = begin_s + step / 50
            self.controller.capture(step, world(cycle_s))
            for _, query in sends:
                self.asked[frames.parse(query).values[0][0]] += 1
                for reply in self.controller.received("udp", query, now_ns):
                    if not self._lose(reply.data):
                        self.log.append((now_ns + 5 * MS, reply.data))
                        yield from self._hear(cycle_s, reply.data, now_ns + 5 * MS)
            sends = self.driver.due(now_ns + 20 * MS)

    def _hear(self, cycle_s: float, data: bytes, receipt_ns: int) -> Iterator[tuple[float, SignalState]]:
        found: list[Measurement] = self.driver.received("link", data, receipt_ns)
        for state in found:
            assert isinstance(state, SignalState)
            yield cycle_s, state


def world(cycle_s: float) -> WorldFrame:
    none, two = np.zeros(0), np.zeros((0, 2))
    whole = none.astype(int)
    return WorldFrame(0, whole, whole, two, two, none, np.zeros((0, 3)), whole, "", cycle_s % 60)


@given(st.integers(0, 59))
def test_all_lamps_as_they_are(begin_s: int) -> None:
    talk = Talk(angles_deg={2: 180})
    reports = list(talk.run(3, begin_s))
    assert len(reports) >= 4, "two rounds a second, after the question for the number of lamp groups"
    for cycle_s, state in reports:
        assert [lamp.number for lamp in state.lamps] == list(range(1, 17))
        assert 0 <= state.receipt_ns - state.stamp_ns < 200 * MS, "the age is that of the first reply"
        then = [lamps_at(SIGNALS, (cycle_s - back) % 60) for back in (0.0, 0.1, 0.2)]
        for index, lamp in enumerate(state.lamps):
            assert lamp.colour in {each[index].colour for each in then}
        assert not state.repeated
    assert talk.driver.error is None and not talk.driver.counters["unanswered"]
    assert talk.asked[frames.ObjectAddress(3, 1, 0, 0)] == 1


def is_lamp(number: int) -> Callable[[bytes], bool]:
    return lambda reply: frames.parse(reply).values[0][0] == ObjectAddress(3, 3, 1, number)


def test_a_lamp_group_without_an_answer_is_missing_and_named() -> None:
    talk = Talk(lose=is_lamp(3))
    reports = [state for _, state in talk.run(4)]
    assert len(reports) >= 5
    assert all({lamp.number for lamp in state.lamps} == {*range(1, 17)} - {3} for state in reports)
    assert talk.driver.error == "lamp groups without an answer: 3"


def test_a_lamp_group_that_is_not_there_is_refused_and_named() -> None:
    talk = Talk(groups=[1, 2, 40])
    reports = [state for _, state in talk.run(3)]
    assert [lamp.number for lamp in reports[-1].lamps] == [1, 2]
    assert talk.driver.error == "the controller refuses object 3.3.1.40 (code 30)"
    assert talk.asked[ObjectAddress(3, 3, 1, 40)] == 1, "what is refused is not asked for again"


def test_a_controller_that_hangs_is_no_sign_of_life() -> None:
    talk = Talk()
    assert not any(state.repeated for _, state in talk.run(3))
    talk.controller.fault = "hung"
    states = [state for _, state in talk.run(9)]
    assert [state.repeated for state in states[:8]] == 8 * [False]
    assert states[-1].repeated, "the time of its stage stands for more than 5 s"


def test_frames_of_others() -> None:
    driver = Gb20999("signal", Gb20999Settings.model_validate(UDP))
    driver.opened("link", BEGIN_NS)
    beat = frames.encode(ControllerFrame(FrameType.HEARTBEAT, [], 5, 0, 1, 1))
    other = frames.encode(ControllerFrame(FrameType.QUERY_REPLY, [(ObjectAddress(3, 3, 1, 1), b"\x20")], 5, 0, 1, 1))
    newer = frames.encode(ControllerFrame(FrameType.QUERY_REPLY, [], 5, 0, 1, 1, version=0x0300))
    for data in (beat, other, newer, b"GET / HTTP/1.1", beat[:-1] + b"\x00", b""):
        assert driver.received("link", data, BEGIN_NS + NS) == [], "a state that was not asked for is not believed"
    counted = dict(driver.counters)
    assert counted == {"unused": 1, "version": 1, "length": 3}
    assert all(driver.explain(reason, b"") for reason in ("version", "length", "checksum", "values"))


def test_queries_are_escaped_on_streams_only() -> None:
    for way, ends in ((UDP, False), (TCP, True)):
        driver = Gb20999("signal", Gb20999Settings.model_validate(way | {"controller": 0x7E7D5C00}))
        ((_, query),) = driver.opened("link", BEGIN_NS)
        assert (b"\x5c\x7e\x5c\x7d\x5c\x5c" in query) is ends
    assert isinstance(driver.counters, Intake)
