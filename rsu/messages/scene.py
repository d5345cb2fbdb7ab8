"""The scene at one tick: the input of messages and of the records for the cloud.

Inside, every time is steady (`hw/timescale.py`); data that leave the box are labelled in UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from hw.device import DeviceHealth
from perception.objects import SignalState
from perception.results import LanePlace, RoadEvent, Tracks, TrafficPeriod
from rsu.messages.phases import Step
from v2x.records.spat import SignalPhaseAndTiming

TICK_NS = 100_000_000


class Moment(NamedTuple):
    """The state of the site at `now_ns` (steady) before perception looks at the road: all that SPAT needs."""

    now_ns: int
    correction_ns: int  # UTC, which messages and records carry, less steady time
    uncertainty_ns: int | None  # of UTC; None: not known at all
    conditions: Collection[str]  # of the gate
    spat: SignalPhaseAndTiming | None  # as it may leave, but for its count; None: there is nothing to say
    lamps: SignalState | None  # the signal controller's lamps, as far as they may be told
    ahead: Mapping[int, Sequence[Step]] | None  # lamp -> its steps as told, from now on; None: the site has no signal
    health: Sequence[DeviceHealth]

    @property
    def tick(self) -> int:
        """Return the number of the tick."""
        return self.now_ns // TICK_NS

    @property
    def utc_ns(self) -> int:
        """Return the moment in UTC."""
        return self.now_ns + self.correction_ns


class Scene(NamedTuple):
    """The moment, and the road at it."""

    moment: Moment
    tracks: Tracks
    places: Sequence[LanePlace | None]  # of the tracks, aligned
    events: Sequence[RoadEvent]  # running ones, and those that ended a moment ago; on air those of the tick before

    def labelled(self) -> Scene:
        """Return the scene with its times in UTC; receipts, with which delays are measured, stay steady."""
        correction_ns = self.moment.correction_ns
        if not correction_ns:
            return self
        return self._replace(
            moment=self.moment._replace(now_ns=self.moment.utc_ns, correction_ns=0),
            tracks=msgspec.structs.replace(self.tracks, stamp_ns=self.tracks.stamp_ns + correction_ns),
            events=[_labelled(event, correction_ns) for event in self.events],
        )


class News(NamedTuple):
    """The events and periods that came about at a tick."""

    events: Sequence[RoadEvent]  # those that started or ended
    traffic: Sequence[TrafficPeriod]  # those that ended

    def labelled(self, correction_ns: int) -> News:
        """Return the news with their times in UTC."""
        return News(
            [_labelled(event, correction_ns) for event in self.events],
            [
                msgspec.structs.replace(
                    each, start_ns=each.start_ns + correction_ns, end_ns=each.end_ns + correction_ns
                )
                for each in self.traffic
            ],
        )


def _labelled(event: RoadEvent, correction_ns: int) -> RoadEvent:
    return msgspec.structs.replace(
        event, start_ns=event.start_ns + correction_ns, stamp_ns=event.stamp_ns + correction_ns
    )
