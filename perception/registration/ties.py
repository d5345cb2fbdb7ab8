"""The equations that tie the sensors to each other, to vehicles that tell of themselves, to lanes and to the survey."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.registration.equations import PRIOR, Block, sparse
from perception.registration.pairing import couples
from perception.registration.paths import Paths
from perception.registration.unknowns import EACH, TILT, Layout, Stand, columns_of, moved, sensitivity
from perception.registration.verges import Verges

GRID_PER_S = 5.0  # places of a path err alike for about a second
WANDER_S = 10.0  # a vehicle's own position errs alike for about so long
FLOOR_SD_M = 0.3  # of a place beside its own covariance: bodies, clocks, filters
CLOCK_SD_S = 0.03
# of most sensors: m, m, rad, s, rad, rad, m
SURVEY_SD = np.array([0.3, 0.3, np.radians(0.5), CLOCK_SD_S, np.radians(0.5), np.radians(0.5), 0.2])
FAST = 1e-6  # m, rad, s: 1 sigma of a sensor that must not move
LANE_SD_M, DRIVER_SD_M = 0.15, 0.5  # lane map or habit of all drivers on a lane; one driver


class Sources(NamedTuple):
    """Everything that was seen, site frame, by the mounts of the site file."""

    stands: Sequence[Stand]  # of the sensors
    paths: Sequence[Paths]  # of each sensor
    told: Paths  # of vehicles, by their BSMs
    verges: Verges

    @property
    def first(self) -> Ints:
        """The number (sensors + 2,) of the first path of each source, counted through; the vehicles are the last."""
        return np.cumsum([0, *[each.count for each in [*self.paths, self.told]]])


class Ties:
    """The equations of one round, with the unknowns x (sensors, EACH) as found so far.

    `counts` (sensors, 3): ties of each sensor to sensors, vehicles, lanes; `same`: (n, 2) paths of one road user,
    counted through.
    """

    def __init__(self, sources: Sources, layout: Layout, x: Floats) -> None:
        """`x` (sensors, EACH): as in `Layout`."""
        self.counts = np.zeros((len(sources.paths), 3), dtype=np.int64)
        self.same: list[Ints] = []
        self._sources, self._layout, self._x = sources, layout, x
        self._first = sources.first
        self._moved = [moved(*each) for each in zip(sources.paths, sources.stands, x, strict=True)]

    def between_sensors(self, gate_m: float) -> list[Block]:
        """Return the equations of road users that two sensors saw."""
        blocks, moved = [], self._moved
        for a, b in combinations(range(len(moved)), 2):
            found = couples(moved[a], moved[b], gate_m)
            if not len(found.first):
                continue
            place, other = moved[a].position_m[found.first], moved[b].position_m[found.second]
            one = self._jacobian(a, place, moved[a].velocity_mps[found.first])
            two = self._jacobian(b, other, moved[b].velocity_mps[found.second])
            jacobian = np.concatenate([one, -two], axis=2)
            columns = np.concatenate([columns_of(a), columns_of(b)])
            spread = moved[a].covariance_m2[found.first] + moved[b].covariance_m2[found.second]
            user = self._tie(a, b, self._sources.paths[a].path[found.first], self._sources.paths[b].path[found.second])
            blocks.append(self._whitened(place - other, jacobian, columns[None], spread, user))
            self.counts[[a, b], 0] += len(np.unique(found.couple))
        return blocks

    def to_vehicles(self, gate_m: float) -> list[Block]:
        """Return the equations of vehicles that sent reports (BSM)."""
        blocks, moved = [], self._moved
        for a in range(len(moved)):
            found = couples(moved[a], self._sources.told, gate_m)
            if not len(found.first):
                continue
            place, said = moved[a].position_m[found.first], self._sources.told.position_m[found.second]
            own = np.broadcast_to(-np.eye(2), (len(place), 2, 2))
            late = -self._sources.told.velocity_mps[found.second, :, None]
            seen = self._jacobian(a, place, moved[a].velocity_mps[found.first])
            jacobian = np.concatenate([seen, own, np.nan_to_num(late)], axis=2)
            bias = self._layout.vehicle + 2 * self._sources.told.path[found.second, None] + np.arange(2)
            mine = np.broadcast_to(columns_of(a), (len(place), EACH))
            lag = np.full((len(place), 1), self._layout.vehicle_lag)
            columns = np.concatenate([mine, bias, lag], axis=1)
            spread = moved[a].covariance_m2[found.first] + self._sources.told.covariance_m2[found.second]
            user = self._tie(
                a, len(moved), self._sources.paths[a].path[found.first], self._sources.told.path[found.second]
            )
            blocks.append(self._whitened(place - said, jacobian, columns, spread, user, GRID_PER_S * WANDER_S))
            self.counts[a, 1] += len(np.unique(found.couple))
        return blocks

    def to_lanes(self) -> list[Block]:
        """Return the equations of road users on lanes."""
        blocks = []
        for a, paths in enumerate(self._moved):
            found = self._sources.verges.ride(paths)
            if not len(found.aside_m):
                continue
            seen = self._jacobian(a, found.position_m, np.zeros_like(found.position_m))  # lanes tell nothing of time
            lateral = (found.normal[:, None] @ seen)[:, 0]
            jacobian = np.concatenate([lateral, np.full((len(lateral), 1), -1.0)], axis=1)
            mine = np.broadcast_to(columns_of(a), (len(lateral), EACH))
            columns = np.concatenate([mine, self._layout.lane + found.lane[:, None]], axis=1)
            rows = sparse(columns, jacobian / DRIVER_SD_M, self._layout.unknowns)
            blocks.append(Block(found.aside_m / DRIVER_SD_M, rows, self._first[a] + found.path))
            self.counts[a, 2] += len(lateral)
        return blocks

    def priors(self, free: Mask) -> list[Block]:
        """Return the weak ties of every unknown to 0; sensors that are not `free` (sensors,) are tied fast."""
        layout, count = self._layout, EACH * len(self._sources.paths)
        survey = np.tile(SURVEY_SD, (len(self._sources.paths), 1))
        survey[~free, :3] = FAST
        lens = np.array([stand.lens for stand in self._sources.stands])
        survey[~(free & lens), TILT] = FAST
        claimed = np.full(self._sources.told.count, 1.0)
        np.maximum.at(claimed, self._sources.told.path, np.sqrt(self._sources.told.covariance_m2[:, 0, 0]))
        sd = np.concatenate(
            [survey.ravel(), np.repeat(claimed, 2), np.full(self._sources.verges.count, LANE_SD_M), [CLOCK_SD_S]]
        )
        now = np.concatenate([self._x.ravel(), np.zeros(layout.unknowns - count)])
        diagonal = np.arange(layout.unknowns)[:, None]
        ties = Block(now / sd, sparse(diagonal, 1.0 / sd[:, None], layout.unknowns), np.full(layout.unknowns, PRIOR))
        share = self.counts.sum(axis=1) / max(1, self.counts.sum())
        columns = EACH * np.arange(len(self._sources.paths))[None] + 3
        mean_lag = sparse(columns, share[None] / FAST, layout.unknowns)  # only differences can be told
        return [ties, Block(np.array([share @ self._x[:, 3] / FAST]), mean_lag, np.array([PRIOR]))]

    def _tie(self, a: int, b: int, first: Ints, second: Ints) -> Ints:
        """Note that paths (n,) of two sources are of one road user; return the first ones, counted through."""
        pairs = np.column_stack([self._first[a] + first, self._first[b] + second])
        self.same.append(np.unique(pairs, axis=0))
        return pairs[:, 0]

    def _jacobian(self, number: int, position: Floats, velocity: Floats) -> Floats:
        """Return how the unknowns of a sensor move the places that it sees, (n, 2, EACH)."""
        return sensitivity(position, velocity, self._sources.stands[number], self._x[number])

    def _whitened(
        self, residual: Floats, jacobian: Floats, columns: Ints, spread: Floats, group: Ints, alike: float = GRID_PER_S
    ) -> Block:
        """Return the equations residual (n, 2) + jacobian (n, 2, w) @ x = 0 with covariance (n, 2, 2)."""
        whiten = np.linalg.inv(np.linalg.cholesky(spread + np.eye(2) * FLOOR_SD_M**2))
        columns = np.repeat(np.broadcast_to(columns, (len(residual), jacobian.shape[2])), 2, axis=0)
        rows = (whiten @ jacobian).reshape(-1, jacobian.shape[2])
        right = (whiten @ residual[:, :, None]).reshape(-1)
        return Block(right, sparse(columns, rows, self._layout.unknowns), np.repeat(group, 2), alike)
