"""Quantities of a lane that several platforms want, derived from its statistics. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from perception.objects import RoadUser
from perception.results import LaneFlow

_SATURATION_HEADWAY_S = 2.0  # 1800 passenger car units an hour of green
_PCU = {  # passenger car units, CJJ 37-2012 table 4.1.2; bicycles and pedestrians are not part of this flow
    RoadUser.UNKNOWN: 1.0,
    RoadUser.CAR: 1.0,
    RoadUser.MOTORCYCLE: 1.0,
    RoadUser.BUS: 2.0,
    RoadUser.TRUCK: 2.5,
}


def passenger_car_units(volume_by_kind: Mapping[int, int]) -> float:
    """Return the motor traffic among these counts in passenger car units."""
    return sum(_PCU.get(RoadUser(user), 0.0) * count for user, count in volume_by_kind.items())


def saturation_percent(flow: LaneFlow) -> float | None:
    """Return the traffic of a lane against the most that its green lets pass; None: it had none, or it is not known."""
    if not flow.green_s:
        return None
    return 100.0 * passenger_car_units(flow.volume_by_kind) / (flow.green_s / _SATURATION_HEADWAY_S)


def spacing_m(flow: LaneFlow) -> float | None:
    """Return the mean distance from front to front; None: not known, 0: at a standstill."""
    return flow.headway_s and flow.mean_speed_mps and flow.headway_s * flow.mean_speed_mps
