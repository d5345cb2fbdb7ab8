"""The story of one road user: which sensors saw it when and how far off, and which messages carried it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from perception.geo import direction_of
from rsu.bus.snapshot import TrackView
from rsu.explain.look import Carried, Look, SeenPlaces

_REACH_M = 5.0  # a detection that is farther from every road user on air belongs to none
_KEPT_NS = 1_100_000_000  # longest time between two RSMs of a road user that goes on as before


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
    places: int = 0  # of its detections that were nearest to this road user
    rms_m: float | None = None  # root mean square of their distance from it; None: not known
    east_m: float | None = None  # mean of the distance to the east and to the north: a sensor that is registered wrong
    north_m: float | None = None


class OnAir(msgspec.Struct):
    """The RSMs that carried it."""

    messages: int = 0
    first_ns: int | None = None  # UTC
    last_ns: int | None = None
    longest_gap_ms: int = 0
    age_ms: list[int] = []  # of its values when each left
    latency_ms: list[float] = []  # from the receipt of the newest measurement in each until it left


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
        self._off: dict[str, list[tuple[float, float]]] = {}  # sensor -> distances to the east and north, m
        self._on_air: dict[int, Carried] = {}  # the last of every road user

    def add(self, look: Look) -> None:
        """Take the next look."""
        story, now_ns = self.story, look.snapshot.stamp_ns
        track = next((each for each in look.snapshot.tracks if each.id == story.id), None)
        story.gone = track is None and story.first_ns is not None
        if track is not None:
            self._present(track, now_ns)
        for each in look.carried:
            self._on_air[each.id] = each
            if each.id == story.id:
                _leave(story.on_air, each)
        self._on_air = {key: each for key, each in self._on_air.items() if now_ns - each.sent_ns < _KEPT_NS}
        for seen in look.seen:
            self._measure(seen)

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
            part.last_ns, part.ticks = now_ns, part.ticks + 1

    def _measure(self, seen: SeenPlaces) -> None:
        """Hold a sensor's detections against all road users on air; keep the one that is nearest to this one."""
        part = self.story.sensors.get(seen.device)
        if part is None or self.story.id not in self._on_air or not len(seen.places_m):
            return
        numbers = list(self._on_air)
        off = seen.places_m[:, None] - _moved([self._on_air[each] for each in numbers], seen.stamp_ns)
        distance = np.hypot(off[..., 0], off[..., 1])
        own = numbers.index(self.story.id)
        row = int(distance[:, own].argmin())
        if distance[row, own] > _REACH_M or int(distance[row].argmin()) != own:
            return
        found = self._off.setdefault(seen.device, [])
        found.append((float(off[row, own, 0]), float(off[row, own, 1])))
        all_off = np.array(found)
        part.places, part.rms_m = len(found), float(np.sqrt((all_off**2).sum(axis=1).mean()))
        part.east_m, part.north_m = all_off.mean(axis=0).tolist()


def _moved(users: Sequence[Carried], stamp_ns: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return where road users on air are at a time, (n, 2) m."""
    speed = np.array([each.speed_mps or 0.0 for each in users])
    heading = np.array([math.nan if each.heading_deg is None else each.heading_deg for each in users])
    passed_s = np.array([(stamp_ns - each.stamp_ns) / 1e9 for each in users])
    moved: np.ndarray[tuple[int, int], np.dtype[np.float64]] = np.array(
        [each.position_m for each in users]
    ) + np.nan_to_num(direction_of(heading) * (speed * passed_s)[:, None])
    return moved


def _leave(on_air: OnAir, each: Carried) -> None:
    """Note an RSM that carried it."""
    if on_air.last_ns is not None:
        on_air.longest_gap_ms = max(on_air.longest_gap_ms, (each.sent_ns - on_air.last_ns) // 1_000_000)
    on_air.first_ns, on_air.last_ns = on_air.first_ns or each.sent_ns, each.sent_ns
    on_air.messages += 1
    on_air.age_ms.append((each.sent_ns - each.stamp_ns) // 1_000_000)
    if each.newest_ns is not None:
        on_air.latency_ms.append((each.sent_ns - each.newest_ns) / 1e6)
