"""Tuning: search for the numbers of a site file with which recordings score best.

Every trial replays every recording with the deployed code and judges the output on air. Lower is better:

    truth        mean GOSPA distance, m
    v2x          root mean square distance of vehicles' own positions from the road users on air, a vehicle not on air
                 counting the cut-off, together with the sensors' disagreement: else ghosts would cost nothing
    agreement    the sensors' disagreement with the road users on air, m
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from importlib.metadata import version
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pydantic import ValidationError

from perception.objects import VehicleReport
from perception.scoring.assignment import CUTOFF_M
from rsu.lab import computing, judging, runs, scoring, truth_file
from rsu.lab.agreement import agreement
from rsu.lab.air import listen
from rsu.lab.computing import ComputingPlace
from rsu.lab.errors import TruthError
from rsu.lab.hearing import sensed
from rsu.lab.judging import Judging
from rsu.lab.places import Places
from rsu.lab.tune import studies
from rsu.lab.tune.parameters import Number, Parameter, Path_, applied, rounded
from rsu.recording import reader
from rsu.replay.player import replay
from rsu.site import config, content

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

AGREEMENT = "agreement"
WORST = 1e6  # cost of values that the site file does not accept

Values = Mapping[Path_, Number]
Progress = Callable[[int, float, float], None]  # trials done, cost of the newest, best so far


class TrialBench(NamedTuple):
    """The data on which a trial is judged."""

    site: Path
    recordings: Sequence[Path]
    judge: str  # truth as `rsu score --truth`, or AGREEMENT
    region_m: float


class Tuned(NamedTuple):
    """The result of a search."""

    values: dict[Path_, Number]
    before: list[float]  # cost of each recording with the site file as it is
    after: list[float]
    trials: int
    interrupted: bool


def judge_for(bench: TrialBench) -> str:
    """Return the measure by which to judge recordings: the bench's truth, else vehicles' messages, else itself."""
    try:
        for path in bench.recordings:
            truth_file.beside(path)
        return runs.SIM
    except TruthError:
        told = (_vehicles(path, bench.site) for path in bench.recordings)
        return runs.V2X if all(told) else AGREEMENT


def _vehicles(recording: Path, site: Path) -> bool:
    return any(isinstance(each, VehicleReport) for each in sensed(config.load(site), reader.ticks(recording)))


def cost(bench: TrialBench, recording: Path, values: Values) -> float:
    """Return the cost of a recording with other numbers in the site file. ConfigError, RecordingError, TruthError."""
    try:
        site = applied(config.load(bench.site), values)
    except ValidationError:
        return WORST
    air = listen(recording.name, site, replay(site, reader.ticks(recording)))
    if bench.judge in (AGREEMENT, runs.V2X):
        heard = list(sensed(site, reader.ticks(recording)))
        agreed = agreement(air, site, heard)
        apart = CUTOFF_M if agreed is None else agreed
        if bench.judge == AGREEMENT:
            return apart
        judged = judging.judge(air, runs.vehicles(site, heard), Places(site), bench.region_m)
        return float(np.hypot(_from_vehicles(judged), apart))
    truth = runs.truth_of(bench.judge, [recording], site, air)
    by_tick = scoring.gospa_by_tick(judging.judge(air, truth, Places(site), bench.region_m))
    return float(by_tick.mean()) if len(by_tick) else WORST


def _from_vehicles(judged: Judging) -> float:
    apart = np.nan_to_num(judged.pairs["distance"], nan=CUTOFF_M)
    return float(np.sqrt((apart**2).mean())) if len(apart) else CUTOFF_M


class Search:
    """One study. `storage`: URL of a database, so that several machines share it; `seed` None: chosen."""

    def __init__(
        self, bench: TrialBench, parameters: Sequence[Parameter], seed: int | None, storage: str | None, name: str
    ) -> None:
        """Begin, or join. Errors as `studies.opened`."""
        self._bench = bench
        self._parameters = parameters
        self._distributions = {each.name: _distribution(each) for each in parameters}
        self._storage = storage
        self._study = studies.opened(storage, name, seed, _described(bench, parameters))

    def run(self, trials: int, place: ComputingPlace, progress: Progress) -> Tuned:
        """Search until there were so many trials here or Ctrl-C; return the best of the study.

        Errors as `cost`, `studies.opened` and `computing.executor`.
        """
        before: list[float] = []
        done, interrupted = 0, False
        try:
            with studies.reached(self._storage), computing.executor(place, trials) as pool:
                before = list(pool.map(cost, repeat(self._bench), self._bench.recordings, repeat({})))
                self._know(before)
                for done, value in enumerate(self._trials(pool, trials, place.workers), 1):
                    progress(done, value, self._study.best_value)
        except KeyboardInterrupt:
            interrupted = True
        if not done:
            return Tuned({}, before, before, 0, interrupted)
        with studies.reached(self._storage):
            best = self._study.best_trial
        return Tuned(self._values(best.params), before, list(best.user_attrs["costs"]), done, interrupted)

    def _know(self, costs: list[float]) -> None:
        """Add the cost of the unchanged site file, if it is in the searched range."""
        import optuna

        now = {each.name: each.now for each in self._parameters}
        if all(each.low <= each.now <= each.high for each in self._parameters):
            known = optuna.trial.create_trial(
                params=now,
                distributions=self._distributions,
                value=float(np.mean(costs)),
                user_attrs={"costs": costs},
            )
            self._study.add_trial(known)

    def _trials(self, pool: Executor, trials: int, workers: int) -> Iterator[float]:
        """Keep the workers busy; yield the cost of each trial as it is finished."""
        running: dict[Future[list[float]], Trial] = {}
        for _ in range(trials):
            trial = self._study.ask(self._distributions)
            running[pool.submit(_costs, self._bench, self._values(trial.params))] = trial
            if len(running) == workers:
                yield from self._told(running)
        while running:
            yield from self._told(running)

    def _told(self, running: dict[Future[list[float]], Trial]) -> Iterator[float]:
        """Wait for a trial that runs; tell the study of those that are finished, and yield their costs."""
        finished, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            trial, costs = running.pop(future), future.result()
            trial.set_user_attr("costs", costs)
            self._study.tell(trial, float(np.mean(costs)))
            yield float(np.mean(costs))

    def _values(self, params: Mapping[str, float]) -> dict[Path_, Number]:
        return {each.path: rounded(each, params[each.name]) for each in self._parameters}


def _described(bench: TrialBench, parameters: Sequence[Parameter]) -> str:
    """Return the common inputs that make trials comparable, as JSON."""
    files = content.collect(config.load(bench.site)).values()
    return json.dumps(
        {
            "site file": _digest(files),
            "recordings": [_digest([path.read_bytes()]) for path in bench.recordings],
            "truth": [bench.judge, bench.region_m],
            "parameters": [[each.name, each.low, each.high, each.choices] for each in parameters],
            "version": version("rsu-edge"),
        }
    )


def _digest(files: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for data in files:
        whole.update(data)
    return whole.hexdigest()


def _distribution(parameter: Parameter) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if parameter.choices:
        return CategoricalDistribution(parameter.choices)
    if parameter.integer:
        return IntDistribution(round(parameter.low), round(parameter.high))
    return FloatDistribution(parameter.low, parameter.high)


def _costs(bench: TrialBench, values: Values) -> list[float]:
    return [cost(bench, path, values) for path in bench.recordings]


def gains(tuned: Tuned) -> Iterator[float]:
    """Yield the share by which each recording's cost fell."""
    for before, after in zip(tuned.before, tuned.after, strict=True):
        yield (before - after) / before if before else 0.0
