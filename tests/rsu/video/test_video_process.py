"""A camera's process at work: pictures over HTTP and from files, datagrams out; mistakes in site files."""

from __future__ import annotations

import contextlib
import socket
import time
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from perception.objects import RoadUser
from perception.video.sight import Sight
from rsu.core.errors import ConfigError
from rsu.daemon.processes import PROCESSES, names
from rsu.site import config
from rsu.site.video import SourceSettings, VideoSettings
from rsu.video.camera import CameraPipeline
from rsu.video.process import DatagramSender
from rsu.video.source import Mailbox, Shot, SourceReader
from sim.video.mjpeg import MjpegPort
from sim.video.picture import Painter
from tests.rsu.video.scene import LENS, MOUNT, NO_LANES, NS, SENSOR, SIZE, world

CONFIGS = Path(__file__).parents[3] / "configs"
ADDRESS = ("127.0.0.1", 0)
OUTSIDE = "image_px: [960, 540]\n      region_px: [[0, 0], [9, 9], [961, 3]]"


def jpeg(level: int, width: int = 960, height: int = 540) -> bytes:
    _, packed = cv2.imencode(".jpg", np.full((height, width, 3), level, np.uint8))
    return packed.tobytes()


def test_the_mailbox_gives_the_newest_once() -> None:
    box = Mailbox()
    for stamp in range(3):
        box.put(Shot(stamp, np.zeros((2, 2, 3), np.uint8)))
    shot = box.take(0)
    assert shot is not None and shot.stamp_ns == 2
    assert box.passed_over == 2 and box.take(0) is None


@pytest.mark.parametrize(("width", "looked_at"), [(1920, 960), (960, 480), (640, 640)])
def test_large_pictures_are_looked_at_in_half_their_size(width: int, looked_at: int) -> None:
    packed = np.frombuffer(jpeg(90, width, width // 2), np.uint8)
    plain = np.full((width // 2, width, 3), 90, np.uint8)
    for data in (packed, plain):
        picture = Shot(0, data).picture()
        assert picture is not None and picture.shape == (looked_at // 2, looked_at, 3)


def test_a_torn_picture_is_none() -> None:
    assert Shot(0, np.frombuffer(b"\xff\xd8\xff\xc0rubbish", np.uint8)).picture() is None


def test_pictures_over_http(tmp_path: Path) -> None:
    """The emulator's server into OpenCV's client: in order, stamped before they came, and again after a break."""
    server = MjpegPort(ADDRESS)
    port = server._server.getsockname()[1]
    box = Mailbox()
    reader = SourceReader(SourceSettings(stream=f"http://127.0.0.1:{port}/", latency_ms=40), box)
    reader.start()
    shot, deadline = None, time.monotonic() + 15
    while shot is None and time.monotonic() < deadline:
        for descriptor in server.descriptors():
            server.read(descriptor)
        server.write(jpeg(120))
        shot = box.take(0.05)
    reader.stop()
    server.close()
    reader.join(10)
    assert shot is not None and shot.data.ndim == 1, "packed: unpacked only where it is looked at"
    assert 0.035 <= (time.time_ns() - shot.stamp_ns) / 1e9 < 5
    picture = shot.picture()
    assert picture is not None and abs(float(picture.mean()) - 120) < 2


def test_a_file_comes_at_its_own_pace(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (320, 240))
    for level in range(5):
        writer.write(np.full((240, 320, 3), 40 * level, np.uint8))
    writer.release()
    box = Mailbox()
    reader = SourceReader(SourceSettings.model_validate({"file": path}), box)
    reader.start()
    shots = [shot for _ in range(4) if (shot := box.take(5.0)) is not None]
    reader.stop()
    reader.join(10)
    stamps = [shot.stamp_ns for shot in shots]
    # a slow machine may miss some: steps are whole picture times, but where the film begins again
    assert len(stamps) == 4 and any((after - before) % (NS // 25) == 0 for before, after in pairwise(stamps))


def test_a_picture_becomes_a_datagram(tmp_path: Path) -> None:
    painter = Painter(LENS, MOUNT, *SIZE)
    settings = VideoSettings.model_validate(
        {"source": {"stream": "http://127.0.0.1/", "rate_hz": 10}, "image_px": SIZE, "motion": {"warm_up_s": 0.3}}
    )
    camera = CameraPipeline(settings, SENSOR, NO_LANES)
    sights = []
    for number in range(6):
        users = [(RoadUser.CAR, 30.0, 3.0, 0.0)] if number == 5 else []
        shot = Shot(number * NS // 10, painter.paint(world(0, *users), number))
        picture = shot.picture()
        assert picture is not None
        glance = camera.look(picture, shot.stamp_ns)
        sights.append(glance.sight)
    assert sights == [Sight.LEARNING] * 3 + [Sight.SEES] * 3
    assert glance.bodies is not None and len(glance.bodies.position_m) == 1
    assert glance.doubtful
    data = camera.datagram(camera.view(shot, None))
    assert data[:4] == b"RSUV" and data[5] == 0x80  # sees, but may be wrong: the road is new to it


def test_sending_to_nobody_never_waits(tmp_path: Path) -> None:
    began = time.monotonic()
    with contextlib.closing(DatagramSender(tmp_path / "nobody")) as sender:
        sender.send(b"x")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hung:  # bound, and never read
        hung.bind(str(tmp_path / "hung"))
        with contextlib.closing(DatagramSender(tmp_path / "hung")) as sender:
            for _ in range(2000):
                sender.send(bytes(1000))
    assert time.monotonic() - began < 20, "it would still be waiting"


def test_each_camera_has_its_process() -> None:
    site = config.load(CONFIGS / "demo.yaml").site
    assert set(names(site)) - set(PROCESSES) == {"video.video-north"}


@pytest.mark.parametrize(
    ("old", "new", "place", "text"),
    [
        ("stream: \"http://127.0.0.1:27051/\"", "stream: \"htp://x\"", "video.source.stream", "expected rtsp://"),
        ("stream: \"http://127.0.0.1:27051/\", ", "", "video.source", "exactly one of stream, device, file"),
        ("image_px: [960, 540]", "image_px: [960, 5]", "image_px", "greater than or equal to 64"),
        ("image_px: [960, 540]", OUTSIDE, "region_px.2", "outside"),
        ("motion: {learn_s: 8}", "onnx: {model: none.onnx}", "onnx.model", "there is no file"),
        ("motion: {learn_s: 8}", "motion: {lern_s: 8}", "motion.lern_s", "did you mean"),
        ("pitch_deg: 18.0", "pitch_deg: -38.0", "field_of_view", "is not in the picture"),
        ("  - device: video-north", "  - device: video-south", "sensors.8.device", "no device is called"),
        ("    kind: video\n", "    kind: camera-json\n", "devices.video-north", "only devices of kind video"),
    ],
)  # fmt: skip
def test_wrong_settings_are_named(tmp_path: Path, old: str, new: str, place: str, text: str) -> None:
    for name in ("demo-lanes.json", "ti-traffic-68xx.cfg"):
        (tmp_path / name).symlink_to(CONFIGS / name)
    content = (CONFIGS / "demo.yaml").read_text(encoding="utf-8")
    assert old in content
    (tmp_path / "site.yaml").write_text(content.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path / "site.yaml")
    assert any(place in str(finding) and text in str(finding) for finding in caught.value.findings), str(caught.value)
