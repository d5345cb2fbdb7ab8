"""All tracks of a site: they begin, are confirmed, turn out to be one, end."""

from __future__ import annotations

from collections import Counter

import numpy as np

from perception.objects import SECOND_NS, Floats, Ints, Mask
from perception.occlusion import survival, testimony
from perception.sensing.scan import Scan
from perception.sensing.sensors import Sensors
from perception.state import attributes
from perception.state.pairs import Pairs
from perception.state.table import Ids, TrackTable, trusted
from perception.tracking import doubles, life, motion, numbers
from perception.tracking.assignment import assign
from perception.tracking.association import candidates
from perception.tracking.correction import correct
from perception.tracking.settings import FusionSettings, log_odds

SETTLED_NS = 15_000_000_000  # so long after the begin no unseen road user stands any more where others hide it
JOIN_EVERY_NS = 300_000_000  # doubles are looked for so often


NO_PAIRS = Pairs(*(np.zeros(0, np.int64),) * 2, *(np.zeros(0),) * 2, *(np.zeros((2, 0)),) * 2, np.zeros(0))


class Population:
    """The table of tracks, true at `time_ns`, and the ids of those that are confirmed."""

    def __init__(self, sensors: Sensors, settings: FusionSettings, counters: Counter[str]) -> None:
        self.table = TrackTable.new(0, sensors.radio)
        self.time_ns = 0  # 0: before the first round
        self._joined_ns = self._begun_ns = 0
        self._sensors = sensors
        self._settings = settings
        self._counters = counters
        self._ids = Ids(int(settings.id_rest_s * SECOND_NS), settings.last_id)

    def take_over(self, before: Population, was: Ints) -> None:
        """Go on with the tracks of another one; was (sensors,): as in `TrackTable.with_sensors`."""
        self.table = before.table.with_sensors(was)
        self.time_ns, self._joined_ns, self._begun_ns = before.time_ns, before._joined_ns, before._begun_ns
        self._ids.take_over(before._ids)

    @property
    def settled(self) -> bool:
        """Whether the road users that were there in the beginning had the time to move and be seen."""
        return self.time_ns - self._begun_ns > SETTLED_NS

    def advance(self, time_ns: int) -> float:
        """Move all tracks to a time not before their own, let evidence fade; return the seconds passed."""
        dt = (time_ns - self.time_ns) * 1e-9 if self.time_ns else 0.0
        self.time_ns, self._begun_ns = time_ns, self._begun_ns or time_ns
        motion.predict(self.table, dt)
        faded = self._settings.forgetting_per_s * dt
        self.table.log_odds -= faded * (self.table.hidden == 0)
        survival.fade(self.table, dt)
        testimony.fade(self.table, faded)
        return dt

    def absorb(self, pairs: Pairs, scan: Scan, lag: Floats) -> None:
        """Give detections to the tracks that they were assigned to; pairs are ordered by track.

        lag (d,): seconds from the tracks' time to that of each detection.
        """
        if not len(pairs):
            return
        table, row = self.table, pairs.track
        seen = scan.sensor[pairs.detection] != self._sensors.radio
        life.count_hits(table, row[seen], pairs.score[seen])
        correct(table, pairs, scan, lag)
        self._describe(table, row, pairs.detection, scan)

    def begin(self, scan: Scan, lag: Floats, left: Ints) -> tuple[Ints, Pairs]:
        """Begin tracks with the detections `left` (k,) that no track explains; lag (d,) s: as in `absorb`.

        Detections of several sensors that may be one road user begin one track, that of the first of them. Return the
        detections that began tracks, in order of these, and the pairs of these tracks with the other detections.
        """
        if not len(left):
            return left, NO_PAIRS
        room = self._settings.max_tracks - len(self.table)
        if len(left) > room:
            self._counters["too many tracks"] += len(left) - room
            left = left[:room]
        several = scan.at(left)
        born = motion.newborn(several, lag[left], self._sensors.radio)
        each = np.arange(len(left))
        self._describe(born, each, each, several)
        born.log_odds[:], born.scans[:] = log_odds(self._settings.birth_probability), 1
        pairs = candidates(born, several, lag[left], self._sensors)
        pairs = _families(pairs, several)
        alone = np.ones(len(left), dtype=np.bool_)
        alone[pairs.detection] = False
        number = len(self.table) + np.cumsum(alone) - 1
        self.table = self.table.joined(born.take(alone.nonzero()[0]))
        pairs.track[:], pairs.detection[:] = number[pairs.track], left[pairs.detection]
        return left[alone], pairs

    def tidy(self, dt: float) -> None:
        """Confirm tracks that almost surely exist, make one of double tracks, forget those that are over; dt in s."""
        table = self.table
        life.bound(table)
        for row in life.ripe(table, self._settings):
            number = self._ids.take(self.time_ns)
            if number is None:
                self._counters["no id left"] += 1
                break
            table.id[row] = number
        gone = life.over(table, self._settings)
        if self.time_ns - self._joined_ns >= JOIN_EVERY_NS:
            self._join_doubles(gone)
        for number in table.id[gone & (table.id > 0)]:
            self._ids.release(int(number), self.time_ns)
        if gone.any():
            self.table = table.take((~gone).nonzero()[0])
        attributes.vote_by_speed(self.table)
        attributes.turn_headings(self.table, dt)

    def _join_doubles(self, gone: Mask) -> None:
        """Make one of double tracks; the other is gone (n,)."""
        self._joined_ns = self.time_ns
        for kept, dropped in doubles.pairs(self.table):
            if not gone[kept] and not gone[dropped]:
                doubles.join(self.table, kept, dropped)
                gone[dropped] = True

    def _describe(self, table: TrackTable, row: Ints, detection: Ints, scan: Scan) -> None:
        """Take class, size and times from detections (k,) into the rows (k,), which are in order."""
        stated = scan.sensor[detection] == self._sensors.radio
        heard = ~stated | trusted(table)[row]
        row, detection, stated = row[heard], detection[heard], stated[heard]
        attributes.vote(table, row, scan.kind[detection], scan.confidence[detection])
        attributes.measure_size(table, row, scan.size_m.take(detection, axis=-1), stated)
        row, detection = row[~stated], detection[~stated]
        numbers.keep(table, row, detection, scan)
        for newest, stamps in ((table.stamp_ns, scan.stamp_ns), (table.receipt_ns, scan.receipt_ns)):
            np.maximum.at(newest, row, stamps[detection])


def _families(pairs: Pairs, scan: Scan) -> Pairs:
    """Return the pairs (first detection, other detection) that seem to be of one road user."""
    earlier = pairs.track < pairs.detection
    other = scan.sensor[pairs.track] != scan.sensor[pairs.detection]
    pairs = pairs.at((earlier & other & (pairs.score > 0.0)).nonzero()[0])
    follows = np.bincount(pairs.detection, minlength=len(scan)) > 0
    pairs = pairs.at((~follows[pairs.track]).nonzero()[0])
    return assign(pairs, scan.sensor[pairs.detection])
