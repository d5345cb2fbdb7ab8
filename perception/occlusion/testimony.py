"""The testimony of the sensors that look at a place: some see a road user there, others look and see nothing.

A sensor errs alike scan after scan: a shadow, a reflection, a place that it learned wrongly, once taken for a road
user, is taken for one again, so that its own scans are no independent evidence. Only another sensor is. Of each
sensor is kept how sure it is, by its latest scans, and no sensor is ever sure beyond measure, a doubtful one hardly at
all. A road user that only one sensor sees, while another that could see it does not, is never sure to exist; nor is a
standing one that only doubtful ones see; and one that more sensors deny than see is not reported.
"""

from __future__ import annotations

import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.sensing.sensors import Sensors
from perception.state.table import TrackTable

OPEN = 0.9  # exposure over which a sensor should surely have seen a track
SCANS = 4.0  # so many scans in a row make a sensor as sure as it ever is
DOUBTFUL = 1.0  # log-odds: a sensor that is still learning is no surer
SAYS, NEVER = 1.7, -1.7  # log-odds from which on a sensor says: a road user is there; none was there lately (a scan);
DENIES = -4.5  # none is there any more
LATELY_NS = 1_000_000_000  # a sensor that saw it no longer ago sees it
CONTESTED = 4.0  # log-odds of existence, at most, of a track seen by one sensor only: that one may miss it once
REFUTED = -0.1  # and of a track that is rather not there
MOVES_MPS, SIGMAS = 0.5, 2.0  # least speed, by so many standard deviations, of a track that surely moves


def surest(sensors: Sensors, doubtful: Mask) -> Floats:
    """Return how sure each sensor can be, log-odds (sensors,); doubtful (sensors,): which are still learning."""
    sure: Floats = np.where(doubtful, DOUBTFUL, -SCANS * sensors.log_missed[:-1])
    return sure


def hear(table: TrackTable, seen: Mask, sensor: Ints, track: Ints, sure: Floats) -> None:
    """Take a round's scans: seen (sensors, n); sensors (m,) did not see tracks (m,) that were in the open.

    sure (sensors,) log-odds: as `surest`.
    """
    table.word += sure[:, None] / SCANS * seen
    table.word[sensor, track] -= sure[sensor] / SCANS
    np.minimum(np.maximum(table.word, -sure[:, None]), sure[:, None], out=table.word)


def fade(table: TrackTable, by: float) -> None:
    """Let older testimony count for less, by so many log-odds."""
    table.word -= np.minimum(np.maximum(table.word, -by), by)


def judge(table: TrackTable, sure: Floats, now_ns: int) -> None:
    """Note which tracks are contested, and bound the evidence of their existence; sure (sensors,): as `surest`."""
    sees = (table.word > 0.0) & (table.seen_ns > now_ns - LATELY_NS)
    denies = table.word <= np.where(table.history == 0, NEVER, DENIES)
    said = (sees & (table.word >= _says(table, sure))).sum(axis=0)
    table.contested[:] = sees.any(axis=0) & ((said == 0) | (said == 1) & denies.any(axis=0))
    refuted = (sure[:, None] * denies).sum(axis=0) > (sure[:, None] * sees).sum(axis=0)
    most = np.where(refuted, REFUTED, CONTESTED)
    table.log_odds[:] = np.where(table.contested > 0, np.minimum(table.log_odds, most), table.log_odds)


def _says(table: TrackTable, sure: Floats) -> Floats:
    """Return the log-odds (sensors, n) from which on each sensor says that a road user is there; sure (sensors,).

    A sensor that learned a place wrongly sees a road user that stands there for ever: a doubtful sensor is believed as
    any other about tracks that move.
    """
    east, north = table.state[2:]
    spread = table.covariance[2, 2] + table.covariance[3, 3]
    moves = np.hypot(east, north) - SIGMAS * np.sqrt(spread) >= MOVES_MPS
    enough: Floats = np.where(moves, np.minimum(SAYS, sure[:, None]), SAYS)
    return enough
