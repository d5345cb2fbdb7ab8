"""A camera's own process keeps silent while its recording is played, and a device of kind `replay` needs none."""

from __future__ import annotations

import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from rsu.daemon.processes import names
from rsu.recording import standin
from rsu.replay import live
from rsu.site import config
from rsu.site.recording import ReplaySettings
from rsu.video.process import VideoLoop
from tests.rsu.recording.golden_outputs import FOLDER
from tests.rsu.recording.virtual import CONFIGS


def play(device: str) -> live.LivePlay:
    return live.LivePlay(str(FOLDER / "day.mcap"), device, "video", {}, False)


def test_who_is_played_is_known_as_long_as_the_player_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiter = tmp_path / "waiter"
    waiter.write_text("#!/bin/sh\nexec sleep 60\n")
    waiter.chmod(0o700)
    assert standin.played(tmp_path) == frozenset()
    monkeypatch.setattr(sys, "executable", str(waiter))
    player = live.player([play("video-north")], tmp_path)
    try:
        assert standin.played(tmp_path) == {"video-north"}
        with pytest.raises(OSError, match="played here already"):
            live.player([play("gnss")], tmp_path)
        assert standin.played(tmp_path) == {"video-north"}, "the second one has spoiled nothing"
    finally:
        player.kill()
        player.wait()
    assert standin.played(tmp_path) == frozenset()


def test_a_camera_process_without_pictures_does_not_contradict_the_recording(tmp_path: Path) -> None:
    site = config.load(CONFIGS / "demo.yaml")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as station:
        station.bind(str(tmp_path / site.drivers["video-north"].inbox))  # type: ignore[attr-defined]
        station.setblocking(False)
        loop = VideoLoop("video-north", site, tmp_path, tmp_path)
        try:
            with standin.claim(tmp_path, b'[{"device": "video-north"}]'):
                assert not heard(loop, station, 2.5)
            assert heard(loop, station, 20.0), "it says again that it sees nothing"
        finally:
            loop.close()


def heard(loop: VideoLoop, station: socket.socket, longest_s: float) -> bool:
    """Return whether the camera says something while it works for so long."""
    until_s = time.monotonic() + longest_s
    while time.monotonic() < until_s:
        loop.step()
        try:
            return bool(station.recv(65536))
        except BlockingIOError:
            threading.Event().wait(0.01)
    return False


def test_a_played_camera_has_no_process_of_its_own() -> None:
    site = config.load(CONFIGS / "demo.yaml").site
    assert "video.video-north" in names(site) and "replay" not in names(site)
    played = site.devices["video-north"].model_copy(update={"replay": ReplaySettings(recording=Path("day.mcap"))})
    changed = site.model_copy(update={"devices": site.devices | {"video-north": played}})
    assert "video.video-north" not in names(changed) and "replay" in names(changed)
