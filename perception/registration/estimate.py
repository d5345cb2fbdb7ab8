"""How far sensors stand and look from where the site file says: robust least squares over everything that ties them.

Three kinds of ties: the same road user seen by two sensors; by a sensor and told by its own vehicle (BSM), whose
position is off by something of the size that it states itself, partly alike for the whole drive, partly wandering; and
road users on lanes, who keep to the middle more or less. A weak tie says that most sensors stand where they were
surveyed. Which paths belong together is found anew after every solution, ever more strictly
(iterated closest paths).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import msgspec
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from perception.objects import Floats, Ints, Mask
from perception.registration.equations import PRIOR, Block, covariance, solve, sparse
from perception.registration.pairing import couples
from perception.registration.paths import Paths
from perception.registration.verges import Verges
from perception.sensor import Mount

GATES_M = (8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.5, 2.0, 2.0)  # of the rounds
LANES_FROM_ROUND = 5
GRID_PER_S = 5.0  # places of a path err alike for about a second
WANDER_S = 10.0  # a vehicle's own position errs alike for about so long
FLOOR_SD_M = 0.3  # of a place beside its own covariance: bodies, clocks, filters
CLOCK_SD_S = 0.03
SURVEY_SD = np.array([0.3, 0.3, np.radians(0.5), CLOCK_SD_S])  # m, m, rad, s: of most sensors
FAST = 1e-6  # m, rad, s: of what is not to move
LANE_SD_M, DRIVER_SD_M = 0.15, 0.5  # lane map or habit of all drivers on a lane; one driver
TOLERANCE_M, TOLERANCE_DEG = 0.2, 0.3  # smaller errors are not worth a change
SIGNIFICANT = 3.0  # standard deviations
SYSTEMATIC_SD = np.array(
    [0.04, 0.04, np.radians(0.05), 0.002]
)  # m, m, rad, s: filters that lag, bodies that are seen in part
LEAST_COUPLES = 5  # fewer ties say nothing


class Registration(NamedTuple):
    """One sensor: what to add to its mount in the site file, and how sure that is (1 sigma)."""

    device: str
    east_m: float
    north_m: float
    yaw_deg: float
    east_sd_m: float
    north_sd_m: float
    yaw_sd_deg: float
    lag_ms: float  # how late its times are against the mean of all sensors; filters make up to 50 ms of it
    sensor_ties: int  # paths that another sensor saw too
    vehicle_ties: int  # that a vehicle told of
    lane_ties: int  # on lanes
    verdict: str  # fine, moved, or unknown: too little was seen

    @property
    def offset_m(self) -> float:
        """Return the distance between where it stands and where the site file says."""
        return float(np.hypot(self.east_m, self.north_m))


EACH = 4  # unknowns of a sensor


class _Layout:
    """Which columns the unknowns have: four of each sensor (east, north m; yaw rad; lag s), then two of each vehicle
    (east, north m), one of each lane (m), and the lag of all vehicles (s).

    Lags make up for filters and clocks: a track that lags looks turned, since traffic keeps to one side.
    """

    def __init__(self, sensors: int, vehicles: int, lanes: int) -> None:
        self.vehicle = EACH * sensors
        self.lane = self.vehicle + 2 * vehicles
        self.vehicle_lag = self.lane + lanes
        self.unknowns = self.vehicle_lag + 1


def register(mounts: Mapping[str, Mount], seen: Mapping[str, Paths], told: Paths, verges: Verges) -> list[Registration]:
    """Return the verdict on every sensor. `seen`: its paths in the site frame by its mount; `told`: those of BSMs."""
    names = list(mounts)
    places = np.array([[mounts[name].east_m, mounts[name].north_m] for name in names])
    paths = [seen[name] for name in names]
    estimator = _Estimator(places, paths, told, verges)
    free = np.ones(len(names), dtype=np.bool_)
    estimator.run(free)
    fine = [estimator.registration(number, name, False) for number, name in enumerate(names)]
    moved, before = estimator.moved(), free
    while moved.any() and (moved != before).any():  # without the fine ones' freedom some of the others are fine too
        estimator.run(moved, GATES_M[-2:])
        moved, before = moved & estimator.moved(), moved
    return [
        estimator.registration(number, name, True) if moved[number] else fine[number]
        for number, name in enumerate(names)
    ]


def _columns(sensor: int) -> Ints:
    """Return the columns of a sensor's unknowns."""
    return EACH * sensor + np.arange(EACH)


