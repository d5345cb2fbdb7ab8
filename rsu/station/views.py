"""The station's state as the page and `rsu status` show it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from hw.device import DeviceHealth
from hw.tape import SystemClock
from perception.objects import RoadUser
from perception.registration.approaches import ApproachBias
from perception.results import LanePlace, RoadEvent, Tracks
from perception.tracking.bias import SensorBias
from perception.tracking.sightings import Sighting
from rsu.bus.corridor import OwnTracks
from rsu.bus.latch import Held
from rsu.bus.records import SensorSight
from rsu.bus.snapshot import DeviceView, EventView, LatchView, SignalHead, TrackView
from rsu.messages.bounds import ellipses_95
from rsu.reasons import doubts
from rsu.station.signals import PhaseNow

OFFSET_M, YAW_DEG, TIME_MS = 0.5, 0.7, 100.0  # larger errors are for a field engineer to correct
ASIDE_M, HEADING_DEG, VEHICLES = 0.8, 2.0, 30.0  # likewise, against the lanes, after so many vehicles


def tracks(tracks: Tracks | None, places: Sequence[LanePlace | None], now_ns: int) -> list[TrackView]:
    """Return every track, rounded to the resolution of a page."""
    if tracks is None:
        return []
    ellipses = ellipses_95(tracks).round(2).tolist()
    return [_track(tracks, row, places[row], tuple(ellipses[row]), now_ns) for row in range(len(tracks))]


def own_tracks(tracks: Tracks, now_ns: int, correction_ns: int) -> OwnTracks:
    """Return the tracks of a tick for the corridor, in UTC; `correction_ns`: UTC less steady time."""
    return OwnTracks(now_ns + correction_ns, replace(tracks, stamp_ns=tracks.stamp_ns + correction_ns))


def _track(
    tracks: Tracks, row: int, place: LanePlace | None, ellipse: tuple[float, float, float], now_ns: int
) -> TrackView:
    east, north = tracks.position_m[row].tolist()
    length, width, _ = tracks.size_m[row].tolist()
    heading = float(tracks.heading_deg[row])
    vehicle_id = tracks.vehicle_id[row]
    return TrackView(
        id=int(tracks.id[row]),
        kind=RoadUser(tracks.kind[row]).name.lower(),
        east_m=round(east, 2),
        north_m=round(north, 2),
        speed_mps=round(math.hypot(*tracks.velocity_mps[row].tolist()), 2),
        heading_deg=None if math.isnan(heading) else round(heading, 1),
        length_m=round(length, 2),
        width_m=round(width, 2),
        sources=list(tracks.sources[row]),
        ellipse=ellipse,
        age_ms=(now_ns - int(tracks.receipt_ns[row])) // 1_000_000,
        link=place.link if place else None,
        lane=place.lane if place else None,
        vehicle_id=vehicle_id.hex() if vehicle_id else None,
        to_stop_line_m=None if place is None or place.to_stop_line_m is None else round(place.to_stop_line_m, 1),
        movement=place.movement if place else None,
    )


def sight(sighting: Sighting, correction_ns: int) -> SensorSight:
    """Return the detections of a device; `correction_ns`: UTC less steady time."""
    rows = zip(sighting.position_m.round(2).tolist(), sighting.track.tolist(), strict=True)
    places = [(east, north, track) for (east, north), track in rows]
    return SensorSight(sighting.device, sighting.stamp_ns + correction_ns, places)


def signals(phases: Sequence[PhaseNow]) -> list[SignalHead]:
    """Return every phase as it may be told now."""
    return [
        SignalHead(phase.id, phase.light, None if phase.left_s is None else round(phase.left_s, 1)) for phase in phases
    ]


def latch(held: Held | None, correction_ns: int) -> LatchView | None:
    """Return why SPAT is silent until an order; None: it is not."""
    return None if held is None else LatchView(held.phases, held.since_ns + correction_ns)


def event(event: RoadEvent, correction_ns: int) -> EventView:
    """Return one event; `correction_ns`: UTC less steady time."""
    return EventView(
        id=event.id,
        code=event.code,
        state=event.state,
        east_m=round(event.position_m[0], 2),
        north_m=round(event.position_m[1], 2),
        since_ns=event.start_ns + correction_ns,
        link=event.place.link if event.place else None,
        lane=event.place.lane if event.place else None,
        confidence=round(event.confidence, 2),
        name=event.name,
        level=event.level,
        path_m=tuple((round(east, 2), round(north, 2)) for east, north in event.path_m),
        keep=event.keep,
    )


def counters(own: Counter[str], **parts: Counter[str]) -> dict[str, int]:
    """Return all counters by name, those of parts with the part before it."""
    of_parts = {f"{part}: {reason}": count for part, counts in parts.items() for reason, count in counts.items()}
    return dict(sorted((dict(own) | of_parts).items()))


def devices(
    health: Sequence[DeviceHealth],
    biases: Sequence[SensorBias],
    approaches: Sequence[ApproachBias],
    now_ns: int,
    said: SystemClock,
) -> list[DeviceView]:
    """Return every device, a sensor with its differences from the mount in the site file."""
    by_name = {bias.device: bias for bias in biases}
    return [
        device(
            each,
            by_name.get(each.name),
            [one for one in approaches if one.device == each.name],
            now_ns,
            said.correction_ns,
        )
        for each in health
    ]


def device(
    health: DeviceHealth, bias: SensorBias | None, approaches: list[ApproachBias], now_ns: int, correction_ns: int
) -> DeviceView:
    """Return one device; `bias`, `approaches`: of a sensor; `correction_ns`: UTC less steady time."""
    age_ms = None if health.last_receipt_ns is None else max(0, (now_ns - health.last_receipt_ns) // 1_000_000)
    return DeviceView(
        name=health.name,
        kind=health.kind,
        state=health.state,
        rate_hz=round(health.rate_hz, 1),
        age_ms=age_ms,
        counters=health.counters,
        error=health.error,
        bias=None if bias is None else _rounded(bias),
        doubt=doubt(bias, approaches),
        approaches=approaches,
        modality=health.modality,
        refused=list(health.refused),
        vitals=health.vitals,
        alarms=[replace(each, since_ns=each.since_ns + correction_ns) for each in health.alarms],
    )


def _rounded(bias: SensorBias) -> SensorBias:
    figures = {name: value for name, value in msgspec.structs.asdict(bias).items() if name != "device"}
    return msgspec.structs.replace(bias, **{name: round(value, 2) for name, value in figures.items()})


def doubt(bias: SensorBias | None, approaches: Sequence[ApproachBias] = ()) -> str | None:
    """Return in words how a sensor stands otherwise than the site file says, if that is sure and matters.

    The lanes are asked only where the other sensors say nothing: a sensor that stands alone, or an error of all.
    """
    between = None if bias is None else _between(bias)
    return between or ", ".join(_beside(approaches)) or None


def _beside(approaches: Sequence[ApproachBias]) -> Iterator[str]:
    for one in approaches:
        if one.vehicles < VEHICLES:
            continue
        if abs(one.aside_m) > max(ASIDE_M, 3.0 * one.aside_sd_m):
            row = doubts.RIGHT_OF if one.aside_m > 0 else doubts.LEFT_OF
            yield row.say(f"{abs(one.aside_m):.1f}", one.link)
        elif abs(one.heading_deg) > max(HEADING_DEG, 3.0 * one.heading_sd_deg):
            yield doubts.ACROSS.say(f"{one.heading_deg:+.1f}", one.link)


def _between(bias: SensorBias) -> str | None:
    """Return how a sensor errs against the others."""
    offset_m = math.hypot(bias.east_m, bias.north_m)
    figures = [
        (doubts.OFF_BY.say(f"{offset_m:.1f}"), offset_m, bias.offset_sd_m, OFFSET_M),
        (doubts.TURNED_BY.say(f"{bias.yaw_deg:+.1f}"), abs(bias.yaw_deg), bias.yaw_sd_deg, YAW_DEG),
        (doubts.LATE_BY.say(f"{bias.time_ms:+.0f}"), abs(bias.time_ms), bias.time_sd_ms, TIME_MS),
    ]
    return ", ".join(text for text, size, sd, least in figures if size > max(least, 3.0 * sd)) or None
