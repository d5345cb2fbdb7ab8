"""RTSP through OpenCV's own client: pictures, a broken connection, a camera that hangs; a device that is not there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from rsu.site.video import SourceSettings
from rsu.video import capture
from rsu.video.source import LONGEST_WAIT_S, Mailbox, Shot, SourceReader
from sim.video.rtp import FRAGMENT, H264, Jpeg, access_units, is_key
from sim.video.rtsp import RtspServer
from tests.rsu.video.films import film, needs_ffmpeg, number_of

ENCODER = "-c:v libx264 -pix_fmt yuv420p -tune zerolatency"
COLOUR = (60, 120, 180)


def jpeg(width: int = 320, height: int = 240) -> bytes:
    noise = np.random.default_rng(1).normal(COLOUR, 4, (height, width, 3))
    return cv2.imencode(".jpg", np.clip(noise, 0, 255).astype(np.uint8))[1].tobytes()


@pytest.fixture
def server() -> Iterator[RtspServer]:
    made = RtspServer(("127.0.0.1", 0))
    yield made
    made.close()


@pytest.fixture
def reader(server: RtspServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SourceReader, Mailbox]]:
    monkeypatch.setattr(capture, "OPEN_MS", 600)
    monkeypatch.setattr(capture, "READ_MS", 600)
    box = Mailbox()
    made = SourceReader(SourceSettings(stream=f"rtsp://127.0.0.1:{server.port}/stream", latency_ms=50), box)
    made.start()
    yield made, box
    made.stop()
    server.close()
    made.join(10)
    assert not made.is_alive(), "a hung camera keeps the process"


def picture(server: RtspServer, box: Mailbox) -> Shot | None:
    """Send pictures until one arrives; time for two openings, each with the longest wait before it."""
    deadline = time.monotonic() + 2 * (capture.OPEN_MS / 1000 + LONGEST_WAIT_S)
    while time.monotonic() < deadline:
        server.send(jpeg(), time.time_ns())
        if (shot := box.take(0.04)) is not None:
            return shot
    return None


def test_pictures_come_and_come_again(server: RtspServer, reader: tuple[SourceReader, Mailbox]) -> None:
    thread, box = reader
    shot = picture(server, box)
    assert shot is not None and shot.data.ndim == 1, "packed"
    shown = shot.picture()
    assert shown is not None and shown.shape == (240, 320, 3)
    np.testing.assert_allclose(shown.mean(axis=(0, 1)), COLOUR, atol=2)
    server.cut()
    time.sleep(0.3)
    box.take(0)
    assert picture(server, box) is not None, "opened again"
    server.mute = True
    deadline = time.monotonic() + 10
    while thread.error is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert thread.error, "silence is told"
    server.mute = False
    server.cut()
    box.take(0)
    assert picture(server, box) is not None


@needs_ffmpeg
@pytest.mark.parametrize("announced", [True, False])
def test_a_long_group_of_pictures_keeps_its_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, announced: bool
) -> None:
    """The first picture comes with the next key picture, though a silence of that length would end the stream."""
    monkeypatch.setattr(capture, "READ_MS", 400)
    options = f"{ENCODER} -x264-params keyint=15:min-keyint=15:scenecut=0:aud=1"
    stream = film(tmp_path / "film.h264", options, count=18).read_bytes()
    units = access_units(stream)
    assert [is_key(unit) for unit in units] == [number % 15 == 0 for number in range(18)]
    server, box = RtspServer(("127.0.0.1", 0), H264(units[0] if announced else b"")), Mailbox()
    reader = SourceReader(SourceSettings(stream=f"rtsp://127.0.0.1:{server.port}/stream"), box)
    reader.start()
    told, seen = set(), []
    for number in range(1, 100):  # 1.5 s a group, just after a key picture
        server.send(units[number % 15], time.time_ns())
        told.add(reader.error)
        if (shot := box.take(0.1)) is not None:
            seen.append(number_of(np.asarray(shot.picture(), dtype=np.uint8)))
        if len(seen) == 8:
            break
    reader.stop()
    server.close()
    reader.join(10)
    assert not announced or any("key picture" in words for words in told if words)
    assert len(seen) == 8 and -1 not in seen, "whole pictures: what came before the key picture is left out"
    assert server.connections <= (1 if announced else 3)


def test_nal_units_of_any_length_are_carried_whole() -> None:
    """RFC 6184, 5.6 and 5.8: whole where short, else in fragments with start and end marked."""
    short, long = bytes([0x67, 1, 2, 3]), bytes([0x65]) + bytes(range(1, 251)) * 12
    parts = H264(b"").packets(b"\0\0\0\1" + short + b"\0\0\1" + long, 65_535, 90_000)
    assert parts[0][12:] == short and [part[1] >> 7 for part in parts] == [0, 0, 0, 1]
    assert [int.from_bytes(part[2:4]) for part in parts] == [65_535, 0, 1, 2]
    assert [(part[12], part[13]) for part in parts[1:]] == [(0x7C, 0x85), (0x7C, 0x05), (0x7C, 0x45)]
    assert bytes([parts[1][12] & 0xE0 | parts[1][13] & 31]) + b"".join(part[14:] for part in parts[1:]) == long


def test_a_picture_is_cut_into_packets() -> None:
    """RFC 2435: offsets follow on, the last packet is marked, the first one holds the tables."""
    parts = Jpeg().packets(jpeg(640, 480), 65_534, 90_000)
    assert [int.from_bytes(part[2:4]) for part in parts[:4]] == [65_534, 65_535, 0, 1]
    assert [int.from_bytes(part[13:16]) for part in parts] == [n * FRAGMENT for n in range(len(parts))]
    assert [part[1] >> 7 for part in parts] == [0] * (len(parts) - 1) + [1]
    assert parts[0][17:20] == bytes([255, 80, 60]) and int.from_bytes(parts[0][22:24]) == 128


def test_a_device_that_is_not_there_is_named() -> None:
    reader = SourceReader(SourceSettings(device="/dev/video-of-nobody"), Mailbox())
    reader.start()
    deadline = time.monotonic() + 5
    while reader.error == "not opened yet" and time.monotonic() < deadline:
        time.sleep(0.01)
    reader.stop()
    reader.join(5)
    assert reader.error == "there is no /dev/video-of-nobody"
