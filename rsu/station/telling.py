"""The station's state in the words of `rsu/told.py`. Pure: times come in, in UTC."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from perception.objects import NORMAL_95, Floats, Ints, Lamp, RoadUser, SignalState
from perception.results import LanePlace, RoadEvent, Tracks
from rsu.bus.told import RoadEvents, SignalLamps, ToldLamp, ToldUser
from rsu.messages.bounds import position_95, speed_95
from rsu.messages.phases import Step


class OnRoad(NamedTuple):
    """The road users at one time, and where they are."""

    tracks: Tracks
    places: Sequence[LanePlace | None]  # aligned with `tracks`
    running: Sequence[RoadEvent]

    def of(self, numbers: Iterable[int]) -> OnRoad:
        """Return those with these track numbers that are still there."""
        rows: Ints = np.flatnonzero(np.isin(self.tracks.id, list(numbers)))
        return self._replace(tracks=self.tracks.take(rows), places=[self.places[row] for row in rows.tolist()])


def users(road: OnRoad) -> list[ToldUser]:
    """Return the road users, in the tracks' order."""
    tracks = road.tracks
    parts: dict[int, list[int]] = {}
    for event in road.running:
        for number in event.track_ids:
            parts.setdefault(number, []).append(event.code)
    columns: dict[str, Sequence[object]] = {
        "id": tracks.id.tolist(),
        "stamp_ns": tracks.stamp_ns.tolist(),
        "kind": [RoadUser(kind) for kind in tracks.kind.tolist()],
        "sources": [list(sources) for sources in tracks.sources],
        "place": road.places,
        "events": [parts.get(number, []) for number in tracks.id.tolist()],
        **_motion(tracks),
    }
    rows = zip(*columns.values(), strict=True)
    return [ToldUser(**dict(zip(columns, row, strict=True))) for row in rows]


def _motion(tracks: Tracks) -> dict[str, Sequence[object]]:
    """Return the columns that are numbers: where, how fast, how sure, how large."""
    return {
        "east_m": tracks.position_m[:, 0].tolist(),
        "north_m": tracks.position_m[:, 1].tolist(),
        "position_95_m": position_95(tracks).tolist(),
        "speed_mps": np.hypot(tracks.velocity_mps[:, 0], tracks.velocity_mps[:, 1]).tolist(),
        "speed_95_mps": speed_95(tracks).tolist(),
        "heading_deg": _known(tracks.heading_deg),
        "heading_95_deg": _known(np.where(np.isnan(tracks.heading_deg), np.nan, NORMAL_95 * tracks.heading_sd_deg)),
        "length_m": _known(tracks.size_m[:, 0]),
        "width_m": _known(tracks.size_m[:, 1]),
        "height_m": _known(tracks.size_m[:, 2]),
    }


def _known(values: Floats) -> list[float | None]:
    """Return Python numbers, None for NaN."""
    return [None if math.isnan(value) else value for value in values.tolist()]


def events(told: Sequence[RoadEvent], road: OnRoad) -> RoadEvents:
    """Return events with the road users that are part of them."""
    numbers = {number for event in told for number in event.track_ids}
    return RoadEvents(list(told), users(road.of(numbers)))


def lamps(
    state: SignalState | None, ahead: Mapping[int, Sequence[Step]], now_ns: int, shown: bool, ok: bool
) -> SignalLamps:
    """Return the signal's lamps; none while it has reported nothing (`state` None).

    `ahead`: lamp number -> its steps on the timescale of `now_ns`; lamps that are not counted on are missing.
    """
    reported = state.lamps if state is not None else []
    return SignalLamps([_lamp(each, ahead.get(each.number), now_ns, shown) for each in reported], shown, ok)


def _lamp(lamp: Lamp, ahead: Sequence[Step] | None, now_ns: int, shown: bool) -> ToldLamp:
    """Return one lamp; one that is not counted on (`ahead` None) as it reports itself."""
    steps: list[tuple[str, float | None]] = []
    if shown and ahead is None:
        steps = [(lamp.colour, lamp.countdown_s)]
    elif shown and ahead is not None:
        steps = [
            (colour, None if end_ns is None else (end_ns - max(start_ns, now_ns)) / 1e9)
            for colour, start_ns, end_ns in ahead
        ]
    return ToldLamp(lamp.number, lamp.angle_deg, lamp.type, steps)
