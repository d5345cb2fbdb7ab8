"""Every fault of the emulated video camera, in its real pictures: and the verdict of the camera's eye."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from hw.video import STATES, Video, VideoInboxSettings
from perception.sensor import FieldOfView, Sensor
from rsu.site.video import VideoSettings as CameraSettings
from rsu.video.camera import CameraPipeline
from rsu.video.source import Shot
from sim.bench import VideoSpec
from sim.video.camera import VideoCamera
from tests.rsu.video.scene import NO_LANES, NS
from tests.sim.emul_scene import bench, frame

FIELD = FieldOfView(range_m=60.0, width_deg=62.0, near_m=14.0)
EXPECTED = {
    "dark": "too dark or covered",
    "bright": "too dark or covered",
    "dirty": "too dark or covered",
    "frozen": "picture frozen",
    "other-shape": "pictures of another shape: pictures are 720 x 540, image_px is 960 x 540",
    "turned": None,
}


@cache
def emulated() -> VideoCamera:
    spec = bench().emulators["video-north"]
    assert isinstance(spec, VideoSpec)
    return VideoCamera("video-north", spec, bench())


def test_every_fault_is_judged_here() -> None:
    assert set(EXPECTED) == set(VideoCamera.FAULTS)


@pytest.mark.parametrize("fault", sorted(set(EXPECTED) - {"turned"}))
def test_a_video_cameras_faults_are_named(fault: str) -> None:
    emulator = emulated()
    spec = emulator._spec
    sensor = Sensor(device="video-north", mount=spec.mount, field_of_view=FIELD, camera=spec.camera)
    values = {"source": {"stream": "http://x/", "rate_hz": 5}, "image_px": spec.image_px, "motion": {"warm_up_s": 0.2}}
    eye, driver = (
        CameraPipeline(CameraSettings.model_validate(values), sensor, NO_LANES),
        Video("v", VideoInboxSettings(inbox="v")),
    )
    errors = []
    for number in range(14):
        emulator.fault = fault if 4 <= number < 11 else None
        (write,) = emulator.capture(number, frame([]))
        shot = Shot(number * NS // 5, np.frombuffer(write.data, np.uint8))
        driver.received("pictures", eye.datagram(eye.view(shot, None)), shot.stamp_ns)
        errors.append(driver.error)
    words = EXPECTED[fault]
    assert words is not None and (errors[10] or "").startswith(words), errors
    assert words.split(":")[0] in {state.en for state in STATES}
    assert errors[13] is None or errors[13] == STATES[1].en, "and gone with the fault, or learning once more"
