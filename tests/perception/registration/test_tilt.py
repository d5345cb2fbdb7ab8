"""Mounts of cameras with a lens: pitch, roll and height are found, as far as traffic shows them."""

from __future__ import annotations

import numpy as np
import pytest

from perception.camera import on_road
from perception.objects import Floats
from perception.registration.estimate import register
from perception.registration.paths import Paths, Sightings, join
from perception.registration.unknowns import EACH, Stand, moved, sensitivity
from perception.registration.verges import Verges
from perception.sensor import Intrinsics, Mount
from perception.video.view import CameraView

SIZE, LENS = (1920, 1080), Intrinsics(fx=1200.0, fy=1200.0, cx=960.0, cy=540.0)
TRUE = Mount(east_m=4.0, north_m=-24.0, height_m=8.0, yaw_deg=10.0, pitch_deg=12.0, roll_deg=1.0)
RADAR = Mount(east_m=-3.0, north_m=-20.0, height_m=6.0, yaw_deg=0.0)


def turned(mount: Mount) -> Floats:
    """Return the axes (2, 2) of a mount, site frame: forward, left."""
    yaw = np.radians(mount.yaw_deg)
    return np.array([[np.sin(yaw), np.cos(yaw)], [-np.cos(yaw), np.sin(yaw)]])


def believed(true: Floats, file: Mount) -> Floats:
    """Return where places (n, 2) seem to be if the camera of TRUE is taken to stand as the file says."""
    own = (true - [TRUE.east_m, TRUE.north_m]) @ turned(TRUE).T
    pixels = CameraView(LENS, TRUE, SIZE).to_picture(np.column_stack([own, np.zeros(len(own))]))
    return on_road(pixels, LENS, file) @ turned(file) + [file.east_m, file.north_m]


def paths(place: Floats, noise_m: float, seed: int) -> Paths:
    """Return paths (users, times, 2) as a sensor with noise sees them."""
    users, times, _ = place.shape
    noisy = place + np.random.default_rng(seed).normal(0, noise_m, place.shape)
    speed = np.gradient(place, 0.2, axis=1)
    stamps = np.arange(users)[:, None] * 4_000_000_000 + np.arange(times) * 200_000_000
    return join(
        Sightings(
            id=np.repeat(np.arange(users), times),
            stamp_ns=stamps.ravel() + 1_000_000_000,
            position_m=noisy.reshape(-1, 2),
            velocity_mps=speed.reshape(-1, 2),
            covariance_m2=np.tile(np.eye(2) * 0.09, (users * times, 1, 1)),
        )
    )


def traffic() -> Floats:
    """Return places (users, times, 2) m of road users that come towards the camera and cross before it."""
    rng, times = np.random.default_rng(3), np.arange(24)[:, None] * 0.2
    users = []
    for number in range(40):
        speed = rng.uniform(6, 11)
        if number % 2:
            users.append([rng.uniform(-4, 14), rng.uniform(30, 45)] + times * speed * np.array([0.0, -1.0]))
        else:
            users.append([rng.uniform(-20, -12), rng.uniform(-4, 12)] + times * speed * np.array([1.0, 0.1]))
    return np.array(users)


def test_pitch_roll_and_height_are_found() -> None:
    file = TRUE.model_copy(update={"pitch_deg": 11.0, "roll_deg": 2.0, "height_m": 8.3, "yaw_deg": 9.0, "east_m": 4.5})
    true = traffic()
    seen = {
        "camera": paths(believed(true.reshape(-1, 2), file).reshape(true.shape), 0.1, 1),
        "radar": paths(true, 0.1, 2),
        "other": paths(true, 0.1, 3),
    }
    stands = {"camera": Stand(file, True), "radar": Stand(RADAR, False), "other": Stand(RADAR, False)}
    told = paths(np.zeros((0, 2, 2)), 0.0, 0)
    camera, *others = register(stands, seen, told, Verges([]))
    assert camera.verdict == "moved" and {one.verdict for one in others} == {"fine"}
    assert camera.pitch_deg == pytest.approx(1.0, abs=0.1)
    assert camera.roll_deg == pytest.approx(-1.0, abs=0.15)
    assert camera.height_m == pytest.approx(-0.3, abs=0.1)
    names = ("east_m", "north_m", "height_m", "yaw_deg", "pitch_deg", "roll_deg")
    found = file.model_copy(update={name: getattr(file, name) + getattr(camera, name) for name in names})
    before, after = (np.hypot(*(believed(true[0], mount) - true[0]).T).max() for mount in (file, found))
    assert before > 1.0 and after < 0.2
    assert max(abs(one.pitch_deg) for one in others) < 1e-3


def test_the_slopes_are_those_of_the_movement() -> None:
    place = np.array([[10.0, 5.0], [-6.0, 20.0], [3.0, 30.0]])
    one = paths(np.stack([place, place - np.array([0.0, 1.0])], axis=1), 0.0, 0)
    stand, x = Stand(TRUE, True), np.array([0.3, -0.2, 0.02, 0.0, 0.01, -0.02, 0.2])
    here = moved(one, stand, x)
    slope = sensitivity(here.position_m, here.velocity_mps, stand, x)
    for number in range(EACH):
        step = np.zeros(EACH)
        step[number] = 1e-5
        apart = moved(one, stand, x + step).position_m - moved(one, stand, x - step).position_m
        np.testing.assert_allclose(slope[:, :, number], apart / 2e-5, rtol=2e-3, atol=2e-2)
