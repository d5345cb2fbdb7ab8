"""Is a message plausible? Nothing on the wire tells the editions apart: read by the wrong one, a message may decode to
nonsense that encodes to the same octets again.

Values that no sender on the road sends:

    place   at latitude and longitude 0, or more than 20 km from the position of the message or node that holds it
    speed   above 100 m/s
    time    a year before 2015 or after 2100, an end before its start, a shortest countdown longer than the longest
    lane    wider than 50 m, an id twice in one link

Unavailable is plausible everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import cos, hypot, radians
from typing import Any, TypeAlias

import msgspec

from v2x.records.bsm import DateTime
from v2x.records.messages import Message
from v2x.records.roadmap import Lane, Link
from v2x.records.rsi import TimeDetails
from v2x.records.spat import CountingDown
from v2x.wire.positions import Position

Doubt: TypeAlias = tuple[tuple[str, ...], str]  # field, reason

FARTHEST_M = 20_000
FASTEST_MPS = 100
WIDEST_M = 50
YEARS = range(2015, 2101)

_M_PER_DEG = 111_320  # of latitude
_HALF_A_YEAR_MIN = 60 * 24 * 182
_PLAIN = (float, int, str, bytes, bool)  # nothing to doubt


def doubts(message: Message) -> tuple[str, ...]:
    """Return the implausible values of a message, each with the field; (): none."""
    return tuple(f"{'.'.join(path)}: {reason}" for path, reason in _doubts(message, None))


def _doubts(value: object, origin: Position | None) -> Iterator[Doubt]:
    """Yield the implausible parts of a value; places are seen from `origin`."""
    if isinstance(value, msgspec.Struct):
        for reason in _RULES.get(type(value), _nothing)(value):
            yield (), reason
        for name in value.__struct_fields__:
            inner = getattr(value, name)
            if name == "speed_mps":
                found = _of_speed(inner)
            elif type(inner) is Position:
                found = _of_place(inner, origin)
                origin = origin or inner
            elif inner is None or type(inner) in _PLAIN:
                continue
            else:
                found = _doubts(inner, origin)
            yield from (((name, *path), reason) for path, reason in found)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            found = _of_place(item, origin) if type(item) is Position else _doubts(item, origin)
            yield from (((str(index), *path), reason) for path, reason in found)


def _nothing(value: object) -> Iterable[str]:
    return ()


def _of_place(place: Position, origin: Position | None) -> Iterator[Doubt]:
    if abs(place.latitude_deg) < 0.001 and abs(place.longitude_deg) < 0.001:
        yield (), "at latitude 0 and longitude 0"
    if origin and (distance := _distance_m(origin, place)) > FARTHEST_M:
        yield (), f"{distance / 1000:.0f} km away"


def _of_speed(speed_mps: float | None) -> Iterator[Doubt]:
    if speed_mps is not None and speed_mps > FASTEST_MPS:
        yield (), f"{speed_mps:.0f} m/s"


def _distance_m(one: Position, other: Position) -> float:
    """Return the distance on a plane: near enough to tell 20 km from nonsense."""
    east = (other.longitude_deg - one.longitude_deg + 180) % 360 - 180
    north = other.latitude_deg - one.latitude_deg
    return _M_PER_DEG * hypot(north, east * cos(radians(one.latitude_deg)))


def _of_date(time: DateTime) -> Iterator[str]:
    if time.year is not None and time.year not in YEARS:
        yield f"in the year {time.year}"


def _of_period(time: TimeDetails) -> Iterator[str]:
    if time.start_moy is not None and time.end_moy is not None:
        early = time.start_moy - time.end_moy
        if 0 < early < _HALF_A_YEAR_MIN:  # or else the end is in the next year
            yield "ends before it starts"


def _of_countdown(timing: CountingDown) -> Iterator[str]:
    if timing.min_end_s is not None and timing.max_end_s is not None and timing.min_end_s > timing.max_end_s:
        yield f"ends in {timing.min_end_s:g} s at the soonest and {timing.max_end_s:g} s at the latest"


def _of_width(lane: Lane | Link) -> Iterator[str]:
    if lane.width_m is not None and lane.width_m > WIDEST_M:
        yield f"{lane.width_m:.0f} m wide"


def _of_link(link: Link) -> Iterator[str]:
    yield from _of_width(link)
    ids = [lane.lane_id for lane in link.lanes if lane.lane_id]
    if len(set(ids)) < len(ids):
        yield "a lane id twice"


_RULES: Mapping[type, Callable[[Any], Iterable[str]]] = {
    DateTime: _of_date,
    TimeDetails: _of_period,
    CountingDown: _of_countdown,
    Lane: _of_width,
    Link: _of_link,
}
