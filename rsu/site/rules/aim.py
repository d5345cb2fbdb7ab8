"""The lanes that sensors see: the mount of a sensor that sees none is wrong in the site file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hw.detail import NOTHING, Detail
from perception.geo import direction_of
from perception.objects import Floats
from perception.sensor import Sensor
from rsu.core.errors import Finding
from rsu.site.lanemap import LaneMapFile
from rsu.site.reading import OfBoth
from rsu.site.rules import walk
from rsu.site.rules.shapes import line, steps
from rsu.site.source import Path_

_EVERY_M = 4.0
_LEAST_SEEN = 5  # samples: 20 m of lanes
_FARTHEST_M = 100.0  # from the next lane

_FAR_OFF = Detail(
    "expected metres from the reference point, near the lanes, got {away:.0f} m from the next one{hint}",
    "应为相对基准点的米数，位于车道附近，实际距最近的车道 {away:.0f} m{hint}",
)
_SEES_NONE = Detail(
    "expected a field of view on the lanes, got yaw {yaw:g} at {east:g}, {north:g}: sees none{hint}",
    "视场应覆盖车道，实际位于 {east:g}, {north:g}、偏航角 {yaw:g}，看不到任何车道{hint}",
)
_SWAPPED = Detail(" (east and north swapped?)", "（东向与北向是否颠倒？）")
_SIGN = Detail(" (a sign of east or north?)", "（东向或北向的正负号是否有误？）")
_IN_UNIT = Detail(" (in {unit}?)", "（单位是否误用 {unit}？）")
_FROM_EAST = Detail(" (counted from east, anticlockwise?)", "（是否从正东起逆时针计？）")
_RADIANS = Detail(" (in radians?)", "（是否误用弧度？）")
_BACKWARDS = Detail(" (towards the traffic, not from it?)", "（朝向是否相反？）")


class _Stand(NamedTuple):
    """Where a sensor stands and looks."""

    east_m: float
    north_m: float
    yaw_deg: float


def aims(of: OfBoth) -> Iterator[Finding]:
    """Find sensors that stand far from all lanes, and such that see hardly any."""
    samples = _samples(of.map)
    for index, sensor in enumerate(of.site.sensors) if len(samples) else ():
        at: Path_ = ("sensors", index, "mount")
        mount = sensor.mount
        stand = _Stand(mount.east_m, mount.north_m, mount.yaw_deg)
        away = float(np.hypot(*(samples - stand[:2]).T).min())
        if away > _FARTHEST_M:
            yield of.source.warning((*at, "east_m"), _FAR_OFF.of(away=away, hint=_meant(sensor, samples, stand)))
        elif _seen(sensor, samples, stand) < _LEAST_SEEN:
            yield of.source.warning(
                (*at, "yaw_deg"),
                _SEES_NONE.of(
                    yaw=stand.yaw_deg, east=stand.east_m, north=stand.north_m, hint=_meant(sensor, samples, stand)
                ),
            )


def _samples(lane_map: LaneMapFile) -> Floats:
    """Return points (n, 2) along all lanes."""
    lines = [at.lane.points for at in walk.lanes(lane_map)] + [at.lane.points for at in walk.exits(lane_map)]
    found = [np.zeros((0, 2))]
    for points in lines:
        along = np.concatenate([[0.0], np.cumsum(steps(points))])
        at = np.arange(0.0, along[-1], max(_EVERY_M, along[-1] / 500))
        found.append(np.column_stack([np.interp(at, along, axis) for axis in line(points).T]))
    return np.concatenate(found)


def _seen(sensor: Sensor, samples: Floats, stand: _Stand) -> int:
    """Return how many points lie in a sensor's field of view if it stands so."""
    view, off = sensor.field_of_view, samples - stand[:2]
    reach = np.hypot(off[:, 0], off[:, 1])
    ahead = off @ direction_of(stand.yaw_deg)
    cosine = np.cos(np.radians(view.width_deg / 2))
    return int(np.count_nonzero((reach >= view.near_m) & (reach <= view.range_m) & (ahead >= cosine * reach)))


def _meant(sensor: Sensor, samples: Floats, stand: _Stand) -> Detail:
    """Return the hint at the first of the usual mistakes after whose correction much is seen."""
    east, north, yaw = stand
    tries = [
        (_Stand(north, east, yaw), _SWAPPED),
        (_Stand(-east, north, yaw), _SIGN),
        (_Stand(east, -north, yaw), _SIGN),
        (_Stand(east / 100, north / 100, yaw), _IN_UNIT.of(unit="cm")),
        (_Stand(east / 1000, north / 1000, yaw), _IN_UNIT.of(unit="mm")),
        (_Stand(east * 1000, north * 1000, yaw), _IN_UNIT.of(unit="km")),
        (_Stand(east, north, 90.0 - yaw), _FROM_EAST),
        (_Stand(east, north, float(np.degrees(yaw))), _RADIANS),
        (_Stand(east, north, yaw + 180.0), _BACKWARDS),
    ]
    seen = [(_seen(sensor, samples, each), hint) for each, hint in tries]
    enough = max(4 * _LEAST_SEEN, max(points for points, _ in seen) // 2)
    return next((hint for points, hint in seen if points >= enough), NOTHING)
