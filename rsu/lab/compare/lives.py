"""Lives: the time on air under one id without a break, and the lives that two runs share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints
from perception.scoring.assignment import match
from rsu.lab.air import Air

BREAK_NS = 3_000_000_000  # an id that was away for longer came back as another road user
SAME_M = 2.5  # nearer than this, two runs speak of the same road user
SAME_SHARE = 0.5  # of a life that has a counterpart


class Lives(NamedTuple):
    """n lives of a run, and to which each of its k rows of road users belongs."""

    id: Ints  # (n,)
    kind: Ints  # (n,) the last class said
    begin_ns: Ints  # (n,)
    end_ns: Ints  # (n,)
    rows: Ints  # (n,) how many
    of: Ints  # (k,) row of Air.users -> life

    def __len__(self) -> int:
        """Return the number of lives."""
        return len(self.id)

    @property
    def seconds(self) -> Floats:
        """Return how long each was on air."""
        seconds: Floats = (self.end_ns - self.begin_ns) / 1e9
        return seconds


def lives(air: Air) -> Lives:
    """Return the lives of a run."""
    users = air.users
    order = np.lexsort((users["now_ns"], users["id"]))
    number, now = users["id"][order], users["now_ns"][order]
    begins = np.concatenate([[True], (np.diff(number) != 0) | (np.diff(now) > BREAK_NS)])[: len(order)]
    life = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    last = np.concatenate([first[1:], [len(order)]])[: len(first)] - 1
    of = np.zeros(len(order), dtype=np.int64)
    of[order] = life
    return Lives(
        id=number[first],
        kind=users["kind"][order][last],
        begin_ns=now[first],
        end_ns=now[last],
        rows=last - first + 1,
        of=of,
    )


class Counterparts(NamedTuple):
    """The common part of two runs."""

    only_a: Ints  # lives of A that B does not have
    only_b: Ints
    apart_m: Floats  # (t,) m, mean over those that both have, by tick of A; NaN: none
    rows_a: Ints  # (m,) rows of A's users that B has at the same tick
    rows_b: Ints  # (m,) and which of B's they are
    split: Ints  # lives of A that are several in B
    joined: Ints  # lives of B that are several in A


def counterparts(a: Air, b: Air, of_a: Lives, of_b: Lives) -> Counterparts:
    """Pair the road users of two runs of the same time, tick by tick."""
    ticks_b = {now_ns: tick for tick, now_ns in enumerate(b.ticks_ns.tolist())}
    shared_a, shared_b = np.zeros(len(of_a), np.int64), np.zeros(len(of_b), np.int64)
    apart = np.full(len(a.ticks_ns), np.nan)
    rows_a: list[Ints] = []
    rows_b: list[Ints] = []
    for tick, now_ns in enumerate(a.ticks_ns.tolist()):
        other = ticks_b.get(now_ns)
        if other is None:
            continue
        mine, theirs = a.at(tick)["position"], b.at(other)["position"]
        distance = np.linalg.norm(mine[:, None] - theirs, axis=2)
        rows, columns = match(distance, SAME_M)
        if len(rows):
            apart[tick] = distance[rows, columns].mean()
        rows_a.append(rows + a.first[tick])
        rows_b.append(columns + b.first[other])
    found_a, found_b = (np.concatenate([np.zeros(0, np.int64), *rows]) for rows in (rows_a, rows_b))
    np.add.at(shared_a, of_a.of[found_a], 1)
    np.add.at(shared_b, of_b.of[found_b], 1)
    return Counterparts(
        only_a=np.flatnonzero(shared_a < SAME_SHARE * of_a.rows),
        only_b=np.flatnonzero(shared_b < SAME_SHARE * of_b.rows),
        apart_m=apart,
        rows_a=found_a,
        rows_b=found_b,
        split=_several(of_a.of[found_a], of_b.of[found_b]),
        joined=_several(of_b.of[found_b], of_a.of[found_a]),
    )


_LEAST_TICKS = 10  # of a counterpart that counts


def _several(mine: Ints, theirs: Ints) -> Ints:
    """Return which of mine have two counterparts or more, each for a second at least."""
    pairs, count = np.unique(np.column_stack([mine, theirs]), axis=0, return_counts=True)
    numbers, partners = np.unique(pairs[count >= _LEAST_TICKS, 0], return_counts=True)
    several: Ints = numbers[partners > 1]
    return several
