"""A still picture lent by a camera's process at work."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from rsu.core.errors import NotReachableError
from rsu.site import config
from rsu.video import process, still
from tests.rsu.recording.virtual import CONFIGS

CAMERA = "video-north"


@pytest.fixture
def site(tmp_path: Path) -> config.Config:
    film = cv2.VideoWriter(str(tmp_path / "film.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 25, (960, 540))
    for _ in range(25):
        film.write(np.full((540, 960, 3), 130, np.uint8))
    film.release()
    for name in ("demo-lanes.json", "ti-traffic-68xx.cfg"):
        (tmp_path / name).write_bytes((CONFIGS / name).read_bytes())
    text = (CONFIGS / "demo.yaml").read_text(encoding="utf-8")
    stream = 'stream: "http://127.0.0.1:27051/", latency_ms: 60'
    assert stream in text
    path = tmp_path / "site.yaml"
    path.write_text(text.replace(stream, f'file: "{tmp_path / "film.avi"}"'), encoding="utf-8")
    return config.load(path)


def test_the_newest_picture_is_lent(site: config.Config, tmp_path: Path) -> None:
    stop, run = threading.Event(), tmp_path / "run"
    run.mkdir()
    with pytest.raises(NotReachableError):
        still.ask(run, CAMERA)
    camera = threading.Thread(target=process.run, args=(site, run, tmp_path, stop, CAMERA))
    camera.start()
    try:
        deadline = time.monotonic() + 20
        while not (run / f"still-{CAMERA}.ipc").exists() or not (found := still.ask(run, CAMERA)).jpeg:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        stop.set()
        camera.join(10)
    picture = cv2.imdecode(np.frombuffer(found.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None and picture.shape == (540, 960, 3) and abs(picture.mean() - 130) < 3
    assert abs(time.time_ns() - found.stamp_ns) < 60e9
