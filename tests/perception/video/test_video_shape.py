"""Pictures of another shape than the camera's model: straightened where the site says so, refused otherwise."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from hw.video import OTHER_SHAPE, STATES, Video, VideoInboxSettings
from perception.objects import Detections, RoadUser
from perception.video.shape import misfit, straightened
from perception.video.sight import Sight
from rsu.site.video import VideoSettings as CameraSettings
from rsu.video.camera import CameraPipeline
from rsu.video.source import Shot
from sim.video.picture import Painter
from tests.rsu.video.scene import LENS, MOUNT, NO_LANES, NS, SENSOR, SIZE, world

CAR = (RoadUser.CAR, 30.0, 3.0, 0.0)


@pytest.mark.parametrize(
    ("stream", "model", "why"),
    [
        ((1920, 1080), (1920, 1080), None),
        ((640, 360), (1920, 1080), None),
        ((3840, 2160), (1920, 1080), None),
        ((854, 480), (1920, 1080), None),
        ((352, 200), (1920, 1080), None),  # 198, rounded to a multiple of eight
        ((1920, 1088), (1920, 1080), "other"),
        ((640, 480), (1920, 1080), "other"),
        ((704, 576), (1920, 1080), "other"),
        ((640, 360), (640, 480), "other"),
        ((1080, 1920), (1920, 1080), "turned"),
        ((270, 480), (1920, 1080), "turned"),
    ],
)
def test_another_shape_is_refused(stream: tuple[int, int], model: tuple[int, int], why: str | None) -> None:
    assert misfit(stream, model, stretched=False) == why
    assert misfit(stream, model, stretched=True) is None


def camera(stretched: bool) -> CameraPipeline:
    values = {
        "source": {"stream": "http://127.0.0.1/", "rate_hz": 10},
        "image_px": SIZE,
        "stretched": stretched,
        "motion": {"warm_up_s": 0.3},
    }
    return CameraPipeline(CameraSettings.model_validate(values), SENSOR, NO_LANES)


@cache
def pictures() -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """Return five pictures of an empty road, and one with a car."""
    painter = Painter(LENS, MOUNT, *SIZE)
    return [np.asarray(painter.paint(world(0, *([CAR] if n == 5 else [])), n), np.uint8) for n in range(6)]


def told(made: CameraPipeline, size: tuple[int, int]) -> tuple[Video, list[Detections]]:
    """Return the driver, and its measurement of a car on a road, from pictures squeezed to a size."""
    driver = Video("video", VideoInboxSettings(inbox="video"))
    found: list[Detections] = []
    for number, picture in enumerate(pictures()):
        datagram = made.datagram(made.view(Shot(number * NS // 10, cv2.resize(picture, size)), None))
        found += [one for one in driver.received("pictures", datagram, NS) if isinstance(one, Detections)]
    return driver, found


@pytest.mark.parametrize("size", [(960, 540), (720, 540), (704, 576), (480, 540), (640, 358)])
def test_a_squeezed_stream_puts_a_car_where_it_is(size: tuple[int, int]) -> None:
    _, found = told(camera(stretched=True), size)
    (position,) = found[-1].position_m
    np.testing.assert_allclose(position, [30.0, 3.0], atol=0.6)


@pytest.mark.parametrize("size", [(720, 540), (540, 960), (640, 512)])
def test_without_the_sites_word_nothing_is_measured(size: tuple[int, int]) -> None:
    driver, found = told(camera(stretched=False), size)
    assert not found and driver.error is not None
    assert driver.error.startswith(
        f"{STATES[OTHER_SHAPE].en}: pictures are {size[0]} x {size[1]}, image_px is 960 x 540"
    )


def test_a_packed_picture_says_its_size() -> None:
    _, packed = cv2.imencode(".jpg", np.zeros((36, 64, 3), np.uint8))
    assert Shot(0, packed.ravel()).size == (64, 36)
    assert Shot(0, np.zeros((36, 64, 3), np.uint8)).size == (64, 36)
    assert Shot(0, np.frombuffer(b"rubbish", np.uint8)).size == (0, 0)


def test_a_picture_of_the_right_shape_is_left_as_it_is() -> None:
    picture = np.zeros((360, 640, 3), np.uint8)
    assert straightened(picture, (1920, 1080)) is picture
    assert straightened(np.zeros((480, 640, 3), np.uint8), (1920, 1080)).shape == (360, 640, 3)


def test_what_is_told_without_a_picture() -> None:
    made = camera(stretched=False)
    driver = Video("video", VideoInboxSettings(inbox="video"))
    for error, words in (
        (None, "the camera is silent"),
        ("the stream cannot be opened", "the stream cannot be opened"),
    ):
        assert driver.received("pictures", made.datagram(made.view(None, error)), NS) == []
        assert driver.error == f"no picture: {words}"
    torn = Shot(NS, np.frombuffer(b"\xff\xd8\xff\xc0rubbish", np.uint8))
    driver.received("pictures", made.datagram(made.view(torn, None)), NS)
    assert driver.error == "no picture: the received data cannot be unpacked"
    assert int(Sight.SEES) == 0
