"""How far sensors stand and look from where the site file says: robust least squares over everything that ties them.

Three kinds of ties: the same road user seen by two sensors; by a sensor and told by its own vehicle (BSM), whose
position is off by something of the size that it states itself, partly alike for the whole drive, partly wandering; and
road users on lanes, which keep to the middle more or less. A weak tie says that most sensors stand where they were
surveyed. Which paths belong together is found anew after every solution, ever more strictly
(iterated closest paths).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from perception.objects import Ints, Mask
from perception.registration.equations import PRIOR, Block, covariance, solve
from perception.registration.paths import Paths
from perception.registration.ties import Sources, Ties
from perception.registration.unknowns import EACH, TILT, Layout, Stand
from perception.registration.verdict import Registration, displaced, verdict
from perception.registration.verges import Verges

GATES_M = (8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.5, 2.0, 2.0)  # of the rounds
LANES_FROM_ROUND = 5
# m, m, rad, s, rad, rad, m: filters that lag, bodies that are seen in part
SYSTEMATIC_SD = np.array([0.04, 0.04, np.radians(0.05), 0.002, np.radians(0.05), np.radians(0.05), 0.03])


def register(stands: Mapping[str, Stand], seen: Mapping[str, Paths], told: Paths, verges: Verges) -> list[Registration]:
    """Return the verdict on every sensor. `seen`: its paths in the site frame by its mount; `told`: those of BSMs."""
    names = list(stands)
    paths = [seen[name] for name in names]
    estimator = _Estimator(Sources([stands[name] for name in names], paths, told, verges))
    free = np.ones(len(names), dtype=np.bool_)
    estimator.run(free)
    fine = [estimator.registration(number, name, False) for number, name in enumerate(names)]
    moved, before = estimator.moved(), free
    while moved.any() and (moved != before).any():  # with the fine ones held, some of the others are fine too
        estimator.run(moved, GATES_M[-2:])
        moved, before = moved & estimator.moved(), moved
    return [
        estimator.registration(number, name, True) if moved[number] else fine[number]
        for number, name in enumerate(names)
    ]


class _Estimator:
    """The unknowns of all sensors (sensors, EACH), their standard deviations, and the ties that they rest on."""

    def __init__(self, sources: Sources) -> None:
        sensors = len(sources.paths)
        self._sources = sources
        self._layout = Layout(sensors, sources.told.count, sources.verges.count)
        self._x = np.zeros((sensors, EACH))
        self._sd = np.full((sensors, EACH), np.inf)
        self._ties = np.zeros((sensors, 3), dtype=np.int64)

    def run(self, free: Mask, gates: Sequence[float] = GATES_M) -> None:
        """Pair and solve in turns, gates in m; sensors not `free` (sensors,) stay where the site file has them."""
        self._x[~free, :3] = self._x[~free, TILT] = 0.0
        count = self._x.size
        for turn, gate in enumerate(gates):
            ties = Ties(self._sources, self._layout, self._x)
            blocks = [*ties.between_sensors(gate), *ties.to_vehicles(gate)]
            if turn >= LANES_FROM_ROUND or gates is not GATES_M:
                blocks += ties.to_lanes()
            blocks += ties.priors(free)
            solution = solve(blocks)
            self._x = self._x + solution[:count].reshape(-1, EACH)
        variance = np.diag(covariance(self._by_user(blocks, ties.same), solution))[:count].reshape(-1, EACH)
        self._sd = np.sqrt(variance + SYSTEMATIC_SD**2)
        self._ties = ties.counts

    def _by_user(self, blocks: Sequence[Block], same: Sequence[Ints]) -> list[Block]:
        """Return the equations with those of one road user in one group, of all sensors; `same`: (n, 2) paths."""
        one, other = np.concatenate([np.zeros((0, 2), np.int64), *same]).T
        count = int(self._sources.first[-1])
        if not count:  # a road without road users
            return list(blocks)
        _, user = connected_components(coo_array((np.ones(len(one)), (one, other)), shape=(count, count)), False)
        return [each._replace(group=np.where(each.group == PRIOR, PRIOR, user[each.group])) for each in blocks]

    def moved(self) -> Mask:
        """Return which sensors (sensors,) are not where the site file has them."""
        return displaced(self._x, self._sd, self._ties)

    def registration(self, number: int, name: str, moved: bool) -> Registration:
        """Return the verdict on one sensor."""
        return verdict(name, self._x[number], self._sd[number], self._ties[number], moved)
