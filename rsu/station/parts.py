"""The parts of a station with their inputs: another site takes over those parts that it would make of equal inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar, cast

from perception.registration.approaches import ApproachWatch
from perception.sensor import Sensor
from perception.traffic.ground import Ground, Polygon
from perception.traffic.lanes import LaneMap
from rsu.bus.latch import ConflictLatch
from rsu.site import conflicts
from rsu.site.lanemap import LaneMapFile, areas, exit_lines, lane_lines
from rsu.site.model import PlaceSettings
from rsu.site.signal import SignalSettings
from rsu.station.signals import Signals
from v2x.records.common import NodeReferenceId

P = ParamSpec("P")
T = TypeVar("T")


class Parts:
    """The parts of one station."""

    def __init__(self, before: Parts | None = None) -> None:
        """`before`: those of the station that this one takes the place of."""
        self._before = {} if before is None else before._made
        self._made: dict[object, tuple[tuple[object, ...], object]] = {}

    def part(self, make: Callable[P, T], *of: P.args, **no: P.kwargs) -> T:
        """Return the part that `make` makes of these inputs; that of the station before, if its inputs were equal."""
        known = self._before.get(make)
        made = known if known is not None and known[0] == of else (of, make(*of, **no))
        self._made[make] = made
        return cast(T, made[1])


def lanes(lane_map: LaneMapFile) -> LaneMap:
    """Return the lanes towards the crossing and away from it."""
    return LaneMap([*lane_lines(lane_map), *exit_lines(lane_map)])


def approaches(sensors: Sequence[Sensor], lane_map: LaneMapFile) -> ApproachWatch:
    """Return the watch on the sensors' places against the lanes; other mounts begin anew."""
    return ApproachWatch([sensor.device for sensor in sensors], [*lane_lines(lane_map), *exit_lines(lane_map)])


def ground(lanes: LaneMap, lane_map: LaneMapFile, zones: list[Polygon]) -> Ground:
    """Return the areas where road users may be."""
    return Ground(lanes, areas(lane_map, zones))


def latch(_: SignalSettings | None, __: LaneMapFile) -> ConflictLatch:
    """Return an open latch: another signal or lane map than that under which it was closed opens it."""
    return ConflictLatch()


def signals(
    settings: SignalSettings | None, lane_map: LaneMapFile, place: PlaceSettings, latch: ConflictLatch
) -> Signals | None:
    """Return the signal controller's part, None where the site has none."""
    if settings is None:
        return None
    node = NodeReferenceId(region=place.region, id=place.node)
    return Signals(settings, list(conflicts.pairs(settings, lane_map)), node, latch)
