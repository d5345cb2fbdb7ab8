"""The driver of radars of the ACC7320 class: frames, the login, lists of targets; and with its emulator."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.radar import acc_frames as frames
from hw.radar.acc import AccRadar, AccSettings
from hw.radar.acc_frames import AccFrame
from hw.splitter import Splitter
from perception.objects import Detections, Measurement, RoadUser
from sim.acc_radar import PASSWORD, EmulatedAccRadar, framed
from sim.bench import LinkedSpec
from tests.hw import replay
from tests.hw.fed import BEGIN_NS, MS, NS, Fed
from tests.sim.emul_scene import User, bench, frame

PERIOD_NS = 100 * MS
USERS = [
    User(1, RoadUser.CAR, (0.0, 60.0), (0.0, -12.0), heading_deg=180.0),
    User(2, RoadUser.BUS, (-3.5, 20.0), (0.0, 8.0), (12.0, 2.5, 3.5)),
]
SPEC = LinkedSpec.model_validate(
    {
        "kind": "acc7320", "tcp": "127.0.0.1:1", "latency_ms": 60, "phase_ms": 0, "range_m": 250, "width_deg": 100,
        "mount": {"east_m": 0.0, "north_m": 0.0, "height_m": 5.0},
    }
)  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, object]:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    return {**replay.SETTINGS["acc7320"], "password_file": file}


def driver(**settings: object) -> AccRadar:
    return AccRadar("radar", AccSettings.model_validate({**replay.SETTINGS["acc7320"], **settings}))


def told(emulator: EmulatedAccRadar, fed: Fed, seconds: float) -> list[Detections]:
    """Let both talk for some time."""
    found: list[Measurement] = []
    first = fed.now_ns // PERIOD_NS + 1
    for number in range(first, first + round(seconds * 1e9 / PERIOD_NS)):
        stamp_ns = number * PERIOD_NS
        for write in emulator.capture(number, frame(USERS, stamp_ns, BEGIN_NS)):
            found += fed.hear(write.data, "link", max(stamp_ns + write.delay_ns - fed.now_ns, 0))
        fed.now_ns = max(fed.now_ns, stamp_ns + 60 * MS) + 20 * MS
        fed.device.tick(fed.now_ns)
        for data in fed.sent():
            for write in emulator.received("link", data, fed.now_ns):
                fed.hear(write.data, "link", 0)
    assert all(isinstance(one, Detections) for one in found)
    return [one for one in found if isinstance(one, Detections)]


# frames


@given(st.integers(0, 255), st.binary(max_size=200), st.lists(st.integers(0, 400), max_size=5), st.binary(max_size=9))
def test_frames_are_found_in_any_chunking(kind: int, content: bytes, cuts: list[int], noise: bytes) -> None:
    frame_ = AccFrame(kind, content)
    octets = frames.encode(frame_)
    assert octets == framed(kind, content, 2 if kind in frames.LONG else 1)
    data = noise.replace(b"\xdb", b"") + octets * 2
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    splitter = Splitter({frames.START: frames.measure}, Counter())
    found = [frames.decode(one) for a, b in pairwise(edges) for one in splitter.feed(data[a:b], BEGIN_NS)]
    assert found == [frame_, frame_]


def test_frames_that_are_damaged_are_named() -> None:
    octets = frames.encode(AccFrame(frames.TARGETS, bytes(13)))
    assert frames.measure(octets) == len(octets) and frames.measure(octets[:9]) == 0
    assert frames.measure(octets[:6] + b"\x01" + octets[7:]) == "checksum"
    assert frames.measure(octets[:6] + octets[7:]) == "length"
    assert frames.measure(octets[:6] + octets) == "torn"
    assert frames.measure(b"\xdb" + bytes(frames.LONGEST)) == "length"


def test_the_frames_of_the_login_have_the_lengths_of_the_document() -> None:
    lengths = {frames.ASK: (b"", 5), frames.NONCE: (bytes(8) + b"sha256", 0x13), frames.ANSWER: (bytes(32), 0x25)}
    for kind, (content, length) in (lengths | {frames.RESULT: (bytes(4), 9)}).items():
        octets = frames.encode(AccFrame(kind, content))
        assert octets[2] == length == len(octets)
    assert len(frames.encode(AccFrame(frames.TARGETS, bytes(13 + 40)))) == 19 + 40


def test_a_target_of_the_document() -> None:
    row = bytes.fromhex("00000007" + "ffdd" + "0190" + "ef20" + "0000" + "0000" + "0000" + "02" + "0064" + "62")
    content = bytes.fromhex("00000001" + "000001a203030000" + "05") + row
    time_ms, number, [one] = frames.targets(content)
    assert (time_ms, number, one.id, one.kind, one.is_measured) == (0x1A203030000, 5, 7, RoadUser.TRUCK, True)
    assert (one.lateral_m, one.along_m, one.along_mps) == pytest.approx((-3.5, 40.0, -12.0))


# the login


def test_the_digest_takes_octets_or_text_in_its_later_rounds() -> None:
    first = hashlib.sha256(b"u:p:" + bytes(8)).digest()
    octets, text = first, first
    for _ in range(999):
        octets, text = hashlib.sha256(octets).digest(), hashlib.sha256(text.hex().encode()).digest()
    assert frames.digest("u", "p", bytes(8), as_text=False) == octets
    assert frames.digest("u", "p", bytes(8), as_text=True) == text


@pytest.mark.parametrize(
    ("frame_", "words", "again_s"),
    [
        (AccFrame(frames.RESULT, bytes([1, 3, 0, 0])), "the radar refuses user and password, 3 times so far", 60),
        (AccFrame(frames.RESULT, b"\1"), "the radar refuses user and password, 1 times so far", 60),
        (AccFrame(frames.RESULT, bytes([2, 5, 1, 44])), "locked this address for 300 s after wrong logins", 300),
        (AccFrame(frames.CROWDED, b""), "the radar serves as many clients as it can already", 60),
    ],
)
def test_a_refused_login_is_said_and_not_tried_again_too_soon(frame_: AccFrame, words: str, again_s: int) -> None:
    one = driver()
    ask = [("link", frames.encode(AccFrame(frames.ASK, b"")))]
    assert one.opened("link", BEGIN_NS) == ask and one.due(BEGIN_NS) == []
    one.received("link", frames.encode(frame_), BEGIN_NS)
    assert words in str(one.error)
    assert one.opened("link", BEGIN_NS + (again_s - 1) * NS) == []
    assert one.due(BEGIN_NS + again_s * NS) == ask
    one.received("link", frames.encode(AccFrame(frames.RESULT, bytes(4))), BEGIN_NS)
    assert one.error is None


def test_a_password_file_that_is_not_there_is_found_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        driver(password_file=tmp_path / "nowhere")


# lists


def test_lists_of_another_layout_twice_or_missing_are_counted() -> None:
    one = driver()
    for number, rest in ((1, b""), (1, b""), (5, b""), (6, bytes(3))):
        one.received("link", frames.encode(AccFrame(frames.TARGETS, bytes(12) + bytes([number]) + rest)), BEGIN_NS)
    assert (one.counters["duplicate"], one.counters["gap"], one.counters["targets"]) == (1, 3, 1)


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_no_bytes_raise(pieces: list[bytes]) -> None:
    one = driver()
    for turn, piece in enumerate(pieces):
        one.received("link", piece + frames.encode(AccFrame(piece[0] if piece else 0, piece)), BEGIN_NS + turn * MS)
        one.due(BEGIN_NS + turn * MS)


# with its emulator


def test_a_radar_lets_us_in_and_its_lists_are_the_truth(settings: dict[str, object]) -> None:
    emulator, fed = EmulatedAccRadar("r", SPEC, bench()), Fed("acc7320", settings)
    found = told(emulator, fed, 4)
    assert len(found) > 35 and fed.health().state == "ok", fed.health()
    last = next(each for each in reversed(found) if len(each.kind) == 2)
    seconds = (last.stamp_ns - BEGIN_NS) / 1e9
    order = np.argsort(last.position_m[:, 1])
    assert last.position_m[order] == pytest.approx(
        np.array([[60 - 12 * seconds, 0.0], [20 + 8 * seconds, 3.5]]), abs=1.5
    )
    assert last.velocity_mps[order] == pytest.approx(np.array([[-12.0, 0.0], [8.0, 0.0]]), abs=0.8)
    assert last.kind[order].tolist() == [RoadUser.CAR, RoadUser.TRUCK]
    assert fed.health().counters["extrapolated"] > 0


def test_a_wrong_password_is_tried_once_and_said() -> None:
    emulator, fed = EmulatedAccRadar("r", SPEC, bench()), Fed("acc7320", replay.SETTINGS["acc7320"])
    assert told(emulator, fed, 20) == []
    assert emulator._failures == 1 and fed.health().error == "the radar refuses user and password, 1 times so far"


@pytest.mark.parametrize("fault", [*EmulatedAccRadar.FAULTS])
def test_faults_are_found_and_gone(fault: str, settings: dict[str, object]) -> None:
    emulator, fed = EmulatedAccRadar("r", SPEC, bench()), Fed("acc7320", settings)
    told(emulator, fed, 3)
    emulator.fault = fault
    told(emulator, fed, 6)
    health = fed.health()
    assert fault not in ("garbage", "wrong-baud") or health.state == "not-understood", health
    assert fault != "other-layout" or health.counters["targets"] > 20
    assert fault != "stuck-clock" or health.counters["clock-past"] + health.counters["clock-stuck"] > 40
    assert fault != "logged-out" or health.error == "the radar has logged us out"
    emulator.fault = None
    told(emulator, fed, 75 if fault == "logged-out" else 12)
    assert fed.health().state == "ok", fed.health()


@pytest.mark.parametrize("path", replay.logs("acc7320"), ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()
