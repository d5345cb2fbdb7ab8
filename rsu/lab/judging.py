"""Which road users on air are which of the truth, tick by tick, and how far off they are.

Each road user is compared with the truth at its own time; speeds only when they are told. Only the region around the
reference point counts, and its border is soft: a road user just outside is matched too, so that a pair with one end on
either side is neither missed nor false. The first seconds after a start are not judged: fusion has to find all road
users first.

Against vehicles' own messages (v2x) only the vehicles that send are judged, nothing can be false, and an error up to
the 95 % accuracy that a vehicle states of itself counts as 0: it may as well be the vehicle's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.geo import heading_difference
from perception.objects import Floats, Ints, RoadUser
from perception.scoring import identity
from perception.scoring.assignment import CUTOFF_M, match
from rsu.core import progress
from rsu.lab.air import Air
from rsu.lab.places import Places
from rsu.lab.receiver import Rows
from rsu.lab.truth import RunTruth

Mask = NDArray[np.bool_]

WARM_UP_NS = 3_000_000_000
MOVING_MPS = 2.0  # slower road users hardly have a heading
PAIR = np.dtype(
    [
        ("tick", np.int64),
        ("truth", np.int64),  # which life of the truth, -1: false
        ("id", np.int64),  # of the estimate, -1: missed
        ("kind", np.int64),  # true class; of a false one its own
        ("said", np.int64),  # class said
        ("position", np.float64, 2),  # true place; of a false one its own
        ("heading", np.float64),  # likewise
        ("distance", np.float64),  # m; NaN here and below: no pair, or not known
        ("own", np.float64),  # m, the part of it that the truth's accuracy does not explain
        ("speed", np.float64),  # m/s, said - true
        ("turn", np.float64),  # deg, said - true
        ("size", np.float64, 3),  # m, said - true
        ("age_ms", np.float64),  # when sent
        ("switched", np.bool_),  # on air under another id than before
    ]
)


class Judging(NamedTuple):
    """Every verdict on every road user at every tick, and the columns that the measures of ids need."""

    ticks: Ints  # (t,) judged ticks, ns
    pairs: Rows  # of PAIR
    zones: list[str]  # of the pairs
    identities: identity.Identities
    region_m: float
    complete: bool


def judge(air: Air, truth: RunTruth, places: Places, region_m: float, cutoff_m: float = CUTOFF_M) -> Judging:
    """Compare a run with the truth."""
    begin_ns, end_ns = truth.span_ns
    first_ns = _first_ns(air) + WARM_UP_NS
    ticks: list[int] = []
    pairs: list[Rows] = []
    steps: list[identity.TimeStep] = []
    for tick, now_ns in enumerate(air.ticks_ns.tolist()):
        progress.tell("judging", tick, len(air.ticks_ns))
        if not max(first_ns, begin_ns) <= now_ns <= end_ns:
            continue
        found, step = _tick(air.at(tick), truth, now_ns, len(ticks), region_m, cutoff_m)
        ticks.append(now_ns)
        pairs.append(found)
        steps.append(step)
    progress.tell("judging", len(air.ticks_ns), len(air.ticks_ns))
    table = np.concatenate([np.zeros(0, PAIR), *pairs])
    identities = identity.judge(steps)
    switched = np.array([(tick, steps[tick].truth[row]) for tick, row in identities.clear.switched], dtype=np.int64)
    table["switched"] = np.isin(_keys(table["tick"], table["truth"]), _keys(*switched.reshape(-1, 2).T))
    zones = places.zones(table["position"], table["heading"])
    return Judging(np.array(ticks, dtype=np.int64), table, zones, identities, region_m, truth.complete)


def _keys(tick: Ints, life: Ints) -> Ints:
    """Return one number for each road user of the truth at a tick."""
    keys: Ints = tick * (1 << 32) + life
    return keys


def _first_ns(air: Air) -> int:
    """Return when road users were first on air."""
    return int(air.users["now_ns"][0]) if len(air.users) else int(air.ticks_ns[-1]) if len(air.ticks_ns) else 0


def _tick(
    users: Rows, truth: RunTruth, now_ns: int, number: int, region_m: float, cutoff_m: float
) -> tuple[Rows, identity.TimeStep]:
    lives = truth.present(now_ns)
    now = truth.places(lives, np.array([now_ns]))[0]
    near = np.hypot(now[:, 0], now[:, 1]) <= region_m + cutoff_m
    lives, now = lives[near], now[near]
    counted = np.hypot(now[:, 0], now[:, 1]) <= region_m
    distance = np.linalg.norm(users["position"][:, None] - truth.places(lives, users["stamp_ns"]), axis=2)
    rows, columns = match(distance, cutoff_m)
    matched = np.isin(np.arange(len(users)), rows)
    own = truth.complete & ~matched & (np.hypot(*users["position"].T) <= region_m)
    inside = counted[columns]
    hit = _hits(users[rows[inside]], truth, lives[columns[inside]], now[columns[inside]])
    missed = counted & ~np.isin(np.arange(len(lives)), columns)
    hit["distance"] = distance[rows[inside], columns[inside]]
    accuracy = np.array([truth.lives[life].accuracy_m for life in hit["truth"]])
    hit["own"] = np.maximum(0.0, hit["distance"] - accuracy)
    table = np.concatenate([hit, _missed(truth, lives, now, missed, now_ns), _false(users[own])])
    table["tick"] = number
    kept = np.isin(np.arange(len(users)), rows[inside]) | own
    return table, _step(distance, users["id"], kept, lives, counted)


def _hits(users: Rows, truth: RunTruth, lives: Ints, now: Floats) -> Rows:
    rows = np.zeros(len(users), PAIR)
    rows["truth"], rows["id"], rows["said"], rows["position"] = lives, users["id"], users["kind"], now
    told = users["told_ns"] == users["now_ns"]
    rows["age_ms"] = np.where(told, (users["now_ns"] - users["stamp_ns"]) / 1e6, np.nan)
    for row, user, life in zip(rows, users, lives.tolist(), strict=True):
        speed, heading = truth.motion(life, int(user["stamp_ns"]))
        row["kind"], row["heading"] = truth.lives[life].kind, heading
        row["speed"] = user["speed"] - speed if user["told_ns"] == user["now_ns"] else np.nan
        row["turn"] = heading_difference(user["heading"], heading) if speed > MOVING_MPS else np.nan
        row["size"] = user["size"] - truth.lives[life].size_m
    return rows


def _missed(truth: RunTruth, lives: Ints, now: Floats, which: Mask, now_ns: int) -> Rows:
    rows = _blank(int(which.sum()))
    rows["truth"], rows["id"], rows["position"] = lives[which], -1, now[which]
    rows["kind"] = [truth.lives[life].kind for life in rows["truth"]]
    rows["heading"] = [truth.motion(life, now_ns)[1] for life in rows["truth"].tolist()]
    return rows


def _false(users: Rows) -> Rows:
    rows = _blank(len(users))
    rows["truth"], rows["id"], rows["kind"], rows["said"] = -1, users["id"], users["kind"], users["kind"]
    rows["position"], rows["heading"] = users["position"], users["heading"]
    return rows


def _blank(count: int) -> Rows:
    rows = np.zeros(count, PAIR)
    rows["said"] = RoadUser.UNKNOWN
    for name in ("distance", "own", "speed", "turn", "size", "age_ms"):
        rows[name] = np.nan
    return rows


def _step(distance: Floats, ids: Ints, kept: Mask, lives: Ints, counted: Mask) -> identity.TimeStep:
    """Return the time step for the measures of ids, without those outside of the region."""
    near = np.nan_to_num(distance[np.ix_(kept, counted)].T, nan=np.inf)
    row, column = np.nonzero(near < identity.CUTOFF_M)
    return identity.TimeStep(lives[counted], ids[kept], row, column, near[row, column])
