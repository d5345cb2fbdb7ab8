"""The life of tracks by evidence: evidence for a track, its confirmation, its end."""

from __future__ import annotations

import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.state.table import SCANS_KEPT, TrackTable
from perception.tracking.settings import FusionSettings, log_odds

MAX_LOG_ODDS = 8.0  # evidence is bounded, so that the end of a road user is noticed in time
LOST_M = 6.0  # standard deviation of the position at which a track is worthless


def count_hits(table: TrackTable, rows: Ints, score: Floats) -> None:
    """Let detections count for the rows (k,): their scores (k,), log-likelihood ratios, several per row if need be."""
    table.log_odds += np.bincount(rows, score, len(table))
    table.scans += np.bincount(rows, minlength=len(table))


def remember(table: TrackTable, seen: Mask, looked: Ints, stamp_ns: Ints, partial: Mask) -> None:
    """Enter the scans of the sensors `looked` (s,), true at `stamp_ns` (s,), into the histories; seen (sensors, n).

    partial (s,): scans in which a sensor saw badly, so that only the tracks that it saw count.
    """
    before = table.history[looked]
    counts = seen[looked] | ~partial[:, None]
    table.history[looked] = np.where(counts, (before << 1 | seen[looked]) & SCANS_KEPT, before)
    table.seen_ns[looked] = np.where(seen[looked], stamp_ns[:, None], table.seen_ns[looked])


def bound(table: TrackTable) -> None:
    """Bound the evidence, when all of a round for and against has been counted."""
    np.minimum(table.log_odds, MAX_LOG_ODDS, out=table.log_odds)


def ripe(table: TrackTable, settings: FusionSettings) -> Ints:
    """Return the rows (k,) that are to be confirmed now."""
    sure = (table.log_odds >= log_odds(settings.confirm_probability)) & (table.contested == 0)
    rows: Ints = ((table.id == 0) & sure & (table.scans >= settings.least_scans)).nonzero()[0]
    return rows


def over(table: TrackTable, settings: FusionSettings) -> Mask:
    """Return which rows (n,) are to be forgotten."""
    worthless = table.covariance[0, 0] + table.covariance[1, 1] > 2.0 * LOST_M**2
    done: Mask = worthless | (table.log_odds < log_odds(settings.delete_probability))
    return done
