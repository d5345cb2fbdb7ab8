"""The station's state as the page and `rsu status` show it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hw.device import DeviceHealth
from perception.objects import Event, LanePlace, RoadUser, Tracks
from rsu.checks.signals import SignalView
from rsu.messages.bounds import ellipses_95
from rsu.messages.spat import light
from rsu.records import DeviceView, EventView, SignalHead, TrackView


def tracks(tracks: Tracks | None, places: Sequence[LanePlace | None], now_ns: int) -> list[TrackView]:
    """Return every track, rounded to what a page can show."""
    if tracks is None:
        return []
    ellipses = ellipses_95(tracks).round(2).tolist()
    return [_track(tracks, row, places[row], tuple(ellipses[row]), now_ns) for row in range(len(tracks))]


def _track(
    tracks: Tracks, row: int, place: LanePlace | None, ellipse: tuple[float, float, float], now_ns: int
) -> TrackView:
    east, north = tracks.position[row].tolist()
    length, width, _ = tracks.size[row].tolist()
    heading = float(tracks.heading[row])
    vehicle_id = tracks.vehicle_id[row]
    return TrackView(
        id=int(tracks.id[row]),
        kind=RoadUser(tracks.kind[row]).name.lower(),
        east=round(east, 2),
        north=round(north, 2),
        speed=round(math.hypot(*tracks.velocity[row].tolist()), 2),
        heading=None if math.isnan(heading) else round(heading, 1),
        length=round(length, 2),
        width=round(width, 2),
        sources=list(tracks.sources[row]),
        ellipse=ellipse,
        age_ms=(now_ns - int(tracks.stamp_ns[row])) // 1_000_000,
        link=place.link if place else None,
        lane=place.lane if place else None,
        vehicle_id=vehicle_id.hex() if vehicle_id else None,
        to_stop_line=None if place is None or place.to_stop_line is None else round(place.to_stop_line, 1),
        movement=place.movement if place else None,
    )


def signals(view: SignalView | None, now_ns: int) -> list[SignalHead]:
    """Return every phase as it is now; while the source is not to be believed, as unavailable."""
    if view is None:
        return []
    hidden = {"no-signal", "signal-unavailable", "signal-lost", "conflicting-greens"} & set(view.conditions(now_ns))
    heads = []
    for phase in view.phases(now_ns):
        if hidden or not phase.steps:
            heads.append(SignalHead(phase.id, "unavailable", None))
            continue
        end_ns = phase.steps[0].end_ns
        countdown = None if end_ns is None else round((end_ns - now_ns) / 1e9, 1)
        heads.append(SignalHead(phase.id, light(phase.steps[0].colour, phase.settings), countdown))
    return heads


def event(event: Event) -> EventView:
    """Return one event."""
    return EventView(
        id=event.id,
        code=event.code,
        state=event.state,
        east=round(event.position[0], 2),
        north=round(event.position[1], 2),
        since_ns=event.start_ns,
        link=event.place.link if event.place else None,
        lane=event.place.lane if event.place else None,
        confidence=round(event.confidence, 2),
        name=event.name,
        level=event.level,
        path=tuple((round(east, 2), round(north, 2)) for east, north in event.path),
        keep=event.keep,
    )


def device(health: DeviceHealth, now_ns: int) -> DeviceView:
    """Return one device."""
    age_ms = None if health.last_receipt_ns is None else max(0, (now_ns - health.last_receipt_ns) // 1_000_000)
    return DeviceView(
        health.name, health.kind, health.state, round(health.rate_hz, 1), age_ms, health.counters, health.error
    )
