"""A device is ok only if it is understood: what it says is accepted, lives, and is all there; else it says why not."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest

from hw import video
from hw.radar.ti_frames import LAYOUTS, TLV_HEADER, Table, TiFrame, encode
from hw.radar.ti_types import STATS, TARGETS
from tests.hw.fed import BEGIN_NS, MS, NS, RADAR, SERIAL, TCP, TICK_NS, UDP, Fed

Say = Callable[[int], bytes]  # tick -> bytes
CHANCE = random.Random(1)
DEEP = b"[" * 1000 + b"]" * 1000


def car(number: int, tick: int, noise: random.Random = CHANCE) -> dict[str, Any]:
    """Return a car that drives towards the camera."""
    place = [60.0 - 0.8 * tick / 10 + 8 * number + noise.gauss(0, 0.05), 3.0 + noise.gauss(0, 0.05)]
    return {"id": number, "class": "car", "confidence": 0.9, "position": [round(x, 2) for x in place]}


def line(tick: int, objects: object, **others: object) -> bytes:
    utc_ms = (BEGIN_NS + tick * TICK_NS) / 1e6 + 40
    frame = {"v": 1, "camera": "n", "seq": tick, "time": utc_ms, "objects": objects} | others
    return json.dumps(frame).encode() + b"\n"


def targets(number: int, tick: int) -> Table:
    rows = np.zeros(number, LAYOUTS[TARGETS])
    rows["tid"], rows["confidence"], rows["g"] = np.arange(number), 0.9, 3.0
    rows["position"] = [[4.0 * n, 20.0 + 0.5 * tick + CHANCE.gauss(0, 0.1), -5.0] for n in range(number)]
    rows["velocity"][:, 1] = 5.0 + CHANCE.gauss(0, 0.1)
    rows["ec"] = np.diag([0.09, 0.01, 0.01, 0.01])
    return rows


def radar_frame(tick: int, *others: bytes, rows: Table | None = None) -> bytes:
    """Return a frame with statistics, and with a target list and TLVs of other kinds."""
    tlvs = {STATS: np.zeros(1, LAYOUTS[STATS])} | ({} if rows is None else {TARGETS: rows})
    return encode(TiFrame(tick + 1, 0, tlvs, others={1 << 20 | n: other for n, other in enumerate(others)}))


def tlv(kind: int, payload: bytes) -> bytes:
    return TLV_HEADER.pack(kind, len(payload)) + payload


def records(count: int, size: int) -> bytes:
    """Return target records of another firmware: number, then coordinates and speeds."""
    rows = np.zeros((count, size // 4), "<f4")
    rows[:, 1:7] = [[3.0 * n, 20.0, 1.0, 0.5, 5.0, 0.1] for n in range(count)]
    rows.view("<u4")[:, 0] = np.arange(1, count + 1)
    return rows.tobytes()


def noise(size: int) -> Say:
    return lambda tick: random.Random(tick).randbytes(size)


def run(fed: Fed, say: Say, seconds: float, port: str = "link") -> list[str]:
    """Let a device speak for some seconds; return its states."""
    states = []
    for tick in range(round(seconds * 10)):
        fed.hear(say(tick), port)
        states.append(fed.health().state)
    return states


CAMERA, RADAR_DATA = ("camera-json", TCP, "link"), ("ti-mmwave", RADAR, "data")
HTTP = b"HTTP/1.1 400 Bad Request\r\nServer: x\r\nContent-Type: text/html\r\n\r\n<html><body>400</body></html>\r\n"
BOXES = [{"cls": 2, "bbox": [1, 2, 30, 40], "score": 0.5}]


@pytest.mark.parametrize(
    ("device", "say", "cause"),
    [
        (CAMERA, lambda t: b'{"frame": 1, "detections": [{"x": 1}]}\n', "without `v`, `seq`, `time`, `objects`"),
        (CAMERA, lambda t: b'[{"x": 1}]\n', "JSON, but no object"),
        (CAMERA, lambda t: line(t, BOXES), "objects without `position` or `box`, with `cls`, `bbox`, `score`"),
        (CAMERA, lambda t: line(t, [car(1, t)], v=2), "`$.v`"),
        (CAMERA, lambda t: line(t, [car(1, t)], time="now"), "`$.time`"),
        (CAMERA, lambda t: line(t, [{"position": ["1", "2"]}]), "`$.position"),
        (CAMERA, lambda t: line(t, [{"position": [float("nan"), 2]}]), "damaged"),
        (CAMERA, lambda t: line(t, [{"position": [float("inf"), 2]}]), "damaged"),
        (CAMERA, lambda t: line(t, [{"position": [5000, 2]}]), "cannot be on a road"),
        (CAMERA, lambda t: line(t, "none"), "`$.objects`"),
        (CAMERA, lambda t: line(0, [car(1, t)]), "number that stands still"),
        (CAMERA, lambda t: HTTP, "looks like HTTP"),
        (CAMERA, lambda t: b"SSH-2.0-OpenSSH_9.2\r\n", "SSH"),
        (CAMERA, lambda t: b"\x16\x03\x03\x00\x05hello" * 20, "TLS"),
        (CAMERA, lambda t: DEEP + b"\n", "nested"),
        (CAMERA, lambda t: line(t, [])[:-3] + DEEP + b"]}\n", "nested"),
        (CAMERA, lambda t: b"x" * 500_000, "no line feed"),
        (CAMERA, lambda t: b"abc", "text of another kind"),
        (CAMERA, noise(300), "binary data"),
        (("camera-json", SERIAL, "link"), noise(300), "another baud rate than 115200"),
        (("gnss", SERIAL, "link"), noise(300), "another baud rate than 115200"),
        (("gnss", SERIAL, "link"), lambda t: b"AT+CSQ\r\nOK\r\n", "text of another kind"),
        (("gnss", SERIAL, "link"), lambda t: bytes(40), "one level"),
        (("gat1743", UDP, "link"), lambda t: b"\x7e\x01\x02hello\x7e", "binary data"),
        (("gat1743", UDP, "link"), lambda t: HTTP, "looks like HTTP"),
        (("radio-agent", UDP, "link"), noise(60), "binary data"),
        (("video", {}, "pictures"), noise(60), "binary data"),
        (RADAR_DATA, noise(900), "another baud rate than 921600"),
        (RADAR_DATA, lambda t: radar_frame(t, tlv(308, records(3, 68))), "TLV 308 of 204 octets is no whole"),
        (RADAR_DATA, lambda t: radar_frame(t, tlv(10, records(3, 40))), "TLV 10: targets of the area scanner"),
        (RADAR_DATA, lambda t: radar_frame(t, tlv(4711, records(3, 112))), "TLV 4711"),
        (RADAR_DATA, lambda t: radar_frame(t, tlv(TARGETS, records(3, 68))), "204 octets is no whole number"),
        (RADAR_DATA, lambda t: radar_frame(t, tlv(TARGETS, records(14, 40))), "make no sense"),
        (RADAR_DATA, lambda t: radar_frame(t, tlv(TARGETS, records(4, 56))), "make no sense"),
        (RADAR_DATA, lambda t: radar_frame(t, tlv(TARGETS, records(7, 128))), "make no sense"),
        (RADAR_DATA, lambda t: encode(TiFrame(t + 1, 0, {})), "header and nothing else"),
        (RADAR_DATA, lambda t: line(t, [car(1, t)]), "JSON"),
        (RADAR_DATA, lambda t: b"$GNGGA,120000.00,2232.58,N,11403.47,E,4,12,0.6,10.0,M,-3.0,M,,*7A\r\n", "NMEA"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named_and_measures_nothing(
    device: tuple[str, dict[str, Any], str], say: Say, cause: str
) -> None:
    kind, settings, port = device
    fed = Fed(kind, settings)
    found = [one for tick in range(40) for one in fed.hear(say(tick), port)]
    health = fed.health()
    assert health.state == "not-understood" and health.is_lost
    assert health.error is not None and cause in health.error, health.error
    assert all(each.count > 0 and len(each.octets) <= 96 and each.text.isprintable() for each in health.refused)
    assert not found or (kind == "camera-json" and len(found) == 1), "an unreadable list is no empty road"


@pytest.mark.parametrize(
    ("device", "say"),
    [
        (CAMERA, lambda t: line(t, [car(1, t), car(2, t)])),
        (CAMERA, lambda t: line(t, [])),
        (CAMERA, lambda t: line(t, [car(1, t), {"class": "tram", "box": [1, 2, 3 + t, 4]}])),
        (RADAR_DATA, lambda t: radar_frame(t, rows=targets(3, t))),
        (RADAR_DATA, lambda t: radar_frame(t)),
        (RADAR_DATA, lambda t: radar_frame(t, tlv(1012, bytes(12)), rows=targets(2, t))),
        (RADAR_DATA, lambda t: radar_frame(t, tlv(4711, bytes(12)), rows=targets(2, t) if t < 20 else None)),
    ],
)
def test_what_is_understood_is_ok(device: tuple[str, dict[str, Any], str], say: Say) -> None:
    kind, settings, port = device
    states = run(Fed(kind, settings), say, 8.0, port)
    assert set(states) == {"ok"}


def frozen(tick: int) -> bytes:
    return line(tick, [car(1, 7, random.Random(3)), car(2, 7, random.Random(4))])


def loop(tick: int) -> bytes:
    """Say ten frames again and again."""
    return line(tick, [car(1, tick % 10, random.Random(tick % 10)) | {"velocity": [-8.0, 0.0]}])


@pytest.mark.parametrize(
    ("say", "within_s"),
    [
        (lambda t: frozen(t) if t > 30 else line(t, [car(1, t), car(2, t)]), 24),
        (lambda t: line(t, [car(1, 7, random.Random(3)) | {"velocity": [-8.0, 0.0]}]), 4),
        (lambda t: line(t, [car(1, 7, random.Random(3)) | {"id": t}]), 21),
        (loop, 6),
    ],
)
def test_content_that_stands_still_is_named_and_not_used(say: Say, within_s: float) -> None:
    fed = Fed("camera-json", TCP)
    assert run(fed, say, within_s)[-1] == "frozen"
    assert "the same content" in (fed.health().error or "") and fed.health().counters["frozen"] > 0
    assert not fed.hear(say(round(within_s * 10)))
    lives = [fed.hear(line(tick, [car(5, tick)])) for tick in range(1000, 1030)]
    assert len(lives[1]) == 1 and fed.health().state == "ok"


@pytest.mark.parametrize(
    "say",
    [
        lambda t: line(t, []),
        lambda t: line(t, [{"class": "car", "position": [30 + round(CHANCE.gauss(0, 0.05), 1), 3.0]}]),
        lambda t: line(t, [{"class": "car", "position": [30, 3.0]}] if t % 150 else []),  # parked, seen without noise
        lambda t: line(t, [car(1, t // 2 * 2, random.Random(t // 2))]),  # every content twice
    ],
)
def test_an_empty_road_and_parked_cars_are_no_standstill(say: Say) -> None:
    assert set(run(Fed("camera-json", TCP), say, 60)) == {"ok"}


def test_a_radar_that_repeats_its_targets_is_frozen() -> None:
    rows = targets(3, 0)
    assert run(Fed("ti-mmwave", RADAR), lambda t: radar_frame(t, rows=rows), 5, "data")[-1] == "frozen"


def ghosts(tick: int) -> list[dict[str, Any]]:
    chance = random.Random(tick)
    places = [[chance.uniform(5, 95), chance.uniform(-40, 40)] for _ in range(60)]
    return [{"class": "car", "position": place, "velocity": [chance.gauss(0, 8), 0.0]} for place in places]


def test_a_storm_of_ghosts_is_named_and_not_used() -> None:
    fed = Fed("camera-json", TCP)
    states = run(fed, lambda t: line(t, ghosts(t)), 3)
    assert states[-1] == "degraded" and "ghosts" in (fed.health().error or "")
    assert not fed.hear(line(99, ghosts(99)))


def test_fast_traffic_is_no_storm() -> None:
    def say(tick: int) -> bytes:
        places = [((7.0 * n + 3.4 * tick) % 200, 3.5 * (n % 4)) for n in range(28)]  # 122 km/h
        return line(tick, [{"position": [x + CHANCE.gauss(0, 0.4), y]} for x, y in places])

    assert set(run(Fed("camera-json", TCP), say, 5)) == {"ok"}


def test_a_crowd_that_walks_is_no_storm() -> None:
    places = [(10 + 1.5 * n, 1.2 * (n % 7)) for n in range(40)]

    def say(tick: int) -> bytes:
        return line(
            tick, [{"class": "pedestrian", "position": [x + CHANCE.gauss(0, 0.3) + tick / 8, y]} for x, y in places]
        )

    assert set(run(Fed("camera-json", TCP), say, 5)) == {"ok"}


def test_a_flood_of_objects_is_named_and_not_used() -> None:
    fed = Fed("camera-json", TCP)
    places = [(5 + n % 16 * 5, n // 16 * 2 - 16) for n in range(256)]

    def say(tick: int) -> bytes:
        return line(tick, [{"position": [x + CHANCE.gauss(0, 0.1), y + CHANCE.gauss(0, 0.1)]} for x, y in places])

    states = run(fed, say, 2)
    assert states[-1] == "degraded" and "more than 128" in (fed.health().error or "")
    assert fed.hear(say(20)) == [] and fed.health().counters["flood"] == 21 * 256


def test_objects_that_are_nowhere_or_twice_cost_only_themselves() -> None:
    fed = Fed("camera-json", TCP)
    nowhere, there = {"class": "car", "position": [0, 0]}, {"class": "car", "position": [9, 9]}
    [scan] = fed.hear(line(0, [car(1, 0), nowhere, car(2, 0), there, there | {"id": 7}]))
    assert len(scan.kind) == 3  # type: ignore[attr-defined]
    assert (fed.health().counters["zero"], fed.health().counters["twin"]) == (1, 1)
    assert fed.hear(line(1, [nowhere] * 3)) == [], "all nowhere: not an empty road"


@pytest.mark.parametrize(("hz", "state"), [(10, "ok"), (6, "ok"), (4, "degraded"), (1, "degraded")])
def test_less_than_half_of_the_expected_rate_is_a_fault(hz: float, state: str) -> None:
    fed = Fed("camera-json", TCP)
    for tick in range(round(10 * hz)):
        fed.hear(line(tick, [car(1, tick)], time=(fed.now_ns + NS / hz) / 1e6), after_ns=round(NS / hz))
    assert fed.health().state == state
    assert state == "ok" or f"{hz:.1f} of 10 measurements a second" in (fed.health().error or "")
    slow = Fed("camera-json", TCP | {"rate_hz": 1.0})
    for tick in range(10):
        slow.hear(line(tick, [car(1, tick)], time=(slow.now_ns + NS) / 1e6), after_ns=NS)
    assert slow.health().state == "ok"


@pytest.mark.parametrize(("share", "state"), [(10, "ok"), (3, "degraded")])
def test_many_refused_lines_among_good_ones_degrade(share: int, state: str) -> None:
    fed = Fed("camera-json", TCP)
    assert run(fed, lambda t: line(t, [car(1, t)]) + (b"{}\n" if t % share == 0 else b""), 5)[-1] == state
    assert state == "ok" or "messages refused: JSON without `v`" in (fed.health().error or "")


def test_it_is_ok_again_with_what_is_understood_and_remembers_what_was_not() -> None:
    fed = Fed("camera-json", TCP)
    assert run(fed, lambda t: HTTP, 4)[-1] == "not-understood"
    states = run(fed, lambda t: line(t + 40, [car(1, t)]), 4)
    assert states[0] == "degraded" and states[-1] == "ok"
    (refused,) = fed.health().refused
    assert (refused.reason, refused.cause) == ("line", "looks like HTTP: the port is that of a web server")
    assert fed.health().error is None


def test_a_camera_that_says_why_it_is_blind_is_understood() -> None:
    fed, number = Fed("video", {}), count(1)
    shapes = {"kind": 0, "confidence": 0, "position": (0, 2), "covariance": (0, 2, 2), "size": (0, 3), "box": (0, 4)}
    nobody = {name: np.zeros(shape) for name, shape in shapes.items()}

    def say(state: int) -> bytes:
        return video.encode(
            video.VideoView(stamp_ns=fed.now_ns, sequence=next(number), state=state, words="why", **nobody)
        )

    states = run(fed, lambda t: say(2), 5, "pictures")
    assert set(states) == {"blind"} and fed.health().error == "too dark or covered: why"
    assert run(fed, lambda t: say(0), 5, "pictures")[-1] == "ok"


@pytest.mark.parametrize(
    ("off_s", "words"), [(-30, "its clock is behind"), (2, "its clock is ahead"), (0, None), (None, "stands still")]
)
def test_a_clock_that_is_not_believed_is_named(off_s: float | None, words: str | None) -> None:
    fed = Fed("camera-json", TCP)

    def say(tick: int) -> bytes:
        utc_ns = BEGIN_NS if off_s is None else fed.now_ns + round(off_s * NS) + 40 * MS
        return line(tick, [car(1, tick)], time=utc_ns / 1e6)

    assert run(fed, say, 8)[-1] == "ok"
    error = fed.health().error
    assert error is None if words is None else error is not None and words in error


def floods() -> Iterator[tuple[str, str, dict[str, Any], bytes]]:
    """Yield what takes the longest to refuse: kind, port, settings, 64 KiB."""
    for chunk in (b"\n", b"{}\n", b"[", b'{"objects":[', b'{"v":1,"seq":1,"time":1,"objects":[{}]}\n'):
        yield "camera-json", "link", TCP, chunk
    for chunk in (bytes.fromhex("0201040306050807"), b"\x02", encode(TiFrame(1, 0, {}))):
        yield "ti-mmwave", "data", RADAR, chunk
    for chunk in (b"$", b"\xb5\x62", b"\xd3\x00\x00", b"$GNRMC,", b"\xb5\x62\x01\x07\xff\x0f"):
        yield "gnss", "link", SERIAL, chunk
    yield "gat1743", "link", UDP, b"\xc0\xdb"


@pytest.mark.parametrize(("kind", "port", "settings", "chunk"), list(floods()))
def test_a_flood_of_rubbish_is_survived(kind: str, port: str, settings: dict[str, Any], chunk: bytes) -> None:
    fed = Fed(kind, settings)
    for _ in range(30):
        assert not fed.hear(chunk * (65536 // len(chunk)), port) or kind == "ti-mmwave"
    assert fed.health().state == "not-understood"
