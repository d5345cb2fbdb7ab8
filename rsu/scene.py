"""What there is to say at one tick: the input of both the broadcaster and the reporter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from hw.device import DeviceHealth
from perception.objects import Event, LanePlace, SignalState, Tracks, TrafficPeriod


class Moment(NamedTuple):
    """What is known of the site at `now_ns` (UTC) before anybody looks at the road: all that SPAT needs."""

    now_ns: int
    uncertainty_ns: int | None  # of UTC; None: not known at all
    conditions: Collection[str]  # of the gate
    lamps: SignalState | None  # the signal controller's lamps, counted on to now
    health: Sequence[DeviceHealth]


class Scene(NamedTuple):
    """The moment, and the road at it."""

    moment: Moment
    tracks: Tracks
    places: Sequence[LanePlace | None]  # of the tracks, aligned
    events: Sequence[Event]  # running ones, and those that ended a moment ago; on air those of the tick before


class News(NamedTuple):
    """What came about at a tick."""

    events: Sequence[Event]  # those that started or ended
    traffic: Sequence[TrafficPeriod]  # those that ended
