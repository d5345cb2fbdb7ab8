"""`rsu tune`: numbers of a site file that score better, or how its sensors really stand; a patch in the end."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from perception.registration.verdict import Registration
from rsu.core.errors import ConfigError, Finding
from rsu.lab.compare import comparison, report
from rsu.lab.hearing import sensed
from rsu.lab.runs import Source
from rsu.lab.tune import parameters, site_patch, tuning
from rsu.lab.tune.parameters import Number, Path_
from rsu.lab.tune.registering import registrations
from rsu.lab.tune.tuning import Bench, Progress, Search, Tuned
from rsu.recording import reader, site_files
from rsu.site import config
from rsu.site.config import Config

_OFFSET_DIGITS, _YAW_DIGITS = 2, 2
_LAG_MS = 60.0  # what filters alone do not explain


class Wish(NamedTuple):
    """What the caller wants tuned."""

    recordings: list[Path]
    site: Path
    parameters: list[str]
    truth: str | None
    region_m: float
    trials: int
    workers: int
    seed: int | None
    storage: str | None
    study: str


class Proposal(NamedTuple):
    """What should stand in the site file."""

    values: dict[str, Number]  # by name
    text: str  # of the whole file
    patch: str  # unified diff


def search(wish: Wish) -> tuple[Tuned, Proposal, str]:
    """Search; return what was found, the proposal, and by what was judged. ParameterError, ConfigError and others."""
    site = config.load(wish.site)
    site_files.strangers(site, wish.recordings)  # refuses a site of another place
    wanted = [parameters.parse(text, site) for text in wish.parameters]
    bench = Bench(wish.site, wish.recordings, wish.truth or "", wish.region_m)
    bench = bench._replace(judge=wish.truth or tuning.judge_for(bench))
    with _progress(wish.trials) as progress:
        tuned = Search(bench, wanted, wish.seed, wish.storage, wish.study).run(wish.trials, wish.workers, progress)
    if tuned.interrupted:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who presses Ctrl-C twice wants the result too
    better = sum(tuned.after) < sum(tuned.before)
    return tuned, propose(wish.site, tuned.values if better else {}), bench.judge


def register(recordings: Sequence[Path], path: Path) -> tuple[list[Registration], Proposal]:
    """Find how the sensors stand; return the verdicts and the proposal."""
    site = config.load(path)
    site_files.strangers(site, recordings)  # likewise
    heard = (each for recording in recordings for each in sensed(site, reader.ticks(recording)))
    found = registrations(site, heard)
    return found, propose(path, _mounts(site, found))


def _mounts(site: Config, found: Sequence[Registration]) -> dict[Path_, Number]:
    """Return the numbers of the mounts that should be others."""
    values: dict[Path_, Number] = {}
    for index, (sensor, one) in enumerate(zip(site.site.sensors, found, strict=True)):
        if one.verdict != "moved":
            continue
        mount = sensor.mount
        values["sensors", index, "mount", "east_m"] = round(mount.east_m + one.east_m, _OFFSET_DIGITS)
        values["sensors", index, "mount", "north_m"] = round(mount.north_m + one.north_m, _OFFSET_DIGITS)
        values["sensors", index, "mount", "yaw_deg"] = round((mount.yaw_deg + one.yaw_deg) % 360.0, _YAW_DIGITS) % 360.0
    return values


def propose(path: Path, values: dict[Path_, Number]) -> Proposal:
    """Return the patched site file. ConfigError: it would not be read as it is meant."""
    text = site_patch.patched(path, values)
    with _laid_out(config.load(path.resolve()), text) as copy:
        meant = parameters.applied(config.load(path), values).site
        if config.load(copy).site != meant:
            raise ConfigError([Finding(str(path), 1, 1, "", "cannot be patched: are there anchors or merged keys?")])
    named = {known.name: values[known.path] for known in parameters.numbers(config.load(path)) if known.path in values}
    return Proposal(named, text, site_patch.difference(path, text))


@contextmanager
def _laid_out(site: Config, text: str) -> Iterator[Path]:
    """Give a copy of a site with another text of its site file; it lasts as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in site_files.collect(site).items():
            copy = Path(folder, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data)
        copy = Path(folder, site.path.name)
        copy.write_text(text, encoding="utf-8")
        yield copy


def page(wish: Wish, proposal: Proposal, truth: str | None) -> str:
    """Return the comparison report of the site file as it is with the proposed one, on the first recording."""
    first = [wish.recordings[0]]
    with _laid_out(config.load(wish.site.resolve()), proposal.text) as copy:
        before = comparison.Task(Source(first, wish.site), truth, wish.region_m)
        after = comparison.Task(Source(first, copy), truth, wish.region_m)
        found = comparison.compare(before, after)
    names = report.Names(wish.site.name, f"{wish.site.name}, tuned", [path.name for path in first], truth)
    return report.render(found, names)


