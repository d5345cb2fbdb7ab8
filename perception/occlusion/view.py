"""Where the sensors of a site would see a standing vehicle: a road that looks empty is empty only there."""

from __future__ import annotations

import numpy as np

from perception.objects import Floats, Mask, RoadUser
from perception.occlusion import visibility
from perception.occlusion.misses import LIKELY
from perception.sensing.sensors import Sensors
from perception.state.table import TrackTable


class View:
    """The places on the road that sensors see past all tracks; valid until the next round changes the tracks."""

    def __init__(self, table: TrackTable, sensors: Sensors) -> None:
        self._table, self._sensors = table, sensors

    def shows(self, position: Floats, heading: Floats) -> Mask:
        """Return at which places (k, 2) m, site frame, a sensor would see a standing car.

        heading (k,): of the cars, deg clockwise from north.
        """
        cars = TrackTable.new(len(position), self._sensors.radio)
        cars.state[:2], cars.heading_deg[:], cars.kind[:] = position.T, heading, RoadUser.CAR
        table = self._table.joined(cars)
        sees_standing = self._sensors.least_speed[:-1, None] == 0.0
        sensor, place = np.nonzero(visibility.sight(cars, self._sensors).inside & sees_standing)
        exposed, _ = visibility.cover(table, sensor, len(self._table) + place, self._sensors)
        shown: Mask = np.bincount(place, exposed > LIKELY, len(position)) > 0.0
        return shown
