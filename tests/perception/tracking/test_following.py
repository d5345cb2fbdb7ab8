from __future__ import annotations

import numpy as np
import pytest

from perception.occlusion.following import ACCELERATION, HARDEST, STANDSTILL_M, speed_behind


def driven(speed: float, gap: float, leading: float, seconds: float, dt: float = 0.1) -> tuple[float, float]:
    """Return speed and gap after a while behind a vehicle at `leading`."""
    for _ in range(round(seconds / dt)):
        speed = float(speed_behind(np.array([speed]), np.array([gap]), np.array([leading]), dt)[0])
        gap += (leading - speed) * dt
    return speed, gap


def test_behind_a_standing_vehicle_it_comes_to_rest_at_the_queues_distance():
    speed, gap = driven(12.0, 60.0, 0.0, 30.0)
    assert speed == pytest.approx(0.0, abs=0.01) and gap == pytest.approx(STANDSTILL_M, abs=0.1)


def test_it_takes_the_speed_of_a_faster_one_no_harder_than_it_accelerates():
    assert driven(5.0, 10.0, 10.0, 1.0)[0] == pytest.approx(5.0 + ACCELERATION)
    assert driven(5.0, 10.0, 10.0, 10.0)[0] == pytest.approx(10.0)


def test_with_nobody_ahead_it_keeps_its_speed():
    assert speed_behind(np.array([7.0]), np.array([np.inf]), np.array([0.0]), 0.1) == [7.0]


def test_it_brakes_no_harder_than_it_can():
    assert speed_behind(np.array([20.0]), np.array([1.0]), np.array([0.0]), 0.1) == [20.0 - HARDEST * 0.1]
