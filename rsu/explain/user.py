"""The story of one road user: which sensors saw it when and how far off, and which messages carried it."""

from __future__ import annotations

import math
from collections import deque

import msgspec
import numpy as np

from perception.geo import direction_of
from perception.objects import Floats
from rsu.bus.records import SensorSight
from rsu.bus.snapshot import TrackView
from rsu.explain.look import Carried, Look

_MOST = 1000  # values of the newest past that figures are made of
_APART_NS = 1_000_000_000  # a sensor that gives nothing for longer has lost it


class Stretch(msgspec.Struct):
    """A time on one lane, or on none."""

    link: str | None
    lane: int | None
    first_ns: int  # UTC
    last_ns: int


class SensorPart(msgspec.Struct):
    """One sensor's part in it."""

    device: str
    first_ns: int  # UTC, of the first tick at which the track had its measurements
    last_ns: int
    ticks: int  # at which it had
    spans_ns: list[tuple[int, int]] = []  # from when to when, UTC
    places: int = 0  # detections of it
    rms_m: float | None = None  # root mean square of their distance from its place on air; None: not known
    east_m: float | None = None  # mean of the distance to the east and to the north: a sensor that is registered wrong
    north_m: float | None = None


class OnAir(msgspec.Struct):
    """The RSMs that carried it."""

    messages: int = 0
    first_ns: int | None = None  # UTC
    last_ns: int | None = None
    longest_gap_ms: int = 0
    age_ms: list[int] = []  # of its values when each of the last ones left
    latency_ms: list[float] = []  # from the receipt of the newest measurement in each of these until it left


class UserStory(msgspec.Struct):
    """Everything about one road user, over the looks that were taken."""

    id: int
    first_ns: int | None = None  # UTC; None: it was never there
    last_ns: int | None = None
    kinds: dict[str, int] = {}  # class -> ticks
    vehicle_ids: list[str] = []  # hex, of its BSMs
    speed_mps: tuple[float, float] = (math.inf, -math.inf)  # least and greatest
    widest_95_m: float = 0.0  # worst semi-major axis of its 95 % ellipse
    sensors: dict[str, SensorPart] = {}
    stretches: list[Stretch] = []
    on_air: OnAir = msgspec.field(default_factory=OnAir)
    gone: bool = False  # the last look had it no more


class Storyteller:
    """Follows one road user through the looks, in their order."""

    def __init__(self, number: int) -> None:
        """Take the number of its track."""
        self.story = UserStory(number)
        self._off: dict[str, deque[list[float]]] = {}  # sensor -> distances to the east and north, m
        self._last: Carried | None = None

    def add(self, look: Look) -> None:
        """Take the next look."""
        story, now_ns = self.story, look.snapshot.stamp_ns
        track = next((each for each in look.snapshot.tracks if each.id == story.id), None)
        story.gone = track is None and story.first_ns is not None
        if track is not None:
            self._present(track, now_ns)
        for each in look.carried:
            if each.id == story.id:
                self._last = each
                _leave(story.on_air, each)
        for sight in look.seen:
            self._measure(sight)

    def _present(self, track: TrackView, now_ns: int) -> None:
        story = self.story
        story.first_ns, story.last_ns = story.first_ns or now_ns, now_ns
        story.kinds[track.kind] = story.kinds.get(track.kind, 0) + 1
        story.speed_mps = min(story.speed_mps[0], track.speed_mps), max(story.speed_mps[1], track.speed_mps)
        story.widest_95_m = max(story.widest_95_m, track.ellipse[0])
        if track.vehicle_id is not None and track.vehicle_id not in story.vehicle_ids:
            story.vehicle_ids.append(track.vehicle_id)
        if not story.stretches or (story.stretches[-1].link, story.stretches[-1].lane) != (track.link, track.lane):
            story.stretches.append(Stretch(track.link, track.lane, now_ns, now_ns))
        story.stretches[-1].last_ns = now_ns
        for device in track.sources:
            part = story.sensors.setdefault(device, SensorPart(device, now_ns, now_ns, 0))
            begin_ns = part.spans_ns.pop()[0] if part.spans_ns and now_ns - part.last_ns <= _APART_NS else now_ns
            part.spans_ns.append((begin_ns, now_ns))
            part.last_ns, part.ticks = now_ns, part.ticks + 1

    def _measure(self, sight: SensorSight) -> None:
        """Hold the detections that the track took against the place on air at that time."""
        own = [(east, north) for east, north, track in sight.places_m if track == self.story.id]
        part = self.story.sensors.get(sight.device)
        if part is None or self._last is None or not own:
            return
        found = self._off.setdefault(sight.device, deque(maxlen=_MOST))
        found.extend((np.array(own) - _moved(self._last, sight.stamp_ns)).tolist())
        off = np.array(found)
        part.places, part.rms_m = part.places + len(own), float(np.sqrt((off**2).sum(axis=1).mean()))
        part.east_m, part.north_m = off.mean(axis=0).tolist()


def _moved(user: Carried, stamp_ns: int) -> Floats:
    """Return where a road user on air is at a time, (2,) m."""
    way_m = (user.speed_mps or 0.0) * (stamp_ns - user.stamp_ns) / 1e9
    place: Floats = np.array(user.position_m)
    return place if user.heading_deg is None else place + direction_of(np.float64(user.heading_deg)) * way_m


def _leave(on_air: OnAir, each: Carried) -> None:
    """Note an RSM that carried it."""
    if on_air.last_ns is not None:
        on_air.longest_gap_ms = max(on_air.longest_gap_ms, (each.sent_ns - on_air.last_ns) // 1_000_000)
    on_air.first_ns, on_air.last_ns = on_air.first_ns or each.sent_ns, each.sent_ns
    on_air.messages += 1
    on_air.age_ms.append((each.sent_ns - each.stamp_ns) // 1_000_000)
    if each.newest_ns is not None:
        on_air.latency_ms.append((each.sent_ns - each.newest_ns) / 1e6)
    del on_air.age_ms[:-_MOST], on_air.latency_ms[:-_MOST]
