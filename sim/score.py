"""How good a list of road users is against the truth.

GOSPA with p = 2 and alpha = 2 (Rahmathullah, Garcia-Fernandez, Svensson 2017): per time step the root of the summed
squared distances of matched pairs plus c^2/2 for every missed and every false one; c is the cut-off distance. Which
pairs those are is the assignment that makes it least.

Only the evaluation region counts, and its border is soft: road users just outside are matched too, so that a pair with
one end on either side is neither missed nor false.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, Ints
from perception.scoring.assignment import CUTOFF_M, gospa, match
from sim.histogram import Histogram

STEP = 0.01  # m and m/s: resolution of the percentiles
HEADING_STEP = 0.1  # deg
MOVING_MPS = 1.4  # a heading is judged from here on; RSM headings are latched below
GROUPS = ("unknown", "motor", "non-motor", "pedestrian")  # ParticipantType of the RSM, by its number


class Estimates(NamedTuple):
    """The list to be judged: n road users."""

    id: Ints  # (n,)
    group: Ints  # (n,) index into GROUPS
    position_m: Floats  # (n, 2) m, site frame
    speed_mps: Floats  # (n,) m/s, NaN unknown
    heading_deg: Floats  # (n,) deg, NaN unknown
    inside: NDArray[np.bool_]  # (n,) in the evaluation region


class Truth(NamedTuple):
    """The m road users that there are, each as it was at the time of every estimate; NaN where it was not there."""

    id: Ints  # (m,)
    group: Ints  # (m,) index into GROUPS
    position_m: Floats  # (n, m, 2) m, site frame
    speed_mps: Floats  # (n, m) m/s
    heading_deg: Floats  # (n, m) deg
    inside: NDArray[np.bool_]  # (m,) in the evaluation region
    in_sight: NDArray[np.bool_]  # (m,) a sensor can see it
    equipped: NDArray[np.bool_]  # (m,) it says itself where it is


class ScoreStep(NamedTuple):
    """The verdict on one time step. Pairs are rows of estimates and of truth that belong together, in the region."""

    estimates: Ints  # (k,)
    truths: Ints  # (k,)
    distance_m: Floats  # (k,) m
    missed: Ints  # rows of truth
    false: Ints  # rows of estimates

    def gospa(self, cutoff_m: float = CUTOFF_M) -> float:
        """Return the GOSPA distance in metres."""
        return gospa(self.distance_m, len(self.missed) + len(self.false), cutoff_m)


def judge(estimates: Estimates, truth: Truth, cutoff_m: float = CUTOFF_M) -> ScoreStep:
    """Match one time step's estimates with the truth."""
    distance = np.linalg.norm(estimates.position_m[:, None] - truth.position_m, axis=2)
    rows, columns = match(distance, cutoff_m)
    counted = truth.inside[columns]
    return ScoreStep(
        estimates=rows[counted],
        truths=columns[counted],
        distance_m=distance[rows[counted], columns[counted]],
        missed=np.setdiff1d(np.flatnonzero(truth.inside), columns),
        false=np.setdiff1d(np.flatnonzero(estimates.inside), rows),
    )


class GroupScore(NamedTuple):
    """Shares of one group of road users; None where there was none."""

    recall: float | None  # of the true ones that a sensor can see, found
    precision: float | None  # of those said to be in the group, there
    right_group: float | None  # of the true ones that were found, said to be in the group


class ScoreSummary(NamedTuple):
    """The verdict on a run. Means are over time steps; `missed` and `false` are means per time step."""

    steps: int
    gospa: float | None  # m
    position_p50_m: float | None
    position_p95_m: float | None
    speed_p95_mps: float | None
    heading_p95_deg: float | None  # of those that move
    missed: float | None
    false: float | None
    true_users: float | None  # in the region
    recall: float | None  # of those that a sensor can see, found
    recall_all: float | None  # of all, found
    v2x_only: float | None  # of all, those that no sensor can see and that say themselves where they are
    id_switches: int  # times that a road user's estimate had another id than its one before
    groups: dict[str, GroupScore]


class Score:
    """Sums up the verdicts of time steps."""

    def __init__(self) -> None:
        self._steps = 0
        self._sums: Counter[tuple[str, int]] = Counter()  # (figure, group) -> how often
        self._gospa = 0.0
        self._distance = Histogram(STEP, 1 + round(CUTOFF_M / STEP))
        self._speed = Histogram(STEP, 10_000)
        self._heading = Histogram(HEADING_STEP, 1 + round(180 / HEADING_STEP))
        self._switches = 0
        self._last: dict[int, int] = {}  # true id -> id of its newest estimate

    def add(self, estimates: Estimates, truth: Truth) -> ScoreStep:
        """Judge one time step and count it."""
        step = judge(estimates, truth)
        self._steps += 1
        self._gospa += step.gospa()
        self._distance.add(step.distance_m)
        speed, heading = (figure[step.estimates, step.truths] for figure in (truth.speed_mps, truth.heading_deg))
        self._speed.add(np.abs(estimates.speed_mps[step.estimates] - speed))
        turned = np.abs((estimates.heading_deg[step.estimates] - heading + 180.0) % 360.0 - 180.0)
        self._heading.add(turned[speed > MOVING_MPS])
        said, real = estimates.group[step.estimates], truth.group[step.truths]
        for name, groups in (
            ("found", real),
            ("missed", truth.group[step.missed]),
            ("there", said),
            ("false", estimates.group[step.false]),
            ("right", real[said == real]),
            ("seen found", real[truth.in_sight[step.truths]]),
            ("seen missed", truth.group[step.missed][truth.in_sight[step.missed]]),
            ("v2x only", truth.group[truth.inside & truth.equipped & ~truth.in_sight]),
        ):
            self._sums.update((name, int(group)) for group in groups)
        self._follow(truth.id[step.truths], estimates.id[step.estimates])
        return step

    def _follow(self, true_ids: Ints, ids: Ints) -> None:
        for true_id, own in zip(true_ids.tolist(), ids.tolist(), strict=True):
            self._switches += self._last.get(true_id, own) != own
            self._last[true_id] = own

    def summary(self) -> ScoreSummary:
        """Return the verdict on all time steps so far."""
        total = Counter[str]()
        for (name, _), count in self._sums.items():
            total[name] += count
        users = total["found"] + total["missed"]
        return ScoreSummary(
            steps=self._steps,
            gospa=_share(self._gospa, self._steps),
            position_p50_m=self._distance.percentile(50),
            position_p95_m=self._distance.percentile(95),
            speed_p95_mps=self._speed.percentile(95),
            heading_p95_deg=self._heading.percentile(95),
            missed=_share(total["missed"], self._steps),
            false=_share(total["false"], self._steps),
            true_users=_share(users, self._steps),
            recall=_share(total["seen found"], total["seen found"] + total["seen missed"]),
            recall_all=_share(total["found"], users),
            v2x_only=_share(total["v2x only"], users),
            id_switches=self._switches,
            groups={name: self._group(number) for number, name in enumerate(GROUPS[1:], 1)},
        )

    def _group(self, group: int) -> GroupScore:
        found, there, false, right, seen, unseen = (
            self._sums[name, group] for name in ("found", "there", "false", "right", "seen found", "seen missed")
        )
        return GroupScore(_share(seen, seen + unseen), _share(there, there + false), _share(right, found))


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
