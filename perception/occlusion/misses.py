"""Evidence of a miss: a sensor did not see a track because it is gone, or because something hides it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.kernel.native import contiguous, kernel
from perception.objects import Floats, Ints, Mask
from perception.occlusion import survival, testimony, visibility
from perception.occlusion.bodies import on_bodies
from perception.sensing.sensors import Sensors
from perception.state import attributes
from perception.state.table import TrackTable, likely

MOST_AGAINST = -5.0  # log-odds a round: a body that hides a road user from one sensor may hide it from others
WHERE_OTHERS_ARE = -3.0  # log-odds a round: an unseen vehicle is not where another is seen
LIKELY = 0.5  # exposure over which a sensor should have seen a track
UNLIKELY = 0.1  # and under which it could hardly have
STANDING_MPS = 1.0  # a slower one may have stood where it is hidden since before any sensor looked
STEADY_SCANS = 3  # a track seen less often was never seen steadily


_LIMITS: Floats = np.array([testimony.SCANS, testimony.OPEN, LIKELY, UNLIKELY, STANDING_MPS, STEADY_SCANS])


class Misses(NamedTuple):
    """Tracks (m,) that sensors (m,) looked at and did not see, and how far other road users hide them."""

    sensor: Ints
    track: Ints
    exposure: Floats  # (m,) probability that the sensor could see the track
    room_m: Floats  # (m,) as in `visibility.Cover`


class Looks(NamedTuple):
    """The tracks that sensors look at in a round: (sensors, n) each."""

    seen: Mask
    inside: Mask  # in the field of view, of a sensor that is not in the round, too
    watched: Mask  # the same, of those in the round


class Weighed(NamedTuple):
    """The meaning of the misses of a round."""

    odds: Floats  # (m,) likelihood of each miss if the track is there, over that if it is not
    narrowest_m: Floats  # (n,) m: the narrowest room of each track; inf: none
    news: Mask  # (n,) a sensor looked at it or saw it


def count(table: TrackTable, seen: Mask, looked: Ints, sure: Floats, sensors: Sensors, settled: bool) -> None:
    """Let sensors' not seeing speak against the tracks, and note which of these none could see.

    seen (sensors, n); looked (s,): the sensors in the round; sure (sensors,) log-odds: as `testimony.surest`;
    `settled`: road users are seen when they come, so that no new one stands where others hide it.
    """
    in_view, fast = visibility.sight(table, sensors)
    watched = np.zeros_like(seen)
    watched[looked] = in_view[looked]
    sensor, track = np.nonzero(watched & fast & ~seen)
    missed = Misses(sensor, track, *visibility.cover(table, sensor, track, sensors))
    weighed = (weigh_twin if kernel is None else weigh)(
        table, Looks(seen, in_view, watched), missed, sure, sensors, settled
    )
    table.log_odds += np.maximum(np.bincount(track, np.log(weighed.odds), len(table)), MOST_AGAINST)
    leaving = np.where(weighed.news, survival.rates(table, weighed.narrowest_m), table.leaving_per_s)
    table.leaving_per_s[:] = leaving * table.hidden
    _refute(table)


def weigh(table: TrackTable, looks: Looks, missed: Misses, sure: Floats, sensors: Sensors, settled: bool) -> Weighed:
    """Take the word of the sensors, weigh the misses, and note which tracks are hidden.

    sure (sensors,), `settled`: as in `count`. The exposure of tracks that are not known to exist becomes 1 where
    nothing could hide them.
    """
    count, size = len(missed.track), len(table)
    found = Weighed(np.empty(count), np.empty(size), np.empty(size, np.bool_))
    tracks = table.state, table.id, table.history, table.word, table.hidden
    of_sensors = sure, sensors.missed[:-1], sensors.missed_in_a_row[:-1]
    kernel.misses(*tracks, *of_sensors, *looks, *contiguous(*missed), settled, _LIMITS, *found)
    return found


def weigh_twin(
    table: TrackTable, looks: Looks, missed: Misses, sure: Floats, sensors: Sensors, settled: bool
) -> Weighed:
    """Do the same without the kernel; sure (sensors,)."""
    sensor, track, exposed, room = missed
    plain = exposed > testimony.OPEN
    testimony.hear(table, looks.seen, sensor[plain], track[plain], sure)
    doubtful = table.id == 0  # a track not known to exist is not known to be hidden
    comes = settled | (np.hypot(table.state[2], table.state[3]) > STANDING_MPS)
    exposed[doubtful[track] & (comes[track] | (exposed > UNLIKELY))] = 1.0
    ratio = _ratio(table, missed, sensors)
    by_any = looks.seen.any(axis=0)
    could = np.bincount(track, exposed > LIKELY, len(table)) > 0.0
    news: Mask = np.logical_or(looks.watched.any(axis=0), by_any)
    table.hidden[:] = np.where(news, (table.id > 0) & ~by_any & ~could, table.hidden) * looks.inside.any(axis=0)
    narrowest = np.full(len(table), np.inf)
    np.minimum.at(narrowest, track, room)
    return Weighed(ratio, narrowest, news)


def _ratio(table: TrackTable, missed: Misses, sensors: Sensors) -> Floats:
    """Return the likelihood ratios (m,) of one more miss, of a sensor that can see a track so likely.

    A road user that was seen steadily, and then not any more, may be hidden by an unknown body: it stays so for a
    while, so that many misses in a row say little more than a few.
    """
    sensor, track, exposed, _ = missed
    in_a_row, steady = _past(table.history[sensor, track], table.hidden[track])
    before = exposed * np.where(steady & (exposed < 1.0), sensors.missed_in_a_row[sensor, in_a_row], 1.0)
    ratio: Floats = (1.0 - exposed + before * sensors.missed[sensor]) / (1.0 - exposed + before)
    return ratio


def _past(history: Ints, hidden: Ints) -> tuple[Ints, Mask]:
    """Return how often tracks (m,) were not seen since they were seen last, and whether before they mostly were.

    history (m,): bits of one sensor's scans; hidden (m,): as in the table.
    """
    newest = np.where(history > 0, history & -history, 1 << 32)
    in_a_row = np.bitwise_count(newest - 1).astype(np.int64)
    scans, hits = np.frexp(history.astype(np.float64))[1] - in_a_row, np.bitwise_count(history)
    steady = (2 * hits >= scans) & (hits >= STEADY_SCANS) | (history == 0) & (hidden > 0)
    return in_a_row, steady


def _refute(table: TrackTable) -> None:
    """Let it count against hidden vehicles that they should be where another is seen."""
    lost = ((table.hidden > 0) & ~attributes.walks(table.kind)).nonzero()[0]
    if len(lost):
        shown = likely(table) & (table.hidden == 0)
        table.log_odds[lost[on_bodies(table, shown, table.state[:2, lost], 0.0)]] += WHERE_OTHERS_ARE
