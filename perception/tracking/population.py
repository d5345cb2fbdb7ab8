"""All tracks of a site: they begin, are confirmed, turn out to be one, end."""

from __future__ import annotations

from collections import Counter

import numpy as np

from perception.objects import Ints, Measurement
from perception.settings import FusionSettings, log_odds
from perception.tracking import attributes, life, motion
from perception.tracking.association import Pairs
from perception.tracking.scan import Scan
from perception.tracking.table import Ids, empty

SECOND_NS = 1_000_000_000
TIDY_NS = SECOND_NS // 10  # doubles and ends are looked for this often


class Population:
    """The table of tracks and the ids of those that are confirmed."""

    def __init__(self, sensors: int, settings: FusionSettings, counters: Counter[str]) -> None:
        self.table = empty(sensors)
        self._settings = settings
        self._counters = counters
        self._ids = Ids(int(settings.id_rest_s * SECOND_NS))
        self._now_ns = 0  # newest stamp so far
        self._tidied_ns = 0

    def advance(self, now_ns: int) -> None:
        """Let evidence fade as time passes; now and then tidy up."""
        if self._now_ns:
            self.table["log_odds"] -= self._settings.forgetting_per_s * (now_ns - self._now_ns) * 1e-9
        self._now_ns = now_ns
        if now_ns - self._tidied_ns >= TIDY_NS:
            self._tidied_ns = now_ns
            self._tidy()

    def absorb(self, pairs: Pairs, scan: Scan, measurement: Measurement) -> None:
        """Give detections to the tracks that they were assigned to."""
        if len(pairs.track):
            life.count_hits(self.table, pairs.track, pairs.score)
            motion.absorb(self.table, pairs.track, scan, pairs.detection, measurement)
            self._confirm()

    def begin(self, scan: Scan, chosen: Ints, measurement: Measurement) -> Ints:
        """Begin tracks with the scan's detections `chosen` (k,); return their rows."""
        room = self._settings.max_tracks - len(self.table)
        if len(chosen) > room:
            self._counters["too many tracks"] += len(chosen) - room
            chosen = chosen[:room]
        before = len(self.table)
        if len(chosen):
            born = motion.begin(self.table, scan, chosen, measurement, log_odds(self._settings.birth_probability))
            self.table = np.concatenate([self.table, born])
        return np.arange(before, len(self.table))

    def _confirm(self) -> None:
        """Give the tracks that almost surely exist their ids."""
        for row in life.ripe(self.table, self._settings):
            number = self._ids.take(self._now_ns)
            if number is None:
                self._counters["no id left"] += 1
                return
            self.table["id"][row] = number

    def _tidy(self) -> None:
        """Make one of double tracks, forget those that are over, note the headings of the rest."""
        expected = motion.expect(self.table, self._now_ns, 1.0)
        gone = life.over(self.table, expected, self._settings)
        for kept, dropped in life.doubles(self.table, expected):
            if not gone[kept] and not gone[dropped]:
                life.join(self.table, kept, dropped)
                gone[dropped] = True
        for number in self.table["id"][gone & (self.table["id"] > 0)]:
            self._ids.release(int(number), self._now_ns)
        self.table = self.table[~gone]
        attributes.latch_headings(self.table)
