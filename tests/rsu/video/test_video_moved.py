"""A camera that was turned: nothing is measured any more, or pictures are moved back where the site allows it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from hw.video import VIEW_MOVED
from perception.video.aim import CHECK_NS, CHECKS
from rsu.site.video import VideoSettings
from rsu.video.camera import CameraPipeline
from rsu.video.source import Shot
from sim.video.picture import Painter
from tests.rsu.video.scene import LENS, MOUNT, NO_LANES, SENSOR, SIZE, world


@cache
def picture() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(Painter(LENS, MOUNT, *SIZE).paint(world(0), 0), np.uint8)


def states(shift_px: int, follow: bool) -> list[int]:
    """Return the states that a camera tells of pictures that are moved sideways."""
    values = {"source": {"stream": "http://127.0.0.1/"}, "image_px": SIZE, "follow_view": follow}
    made = CameraPipeline(VideoSettings.model_validate(values), SENSOR, NO_LANES, aimed=picture())
    moved = np.roll(picture(), shift_px, axis=1)
    shots = [Shot((number + 1) * CHECK_NS, moved) for number in range(CHECKS)]
    views = [made.view(shot, None) for shot in shots]
    assert views[-1].state != VIEW_MOVED or "calibrate" in views[-1].words
    return [view.state for view in views]


@pytest.mark.parametrize(
    ("shift_px", "follow", "moved"),
    [(2, False, False), (14, False, True), (14, True, False), (70, True, True)],
)
def test_a_turned_camera_is_told_or_followed(shift_px: int, follow: bool, moved: bool) -> None:
    told = states(shift_px, follow)
    assert VIEW_MOVED not in told[:-1]
    assert (told[-1] == VIEW_MOVED) == moved
