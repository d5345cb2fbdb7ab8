"""Wrong way (904): a vehicle that drives against the direction of its lane."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import ClassVar

import numpy as np

from perception.events.rule import Code, EventRow, Occurrence, RuleSettings, of_tracks, running_rows, threshold
from perception.sensor import NotNegative, Positive
from perception.traffic.ground import CROSSWALK, MOTOR
from perception.traffic.lanes import NONE, LaneMap
from perception.traffic.situation import Situation


class WrongWaySettings(RuleSettings):
    """A vehicle that drives against the direction of its lane."""

    row: ClassVar = EventRow("Wrong-way driving", "逆行", urgency=7, vehicle_status=1)

    code: Code = 904
    start_after_s: NotNegative = 0.8
    end_after_s: NotNegative = 1.0
    least_mps: Positive = 2.0  # slower is not looked at
    release_mps: Positive = 1.0  # slower ends it
    edge_m: NotNegative = 0.4  # it must be so far inside the lane
    least_way_m: NotNegative = 3.0  # distance that it must have driven
    radius_m: Positive = 10.0  # of its area on air

    def rule(self, lanes: LaneMap) -> WrongWay:
        """Return the rule that looks for it."""
        return WrongWay(self)


class WrongWay:
    """The rule."""

    def __init__(self, settings: WrongWaySettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the vehicles that are well inside a motor lane only if it is turned round."""
        settings = self.settings
        fast = now.speed_mps > threshold(now, running, settings.least_mps, settings.release_mps)
        rows = (now.is_vehicle & fast & (now.lane == NONE)).nonzero()[0]
        rows = rows[(now.ground[rows] & (MOTOR | CROSSWALK)) == MOTOR]
        if not len(rows):
            return []
        known = running_rows(now, running)
        position = now.tracks.position_m[rows]
        turned = now.lanes.match_ahead(position, -now.ahead[rows])
        edge = np.where(known[rows], 0.0, settings.edge_m)
        inside = now.lanes.is_motor[turned.lane] & (turned.lateral_m <= now.lanes.half_width[turned.lane] - edge)
        came = now.tracks.position_m[rows] - now.past["first"][rows]
        inside &= np.hypot(came[:, 0], came[:, 1]) >= settings.least_way_m
        inside &= np.isfinite(now.tracks.heading_deg[rows])
        return of_tracks(now, rows[inside], settings.radius_m)
