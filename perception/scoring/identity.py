"""Does a road user keep one id? MOTA, IDF1 and HOTA over all time steps of a run.

CLEAR MOT (Bernardin, Stiefelhagen 2008), identity measures (Ristani et al. 2016), HOTA (Luiten et al. 2021). Two are
alike by 1 - distance / cut-off; 2 m is usual for road users on a plane (nuScenes, TrackEval). A time step holds its
candidate pairs only: those nearer than the cut-off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from perception.objects import Floats, Ints

CUTOFF_M = 2.0
ALPHAS = np.arange(1, 20) / 20  # least likeness of a pair, from lax to strict
_KEPT = 1000.0  # a pair of the time step before goes before every other


class TimeStep(NamedTuple):
    """One time step."""

    truth: Ints  # (m,) ids of the true objects
    said: Ints  # (n,) ids of the estimates
    row: Ints  # (k,) candidate pairs: rows of `truth`
    column: Ints  # (k,) and of `said`
    distance_m: Floats  # (k,) m, below the cut-off


class Clear(NamedTuple):
    """CLEAR MOT."""

    mota: float | None  # None: nothing was there
    motp_m: float | None  # mean distance of the pairs
    switched: list[tuple[int, int]]  # changes of id: time step, row of its `truth`
    found: int
    missed: int
    false: int


class Hota(NamedTuple):
    """Means over all alphas, 0..1."""

    hota: float
    deta: float  # detection
    assa: float  # association


class Identities(NamedTuple):
    """All of it."""

    clear: Clear
    idf1: float | None
    hota: Hota | None


def judge(steps: Sequence[TimeStep], cutoff_m: float = CUTOFF_M) -> Identities:
    """Return the verdict on a run."""
    numbered = _numbered(steps)
    truths = 1 + max((int(step.truth.max(initial=-1)) for step in numbered), default=-1)
    saids = 1 + max((int(step.said.max(initial=-1)) for step in numbered), default=-1)
    shape = truths, saids
    total = sum(len(step.truth) for step in steps), sum(len(step.said) for step in steps)
    return Identities(
        clear=_clear(numbered, cutoff_m),
        idf1=_idf1(numbered, shape, sum(total)) if sum(total) else None,
        hota=_hota(numbered, shape, cutoff_m) if sum(total) else None,
    )


def _numbered(steps: Sequence[TimeStep]) -> list[TimeStep]:
    """Number all ids from 0 on."""

    def numbers(columns: list[Ints]) -> list[Ints]:
        """Return columns (k,) of ids as columns (k,) of numbers 0..."""
        flat = np.concatenate([np.zeros(0, np.int64), *columns])
        _, number = np.unique(flat, return_inverse=True)
        return np.split(number, np.cumsum([len(column) for column in columns])[:-1]) if columns else []

    truths, saids = numbers([step.truth for step in steps]), numbers([step.said for step in steps])
    return [step._replace(truth=truth, said=said) for step, truth, said in zip(steps, truths, saids, strict=True)]


def _assigned(step: TimeStep, worth: Floats) -> Ints:
    """Return which candidate pairs (k,) are chosen so that their worth, above 0, is largest in sum."""
    matrix = np.zeros((len(step.truth), len(step.said)))
    matrix[step.row, step.column] = worth
    rows, columns = linear_sum_assignment(matrix, maximize=True)
    partner = np.full(len(step.truth), -1)
    partner[rows] = columns
    return np.flatnonzero((partner[step.row] == step.column) & (worth > 0.0))


def _clear(steps: Sequence[TimeStep], cutoff_m: float) -> Clear:
    last: dict[int, int] = {}  # truth -> the estimate that was it last
    found = missed = false = 0
    switched: list[tuple[int, int]] = []
    distance = 0.0
    for number, step in enumerate(steps):
        truth, said = step.truth[step.row], step.said[step.column]
        kept = np.array([last.get(int(a)) == int(b) for a, b in zip(truth, said, strict=True)], dtype=np.float64)
        pairs = _assigned(step, _KEPT * kept + 1.0 - step.distance_m / cutoff_m)
        for pair, a, b in zip(pairs.tolist(), truth[pairs].tolist(), said[pairs].tolist(), strict=True):
            if last.get(a, b) != b:
                switched.append((number, int(step.row[pair])))
            last[a] = b
        found += len(pairs)
        missed += len(step.truth) - len(pairs)
        false += len(step.said) - len(pairs)
        distance += float(step.distance_m[pairs].sum())
    there = found + missed
    mota = 1.0 - (missed + false + len(switched)) / there if there else None
    return Clear(mota, distance / found if found else None, switched, found, missed, false)


def _idf1(steps: Sequence[TimeStep], shape: tuple[int, int], total: int) -> float:
    together = np.zeros(shape)
    for step in steps:
        together[step.truth[step.row], step.said[step.column]] += 1
    rows, columns = linear_sum_assignment(together, maximize=True)
    return float(2.0 * together[rows, columns].sum() / total)


def _hota(steps: Sequence[TimeStep], shape: tuple[int, int], cutoff_m: float) -> Hota:
    keys, key = np.unique(
        np.concatenate([step.truth[step.row] * shape[1] + step.said[step.column] for step in steps]),
        return_inverse=True,
    )
    of_step = np.split(key, np.cumsum([len(step.row) for step in steps])[:-1])
    either = _either(steps, shape, keys)
    alignment = _alignment(steps, of_step, either, cutoff_m)
    together = np.zeros((len(ALPHAS), len(keys)))
    found = np.zeros(len(ALPHAS))
    for step, mine in zip(steps, of_step, strict=True):
        alike = 1.0 - step.distance_m / cutoff_m
        pairs = _assigned(step, alignment[mine] * alike)
        good = alike[pairs] >= ALPHAS[:, None]
        found += good.sum(axis=1)
        together[:, mine[pairs]] += good
    detection = found / (sum(len(step.truth) + len(step.said) for step in steps) - found)
    association = (together**2 / np.maximum(1.0, either - together)).sum(axis=1) / np.maximum(1.0, found)
    return Hota(
        hota=float(np.sqrt(detection * association).mean()),
        deta=float(detection.mean()),
        assa=float(association.mean()),
    )


def _either(steps: Sequence[TimeStep], shape: tuple[int, int], keys: Ints) -> Floats:
    """Return the number (pairs,) of steps with the one, plus those with the other, of each candidate pair (pairs,)."""
    truths = np.bincount(np.concatenate([step.truth for step in steps]), minlength=shape[0])
    saids = np.bincount(np.concatenate([step.said for step in steps]), minlength=shape[1])
    truth, said = np.divmod(keys, max(shape[1], 1))
    either: Floats = (truths[truth] + saids[said]).astype(np.float64)
    return either


def _alignment(steps: Sequence[TimeStep], of_step: Sequence[Ints], either: Floats, cutoff_m: float) -> Floats:
    """Return how well the two of each candidate pair fit over the whole run, (pairs,) 0..1.

    of_step: the number (k,) of each step's candidate pairs; either (pairs,): as from `_either`.
    """
    likely = np.zeros(len(either))
    for step, mine in zip(steps, of_step, strict=True):
        alike = 1.0 - step.distance_m / cutoff_m
        by_row = np.bincount(step.row, alike, len(step.truth))[step.row]
        by_column = np.bincount(step.column, alike, len(step.said))[step.column]
        likely[mine] += alike / (by_row + by_column - alike)
    aligned: Floats = likely / np.maximum(1e-9, either - likely)
    return aligned
