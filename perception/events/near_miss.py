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
from perception.traffic.lanes import NONE, Mask
from perception.traffic.situation import SECOND_NS, Situation, most_sd

PAIR = 65536  # a pair's key: the smaller id times this, plus the greater
MOVING_MPS = 0.5
STEP_S = 0.1  # between the times for which bodies are laid over each other, and at most between two looks
BETWEEN_S = np.stack(np.meshgrid(*[np.arange(4) * STEP_S / 4.0] * 2), axis=-1).reshape(-1, 2)


class Bodies(NamedTuple):
    """Rectangles on the ground (..., n)."""

    position: Floats  # (n, 2) m, centre
    ahead: Floats  # (n, 2) unit vector
    half: Floats  # (n, 2) m: half the length, half the width

    def take(self, rows: Ints) -> Bodies:
        """Return some of them."""
        return Bodies(self.position[rows], self.ahead[rows], self.half[rows])


class Movers(NamedTuple):
    """Road users (k,) that move where ways cross."""

    now_ns: int
    row: Ints  # of the tracks
    place: dict[int, int]  # track id -> which of these
    body: Bodies
    velocity: Floats  # (k, 2) m/s
    position_sd: Floats  # (k,) m, at most, whatever the direction
    speed_sd: Floats  # (k,) m/s, the same
    heading_sd: Floats  # (k,) deg


class NearMiss:
    """The rule; its keys are pairs of tracks."""

    def __init__(self, settings: NearMissSettings) -> None:
        self.settings = settings
        self._trail: deque[Movers] = deque()  # the newest first
        self._trail_ns = int((settings.pet_s + 2.0 * STEP_S) * SECOND_NS)
        self._ahead_s = np.arange(1, round(settings.ttc_s / STEP_S) + 1) * STEP_S

    def look(self, now: Situation, running: Set[int]) -> Iterable[Sighting]:
        """Return the pairs that almost meet now."""
        movers = self._movers(now)
        while self._trail and movers.now_ns - self._trail[-1].now_ns >= self._trail_ns:
            self._trail.pop()
        first, second = self._candidates(movers, now.speed[movers.row])
        found = list(self._judge(now, movers, first, second)) if len(first) else []
        self._trail.appendleft(movers)
        return found

    def _movers(self, now: Situation) -> Movers:
        """Return who moves in the junction or on a crosswalk."""
        tracks = now.tracks
        conflict = ((now.ground & (JUNCTION | CROSSWALK)) != 0) & (now.speed >= MOVING_MPS)
        row = (conflict & np.isfinite(tracks.heading)).nonzero()[0]
        covariance = tracks.covariance[row]
        return Movers(
            now_ns=now.now_ns,
            row=row,
            place={number: at for at, number in enumerate(tracks.id[row].tolist())},
            body=Bodies(tracks.position[row], now.ahead[row], tracks.size[row, :2] / 2.0),
            velocity=tracks.velocity[row],
            position_sd=most_sd(covariance[:, :2, :2]),
            speed_sd=most_sd(covariance[:, 2:, 2:]),
            heading_sd=tracks.heading_sd[row],
        )

    def _candidates(self, movers: Movers, speed: Floats) -> tuple[Ints, Ints]:
        """Return pairs (p,), (p,) of movers whose ways surely cross, near each other, one of them surely fast."""
        settings = self.settings
        fast = speed - settings.sigmas * movers.speed_sd >= settings.least_mps
        if not fast.any():
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        east, north = movers.body.ahead.T
        cosine = np.abs(east[:, None] * east + north[:, None] * north)
        first, second = ((cosine < math.cos(math.radians(settings.crossing_deg))) & fast[:, None]).nonzero()
        once = ~fast[second] | (first < second)
        first, second = first[once], second[once]
        body = movers.body
        apart = body.position[second] - body.position[first]
        reach = body.half[first].sum(axis=1) + body.half[second].sum(axis=1)
        reach += (speed[first] + speed[second]) * max(settings.ttc_s, settings.pet_s)
        angle = np.degrees(np.arccos(np.minimum(cosine[first, second], 1.0)))
        angle -= settings.sigmas * np.hypot(movers.heading_sd[first], movers.heading_sd[second])
        near = (np.hypot(apart[:, 0], apart[:, 1]) <= reach) & (angle >= settings.crossing_deg)
        return first[near], second[near]

    def _judge(self, now: Situation, movers: Movers, first: Ints, second: Ints) -> Iterator[Sighting]:
        """Yield those of the pairs that almost meet."""
        meets = self._collides(movers, first, second)
        met = np.zeros(len(first), dtype=np.bool_)
        apart = movers.body.position[second] - movers.body.position[first]
        reach = movers.body.half[first].sum(axis=1) + movers.body.half[second].sum(axis=1)
        reach += now.speed[movers.row].max() * self._trail_ns / SECOND_NS
        close = (np.hypot(apart[:, 0], apart[:, 1]) <= reach).nonzero()[0]
        if len(close):
            fast = now.speed[movers.row] - self.settings.sigmas * movers.speed_sd >= self.settings.least_mps
            one, other = first[close], second[close]
            met[close] = self._encroaches(movers, one, other) | (self._encroaches(movers, other, one) & fast[other])
        for at in (met | meets).nonzero()[0].tolist():
            pair = movers.row[[first[at], second[at]]].tolist()
            yield self._sighting(now, pair, 0.0 if met[at] else None)

    def _collides(self, movers: Movers, first: Ints, second: Ints) -> Mask:
        """Return which of the pairs (p,) are on a collision course."""
        settings, one, other = self.settings, movers.body.take(first), movers.body.take(second)
        drift = movers.velocity[second] - movers.velocity[first]
        apart = (other.position - one.position)[:, None] + drift[:, None] * self._ahead_s[:, None]
        sd = movers.position_sd[:, None] + self._ahead_s * movers.speed_sd[:, None]
        overlap = _overlap(apart, one, other, settings.sigmas * np.hypot(sd[first], sd[second]))
        braking = np.hypot(drift[:, 0], drift[:, 1]) / (2.0 * self._ahead_s[overlap.argmax(axis=1)])
        collides: Mask = overlap.any(axis=1) & (braking >= settings.least_braking_mps2)
        return collides

    def _encroaches(self, movers: Movers, comer: Ints, leaver: Ints) -> Mask:
        """Return for which of the pairs (p,) the first is where the second was a moment ago."""
        encroaches, numbers = np.zeros(len(comer), dtype=np.bool_), list(movers.place)
        for before in self._trail:
            age_s = (movers.now_ns - before.now_ns) / SECOND_NS
            was = np.array([before.place.get(numbers[each], NONE) for each in leaver.tolist()])
            pair = (was != NONE).nonzero()[0]
            who, was = comer[pair], was[pair]
            one, other = movers.body.take(who), before.body.take(was)
            # both are followed between the looks: the one back from now, the other on from then
            drift = movers.velocity[who, None] * BETWEEN_S[:, :1] + before.velocity[was, None] * BETWEEN_S[:, 1:]
            overlap = _overlap(
                (other.position - one.position)[:, None] + drift,
                one,
                other,
                self.settings.sigmas * np.hypot(movers.position_sd[who], before.position_sd[was])[:, None],
            )
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


def _overlap(apart: Floats, one: Bodies, other: Bodies, slack: Floats) -> Mask:
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
