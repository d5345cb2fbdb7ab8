"""The traffic at one time, as events and statistics look at it: every track with its lane, its way and its past."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.occlusion.view import View
from perception.results import LanePlace, Tracks
from perception.traffic.ground import Flags
from perception.traffic.lanes import LaneMap, Matches
from perception.traffic.memory import Rows
from perception.traffic.queues import Queues
from perception.traffic.reappearance import HiddenVehicle
from perception.traffic.signals import PhaseLights
from perception.traffic.weather import UNKNOWN_WEATHER, WeatherNow


class Situation(msgspec.Struct, frozen=True, eq=False):
    """All road users at one time; rows (n,) aligned with `tracks`."""

    now_ns: int
    passed_s: float  # since the look before; 0 at the first one
    tracks: Tracks
    lanes: LaneMap
    speed_mps: Floats  # m/s
    ahead: Floats  # (n, 2) unit vector of the heading; NaN: unknown
    is_vehicle: Mask
    sure: Mask  # it is known well where they are, and no sensor contradicts that they are there
    matches: Matches  # the lanes on which they are
    ground: Flags
    past: Rows  # of perception.traffic.memory, as it is after this look
    crossed: Ints  # rows that crossed a stop line since the look before
    halted: Ints  # rows on a lane towards the crossing that came to a standstill
    decided: Ints  # rows whose way through the junction is final since this look
    queues: Queues  # of every lane
    hidden: Sequence[HiddenVehicle]  # vehicles before the stop lines that are not seen now
    lights: PhaseLights
    is_green: Mask  # (l,) lanes any of whose ways has a green light
    emergency: Mask  # vehicles on their way with siren or lights
    weather: WeatherNow = UNKNOWN_WEATHER
    view: View | None = None  # of the sensors; None: they see all of the road

    @property
    def lane(self) -> Ints:
        """(n,) index into lanes.lines, NONE: on none."""
        return self.matches.lane

    @property
    def along(self) -> Floats:
        """(n, 2) unit vector of the lane's direction, site frame; NaN where there is none."""
        return self.matches.along

    @property
    def to_end(self) -> Floats:
        """(n,) m along the lane to its end."""
        return self.matches.to_end_m

    @property
    def to_stop_line(self) -> Floats:
        """(n,) m along the lane, negative past the stop line; NaN where there is none."""
        return self.matches.to_stop_line_m

    def place(self, row: int) -> LanePlace | None:
        """Return where a row is in the lane map."""
        return self.lanes.place(int(self.lane[row]), float(self.to_stop_line[row]), int(self.past["movement"][row]))

    def places(self) -> list[LanePlace | None]:
        """Return where each row is in the lane map: all at once, as it is asked at every tick."""
        columns = self.lane, self.to_stop_line, self.past["movement"]
        return [self.lanes.place(*one) for one in zip(*(column.tolist() for column in columns), strict=True)]

    def shows(self, position: Floats, heading: Floats) -> Mask:
        """Return at which places (k, 2) m a sensor would see a standing car; heading (k,) deg of the car."""
        return np.ones(len(position), dtype=np.bool_) if self.view is None else self.view.shows(position, heading)

    def phases(self, lane: int) -> list[int | None]:
        """Return the signal phases of a lane's connections."""
        return [way.phase for way in self.lanes.lines[lane].connections]
