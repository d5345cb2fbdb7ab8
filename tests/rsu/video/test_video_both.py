"""Network and motion together, through the camera's pipeline and the real runtime: a white car on a grey road."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from perception.objects import RoadUser
from perception.video.boxes import Bodies
from perception.video.builds import box_of, outline
from perception.video.sight import Sight
from rsu.site.video import VideoSettings
from rsu.video.camera import CameraPipeline
from tests.perception.video import bright_network
from tests.rsu.video.scene import NO_LANES, NS, SENSOR, SIZE, VIEW

RATE_HZ, SPEED_MPS = 10.0, 4.0
LOOK = 2  # pictures from a look of the network to the next
WARM_UP = 6  # pictures of the empty road
SEES = 1.0  # brightness at which the network sees the car


@pytest.fixture
def camera(tmp_path: Path) -> CameraPipeline:
    pytest.importorskip("onnxruntime", reason="an extra")
    model = bright_network.write(tmp_path / "bright.onnx", *SIZE)
    source = {"stream": "http://127.0.0.1/", "rate_hz": RATE_HZ}
    motion = {"warm_up_s": 0.3, "sure_after_s": 0.4}
    settings = {"source": source, "image_px": SIZE, "motion": motion, "onnx": {"model": model, "classes": {2: "car"}}}
    return CameraPipeline(VideoSettings.model_validate(settings), SENSOR, NO_LANES)


def place(number: int) -> np.ndarray:
    """Return where the car is in a picture: x, y, length, width, height."""
    return np.array([26.0 + SPEED_MPS * number / RATE_HZ, 3.0, 4.6, 1.82, 1.55])


def film(brightness: Sequence[float | None]) -> Iterator[tuple[int, np.ndarray]]:
    """Yield pictures: a car of a brightness, or none, each time one step farther on a road with a grain."""
    random = np.random.default_rng(3)
    road, coat = random.normal(90, 6, (SIZE[1], SIZE[0], 1)), random.uniform(215, 255, (SIZE[1], SIZE[0], 1))
    for number, bright in enumerate([*[None] * WARM_UP, *brightness]):
        shown = road + random.normal(0, 1.5, road.shape)
        if bright is not None:
            left, top, right, bottom = np.round(
                box_of(outline(VIEW, np.array(0), place(number), np.array(0.0)))
            ).astype(int)
            shown[top:bottom, left:right] = bright * coat[: bottom - top, : right - left]
        yield number, np.repeat(np.clip(shown, 0, 255), 3, axis=2).astype(np.uint8)


def watch(camera: CameraPipeline, brightness: Sequence[float | None]) -> list[Bodies]:
    """Return the road users that are told of in the pictures after the warm-up."""
    glances = [camera.look(picture, NS + round(number * NS / RATE_HZ)) for number, picture in film(brightness)]
    return [glance.bodies for glance in glances[WARM_UP:] if glance.bodies is not None]


def test_between_two_looks_the_car_is_followed(camera: CameraPipeline) -> None:
    told = watch(camera, [SEES] * 14)
    first = next(number for number, bodies in enumerate(told) if len(bodies.kind))
    assert first <= LOOK, "as soon as the network looks"
    for number, bodies in enumerate(told[first:], WARM_UP + first):
        assert bodies.kind.tolist() == [RoadUser.CAR]
        assert np.hypot(*(bodies.position_m[0] - place(number)[:2])) < 0.6
    assert camera.road is not None, "the empty road is learned, and can be kept"


def test_whom_the_network_misses_is_held_while_something_is_there(camera: CameraPipeline) -> None:
    """Too dark for the network, it is still no road: it outlasts a look, and is not told of for ever."""
    told = watch(camera, [SEES] * 8 + [0.7] * 16)
    counts = [len(bodies.kind) for bodies in told]
    dark = counts[8:]
    assert all(dark[:LOOK]) and not any(dark[4 * LOOK :]), counts


def test_by_night_the_camera_says_so_and_the_network_goes_on(camera: CameraPipeline) -> None:
    pictures = [picture for _, picture in film([SEES] * 8)]
    glances = [
        camera.look(np.where(picture < 200, picture // 4, picture), NS + round(number * NS / RATE_HZ))
        for number, picture in enumerate(pictures)
    ]
    assert {glance.sight for glance in glances[WARM_UP:]} == {Sight.DARK}
    assert all(glance.bodies is not None and len(glance.bodies.kind) == 1 for glance in glances[WARM_UP + LOOK :])


def test_whoever_has_left_is_gone_with_the_next_look(camera: CameraPipeline) -> None:
    told = watch(camera, [SEES] * 8 + [None] * 8)
    assert not any(len(bodies.kind) for bodies in told[8 + LOOK + 1 :])
