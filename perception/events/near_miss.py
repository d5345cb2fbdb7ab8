"""Near miss: two road users that almost met.

Time to collision: two on crossing ways whose bodies would overlap within `ttc_s` if both went on as they are, and that
could only be kept apart by harder braking than people do of their own will. Post-encroachment time: one comes, within
`pet_s`, to where the body of another on a crossing way has just been.

Only a certain near miss counts: places, speeds and headings count with `sigmas` standard deviations against it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Set
from typing import ClassVar, NamedTuple

import numpy as np

from perception.algebra import most_variance
from perception.events.rule import Code, EventRow, Occurrence, RuleSettings
from perception.objects import SECOND_NS, Floats, Ints, Mask
from perception.sensor import NotNegative, Positive
from perception.traffic.ground import CROSSWALK, JUNCTION
from perception.traffic.lanes import LaneMap
from perception.traffic.situation import Situation

PAIR = 65536  # a pair's key: the smaller id times this, plus the greater
MOVING_MPS = 0.5
STEP_S = 0.1  # between the times for which bodies are laid over each other, and at most between two looks
SPARE_M = 1.0  # beyond half the body's length: half its width, and the bend of its way
BETWEEN_S = np.stack(np.meshgrid(*[np.arange(4) * STEP_S / 4.0] * 2), axis=-1).reshape(-1, 2)


class Movers(NamedTuple):
    """Road users (p,) with the columns that are needed to lay their bodies over each other."""

    position_m: Floats  # (p, 2) m, centre
    velocity_mps: Floats  # (p, 2) m/s
    ahead: Floats  # (p, 2) unit vector
    half_m: Floats  # (p, 2) m: half the length, half the width
    position_sd_m: Floats  # (p,) m, at most, in any direction
    speed_sd_mps: Floats  # (p,) m/s, the same


class NearMissSettings(RuleSettings):
    """Two road users that almost met: time to collision, post-encroachment time."""

    row: ClassVar = EventRow("Near miss", "险情")

    code: Code = 9913
    on_air: bool = False
    start_after_s: NotNegative = 0.2  # time to collision must be short for so long
    end_after_s: NotNegative = 2.0
    ttc_s: Positive = 1.5  # time to collision at constant velocity
    least_braking_mps2: Positive = 5.0  # that would be needed to stay apart
    pet_s: Positive = 0.5  # between one leaving a place and the other coming there
    crossing_deg: Positive = 40.0  # ways that cross at a smaller angle follow each other
    least_mps: Positive = 4.0  # least speed of the faster one
    sigmas: NotNegative = 2.0  # standard deviations of positions, speeds and headings that count against it
    radius_m: Positive = 5.0  # of its area on air

    def rule(self, lanes: LaneMap) -> NearMiss:
        """Return the rule that looks for it."""
        return NearMiss(self)


class NearMiss:
    """The rule; its keys are pairs of tracks."""

    def __init__(self, settings: NearMissSettings) -> None:
        self.settings = settings
        self._trail: deque[Situation] = deque()  # the newest first
        self._trail_s = settings.pet_s + 2.0 * STEP_S
        self._ahead_s = np.arange(1, round(settings.ttc_s / STEP_S) + 1) * STEP_S
        self._within_s = np.array([[settings.ttc_s], [self._trail_s], [self._trail_s]])
        self._most_cosine = math.cos(math.radians(settings.crossing_deg))

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the pairs that almost meet now."""
        while self._trail and now.now_ns - self._trail[-1].now_ns >= self._trail_s * SECOND_NS:
            self._trail.pop()
        first, second = self._crossing(now)
        found = list(self._judge(now, first, second)) if len(first) else []
        self._trail.appendleft(now)
        return found

    def _crossing(self, now: Situation) -> tuple[Ints, Ints]:
        """Return pairs (p,), (p,) of rows, each once, whose ways cross; the first one is fast."""
        moving = (now.speed_mps >= MOVING_MPS) & np.isfinite(now.tracks.heading_deg)
        row = (moving & ((now.ground & (JUNCTION | CROSSWALK)) != 0)).nonzero()[0]
        is_fast = now.speed_mps[row] >= self.settings.least_mps
        fast = is_fast.nonzero()[0]
        if not len(fast):
            return fast, fast
        east, north = now.ahead[row].T
        crossing = np.abs(east[fast, None] * east + north[fast, None] * north) < self._most_cosine
        crossing &= ~is_fast | (fast[:, None] < np.arange(len(row)))
        first, second = crossing.nonzero()
        return row[fast[first]], row[second]

    def _judge(self, now: Situation, first: Ints, second: Ints) -> Iterator[Occurrence]:
        """Yield those of the pairs of rows (p,), (p,) that almost meet."""
        meets, met, was_met = self._come_near(now, first, second)
        self._collides(now, first, second, meets)
        self._encroaches(now, first, second, met)
        self._encroaches(now, second, first, was_met)
        met |= was_met
        for at in (met | meets).nonzero()[0].tolist():
            pair = [int(first[at]), int(second[at])]
            if self._surely_cross(now, pair):
                yield self._occurrence(now, pair, 0.0 if met[at] else None)

    def _surely_cross(self, now: Situation, pair: list[int]) -> bool:
        """Tell whether two road users move, and their ways cross, however wrong speeds and headings are."""
        slowest = now.speed_mps[pair] - self.settings.sigmas * _movers(now, np.array(pair)).speed_sd_mps
        if slowest.min() < MOVING_MPS:
            return False
        cosine = abs(float(now.ahead[pair].prod(axis=0).sum()))
        angle = math.degrees(math.acos(min(cosine, 1.0)))
        return angle - self.settings.sigmas * math.hypot(*now.tracks.heading_sd_deg[pair]) >= self.settings.crossing_deg

    def _surely_fast(self, movers: Movers) -> Mask:
        """Return which of the movers (m,) are fast enough, however wrong their speeds are."""
        speed = np.hypot(movers.velocity_mps[:, 0], movers.velocity_mps[:, 1])
        fast: Mask = speed - self.settings.sigmas * movers.speed_sd_mps >= self.settings.least_mps
        return fast

    def _come_near(self, now: Situation, first: Ints, second: Ints) -> Mask:
        """Return (3, p) which pairs come near each other soon, or one to where the second or the first was lately."""
        tracks = now.tracks
        apart = tracks.position_m[second] - tracks.position_m[first]
        one, other = tracks.velocity_mps[first], tracks.velocity_mps[second]
        drift = np.array((other - one, -other, one))  # (3, p, 2) m/s: rate of change of the vector between them
        pace = np.maximum(drift[..., 0] ** 2 + drift[..., 1] ** 2, 1e-9)
        closing = -(apart[:, 0] * drift[..., 0] + apart[:, 1] * drift[..., 1])
        time_s = np.minimum(np.maximum(closing / pace, 0.0), self._within_s)
        nearest = apart + drift * time_s[..., None]
        reach = (tracks.size_m[first, 0] + tracks.size_m[second, 0]) / 2.0 + 2.0 * SPARE_M
        near: Mask = np.hypot(nearest[..., 0], nearest[..., 1]) <= reach
        return near

    def _collides(self, now: Situation, first: Ints, second: Ints, collides: Mask) -> None:
        """Leave true those of the pairs (p,) that are on a collision course."""
        settings, near = self.settings, collides.nonzero()[0]
        if len(near):
            one, other = _movers(now, first[near]), _movers(now, second[near])
            drift = other.velocity_mps - one.velocity_mps
            apart = (other.position_m - one.position_m)[:, None] + drift[:, None] * self._ahead_s[:, None]
            sd = np.hypot(*(m.position_sd_m[:, None] + self._ahead_s * m.speed_sd_mps[:, None] for m in (one, other)))
            overlap = _overlap(apart, one, other, settings.sigmas * sd)
            braking = np.hypot(drift[:, 0], drift[:, 1]) / (2.0 * self._ahead_s[overlap.argmax(axis=1)])
            collides[near] = overlap.any(axis=1) & (braking >= settings.least_braking_mps2)
            collides[near] &= self._surely_fast(one) | self._surely_fast(other)

    def _encroaches(self, now: Situation, comer: Ints, leaver: Ints, encroaches: Mask) -> None:
        """Leave true those of the pairs (p,) of which the first is, fast, where the second was a moment ago."""
        near = encroaches.nonzero()[0]
        encroaches[:] = False
        if not len(near) or not self._trail:
            return
        parts, pairs, ages_s = [], [], []
        for before in self._trail:
            pair, row = (before.tracks.id == now.tracks.id[leaver[near], None]).nonzero()
            moved = before.speed_mps[row] >= MOVING_MPS
            parts.append(_movers(before, row[moved]))
            pairs.append(pair[moved])
            ages_s += [(now.now_ns - before.now_ns) / SECOND_NS] * int(moved.sum())
        own, pair, age_s = _movers(now, comer[near]), np.concatenate(pairs), np.array(ages_s)
        one = Movers(*(column[pair] for column in own))
        other = Movers(*(np.concatenate(column) for column in zip(*parts, strict=True)))
        # both are followed between the looks: the one back from now, the other on from then
        drift = one.velocity_mps[:, None] * BETWEEN_S[:, :1] + other.velocity_mps[:, None] * BETWEEN_S[:, 1:]
        slack = self.settings.sigmas * np.hypot(one.position_sd_m, other.position_sd_m)[:, None]
        overlap = _overlap((other.position_m - one.position_m)[:, None] + drift, one, other, slack)
        overlap &= age_s[:, None] - BETWEEN_S.sum(axis=1) <= self.settings.pet_s + 1e-9
        met = np.bincount(pair[overlap.any(axis=1)], minlength=len(near)) > 0
        encroaches[near] = met & self._surely_fast(own)

    def _occurrence(self, now: Situation, pair: list[int], after_s: float | None) -> Occurrence:
        tracks = now.tracks
        numbers = sorted(tracks.id[pair].tolist())
        middle = tracks.position_m[pair].mean(axis=0)
        return Occurrence(
            key=numbers[0] * PAIR + numbers[1],
            position_m=(float(middle[0]), float(middle[1])),
            radius_m=self.settings.radius_m,
            track_ids=numbers,
            confidence=float(tracks.existence[pair].min()),
            after_s=after_s,
            sure_s=float(now.past["sure_s"][pair].min()),
            speed_mps=float(now.speed_mps[pair].max()),
        )


