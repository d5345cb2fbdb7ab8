"""Where sensors would see a standing car: not behind a bus, not out of view, and not by a radar that asks for speed."""

import numpy as np

from perception.objects import RoadUser
from perception.occlusion.view import View
from perception.sensing.sensors import Sensors
from perception.sensor import FieldOfView, Mount, Sensor
from perception.state.table import TrackTable

FIELD = FieldOfView(range_m=100.0, width_deg=90.0)
BEHIND_IT, BESIDE_IT, BEFORE_IT, TOO_FAR, AT_THE_BACK = (0.0, 42.0), (12.0, 42.0), (0.0, 15.0), (0.0, 99.0), (0.0, -5.0)


def looking_north(name, **more):
    return Sensor(
        device=name, mount=Mount(east_m=0.0, north_m=0.0, height_m=6.0, yaw_deg=0.0), field_of_view=FIELD, **more
    )


def a_bus(sensors):
    """Return a bus 30 m north of the sensors, heading north."""
    table = TrackTable.new(1, sensors.radio)
    table.state[:2, 0], table.kind[:], table.heading_deg[:] = (0.0, 30.0), RoadUser.BUS, 0.0
    table.id[:], table.log_odds[:] = 1, 8.0
    return table


def shown(*sensors):
    columns = Sensors(list(sensors), 13.8, 18.4, 6.0)
    places = np.array([BEHIND_IT, BESIDE_IT, BEFORE_IT, TOO_FAR, AT_THE_BACK])
    return View(a_bus(columns), columns).shows(places, np.zeros(len(places))).tolist()


def test_a_camera_sees_past_a_bus_but_not_through_it():
    assert shown(looking_north("camera")) == [False, True, True, False, False]


def test_another_camera_sees_behind_it():
    east = Sensor(
        device="east", mount=Mount(east_m=40.0, north_m=42.0, height_m=6.0, yaw_deg=270.0), field_of_view=FIELD
    )
    assert shown(looking_north("camera"), east)[:2] == [True, True]


def test_a_radar_that_sees_only_what_moves_shows_no_empty_road():
    assert not any(shown(looking_north("radar", least_speed_mps=0.3)))
