"""The contract of a rule: it returns the occurrences in a situation; `detector` makes events of them over time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Set
from typing import Protocol

import msgspec
import numpy as np

from perception.events.settings import RuleSettings
from perception.objects import Floats, Ints, Mask
from perception.results import LanePlace
from perception.traffic.situation import Situation


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a rule sees at one time, such as a vehicle that stands."""

    key: int  # the same thing has the same key at every look: a track id, a lane's index ...
    position_m: tuple[float, float]  # m, site frame
    radius_m: float
    track_ids: list[int]
    place: LanePlace | None = None
    confidence: float = 1.0
    sure_s: float = math.inf  # for how long the places of its road users have been known well
    after_s: float | None = None  # it must hold for so long before it is an event; None: as the settings say
    path_m: tuple[tuple[float, float], ...] = ()
    path_radius_m: float = 0.0
    level: int | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None


class Rule(Protocol):
    """One kind of event. `running`: the keys of its running events, for which softer thresholds hold."""

    @property
    def settings(self) -> RuleSettings:
        """Its part of the site file."""

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the occurrences that the rule sees now."""


def running_rows(now: Situation, running: Set[int]) -> Mask:
    """Return which rows (n,) are tracks with a running event, for rules whose keys are track ids."""
    if not running:
        return np.zeros(len(now.tracks), dtype=np.bool_)
    return np.isin(now.tracks.id, sorted(running))


def threshold(now: Situation, running: Set[int], start: float, release: float) -> float | Floats:
    """Return the threshold that counts: `start`, but `release` for rows (n,) with a running event."""
    return np.where(running_rows(now, running), release, start) if running else start


def of_track(now: Situation, row: int, radius_m: float, after_s: float | None = None) -> Occurrence:
    """Return the occurrence of one road user."""
    tracks = now.tracks
    heading = float(tracks.heading_deg[row])
    return Occurrence(
        key=int(tracks.id[row]),
        position_m=(float(tracks.position_m[row, 0]), float(tracks.position_m[row, 1])),
        radius_m=radius_m,
        track_ids=[int(tracks.id[row])],
        place=now.place(row),
        confidence=float(tracks.existence[row]),
        sure_s=float(now.past["sure_s"][row]),
        after_s=after_s,
        speed_mps=float(now.speed_mps[row]),
        heading_deg=None if np.isnan(heading) else heading,
    )


def of_tracks(now: Situation, rows: Ints, radius_m: float) -> list[Occurrence]:
    """Return the occurrences of the road users of rows (n,)."""
    return [of_track(now, int(row), radius_m) for row in rows]
