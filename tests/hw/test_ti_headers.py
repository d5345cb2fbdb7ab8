"""Frames of TI radars with headers of older firmware: lists, emulator, and the hint that names the right one."""

from __future__ import annotations

import struct
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.radar.ti_frames import FrameParser
from hw.radar.ti_headers import HEADERS, recognised
from hw.radar.ti_types import POINTS, SIDE_INFO, TARGETS
from perception.objects import Detections, RoadUser
from sim import ti_layouts
from sim.bench import RadarSpec
from sim.radar import EmulatedTiRadar
from tests.hw.fed import BEGIN_NS, RADAR, Fed
from tests.hw.says import noise
from tests.sim.emul_scene import User, bench, frame


def octets_of(layout: str, number: int, *numbers: int) -> bytes:
    """Return a frame with targets of these numbers; one without them: of an empty road."""
    rows = np.zeros(len(numbers), ti_layouts.TARGET)
    rows["tid"], rows["position"], rows["velocity"] = numbers, (-2.5, 40.0, -5.0), (0.5, -8.0, 0.0)
    rows["ec"], rows["g"], rows["confidence"] = np.diag([0.09, 0.01, 0.01, 0.01]), 3.0, 0.9
    return ti_layouts.frame(layout, number, 77, {"targets": rows} if numbers else {})


EVERY = pytest.mark.parametrize("name", [*HEADERS])


@EVERY
def test_targets_of_every_header(name: str) -> None:
    octets = octets_of(name, 5, 7, 8)
    counters: Counter[str] = Counter()
    [found] = FrameParser(counters, header=HEADERS[name]).feed(octets)
    assert (found.number, found.length, found.version) == (
        5,
        len(octets),
        ti_layouts.OLDER.get(name, ti_layouts.VERSION),
    )
    targets = found.tlvs[TARGETS]
    assert targets["tid"].tolist() == [7, 8] and targets["position"][0].tolist() == [-2.5, 40.0, -5.0]
    assert targets["velocity"][0].tolist() == [0.5, -8.0, 0.0] and not counters
    assert np.isnan(targets["ec"]).all() == (name == "area")


@EVERY
@given(st.lists(st.integers(0, 700), max_size=6), st.binary(max_size=20))
def test_any_chunking(name: str, cuts: list[int], noise_: bytes) -> None:
    data = noise_ + b"".join(octets_of(name, number, 7) for number in range(3))
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    parser = FrameParser(Counter(), header=HEADERS[name])
    assert [one.number for a, b in pairwise(edges) for one in parser.feed(data[a:b])] == [0, 1, 2]


@EVERY
@pytest.mark.parametrize("other", [*HEADERS])
def test_a_frame_of_another_header_is_no_frame(name: str, other: str) -> None:
    parser = FrameParser(Counter(), header=HEADERS[name])
    found = [one for number in range(4) for one in parser.feed(octets_of(other, number, 7, 8))]
    assert (len(found) == 4) == (name == other) and len(found) in (0, 4)
    assert recognised(octets_of(other, 3, 7, 8)) == other


def test_lengths_that_lie_are_refused() -> None:
    octets = bytearray(octets_of("people", 1, 7))
    struct.pack_into("<I", octets, 52, 7)  # less than the TLV's own header
    assert FrameParser(Counter(), header=HEADERS["people"]).feed(bytes(octets)) == []


def emulator(header: str) -> EmulatedTiRadar:
    spec = bench().emulators["radar-north"]
    assert isinstance(spec, RadarSpec)
    return EmulatedTiRadar("radar-north", spec.model_copy(update={"header": header}), bench())


def told(one: EmulatedTiRadar, fed: Fed, seconds: float) -> list[Detections]:
    """Let both talk for some time."""
    users = [User(1, RoadUser.CAR, (2.0, 20.0), (0.0, 5.0))]
    found: list[Detections] = []
    for _ in range(round(seconds * 20)):
        stamp_ns = fed.now_ns + 50_000_000
        for data in fed.sent("cli"):
            for write in one.received("cli", data, fed.now_ns):
                fed.hear(write.data, "cli", 0)
        for write in one.capture(stamp_ns // 50_000_000, frame(users, stamp_ns, BEGIN_NS)):
            fresh = fed.hear(write.data, "data", max(stamp_ns - fed.now_ns, 0))
            found += [each for each in fresh if isinstance(each, Detections)]
        fed.now_ns = stamp_ns
        fed.device.tick(stamp_ns)
    return found


@pytest.mark.parametrize("name", ["area", "traffic", "people"])
def test_a_radar_of_older_firmware_is_understood_with_its_header_alone(name: str) -> None:
    fed = Fed("ti-mmwave", {**RADAR, "header": name})
    found = told(emulator(name), fed, 8)
    assert fed.health().state == "ok", fed.health()
    seconds = (found[-1].stamp_ns - BEGIN_NS) / 1e9
    places = [one.position_m for one in found[-5:] if len(one.position_m)]
    assert places and min(abs(places[-1][:, 0] - (42.0 + 5 * seconds))) < 2.0, places
    wrong = Fed("ti-mmwave", RADAR)
    told(emulator(name), wrong, 8)
    assert wrong.health().state == "not-understood"
    assert f"set `header: {name}`" in str(wrong.health().error), wrong.health()


SPHERE = struct.pack("<4f", 20.0, np.pi / 6, 0.0, -3.0)
COMPRESSED = struct.pack("<5f2b h2H", 0.01, 0.01, 0.00028, 0.00025, 0.04, 0, 52, -10_000, 65_000, 2500)


@pytest.mark.parametrize(
    ("name", "kind", "payload", "place", "doppler", "snr"),
    [
        ("traffic", 6, SPHERE, (10.0, 17.32, 0.0), -3.0, None),
        ("sdk3", 1000, SPHERE, (10.0, 17.32, 0.0), -3.0, None),
        ("people", 6, COMPRESSED, (8.075, 14.103, 0.0), -2.8, 200),
        ("sdk3", 1020, COMPRESSED, (8.075, 14.103, 0.0), -2.8, 200),
    ],
)
def test_points_in_angles(
    name: str, kind: int, payload: bytes, place: tuple[float, ...], doppler: float, snr: int | None
) -> None:
    own = HEADERS[name].own
    data = ti_layouts.frame(name, 1, 0, {}, (ti_layouts.tlv(kind, payload, own),))
    [found] = FrameParser(Counter(), header=HEADERS[name]).feed(data)
    assert found.tlvs[POINTS]["position"][0] == pytest.approx(place, abs=1e-3)
    assert found.tlvs[POINTS]["doppler"][0] == pytest.approx(doppler)
    assert (found.tlvs[SIDE_INFO]["snr"][0] if SIDE_INFO in found.tlvs else None) == snr
    torn = ti_layouts.frame(name, 2, 0, {}, (ti_layouts.tlv(kind, payload[:-3], own),))
    counters: Counter[str] = Counter()
    [broken] = FrameParser(counters, header=HEADERS[name]).feed(torn)
    assert not broken.tlvs and counters == {"tlv-length": 1}


@EVERY
def test_noise_raises_nothing(name: str) -> None:
    parser = FrameParser(Counter(), header=HEADERS[name])
    for tick in range(50):
        parser.feed(bytes.fromhex("0201040306050807") + noise(200)(tick))
