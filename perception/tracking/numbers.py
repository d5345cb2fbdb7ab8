"""Numbers that sensors give to road users for good: evidence of which detection is of which track."""

from __future__ import annotations

import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.sensing.scan import Scan
from perception.state.table import TrackTable

SAME, OTHER = 3.0, -3.0  # log-likelihood ratios of the number that the track had last, and of another one


def evidence(table: TrackTable, scan: Scan, track: Ints, detection: Ints) -> Floats:
    """Return the log-likelihood ratios (k,) of the numbers of pairs (k,) of track and detection; 0 without numbers."""
    said = scan.number[detection]
    numbered = said.nonzero()[0]
    ratio = np.zeros(len(said))
    had = table.number[scan.sensor[detection[numbered]], track[numbered]]
    ratio[numbered] = np.where(had == 0, 0.0, np.where(had == said[numbered], SAME, OTHER))
    return ratio


def keep(table: TrackTable, row: Ints, detection: Ints, scan: Scan) -> None:
    """Note the numbers of the detections (k,) that the tracks of the rows (k,) have."""
    numbered = scan.number[detection].nonzero()[0]
    row, detection = row[numbered], detection[numbered]
    table.number[scan.sensor[detection], row] = scan.number[detection]


def shared(table: TrackTable, first: Ints, second: Ints) -> Mask:
    """Return of which pairs (k,) of tracks a sensor gave both the same number last."""
    mine, other = table.number.take(first, axis=-1), table.number.take(second, axis=-1)
    return np.asarray(((mine == other) & (mine > 0)).any(axis=0))