def _movers(now: Situation, row: Ints) -> Movers:
    """Return the road users in the rows (p,) of a situation."""
    tracks = now.tracks
    covariance = tracks.covariance[row]
    return Movers(
        position_m=tracks.position_m[row],
        velocity_mps=tracks.velocity_mps[row],
        ahead=now.ahead[row],
        half_m=tracks.size_m[row, :2] / 2.0,
        position_sd_m=np.sqrt(most_variance(covariance[:, :2, :2].transpose(1, 2, 0))),
        speed_sd_mps=np.sqrt(most_variance(covariance[:, 2:, 2:].transpose(1, 2, 0))),
    )


def _overlap(apart: Floats, one: Movers, other: Movers, slack: Floats) -> Mask:
    """Return whether rectangles overlap by more than a slack (p, t) or (p, 1), no axis separating them.

    `one`, `other`: (p,) of them; `apart` (p, t, 2): from the centre of the one to that of the other.
    """
    cosine = np.abs((one.ahead * other.ahead).sum(axis=1))
    sine = np.sqrt(np.maximum(1.0 - cosine**2, 0.0))
    overlap = np.ones(apart.shape[:2], dtype=np.bool_)
    for own, their in ((one, other), (other, one)):
        length = own.half_m[:, 0] + cosine * their.half_m[:, 0] + sine * their.half_m[:, 1]
        width = own.half_m[:, 1] + sine * their.half_m[:, 0] + cosine * their.half_m[:, 1]
        along = np.abs((apart * own.ahead[:, None]).sum(axis=2))
        aside = np.abs(apart[..., 0] * own.ahead[:, None, 1] - apart[..., 1] * own.ahead[:, None, 0])
        overlap &= (along <= length[:, None] - slack) & (aside <= width[:, None] - slack)
    return overlap
