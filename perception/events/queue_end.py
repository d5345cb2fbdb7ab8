"""Queue end: the tail of a long queue, where approaching vehicles have to brake.

It begins with a last vehicle that is seen, or was a few seconds ago: then it is almost surely still there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Set
from typing import ClassVar

import numpy as np

from perception.events.rule import Code, EventRow, Occurrence, RuleSettings
from perception.sensor import NotNegative, Positive
from perception.traffic.lanes import NONE, LaneMap
from perception.traffic.situation import Situation

SURE = 0.95  # probability from which a last vehicle that is not seen begins an event


class QueueEndSettings(RuleSettings):
    """The tail of a long queue, where approaching vehicles have to brake."""

    row: ClassVar = EventRow("Queue end", "队尾")

    code: Code = 9911
    on_air: bool = False
    keep_recording: bool = False
    start_after_s: NotNegative = 1.0
    end_after_s: NotNegative = 3.0
    least_length_m: Positive = 40.0  # of the queue
    release_length_m: Positive = 30.0  # a shorter queue ends it
    radius_m: Positive = 10.0  # of its area on air

    def rule(self, lanes: LaneMap) -> QueueEnd:
        """Return the rule that looks for it."""
        return QueueEnd(self, lanes)


class QueueEnd:
    """The rule; its keys are lanes."""

    def __init__(self, settings: QueueEndSettings, lanes: LaneMap) -> None:
        self.settings = settings
        self._is_motor = lanes.is_motor[:-1]

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the tails of the lanes whose queue is long."""
        if not running and now.queues.length_m.max(initial=0.0) < self.settings.least_length_m:
            return
        least = np.full(len(self._is_motor), self.settings.least_length_m)
        least[sorted(running)] = self.settings.release_length_m
        for lane in (self._is_motor & (now.queues.length_m >= least)).nonzero()[0].tolist():
            yield self._tail(now, lane)

    def _tail(self, now: Situation, lane: int) -> Occurrence:
        length = float(now.queues.length_m[lane])
        path = now.lanes.stretch(lane, length, 0.0)
        existence = float(now.queues.existence[lane])
        return Occurrence(
            key=lane,
            position_m=(float(path[0, 0]), float(path[0, 1])),
            radius_m=self.settings.radius_m,
            track_ids=[],
            place=now.lanes.place(lane, length),
            sure_s=math.inf if now.queues.last[lane] != NONE or existence >= SURE else 0.0,
            confidence=existence,
            path_m=tuple((float(east), float(north)) for east, north in path),
            path_radius_m=float(now.lanes.half_width[lane]),
        )