class _Estimator:
    def __init__(self, places: Floats, paths: Sequence[Paths], told: Paths, verges: Verges) -> None:
        self._places = places
        self._paths = paths
        self._told = told
        self._verges = verges
        self._layout = _Layout(len(paths), told.count, verges.count)
        self._x = np.zeros((len(paths), EACH))
        self._sd = np.full((len(paths), EACH), np.inf)
        self._ties = np.zeros((len(paths), 3), dtype=np.int64)
        self._first = np.cumsum([0, *[each.count for each in [*paths, told]]])  # path of each source, counted through
        self._same: list[Ints] = []  # (n, 2) paths of one road user, counted through

    def run(self, free: Mask, gates: Sequence[float] = GATES_M) -> None:
        """Pair and solve in turns; sensors that are not free stay where they are said to be."""
        self._x[~free, :3] = 0.0
        for turn, gate in enumerate(gates):
            moved = [self._moved(number) for number in range(len(self._paths))]
            self._ties[:] = 0
            self._same = []
            blocks = [*self._between_sensors(moved, gate), *self._to_vehicles(moved, gate)]
            if turn >= LANES_FROM_ROUND or gates is not GATES_M:
                blocks += self._to_lanes(moved)
            blocks += self._priors(free)
            solution, count = solve(blocks), EACH * len(self._paths)
            self._x += solution[:count].reshape(-1, EACH)
        variance = np.diag(covariance(self._by_user(blocks), solution))[:count].reshape(-1, EACH)
        self._sd = np.sqrt(variance + SYSTEMATIC_SD**2)

    def _by_user(self, blocks: Sequence[Block]) -> list[Block]:
        """Return the equations with those of one road user, by whomever it was seen, in one group."""
        one, other = np.concatenate([np.zeros((0, 2), np.int64), *self._same]).T
        count = int(self._first[-1])
        _, user = connected_components(coo_array((np.ones(len(one)), (one, other)), shape=(count, count)), False)
        return [each._replace(group=np.where(each.group == PRIOR, PRIOR, user[each.group])) for each in blocks]

    def _tie(self, a: int, b: int, first: Ints, second: Ints) -> Ints:
        """Note that paths of two sources are of one road user; return the first ones, counted through."""
        pairs = np.column_stack([self._first[a] + first, self._first[b] + second])
        self._same.append(np.unique(pairs, axis=0))
        return pairs[:, 0]

    def _moved(self, number: int) -> Paths:
        """Return a sensor's paths with the correction found so far."""
        paths, (east, north, yaw, lag_s) = self._paths[number], self._x[number]
        turn = np.array([[np.cos(yaw), np.sin(yaw)], [-np.sin(yaw), np.cos(yaw)]])  # clockwise
        position = (paths.position - self._places[number]) @ turn.T + self._places[number] + [east, north]
        velocity = paths.velocity @ turn.T
        return msgspec.structs.replace(
            paths,
            position=position + velocity * lag_s,
            velocity=velocity,
            covariance=turn @ paths.covariance @ turn.T,
        )

    def _jacobian(self, number: int, position: Floats, velocity: Floats) -> Floats:
        """Return d position / d (east, north, yaw rad, lag s), (n, 2, 4), of what a sensor sees to move there."""
        arm = position - self._places[number] - self._x[number, :2]
        jacobian = np.zeros((len(arm), 2, EACH))
        jacobian[:, 0, 0] = jacobian[:, 1, 1] = 1.0
        jacobian[:, 0, 2], jacobian[:, 1, 2] = arm[:, 1], -arm[:, 0]
        jacobian[:, :, 3] = velocity
        return jacobian

    def _between_sensors(self, moved: Sequence[Paths], gate: float) -> list[Block]:
        blocks = []
        for a, b in combinations(range(len(moved)), 2):
            found = couples(moved[a], moved[b], gate)
            if not len(found.first):
                continue
            place, other = moved[a].position[found.first], moved[b].position[found.second]
            one = self._jacobian(a, place, moved[a].velocity[found.first])
            two = self._jacobian(b, other, moved[b].velocity[found.second])
            jacobian = np.concatenate([one, -two], axis=2)
            columns = np.concatenate([_columns(a), _columns(b)])
            spread = moved[a].covariance[found.first] + moved[b].covariance[found.second]
            user = self._tie(a, b, self._paths[a].path[found.first], self._paths[b].path[found.second])
            blocks.append(self._whitened(place - other, jacobian, columns[None], spread, user))
            self._ties[[a, b], 0] += len(np.unique(found.couple))
        return blocks

    def _to_vehicles(self, moved: Sequence[Paths], gate: float) -> list[Block]:
        blocks = []
        for a in range(len(moved)):
            found = couples(moved[a], self._told, gate)
            if not len(found.first):
                continue
            place, said = moved[a].position[found.first], self._told.position[found.second]
            own = np.broadcast_to(-np.eye(2), (len(place), 2, 2))
            late = -self._told.velocity[found.second, :, None]
            seen = self._jacobian(a, place, moved[a].velocity[found.first])
            jacobian = np.concatenate([seen, own, np.nan_to_num(late)], axis=2)
            bias = self._layout.vehicle + 2 * self._told.path[found.second, None] + np.arange(2)
            mine = np.broadcast_to(_columns(a), (len(place), EACH))
            lag = np.full((len(place), 1), self._layout.vehicle_lag)
            columns = np.concatenate([mine, bias, lag], axis=1)
            spread = moved[a].covariance[found.first] + self._told.covariance[found.second]
            user = self._tie(a, len(moved), self._paths[a].path[found.first], self._told.path[found.second])
            blocks.append(self._whitened(place - said, jacobian, columns, spread, user, GRID_PER_S * WANDER_S))
            self._ties[a, 1] += len(np.unique(found.couple))
        return blocks

    def _whitened(
        self, residual: Floats, jacobian: Floats, columns: Ints, spread: Floats, group: Ints, alike: float = GRID_PER_S
    ) -> Block:
        """Return the equations residual (n, 2) + jacobian (n, 2, w) @ x = 0 with covariance (n, 2, 2)."""
        whiten = np.linalg.inv(np.linalg.cholesky(spread + np.eye(2) * FLOOR_SD_M**2))
        columns = np.repeat(np.broadcast_to(columns, (len(residual), jacobian.shape[2])), 2, axis=0)
        rows = (whiten @ jacobian).reshape(-1, jacobian.shape[2])
        right = (whiten @ residual[:, :, None]).reshape(-1)
        return Block(right, sparse(columns, rows, self._layout.unknowns), np.repeat(group, 2), alike)

    def _to_lanes(self, moved: Sequence[Paths]) -> list[Block]:
        blocks = []
        for a, paths in enumerate(moved):
            found = self._verges.ride(paths)
            if not len(found.aside):
                continue
            seen = self._jacobian(a, found.position, np.zeros_like(found.position))  # lanes tell nothing of time
            lateral = (found.normal[:, None] @ seen)[:, 0]
            jacobian = np.concatenate([lateral, np.full((len(lateral), 1), -1.0)], axis=1)
            mine = np.broadcast_to(_columns(a), (len(lateral), EACH))
            columns = np.concatenate([mine, self._layout.lane + found.lane[:, None]], axis=1)
            rows = sparse(columns, jacobian / DRIVER_SD_M, self._layout.unknowns)
            blocks.append(Block(found.aside / DRIVER_SD_M, rows, self._first[a] + found.path))
            self._ties[a, 2] += len(lateral)
        return blocks

    def _priors(self, free: Mask) -> list[Block]:
        """Return the weak ties of every unknown to 0; sensors that are not free are tied fast."""
        layout, count = self._layout, EACH * len(self._paths)
        survey = np.tile(SURVEY_SD, (len(self._paths), 1))
        survey[~free, :3] = FAST
        claimed = np.full(self._told.count, 1.0)
        np.maximum.at(claimed, self._told.path, np.sqrt(self._told.covariance[:, 0, 0]))
        sd = np.concatenate(
            [survey.ravel(), np.repeat(claimed, 2), np.full(self._verges.count, LANE_SD_M), [CLOCK_SD_S]]
        )
        now = np.concatenate([self._x.ravel(), np.zeros(layout.unknowns - count)])
        diagonal = np.arange(layout.unknowns)[:, None]
        ties = Block(now / sd, sparse(diagonal, 1.0 / sd[:, None], layout.unknowns), np.full(layout.unknowns, PRIOR))
        share = self._ties.sum(axis=1) / max(1, self._ties.sum())
        columns = EACH * np.arange(len(self._paths))[None] + 3
        mean_lag = sparse(columns, share[None] / FAST, layout.unknowns)  # only differences can be told
        return [ties, Block(np.array([share @ self._x[:, 3] / FAST]), mean_lag, np.array([PRIOR]))]

    def moved(self) -> Mask:
        """Return which sensors are not where they are said to be."""
        offset, yaw = np.hypot(*self._x[:, :2].T), np.abs(np.degrees(self._x[:, 2]))
        offset_sd, yaw_sd = np.hypot(*self._sd[:, :2].T), np.degrees(self._sd[:, 2])
        known = self._ties[:, :2].sum(axis=1) >= LEAST_COUPLES
        off_place = offset > np.maximum(TOLERANCE_M, SIGNIFICANT * offset_sd)
        turned = yaw > np.maximum(TOLERANCE_DEG, SIGNIFICANT * yaw_sd)
        moved: Mask = known & (off_place | turned)
        return moved

    def registration(self, number: int, name: str, moved: bool) -> Registration:
        """Return the verdict on one sensor."""
        x, sd = self._x[number], self._sd[number]
        sensors, vehicles, lanes = map(int, self._ties[number])
        known = sensors + vehicles >= LEAST_COUPLES
        if not known:
            x, sd = np.zeros(EACH), SURVEY_SD  # nothing is known beyond the survey
        return Registration(
            device=name,
            east_m=float(x[0]),
            north_m=float(x[1]),
            yaw_deg=float(np.degrees(x[2])),
            east_sd_m=float(sd[0]),
            north_sd_m=float(sd[1]),
            yaw_sd_deg=float(np.degrees(sd[2])),
            lag_ms=float(x[3]) * 1e3,
            sensor_ties=sensors,
            vehicle_ties=vehicles,
            lane_ties=lanes,
            verdict="moved" if moved else "fine" if known else "unknown",
        )