def search_answer(tuned: Tuned, proposal: Proposal, judged_by: str, wish: Wish) -> dict[str, Any]:
    """Return what a search found, ready for JSON."""
    shares = list(tuning.gains(tuned))
    return {
        "site": str(wish.site),
        "judged_by": judged_by,
        "trials": tuned.trials,
        "interrupted": tuned.interrupted,
        "values": proposal.values,
        "recordings": [
            {"file": str(path), "before": before, "after": after, "gain": gain}
            for path, before, after, gain in zip(wish.recordings, tuned.before, tuned.after, shares, strict=False)
        ],
        "gain_mean": float(np.mean(shares)) if shares else None,
        "gain_sd": float(np.std(shares, ddof=1)) if len(shares) > 1 else None,
        "patch": proposal.patch,
    }


def registration_answer(found: Sequence[Registration], proposal: Proposal, wish: Wish) -> dict[str, Any]:
    """Return how the sensors stand, ready for JSON."""
    return {
        "site": str(wish.site),
        "recordings": [str(path) for path in wish.recordings],
        "sensors": [one._asdict() | {"offset_m": one.offset_m} for one in found],
        "values": proposal.values,
        "patch": proposal.patch,
    }


def show_search(answer: dict[str, Any]) -> None:
    """Print what a search found."""
    ended = " (ended early)" if answer["interrupted"] else ""
    count = f"{answer['trials']} trial{'' if answer['trials'] == 1 else 's'}"
    print(f"{count}{ended}, judged by {answer['judged_by']}; lower is better")
    for one in answer["recordings"]:
        print(f"  {Path(one['file']).name}: {one['before']:.3f} -> {one['after']:.3f}  ({_share(-one['gain']):+.1%})")
    gain, sd = answer["gain_mean"], answer["gain_sd"]
    if gain is not None:
        unknown = "; its spread is not known from one recording"
        spread = unknown if sd is None else f" +- {sd:.1%} over the recordings (1 sigma)"
        print(f"expected gain {_share(gain):.1%}{spread}")
    _show_patch(answer["patch"], "nothing better than the site file as it is was found")


def _share(value: float) -> float:
    """Return a share as it is printed: nothing is not less than nothing."""
    return round(value, 3) + 0.0


def show_registration(answer: dict[str, Any]) -> None:
    """Print how the sensors stand."""
    print(f"{'sensor':16}{'verdict':9}{'east m':>15}{'north m':>15}{'yaw deg':>15}   seen with others, BSM, lanes")
    for one in answer["sensors"]:
        cells = [f"{one[key]:+.2f} +-{one[sd]:.2f}" for key, sd in (
            ("east_m", "east_sd_m"), ("north_m", "north_sd_m"), ("yaw_deg", "yaw_sd_deg"))]  # fmt: skip
        ties = f"{one['sensor_ties']:4}, {one['vehicle_ties']}, {one['lane_ties']}"
        print(f"{one['device']:16}{one['verdict']:9}" + "".join(f"{cell:>15}" for cell in cells) + f"   {ties}")
    print("what to add to the mount in the site file, with 1 sigma; `fine` sensors are left alone")
    for one in answer["sensors"]:
        if abs(one["lag_ms"]) > _LAG_MS:
            word = "late" if one["lag_ms"] > 0 else "early"
            print(f"{one['device']}: its times seem {abs(one['lag_ms']):.0f} ms {word} against those of the others")
    known = any(one["verdict"] != "unknown" for one in answer["sensors"])
    fine = "all sensors that could be judged stand as the site file says"
    _show_patch(answer["patch"], fine if known else "nothing can be said: too few road users were seen by two sensors")


def _show_patch(patch: str, otherwise: str) -> None:
    print(f"\n{patch or otherwise}".rstrip())


@contextmanager
def _progress(trials: int) -> Iterator[Progress]:
    """Show how far a search is on stderr: a bar on a terminal, else a line for every better trial."""
    if not sys.stderr.isatty() or "NO_COLOR" in os.environ:
        yield _Lines(trials).step
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("best {task.fields[best]}"))
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=trials, best="-")
        yield lambda done, cost, best: bar.update(task, completed=done, best=f"{best:.3f}")


class _Lines:
    """Progress as lines."""

    def __init__(self, trials: int) -> None:
        self._trials = trials
        self._best = float("inf")

    def step(self, done: int, cost: float, best: float) -> None:
        """Tell of a trial, if it is the best so far."""
        if best < self._best:
            self._best = best
            print(f"trial {done} of {self._trials}: {best:.3f}", file=sys.stderr, flush=True)
