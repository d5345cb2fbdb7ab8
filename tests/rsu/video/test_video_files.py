"""Films of every usual coding: all pictures, from the first on, whole, in order, at the film's own pace."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from rsu.site.video import SourceSettings
from rsu.video import capture, source
from rsu.video.capture import Opener, stamps
from rsu.video.source import Mailbox, Shot, SourceReader
from tests.rsu.video.films import film, needs_ffmpeg, number_of

H264, H265 = "-c:v libx264 -pix_fmt yuv420p", "-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p"
VARIABLE = "-vf settb=1/1000,setpts=if(lt(N\\,6)\\,N*100\\,600+(N-6)*300) -fps_mode vfr -enc_time_base 1:1000"


def watched(path: Path) -> tuple[list[int], list[float], set[tuple[int, ...]]]:
    """Return the numbers of a film's pictures as they are read, their times (s, from the first), and their shapes."""
    settings = SourceSettings.model_validate({"file": path})
    opened = Opener(settings).open()
    assert opened.isOpened()
    stamp = stamps(settings, opened, lambda wait_s: None)
    numbers, times, shapes = [], [], set()
    while (read := opened.read())[0]:
        times.append(stamp())
        packed = read[1].ndim == 2
        picture = Shot(0, read[1].ravel() if packed else read[1]).picture()
        assert picture is not None
        numbers.append(number_of(np.asarray(picture, dtype=np.uint8)))
        shapes.add(picture.shape)
    opened.release()
    return numbers, [(each - times[0]) / 1e9 for each in times], shapes


@needs_ffmpeg
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("mpeg4.avi", "-c:v mpeg4 -q:v 2"),
        ("mpeg4.mp4", "-c:v mpeg4 -q:v 2"),
        ("h264.mp4", f"{H264} -bf 3"),
        ("h264-one-group.mkv", f"{H264} -g 250"),
        ("h264.ts", H264),
        ("h265.mp4", H265),
        ("mjpeg.avi", "-c:v mjpeg -q:v 2"),
        ("mjpeg.mkv", "-c:v mjpeg -q:v 2"),
    ],
)
def test_every_picture_of_a_film_is_seen(tmp_path: Path, name: str, options: str) -> None:
    numbers, times, shapes = watched(film(tmp_path / name, options))
    assert numbers == list(range(12)) and shapes == {(180, 320, 3)}
    np.testing.assert_allclose(times, np.arange(12) / 10, atol=0.002)


@needs_ffmpeg
@pytest.mark.parametrize("coding", [H264, "-c:v mjpeg -q:v 2"])
def test_a_film_of_variable_rate_keeps_its_times(tmp_path: Path, coding: str) -> None:
    numbers, times, _ = watched(film(tmp_path / "film.mkv", f"{VARIABLE} {coding}"))
    assert numbers == list(range(12))
    np.testing.assert_allclose(times, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.9, 1.2, 1.5, 1.8, 2.1], atol=0.003)


@needs_ffmpeg
@pytest.mark.parametrize("coding", [H264, "-c:v mjpeg -q:v 2"])
@pytest.mark.parametrize(("turn", "shape"), [(90, (320, 180, 3)), (180, (180, 320, 3)), (270, (320, 180, 3))])
def test_a_film_that_says_how_it_is_turned_is_turned(
    tmp_path: Path, coding: str, turn: int, shape: tuple[int, ...]
) -> None:
    made = film(tmp_path / "straight.mp4", coding)
    turned = film(tmp_path / "turned.mp4", f"-i {made} -map 1:v -c copy -metadata:s:v rotate={turn}")
    _, _, shapes = watched(turned)
    assert shapes == {shape}


@needs_ffmpeg
@pytest.mark.parametrize(
    ("name", "options"),
    [("odd.mp4", "-c:v libx264 -pix_fmt yuv444p"), ("odd.avi", "-c:v mjpeg -q:v 2 -pix_fmt yuvj444p")],
)
def test_odd_sizes_are_read_whole(tmp_path: Path, name: str, options: str) -> None:
    numbers, _, shapes = watched(film(tmp_path / name, options, size=(321, 181)))
    assert numbers == list(range(12)) and shapes == {(181, 321, 3)}


@needs_ffmpeg
def test_streams_of_this_process_leave_no_option_for_files(tmp_path: Path) -> None:
    """The options that make a stream quick made a film lose its key picture, and all that builds on it."""
    assert not Opener(SourceSettings(stream="rtsp://127.0.0.1:9/none")).open().isOpened()
    assert watched(film(tmp_path / "mpeg4.avi", "-c:v mpeg4 -q:v 2"))[0] == list(range(12))


def test_a_source_that_ends_at_once_is_opened_with_back_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "short.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (320, 240))
    writer.write(np.zeros((240, 320, 3), np.uint8))
    writer.release()
    monkeypatch.setattr(source, "FIRST_WAIT_S", 0.05)
    openings = []
    opened = capture.Opener.open

    def counted(self: capture.Opener) -> cv2.VideoCapture:
        openings.append(1)
        return opened(self)

    monkeypatch.setattr(capture.Opener, "open", counted)
    reader = SourceReader(SourceSettings.model_validate({"file": path}), Mailbox())
    reader.start()
    time.sleep(0.8)  # 0.05 + 0.1 + 0.2 + 0.4 s
    reader.stop()
    reader.join(10)
    assert 1 <= len(openings) <= 5
    assert reader.error == "ended after 1 picture"


def test_a_film_that_is_gone_is_named(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    path.touch()
    settings = SourceSettings.model_validate({"file": path})
    path.unlink()
    reader = SourceReader(settings, Mailbox())
    reader.start()
    deadline = time.monotonic() + 5
    while reader.error == "not opened yet" and time.monotonic() < deadline:
        time.sleep(0.01)
    reader.stop()
    reader.join(5)
    assert reader.error == f"{path} cannot be opened"
