"""The contract of an event: its row, its part of the site file, and its rule.

A rule returns the occurrences in a situation; `detector` makes events of them over time. A new event is a module with
its settings and its rule, and a line in `perception.events.settings`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Set
from typing import Annotated, ClassVar, NamedTuple, Protocol

import msgspec
import numpy as np
from pydantic import Field

from perception.objects import Floats, Ints, Mask
from perception.results import LanePlace
from perception.sensor import NotNegative, Positive, Settings
from perception.traffic.lanes import LaneMap
from perception.traffic.situation import Situation

# YD/T 3709-2020 Annex A, GB/T 29100-2012 and its use in the field; from 9900 on: in no standard
Code = Annotated[int, Field(ge=0, le=65535)]


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


class EventRow(NamedTuple):
    """The words of a kind of event, and its standing in messages and in the cloud."""

    name: str
    name_zh: str
    urgency: int = 3  # priority in RSI, 0..7, 7 highest: an own scale
    vehicle_status: int | None = None  # vehicleStatus (T/ITS 0180.1) of its road user; None: the standard has none


class RuleSettings(Settings, ABC):
    """Settings that every rule has: its code, its times of start and end, and the zones in which it holds."""

    row: ClassVar[EventRow]

    enabled: bool = True  # whether the rule looks
    code: Code  # of the event (GB/T 29100, or the site's own)
    on_air: bool = Field(True, description="part of RSI; else only recorded and uploaded")
    keep_recording: bool = Field(True, description="keep the recording of it and of the time before it")
    start_after_s: NotNegative  # it must hold for so long before the event starts
    end_after_s: NotNegative  # it must not hold for so long before the event ends
    sure_for_s: NotNegative = 1.0  # its road user's position must have been known to 1 m for so long
    lost_after_s: NotNegative = 3.0  # it ends when the road user was not seen for so long
    update_every_s: Positive = 1.0  # a running event is told of so often
    only_in: list[str] = Field([], description="zones; none: everywhere")
    never_in: list[str] = Field([], description="zones")

    @abstractmethod
    def rule(self, lanes: LaneMap) -> Rule:
        """Return the rule that looks for the event on a site's lanes."""


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
