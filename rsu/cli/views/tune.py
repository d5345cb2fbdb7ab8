"""`rsu tune`: numbers of a site file that score better, or how its sensors really stand; a patch in the end."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from hw.detail import Detail
from perception.registration.verdict import Registration
from perception.sensor import Intrinsics
from rsu.core import folders, progress
from rsu.core.errors import ConfigError, Finding
from rsu.lab import computing
from rsu.lab.compare import comparison, report
from rsu.lab.computing import ComputingPlace
from rsu.lab.hearing import sensed
from rsu.lab.runs import RunSource
from rsu.lab.tune import parameters, site_patch, tuning
from rsu.lab.tune.parameters import Number, Path_
from rsu.lab.tune.registering import registrations
from rsu.lab.tune.tuning import Search, TrialBench, Tuned
from rsu.recorder.shelf import Shelf
from rsu.recording import reader, site_files
from rsu.recording.errors import RecordingError
from rsu.recording.listing import listed
from rsu.site import config, content, history
from rsu.site.config import Config
from rsu.site.recording import RecordingSettings

_NOT_PATCHED = Detail("cannot be patched: are there anchors or merged keys?", "无法修改：是否含锚点或合并键？")
_TUNED = Detail("{}, tuned", "{}（调参后）")
_OFFSET_DIGITS, _ANGLE_DIGITS = 2, 2
_WHY = "tune"
_S = 1_000_000_000
_NO_RECORDING = Detail("{folder}: no finished recording", "{folder}：没有已完成的录制")


class TuneWish(NamedTuple):
    """The caller's choice of numbers to tune."""

    recordings: list[Path]
    site: Path
    parameters: list[str]
    truth: str | None
    region_m: float
    trials: int
    place: ComputingPlace
    seed: int | None
    storage: str | None
    study: str


class Proposal(NamedTuple):
    """The proposed values for the site file."""

    values: dict[str, Number]  # by name
    text: str  # of the whole file
    patch: str  # unified diff


def search(wish: TuneWish) -> tuple[Tuned, Proposal, str]:
    """Search; return the result, the proposal, and the measure of judging. ParameterError, ConfigError and others."""
    site = config.load(wish.site)
    site_files.strangers(site, wish.recordings)  # refuses a site of another place
    wanted = [parameters.parse(text, site) for text in wish.parameters]
    there = wish.place.there
    bench = TrialBench(there(wish.site), [there(path) for path in wish.recordings], "", wish.region_m)
    bench = bench._replace(judge=computing.name_there(wish.place, wish.truth or "") or tuning.judge_for(bench))
    search = Search(bench, wanted, wish.seed, wish.storage, wish.study)
    with progress.alone() as tell:
        tuned = search.run(wish.trials, wish.place, lambda n, _, best: tell(f"best {best:.3f}", n, wish.trials))
    if tuned.interrupted:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a person that presses Ctrl-C twice wants the result too
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
        values["sensors", index, "mount", "yaw_deg"] = (
            round((mount.yaw_deg + one.yaw_deg) % 360.0, _ANGLE_DIGITS) % 360.0
        )
        if isinstance(sensor.camera, Intrinsics):
            values["sensors", index, "mount", "pitch_deg"] = round(mount.pitch_deg + one.pitch_deg, _ANGLE_DIGITS)
            values["sensors", index, "mount", "roll_deg"] = round(mount.roll_deg + one.roll_deg, _ANGLE_DIGITS)
            values["sensors", index, "mount", "height_m"] = round(mount.height_m + one.height_m, _OFFSET_DIGITS)
    return values


def chosen(recordings: Sequence[Path] | None, data: Path | None, minutes: float) -> list[Path]:
    """Return the recordings, those of folders among them; without any those of the last minutes. RecordingError."""
    return listed(recordings) if recordings else latest(data, minutes)


def latest(data: Path | None, minutes: float) -> list[Path]:
    """Return the finished recordings that hold the last minutes. RecordingError: there is none.

    `data`: folder of the daemon's data, None: the usual one.
    """
    folder = (data or folders.default_data()) / RecordingSettings().path
    items = [item for item in Shelf(folder, RecordingSettings()).items() if not item.open]
    if not items:
        raise RecordingError(_NO_RECORDING.of(folder=folder))
    since_ns = items[-1].end_ns - round(minutes * 60 * _S)
    return [item.path for item in items if item.end_ns > since_ns]


def save(site: Path, proposal: Proposal, out: Path | None, apply: bool) -> dict[str, int]:
    """Write the proposal into a file, and into the site file if wished; return the site's version, if it changed.

    ConfigError: the site is not valid so.
    """
    if out is not None:
        out.write_text(proposal.text, encoding="utf-8")
    if not apply or not proposal.values:
        return {}
    files = history.present(site) | {site.name: proposal.text.encode()}
    return {"version": history.SiteHistory(site).change(files, f"{_WHY} {' '.join(proposal.values)}").number}


def propose(path: Path, values: dict[Path_, Number]) -> Proposal:
    """Return the patched site file. ConfigError: it would not be read as it is meant."""
    text = site_patch.patched(path, values)
    with _laid_out(config.load(path.resolve()), text) as copy:
        meant = parameters.applied(config.load(path), values).site
        if config.load(copy).site != meant:
            raise ConfigError([Finding(str(path), 1, 1, "", *_NOT_PATCHED)])
    named = {known.name: values[known.path] for known in parameters.numbers(config.load(path)) if known.path in values}
    return Proposal(named, text, site_patch.difference(path, text))


@contextmanager
def _laid_out(site: Config, text: str) -> Iterator[Path]:
    """Give a copy of a site with another text of its site file; it lasts as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in content.collect(site).items():
            copy = Path(folder, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data)
        copy = Path(folder, site.path.name)
        copy.write_text(text, encoding="utf-8")
        yield copy


def write_page(file: Path, wish: TuneWish, proposal: Proposal, truth: str | None, language: str) -> None:
    """Write the report (`page`); Ctrl-C ends it, also where a search has taken it for its own end."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    file.write_text(page(wish, proposal, truth, language), encoding="utf-8")


def page(wish: TuneWish, proposal: Proposal, truth: str | None, language: str) -> str:
    """Return the report that compares the site file with the proposed one, on the first recording, in a language."""
    first = [wish.recordings[0]]
    with _laid_out(config.load(wish.site.resolve()), proposal.text) as copy:
        before = comparison.Task(RunSource(first, wish.site), truth, wish.region_m)
        after = comparison.Task(RunSource(first, copy), truth, wish.region_m)
        found = comparison.compare(before, after)
    names = report.Names(wish.site.name, _TUNED.of(wish.site.name).told(language), [path.name for path in first], truth)
    return report.render(found, names, language)
