"""Figures of `make bench-real`: detections picture by picture, tracks over the whole film, on the ground.

A person cut by the picture's edge, or marked as not to be judged, is neither missed nor false. A detection or track is
right within `GATE_M` of a person (the usual 2 m of `perception.scoring.identity`); GOSPA has its own cut-off.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints
from perception.scoring import identity
from perception.scoring.assignment import CUTOFF_M, gospa, match
from tests.bench.real_film import Moment

GATE_M = identity.CUTOFF_M


class Verdict(NamedTuple):
    """One picture."""

    error_m: Floats  # (k,) of those found
    missed: int
    false: int
    gospa_m: float
    step: identity.TimeStep


def judge(moment: Moment, said: Ints, position: Floats) -> Verdict:
    """Compare estimates with ids (n,) at places (n, 2) m, site frame, with the truth."""
    distance = np.hypot(*np.moveaxis(moment.position[:, None] - position, -1, 0)).reshape(len(moment.id), len(said))
    error, missed, false, _ = _counts(moment, distance, GATE_M)
    far, lost, extra, kept = _counts(moment, distance, CUTOFF_M)
    mine = distance[np.ix_(moment.judged, kept)]
    row, column = np.nonzero(mine < GATE_M)
    step = identity.TimeStep(moment.id[moment.judged], said[kept], row, column, mine[row, column])
    return Verdict(error, missed, false, gospa(far, lost + extra), step)


def _counts(moment: Moment, distance: Floats, cutoff_m: float) -> tuple[Floats, int, int, Ints]:
    """Return the errors of those found, how many are missed and false, and which estimates count."""
    rows, columns = match(distance, cutoff_m)
    counts = moment.judged[rows]
    kept = np.setdiff1d(np.arange(distance.shape[1]), columns[~counts])
    missed = int(moment.judged.sum() - counts.sum())
    return distance[rows[counts], columns[counts]], missed, len(kept) - int(counts.sum()), kept


def detections(verdicts: list[Verdict]) -> dict[str, float]:
    """Return the figures of detections."""
    errors = np.concatenate([verdict.error_m for verdict in verdicts])
    missed, false = sum(verdict.missed for verdict in verdicts), sum(verdict.false for verdict in verdicts)
    return {
        "recall": len(errors) / max(1, len(errors) + missed),
        "precision": len(errors) / max(1, len(errors) + false),
        "p50_m": float(np.percentile(errors, 50)) if len(errors) else np.nan,
        "p95_m": float(np.percentile(errors, 95)) if len(errors) else np.nan,
        "gospa_m": float(np.mean([verdict.gospa_m for verdict in verdicts])),
    }


def tracks(verdicts: list[Verdict]) -> dict[str, float]:
    """Return the figures of tracks."""
    found = identity.judge([verdict.step for verdict in verdicts])
    assert found.clear.mota is not None and found.idf1 is not None and found.hota is not None
    return {
        "mota": found.clear.mota,
        "idf1": found.idf1,
        "hota": found.hota.hota,
        "gospa_m": float(np.mean([verdict.gospa_m for verdict in verdicts])),
        "switches": len(found.clear.switched),
        "missed": found.clear.missed,
        "false": found.clear.false,
    }
