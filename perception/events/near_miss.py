"""Near miss: two road users that almost met.

Time to collision: two on crossing ways that would touch within `ttc_s` if both went on as they are, and that could
only be kept apart by harder braking than people do of their own will. Post-encroachment time: one comes, within
`pet_s`, to where another on a crossing way has just been.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Set

import numpy as np

from perception.events.rule import Sighting
from perception.events.settings import NearMissSettings
from perception.geo import direction_of
from perception.objects import Floats, Ints
from perception.traffic.ground import CROSSWALK, JUNCTION
from perception.traffic.lanes import LaneMap
from perception.traffic.situation import SECOND_NS, Situation

PAIR = 65536  # a pair's key: the smaller id times this, plus the greater
MOVING_MPS = 0.5
CELL_M = 1.0  # of the grid on which post-encroachment time is measured
ALONG, ASIDE = np.meshgrid(np.linspace(-0.5, 0.5, 7), [-0.4, 0.4])
BODY = np.column_stack([ALONG.ravel(), ASIDE.ravel()])  # (p, 2) points of a body that occupy cells, in lengths, widths
MARGIN_M = 5.0  # of the grid around the ends of the lanes

Pairs = set[tuple[int, int]]  # rows: the one that comes first in the table, the other


class NearMiss:
    """The rule; its keys are pairs of tracks."""

    def __init__(self, settings: NearMissSettings, lanes: LaneMap) -> None:
        self.settings = settings
        corners = np.concatenate([lanes.ends[~lanes.leads_away[:-1]], lanes.starts[lanes.leads_away[:-1]]])
        corners = corners if len(corners) else np.zeros((1, 2))
        self._origin: Floats = corners.min(axis=0) - MARGIN_M
        self._shape = np.ceil((corners.max(axis=0) + MARGIN_M - self._origin) / CELL_M).astype(int)
        cells = int(self._shape.prod())
        self._left_ns = np.zeros(cells, dtype=np.int64)  # when somebody was seen in a cell last,
        self._left_by = np.zeros(cells, dtype=np.int64)  # who,
        self._left_ahead = np.zeros((cells, 2))  # and which way, a unit vector
        self._most_cosine = math.cos(math.radians(settings.crossing_deg))

    def look(self, now: Situation, running: Set[int]) -> Iterable[Sighting]:
        """Return the pairs that almost meet now."""
        conflict = (now.ground & (JUNCTION | CROSSWALK)) != 0
        rows = (conflict & np.isfinite(now.tracks.heading) & (now.speed >= MOVING_MPS)).nonzero()[0]
        if not len(rows):
            return []
        ahead = direction_of(now.tracks.heading[rows])
        met = self._encroaching(now, rows, ahead)
        meeting = self._colliding(now, rows, ahead) - met
        found = [*((pair, 0.0) for pair in sorted(met)), *((pair, None) for pair in sorted(meeting))]
        return [self._sighting(now, *pair, after_s) for pair, after_s in found]

    def _colliding(self, now: Situation, rows: Ints, ahead: Floats) -> Pairs:
        """Return the pairs of rows on a collision course; `ahead`: unit vectors of their ways."""
        settings, tracks = self.settings, now.tracks
        fast = now.speed[rows] >= settings.least_mps
        crossing = (np.abs(ahead @ ahead.T) <= self._most_cosine) & (fast[:, None] | fast)
        first, second = (rows[side] for side in np.triu(crossing, k=1).nonzero())
        if not len(first):
            return set()
        apart = tracks.position[second] - tracks.position[first]
        drift = tracks.velocity[second] - tracks.velocity[first]
        touch = (tracks.size[first, :2].sum(axis=1) + tracks.size[second, :2].sum(axis=1)) / 4.0
        distance = np.hypot(apart[:, 0], apart[:, 1])
        closing = -(apart * drift).sum(axis=1)  # m2/s, > 0: they come nearer
        square = np.maximum((drift**2).sum(axis=1), 1e-9)
        root = closing**2 - square * (distance**2 - touch**2)
        meets = (closing > 0.0) & (root > 0.0)
        time_s = (closing - np.sqrt(np.maximum(root, 0.0))) / square
        braking = (closing / np.maximum(distance, 1e-9)) ** 2 / (2.0 * np.maximum(distance - touch, 0.1))
        near = meets & (time_s <= settings.ttc_s) & (braking >= settings.least_braking_mps2)
        return set(zip(first[near].tolist(), second[near].tolist(), strict=True))

    def _encroaching(self, now: Situation, rows: Ints, ahead: Floats) -> Pairs:
        """Return the pairs of which one comes to where the other was a moment ago; note who is where now."""
        settings, tracks = self.settings, now.tracks
        right = np.column_stack([ahead[:, 1], -ahead[:, 0]])
        reach = BODY * tracks.size[rows, None, :2]  # (k, p, 2) m
        body = reach[:, :, :1] * ahead[:, None] + reach[:, :, 1:] * right[:, None]
        cell = np.floor((tracks.position[rows, None] + body - self._origin) / CELL_M).astype(np.int64)
        at, point = ((cell >= 0) & (cell < self._shape)).all(axis=2).nonzero()
        flat = cell[at, point, 0] * self._shape[1] + cell[at, point, 1]
        row = rows[at]
        lately = now.now_ns - self._left_ns[flat] <= settings.pet_s * SECOND_NS
        other = lately & (self._left_by[flat] != tracks.id[row]) & (now.speed[row] >= settings.least_mps)
        found = self._meetings(now, at[other], row[other], flat[other], ahead) if other.any() else set()
        self._left_ns[flat], self._left_by[flat], self._left_ahead[flat] = now.now_ns, tracks.id[row], ahead[at]
        return found

    def _meetings(self, now: Situation, at: Ints, rows: Ints, cells: Ints, ahead: Floats) -> Pairs:
        """Return the pairs whose ways cross in these cells."""
        crossing = np.abs((ahead[at] * self._left_ahead[cells]).sum(axis=1)) <= self._most_cosine
        index = {number: row for row, number in enumerate(now.tracks.id.tolist())}
        others = [index.get(number) for number in self._left_by[cells[crossing]].tolist()]
        pairs = zip(rows[crossing].tolist(), others, strict=True)
        return {(min(one, two), max(one, two)) for one, two in pairs if two is not None}

    def _sighting(self, now: Situation, first: int, second: int, after_s: float | None) -> Sighting:
        tracks, pair = now.tracks, [first, second]
        numbers = sorted(tracks.id[pair].tolist())
        middle = tracks.position[pair].mean(axis=0)
        return Sighting(
            key=numbers[0] * PAIR + numbers[1],
            position=(float(middle[0]), float(middle[1])),
            radius=self.settings.radius_m,
            track_ids=numbers,
            confidence=float(tracks.existence[pair].min()),
            after_s=after_s,
            speed=float(now.speed[pair].max()),
        )
