"""A device is ok only if it is understood: its data are accepted, change, and are complete; else it says why not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest

from hw import video
from hw.radar.ti_frames import TLV_HEADER, TiFrame, encode
from hw.radar.ti_types import TARGETS
from tests.hw.fed import BEGIN_NS, MS, NS, RADAR, SERIAL, TCP, UDP, Fed
from tests.hw.says import Say, car, line, noise, radar_frame, run, targets

DEEP = b"[" * 1000 + b"]" * 1000


def tlv(kind: int, payload: bytes) -> bytes:
    return TLV_HEADER.pack(kind, len(payload)) + payload


def records(count: int, size: int) -> bytes:
    """Return target records of another firmware: number, then coordinates and speeds."""
    rows = np.zeros((count, size // 4), "<f4")
    rows[:, 1:7] = [[3.0 * n, 20.0, 1.0, 0.5, 5.0, 0.1] for n in range(count)]
    rows.view("<u4")[:, 0] = np.arange(1, count + 1)
    return rows.tobytes()


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
    shapes = {
        "kind": 0,
        "confidence": 0,
        "position_m": (0, 2),
        "covariance_m2": (0, 2, 2),
        "size_m": (0, 3),
        "box_px": (0, 4),
        "number": 0,
    }
    nobody = {name: np.zeros(shape) for name, shape in shapes.items()}

    def say(state: int) -> bytes:
        return video.encode(
            video.VideoView(stamp_ns=fed.now_ns, sequence=next(number), state=state, words="why", **nobody)
        )

    states = run(fed, lambda t: say(2), 5, "pictures")
    assert set(states) == {"blind"} and fed.health().error == "too dark or covered: why"
    assert run(fed, lambda t: say(0), 5, "pictures")[-1] == "ok"


@pytest.mark.parametrize(
    ("off_s", "code"),
    [(-30, "device-clock-behind"), (2, "device-clock-ahead"), (0, None), (None, "device-clock-stuck")],
)
def test_a_clock_that_is_not_believed_is_named(off_s: float | None, code: str | None) -> None:
    fed = Fed("camera-json", TCP)

    def say(tick: int) -> bytes:
        utc_ns = BEGIN_NS if off_s is None else fed.now_ns + round(off_s * NS) + 40 * MS
        return line(tick, [car(1, tick)], time=utc_ns / 1e6)

    assert run(fed, say, 8)[-1] == "ok"
    assert [each.code for each in fed.health().alarms] == ([] if code is None else [code])


def floods() -> Iterator[tuple[str, str, dict[str, Any], bytes]]:
    """Yield the inputs that take the longest to refuse: kind, port, settings, 64 KiB."""
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


def test_a_rate_about_the_limit_does_not_flicker() -> None:
    fed = Fed("camera-json", TCP)
    states = []
    for tick in range(300):
        hz = 4.4 if tick // 15 % 2 else 5.6  # now a little less than half, now a little more
        fed.hear(line(tick, [car(1, tick)], time=(fed.now_ns + NS / hz) / 1e6), after_ns=round(NS / hz))
        states.append(fed.health().state)
    assert "degraded" in states
    assert sum(before != after for before, after in itertools.pairwise(states)) <= 2
    for tick in range(300, 350):
        fed.hear(line(tick, [car(1, tick)], time=(fed.now_ns + NS / 10) / 1e6))
    assert fed.health().state == "ok"
