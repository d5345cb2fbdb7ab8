"""Near miss: two road users that almost met.

Time to collision: two on crossing ways whose bodies would overlap within `ttc_s` if both went on as they are, and that
could only be kept apart by harder braking than people do of their own will. Post-encroachment time: one comes, within
`pet_s`, to where the body of another on a crossing way has just been.

Only what is certain is a near miss: places, speeds and headings count with `sigmas` standard deviations against it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

import numpy as np

from perception.events.rule import Sighting
from perception.events.settings import NearMissSettings
from perception.objects import Floats, Ints
from perception.traffic.ground import CROSSWALK, JUNCTION
from perception.traffic.lanes import Mask
from perception.traffic.situation import SECOND_NS, Situation, most_sd

PAIR = 65536  # a pair's key: the smaller id times this, plus the greater
MOVING_MPS = 0.5
STEP_S = 0.1  # between the times for which bodies are laid over each other, and at most between two looks
SPARE_M = 1.0  # beyond half its length: the rest of a body, and what its way bends
BETWEEN_S = np.stack(np.meshgrid(*[np.arange(4) * STEP_S / 4.0] * 2), axis=-1).reshape(-1, 2)


class Movers(NamedTuple):
    """Road users (p,) and what is needed to lay their bodies over each other."""

    position: Floats  # (p, 2) m, centre
    velocity: Floats  # (p, 2) m/s
    ahead: Floats  # (p, 2) unit vector
    half: Floats  # (p, 2) m: half the length, half the width
    position_sd: Floats  # (p,) m, at most, whatever the direction
    speed_sd: Floats  # (p,) m/s, the same


class NearMiss:
    """The rule; its keys are pairs of tracks."""

    def __init__(self, settings: NearMissSettings) -> None:
        self.settings = settings
        self._trail: deque[Situation] = deque()  # the newest first
        self._trail_s = settings.pet_s + 2.0 * STEP_S
        self._ahead_s = np.arange(1, round(settings.ttc_s / STEP_S) + 1) * STEP_S
        self._most_cosine = math.cos(math.radians(settings.crossing_deg))

    def look(self, now: Situation, running: Set[int]) -> Iterable[Sighting]:
        """Return the pairs that almost meet now."""
        while self._trail and now.now_ns - self._trail[-1].now_ns >= self._trail_s * SECOND_NS:
            self._trail.pop()
        first, second = self._crossing(now)
        found = list(self._judge(now, first, second)) if len(first) else []
        self._trail.appendleft(now)
        return found

    def _crossing(self, now: Situation) -> tuple[Ints, Ints]:
        """Return pairs (p,), (p,) of rows, each once and a fast one first, whose ways cross near each other."""
        moving = (now.speed >= MOVING_MPS) & np.isfinite(now.tracks.heading)
        row = (moving & ((now.ground & (JUNCTION | CROSSWALK)) != 0)).nonzero()[0]
        is_fast = now.speed[row] >= self.settings.least_mps
        fast = is_fast.nonzero()[0]
        east, north = now.ahead[row].T
        crossing = np.abs(east[fast, None] * east + north[fast, None] * north) < self._most_cosine
        crossing &= ~is_fast | (fast[:, None] < np.arange(len(row)))
        first, second = crossing.nonzero()
        first = fast[first]
        if not len(first):
            return row[first], row[second]
        return self._near(now, row[first], row[second])

    def _near(self, now: Situation, first: Ints, second: Ints) -> tuple[Ints, Ints]:
        """Return those of the pairs that come near each other, or one to where the other was."""
        tracks = now.tracks
        apart = tracks.position[second] - tracks.position[first]
        one, other = tracks.velocity[first], tracks.velocity[second]
        reach = tracks.size[:, 0] / 2.0 + SPARE_M
        near = _nearest(apart, other - one, self.settings.ttc_s)
        np.minimum(near, _nearest(apart, one, self._trail_s), out=near)
        np.minimum(near, _nearest(apart, -other, self._trail_s), out=near)
        found = near <= reach[first] + reach[second]
        return first[found], second[found]

    def _judge(self, now: Situation, first: Ints, second: Ints) -> Iterator[Sighting]:
        """Yield those of the pairs that almost meet."""
        settings, tracks = self.settings, now.tracks
        cosine = np.abs((now.ahead[first] * now.ahead[second]).sum(axis=1))
        angle = np.degrees(np.arccos(np.minimum(cosine, 1.0)))
        angle -= settings.sigmas * np.hypot(tracks.heading_sd[first], tracks.heading_sd[second])
        sure = angle >= settings.crossing_deg
        first, second = first[sure], second[sure]
        if not len(first):
            return
        one, other = _movers(now, first), _movers(now, second)
        fast, is_fast = (
            now.speed[row] - settings.sigmas * mover.speed_sd >= settings.least_mps
            for row, mover in ((first, one), (second, other))
        )
        meets = (fast | is_fast) & self._collides(one, other)
        met = (self._encroaches(now, one, second) & fast) | (self._encroaches(now, other, first) & is_fast)
        for at in (met | meets).nonzero()[0].tolist():
            yield self._sighting(now, [int(first[at]), int(second[at])], 0.0 if met[at] else None)

    def _collides(self, one: Movers, other: Movers) -> Mask:
        """Return which of the pairs (p,) are on a collision course."""
        settings = self.settings
        drift, apart = other.velocity - one.velocity, other.position - one.position
        sd = np.hypot(*(m.position_sd[:, None] + self._ahead_s * m.speed_sd[:, None] for m in (one, other)))
        apart = apart[:, None] + drift[:, None] * self._ahead_s[:, None]
        overlap = _overlap(apart, one, other, settings.sigmas * sd)
        braking = np.hypot(drift[:, 0], drift[:, 1]) / (2.0 * self._ahead_s[overlap.argmax(axis=1)])
        collides: Mask = overlap.any(axis=1) & (braking >= settings.least_braking_mps2)
        return collides

    def _encroaches(self, now: Situation, comer: Movers, leaver: Ints) -> Mask:
        """Return which of the road users (p,) are where those of the rows (p,) were a moment ago."""
        encroaches = np.zeros(len(leaver), dtype=np.bool_)
        for before in self._trail:
            age_s = (now.now_ns - before.now_ns) / SECOND_NS
            pair, row = (before.tracks.id == now.tracks.id[leaver, None]).nonzero()
            one, other = Movers(*(column[pair] for column in comer)), _movers(before, row)
            # both are followed between the looks: the one back from now, the other on from then
            drift = one.velocity[:, None] * BETWEEN_S[:, :1] + other.velocity[:, None] * BETWEEN_S[:, 1:]
            slack = self.settings.sigmas * np.hypot(one.position_sd, other.position_sd)[:, None]
            overlap = _overlap((other.position - one.position)[:, None] + drift, one, other, slack)
            encroaches[pair] |= (overlap & (age_s - BETWEEN_S.sum(axis=1) <= self.settings.pet_s + 1e-9)).any(axis=1)
        return encroaches

    def _sighting(self, now: Situation, pair: list[int], after_s: float | None) -> Sighting:
        tracks = now.tracks
        numbers = sorted(tracks.id[pair].tolist())
        middle = tracks.position[pair].mean(axis=0)
        return Sighting(
            key=numbers[0] * PAIR + numbers[1],
            position=(float(middle[0]), float(middle[1])),
            radius=self.settings.radius_m,
            track_ids=numbers,
            confidence=float(tracks.existence[pair].min()),
            after_s=after_s,
            sure_s=float(now.past["sure_s"][pair].min()),
            speed=float(now.speed[pair].max()),
        )


def _movers(now: Situation, row: Ints) -> Movers:
    """Return some of the road users of a situation."""
    tracks = now.tracks
    covariance = tracks.covariance[row]
    return Movers(
        position=tracks.position[row],
        velocity=tracks.velocity[row],
        ahead=now.ahead[row],
        half=tracks.size[row, :2] / 2.0,
        position_sd=most_sd(covariance[:, :2, :2]),
        speed_sd=most_sd(covariance[:, 2:, 2:]),
    )


def _nearest(apart: Floats, drift: Floats, most_s: float) -> Floats:
    """Return how near (p,) those that are `apart` (p, 2) come within a time, if that changes by `drift` (p, 2) m/s."""
    pace = np.maximum(drift[:, 0] ** 2 + drift[:, 1] ** 2, 1e-9)
    time_s = np.minimum(np.maximum(-(apart * drift).sum(axis=1) / pace, 0.0), most_s)
    nearest = apart + drift * time_s[:, None]
    distance: Floats = np.hypot(nearest[:, 0], nearest[:, 1])
    return distance


def _overlap(apart: Floats, one: Movers, other: Movers, slack: Floats) -> Mask:
    """Return whether rectangles overlap by more than a slack (p, t) or (p, 1), no axis separating them.

    `one`, `other`: (p,) of them; `apart` (p, t, 2): from the centre of the one to that of the other.
    """
    cosine = np.abs((one.ahead * other.ahead).sum(axis=1))
    sine = np.sqrt(np.maximum(1.0 - cosine**2, 0.0))
    overlap = np.ones(apart.shape[:2], dtype=np.bool_)
    for own, their in ((one, other), (other, one)):
        length = own.half[:, 0] + cosine * their.half[:, 0] + sine * their.half[:, 1]
        width = own.half[:, 1] + sine * their.half[:, 0] + cosine * their.half[:, 1]
        along = np.abs((apart * own.ahead[:, None]).sum(axis=2))
        aside = np.abs(apart[..., 0] * own.ahead[:, None, 1] - apart[..., 1] * own.ahead[:, None, 0])
        overlap &= (along <= length[:, None] - slack) & (aside <= width[:, None] - slack)
    return overlap
