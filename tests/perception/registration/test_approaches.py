"""The watch on lanes: the offset and the turn of a sensor against the lanes of an approach."""

from __future__ import annotations

import numpy as np
import pytest

from perception.objects import Floats
from perception.registration.approaches import EVERY_NS, ApproachWatch
from perception.tracking.sightings import Sighting
from perception.traffic.lanes import LaneLine
from tests.perception.drawn import tracks_of

LANES = [
    LaneLine("south", 1, np.array([[1.5, -90.0], [1.5, -12.0]]), 3.25),
    LaneLine("south", 2, np.array([[5.0, -90.0], [5.0, -12.0]]), 3.25),
    LaneLine("west", 1, np.array([[-90.0, -1.5], [-12.0, -1.5]]), 3.25),
]


def watched(shift: Floats, yaw_deg: float = 0.0, vehicles: int = 60) -> ApproachWatch:
    """Return the watch after vehicles came from the south; `shift` (2,) m and a turn about (0, 0): of one sensor."""
    watch, rng = ApproachWatch(["radar", "camera"], LANES), np.random.default_rng(5)
    turn, now_ns = np.radians(yaw_deg), 0
    clockwise = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    for number in range(1, vehicles + 1):
        east = (1.5 if number % 2 else 5.0) + rng.normal(0, 0.25)
        for north in np.arange(-85.0, -15.0, 10.0):
            now_ns += EVERY_NS
            true = np.array([[east, north]])
            seen = [
                Sighting("radar", now_ns, true @ clockwise.T + shift, np.array([number])),
                Sighting("camera", now_ns, true, np.array([number])),
                Sighting("car", now_ns, true, np.array([number])),
            ]
            watch.learn(seen, tracks_of([(number, east, north, 0.0, 12.0)], now_ns), now_ns)
    return watch


def test_a_shift_beside_the_lanes_is_that_of_the_sensor() -> None:
    radar, camera = watched(np.array([0.7, 0.0])).known()
    assert (radar.device, radar.link, camera.device) == ("radar", "south", "camera")
    assert radar.aside_m == pytest.approx(0.7, abs=0.1) and camera.aside_m == pytest.approx(0.0, abs=0.1)
    assert 0.1 < radar.aside_sd_m < 0.2 and 50 < radar.vehicles < 61


def test_a_turned_sensor_sees_the_traffic_leave_its_lanes() -> None:
    radar, camera = watched(np.zeros(2), yaw_deg=0.6).known()
    assert radar.heading_deg == pytest.approx(0.6, abs=0.15)
    assert abs(camera.heading_deg) < 0.15 and camera.heading_sd_deg < 0.3


def test_the_past_fades_and_few_vehicles_say_nothing() -> None:
    assert watched(np.zeros(2), vehicles=4).known() == []
    watch = watched(np.array([0.7, 0.0]), vehicles=150)
    assert watch.known()[0].vehicles < 110


def test_places_that_drive_across_or_stand_do_not_count() -> None:
    watch = ApproachWatch(["radar"], LANES)
    for number in range(1, 20):
        now_ns = number * EVERY_NS
        seen = [Sighting("radar", now_ns, np.array([[1.5, -40.0], [5.0, -40.0]]), np.array([number, 99]))]
        rows = [(number, 1.5, -40.0, 90.0, 12.0), (99, 5.0, -40.0, 0.0, 0.0)]
        watch.learn(seen, tracks_of(rows, now_ns), now_ns)
    assert watch.known() == []
