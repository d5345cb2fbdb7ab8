"""Which road users go into the RSMs of a cycle, and in which order.

The rules of ETSI TS 103 324 for objects in collective perception: a road user is told of when it is new, has moved,
changed its speed or its heading by more than a threshold since it was told of last, or after a time. One that is left
out is not gone: receivers keep it for as long. The places that this leaves in the one frame that goes out anyway are
filled with those next in order, so that those at risk are told of at 10 Hz, as the applications for them ask.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from perception.geo import heading_difference
from perception.objects import Floats, Ints, RoadUser
from perception.results import LanePlace, Tracks
from rsu.site.inclusion import InclusionSettings

_NUMBERS = 65536
_HALF_CYCLE_NS = 50_000_000  # cycles come on a grid of 100 ms, give or take
_VULNERABLE = np.isin([*RoadUser], (RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.MOTORCYCLE))  # by class
_SOON_S = 5.0  # to the stop line: on the way into the conflict area
_TOLD = np.dtype([("at_ns", "i8"), ("position", "f8", 2), ("speed", "f8"), ("heading", "f8")])

Mask = NDArray[np.bool_]


class Inclusion:
    """Remembers the last sent state of each road user."""

    def __init__(self, settings: InclusionSettings) -> None:
        self._settings = settings
        self._told = np.zeros(_NUMBERS, dtype=_TOLD)

    def choose(
        self, now_ns: int, tracks: Tracks, places: Sequence[LanePlace | None], in_events: Collection[int]
    ) -> Ints:
        """Return the rows to tell of now, the most at risk first. `in_events`: ids of tracks in running events.

        Those that are sent have to be named to `told`; the others are due again in the next cycle.
        """
        vulnerable = _VULNERABLE[tracks.kind]
        speed = np.hypot(tracks.velocity_mps[:, 0], tracks.velocity_mps[:, 1])
        before = self._told[tracks.id]
        age_ns = now_ns - before["at_ns"]
        due = self._is_due(tracks, before, speed, vulnerable, age_ns)
        urgent = np.array([number in in_events for number in tracks.id.tolist()], dtype=bool)
        new = age_ns > _limit_ns(self._settings.after_s)
        order = np.lexsort((tracks.id, -age_ns, -speed, ~new, ~_conflicting(places, speed), ~vulnerable, ~urgent))
        chosen: Ints = order[_filled(due[order], self._settings.at_least)]
        return chosen

    def told(self, now_ns: int, tracks: Tracks) -> None:
        """Note that road users were told of as they are now."""
        numbers = tracks.id
        self._told["at_ns"][numbers] = now_ns
        self._told["position"][numbers] = tracks.position_m
        self._told["speed"][numbers] = np.hypot(tracks.velocity_mps[:, 0], tracks.velocity_mps[:, 1])
        self._told["heading"][numbers] = tracks.heading_deg

    def _is_due(self, tracks: Tracks, before: NDArray[np.void], speed: Floats, vulnerable: Mask, age_ns: Ints) -> Mask:
        settings = self._settings
        away = tracks.position_m - before["position"]
        after_ns = np.where(vulnerable, _limit_ns(settings.vulnerable_after_s), _limit_ns(settings.after_s))
        due: Mask = (away**2).sum(axis=1) > settings.moved_m**2
        due |= np.abs(speed - before["speed"]) > settings.speed_mps
        due |= np.abs(heading_difference(tracks.heading_deg, before["heading"])) > settings.heading_deg
        due |= np.isnan(tracks.heading_deg) != np.isnan(before["heading"])
        return due | (age_ns > after_ns)


def _filled(due: Mask, count: int) -> Mask:
    """Return the road users that are due, and from the front of the queue others up to at least `count`."""
    others = np.flatnonzero(~due)
    due[others[: max(0, count - int(np.count_nonzero(due)))]] = True
    return due


def _limit_ns(seconds: float) -> int:
    return round(seconds * 1e9) - _HALF_CYCLE_NS


def _conflicting(places: Sequence[LanePlace | None], speed: Floats) -> Mask:
    """Return the road users on the way into the junction: at their speed they come to the stop line soon."""
    to_line = [np.inf if place is None or place.to_stop_line_m is None else place.to_stop_line_m for place in places]
    conflicting: Mask = np.array(to_line, dtype=np.float64) < speed * _SOON_S
    return conflicting
